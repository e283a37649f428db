"""Many tests at once: what is left of a p value after looking at all of them."""

import numpy as np
from numpy.typing import NDArray


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The q value of each p: among all with q of at most x, about a share x is false alarms.

    Benjamini & Hochberg (1995), adjusted p values: the smallest p_(k) · m / k of all at or above
    each p in order. NaN, a test that could not be made, stays NaN and is not counted in m.

    Args:
        p: float64[m], 0 to 1 or NaN.

    Returns:
        float64[m], none below its p.
    """
    q = np.full(p.shape, np.nan)
    made = np.flatnonzero(np.isfinite(p))
    order = made[np.argsort(p[made], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def level_used(p: NDArray[np.float64], false_alarms: float) -> float:
    """The p that decided: the largest of those whose q is at most `false_alarms`.

    Where there is none it is what the smallest p would have had to reach, false_alarms / m.
    """
    q = benjamini_hochberg(p)
    called = q <= false_alarms
    if called.any():
        return float(max(p[called].max(), false_alarms / np.isfinite(p).sum()))
    return false_alarms / max(1, int(np.isfinite(p).sum()))

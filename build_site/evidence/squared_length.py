"""The squared length of a vector that is only known with noise, and how sure that is.

Both kinds of importance are such a length: of the effects of a parameter's values, and of the
differences between how often they are among the best and among all. Noise makes a vector longer
on average: what it adds is taken off, so that a parameter without influence has 0 on average.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammainc

TAIL = 0.025  # of each end of a 95 % interval
SURE = 1e-12  # of a length: noise that is less is none, but for rounding
FEWEST_FREEDOM = 6  # with less the noise is too unsure for any interval


@dataclass(frozen=True)
class SquaredLength:
    """An estimate with its 95 % interval; all NaN where it cannot be estimated.

    `value` is unbiased, and so may be below 0; the ends of the interval are not. `noise` is what
    was taken off, `chance` the probability that noise alone is as long (p).
    """

    value: float
    low: float
    high: float
    noise: float
    chance: float

    @property
    def known(self) -> bool:
        """Whether there is an estimate."""
        return math.isfinite(self.value)

    @property
    def shown(self) -> float:
        """The estimate, at least 0."""
        return max(0.0, self.value)

    def at_most(self, most: float) -> "SquaredLength":
        """The same, with an interval that ends where the length must."""
        return replace(self, high=min(self.high, most)) if self.known else self


UNKNOWN = SquaredLength(math.nan, math.nan, math.nan, math.nan, math.nan)


def squared_length(
    vector: NDArray[np.float64],
    deleted: NDArray[np.float64],
    weights: NDArray[np.float64],
    freedom: int,
) -> SquaredLength:
    """Of sum(weights * vector**2), from the vector without each of g groups of runs.

    The observed length is taken to be distributed as that of a normal vector: a noncentral chi²,
    by its mean and variance (Patnaik 1949); its variance without signal is widened to that of F,
    the noise being estimated too. The interval holds the lengths that make the observed one neither
    too great nor too small.

    Args:
        vector: from all runs, float64[k].
        deleted: without each group, float64[g, k].
        weights: at least 0, float64[k].
        freedom: the degrees of freedom of the noise.

    Returns:
        UNKNOWN if `freedom` is less than FEWEST_FREEDOM.
    """
    used = weights > 0
    if freedom < FEWEST_FREEDOM or not used.any():
        return UNKNOWN
    roots = np.sqrt(weights[used])
    observed = float(np.sum((vector[used] * roots) ** 2))
    noise = _noise(deleted[:, used] * roots, observed, freedom)
    value = observed - noise.trace
    return SquaredLength(
        value,
        _end(noise, observed, upper=False),
        _end(noise, max(observed, noise.trace), upper=True),
        noise.trace,
        noise.chance(observed),
    )


@dataclass(frozen=True)
class _Noise:
    """Of a vector with covariance C: trace C, trace C², and the variance along the vector."""

    trace: float
    squares: float
    along: float
    freedom: int

    def below(self, observed: float, length: float, *, upper: bool) -> float:
        """P(the observed length would be less), were `length` the true one."""
        d = self.freedom
        # F's mean, and its variance in units of the chi²'s, for the part that is noise.
        centre = self.trace * (1 if upper else d / (d - 2))
        ratio = self.trace**2 / self.squares
        widened = d**2 * (ratio + d - 2) / ((d - 2) ** 2 * (d - 4))
        mean = centre + length
        variance = 2 * self.squares * widened + 4 * self.along * length * d / (d - 2)
        return float(gammainc(mean**2 / variance, observed * mean / variance))

    def chance(self, observed: float) -> float:
        """P(so great a length from noise alone); where there is no noise all is beyond chance."""
        if self.trace <= observed * SURE:
            return 0.0 if observed > 0 else 1.0
        return 1 - self.below(observed, 0.0, upper=False)


def _noise(deleted: NDArray[np.float64], observed: float, freedom: int) -> _Noise:
    groups, size = deleted.shape
    scale = (groups - 1) / groups
    deviations = deleted - deleted.mean(axis=0)
    trace = scale * float(np.sum(deviations**2))
    # Without the bias of a covariance from few groups (Bai & Saranadasa 1996, equation 3.10).
    n = groups - 1
    product = deviations @ deviations.T if groups <= size else deviations.T @ deviations
    squares = scale**2 * float(np.sum(product**2))
    squares = n**2 / ((n + 2) * (n - 1)) * (squares - trace**2 / n)
    # Each deviation is set against a vector that its group has no part in.
    along = scale * float(np.sum(np.sum(deviations * deleted, axis=1) ** 2))
    return _Noise(
        trace,
        min(max(squares, trace**2 / size), trace**2),
        along / observed if observed > 0 else 0.0,
        freedom,
    )


def _end(noise: _Noise, observed: float, *, upper: bool) -> float:
    """The true length at which so small, or so great, a one would just not be too unlikely."""
    if noise.trace <= observed * SURE:
        return observed
    wanted = TAIL if upper else 1 - TAIL

    def excess(length: float) -> float:
        return noise.below(observed, length, upper=upper) - wanted

    if excess(0.0) <= 0:
        return 0.0
    most = observed
    while excess(most) > 0:
        most *= 2
    return float(brentq(excess, 0.0, most, rtol=1e-6))

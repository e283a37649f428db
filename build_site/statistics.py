"""Estimates with 95 % intervals, their differences, and whether they differ.

The same formulas as client/statistics.js, for what is computed when the site is built.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.special
from numpy.typing import NDArray

Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
FEWEST = 5  # runs that a value needs before a verdict is given
CHANCE = 0.05
TIED = 1e-7  # an interval that is so narrow is none, but for rounding


@dataclass(frozen=True)
class Estimate:
    """A value from n runs with its 95 % interval; what cannot be estimated is NaN."""

    n: int
    value: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """The standard error that the width of the interval stands for."""
        return (self.high - self.low) / (2 * Z)

    @property
    def usable(self) -> bool:
        """Whether there are runs enough for a verdict."""
        return self.n >= FEWEST and math.isfinite(self.error)


NOTHING_KNOWN = Estimate(0, math.nan, math.nan, math.nan)


def mean_estimate(n: int, mean: float, deviation: float | None) -> Estimate:
    """A mean with Student's interval; `deviation` is that of the sample, None for one run."""
    if deviation is None:
        return Estimate(n, mean, math.nan, math.nan)
    reach = student_quantile(n - 1) * deviation / math.sqrt(n)
    return Estimate(n, mean, mean - reach, mean + reach)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """What lies between, with an interval from theirs (MOVER: Zou & Donner 2008, equation 5)."""
    value = first.value - second.value
    return Estimate(
        min(first.n, second.n),
        value,
        value - math.hypot(first.value - first.low, second.high - second.value),
        value + math.hypot(first.high - first.value, second.value - second.low),
    )


def heterogeneity(estimates: Sequence[Estimate]) -> float:
    """The probability that estimates of one true value differ so much (Cochran's Q, 1954).

    NaN if fewer than two are usable, or all runs have one value.
    """
    used = [each for each in estimates if each.usable]
    values = np.array([each.value for each in used])
    if len(used) < 2:
        return math.nan
    errors = _errors(used)
    if errors is None:
        return 0.0 if np.ptp(values) > TIED else math.nan
    weights = 1 / errors**2
    centre = np.average(values, weights=weights)
    return chi_square_tail(float(weights @ (values - centre) ** 2), len(used) - 1)


def _errors(estimates: Sequence[Estimate]) -> NDArray[np.float64] | None:
    """Their standard errors; None if none is known.

    Runs that all have one value do not tell how sure that is: their error is taken to be that of
    the least sure of the others.
    """
    errors = np.array([each.error for each in estimates])
    if not (errors > TIED).any():
        return None
    return np.where(errors > TIED, errors, errors.max())


def side(estimate: Estimate) -> str:
    """Where a difference surely is: "above" or "below" 0, or "unclear"."""
    if estimate.n >= FEWEST and estimate.low > 0:
        return "above"
    return "below" if estimate.n >= FEWEST and estimate.high < 0 else "unclear"


def chi_square_tail(x: float, freedom: int) -> float:
    """P(chi² > x)."""
    return float(scipy.special.chdtrc(freedom, x))


@cache
def student_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t."""
    return float(scipy.special.stdtrit(freedom, 0.975))

"""Curves from a prediction of any size to a percentile from 0 to 1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit

Floats = NDArray[np.float64]
Curve = tuple[float, float]  # (a, b) of a curve in a + b x

STEEPEST = 40.0
DIGITS = 5
# Φ(z) by the logistic curve of a polynomial (Page 1977, Applied Statistics 26): off by 0.0002 at
# most, and the browser has it.
LINEAR, CUBIC = 1.5976, 0.07056


def normal(curve: Curve, predicted: Floats) -> Floats:
    """The normal distribution function of a + b x: its tails are like those of percentiles."""
    z = curve[0] + curve[1] * predicted
    with np.errstate(over="ignore"):  # 1 / (1 + inf) is the 0 that is meant
        return 1 / (1 + np.exp(-(LINEAR * z + CUBIC * (z * z * z))))


def logistic(curve: Curve, predicted: Floats) -> Floats:
    """The logistic curve of a + b x."""
    return np.asarray(expit(curve[0] + curve[1] * predicted), np.float64)


def fitted_curve(
    shape: Callable[[Curve, Floats], Floats], predicted: Floats, percentile: Floats
) -> Curve:
    """The curve of a shape that is nearest to the percentiles (least squares).

    Where all predictions are the same, (0, 1).
    """
    if not np.ptp(predicted) > 0:
        return 0.0, 1.0

    def misses(curve: Floats) -> Floats:
        return shape((curve[0], curve[1]), predicted) - percentile

    level, slope = least_squares(misses, (0.0, 1.0), bounds=([-5, 0], [5, STEEPEST])).x
    return round(float(level), DIGITS), round(float(slope), DIGITS)

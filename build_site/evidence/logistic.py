"""The logistic curve from a prediction of any size to a percentile."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit

Floats = NDArray[np.float64]

STEEPEST = 40.0
DIGITS = 5


def logistic_curve(predicted: Floats, percentile: Floats) -> tuple[float, float]:
    """(a, b) so that 1 / (1 + exp(-(a + b x))) of predictions x is nearest to percentiles (0 to 1).

    Least squares; where all predictions are the same, (0, 1).
    """
    if not np.ptp(predicted) > 0:
        return 0.0, 1.0

    def misses(curve: Floats) -> Floats:
        return np.asarray(expit(curve[0] + curve[1] * predicted) - percentile, np.float64)

    level, slope = least_squares(misses, (0.0, 1.0), bounds=([-5, 0], [5, STEEPEST])).x
    return round(float(level), DIGITS), round(float(slope), DIGITS)

"""Whole numbers from 0 as numpy.unique tells them, but counted: to sort a million takes long.

None of the numbers may be much greater than there are of them.
"""

import numpy as np
from numpy.typing import NDArray


def distinct(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """The different ones of intp[n], ascending."""
    return np.flatnonzero(np.bincount(numbers))


def numbered(numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The different ones of intp[n], ascending, and the place of each among them, intp[n]."""
    present = np.bincount(numbers) > 0
    return np.flatnonzero(present), (np.cumsum(present) - 1)[numbers]

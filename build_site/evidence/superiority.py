"""How often a run with one value beats a run with another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Superiority:
    """Of the runs on one data set, at l levels.

    `beats` float64[l, l]: the probability that a run at the level of the row beats one at the level
    of the column, ties half. NaN for a level without runs. Cliff's delta (1993) is 2 · beats - 1.
    `beaten` float64[l, u]: for each of the u places that runs can share, the probability that a run
    at a level beats a run at that place.
    """

    beats: NDArray[np.float64]
    beaten: NDArray[np.float64]


def superiority(
    place: NDArray[np.intp], level: NDArray[np.intp], places: int, levels: int
) -> Superiority:
    """From the place of each of n runs among the different results, 0 the worst, and its level.

    Counting is enough (u · l², no pair of runs is looked at): Mann & Whitney's U of all pairs.
    """
    counts = np.bincount(level * places + place, minlength=levels * places).astype(np.float64)
    counts = counts.reshape(levels, places)
    runs = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        beaten = (runs - np.cumsum(counts, axis=1) + counts / 2) / runs
        beats = (beaten @ counts.T) / runs.T
    return Superiority(beats, beaten)

"""The results of runs in few bytes: each distinct one once, in order, and a code for every run.

A run's percentile and relative performance follow from its data set and its metric, and runs often
share a metric, so three numbers a run would say the same thing three times.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.arrays import Column, codes, steps


@dataclass(frozen=True)
class Results:
    """`codes` has one entry a run: the place of its result in the other columns."""

    codes: Column
    dataset: Column
    raw: Column
    percentile: Column
    relative: Column


def results(
    dataset: NDArray[np.integer],
    raw: NDArray[np.float32],
    percentile: NDArray[np.float32],
    relative: NDArray[np.float32],
) -> Results:
    """What the page turns back into the very same columns, all of shape [runs].

    Results stand in the order of their data set and percentile: their differences are small and
    compress well.
    """
    keys = [dataset, *(values.view(np.uint32) for values in (percentile, raw, relative))]
    order = np.lexsort(keys[::-1])
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    shown = order[first]
    return Results(
        codes=codes(places, len(shown)),
        dataset=codes(dataset[shown], int(dataset.max(initial=0)) + 1),
        raw=steps(raw[shown]),
        percentile=steps(percentile[shown]),
        relative=steps(relative[shown]),
    )

"""Parameters that exist only with some values of others, such as a momentum only with SGD.

Tuners write such a parameter as missing where it does not apply. To advise a value of it together
with another optimizer would be advice that nobody can follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]

FEWEST_RUNS = 5  # of a value that says whether another parameter is there


@dataclass(frozen=True, eq=False)
class Conditions:
    """Which parameters exist only with some values of others.

    `excluding` has for a pair of parameters (i, j), i < j, which of their levels exclude each
    other: bool[counts[i], counts[j]].
    """

    parameters: frozenset[int]
    excluding: Mapping[Pair, NDArray[np.bool_]]


NONE = Conditions(frozenset(), {})


def conditions(
    levels: NDArray[np.integer], counts: Sequence[int], missing: Sequence[int | None]
) -> Conditions:
    """What n runs show of p parameters.

    A parameter is conditional on another if with some values of that it is missing in all runs, and
    with some others in none; values of fewer than FEWEST_RUNS runs say nothing.

    Args:
        levels: int[n, p], of all runs.
        counts: how many levels each of p parameters has.
        missing: which of them stands for a missing value, if any does.
    """
    parameters: set[int] = set()
    found: dict[Pair, NDArray[np.bool_]] = {}
    for place, absent in enumerate(missing):
        for other in range(len(counts)):
            if absent is None or other == place:
                continue
            excluded = _excluded(levels[:, other], counts[other], levels[:, place], absent)
            if excluded is None:
                continue
            table = np.zeros((counts[other], counts[place]), np.bool_)
            absent_only, present_only = excluded
            parameters.add(place)
            table[absent_only] = True
            table[absent_only, absent] = False
            table[present_only, absent] = True
            pair, table = ((other, place), table) if other < place else ((place, other), table.T)
            found[pair] = found[pair] | table if pair in found else table
    return Conditions(frozenset(parameters), found)


def _excluded(
    of: NDArray[np.integer], count: int, conditional: NDArray[np.integer], absent: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """The levels without the other parameter, and those always with it; None unless both exist."""
    runs = np.bincount(of, minlength=count)
    without = np.bincount(of[conditional == absent], minlength=count)
    absent_only = (runs >= FEWEST_RUNS) & (without == runs)
    present_only = (runs >= FEWEST_RUNS) & (without == 0)
    return (absent_only, present_only) if absent_only.any() and present_only.any() else None

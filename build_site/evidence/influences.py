"""What each block adds to many differences at once, without a number for each of both.

Pairs of levels number as the square of the levels, and blocks up to the runs: of a million of them
what each adds to each would take hundreds of megabytes. But what a block adds to a difference is a
difference itself, of what it adds to either level.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp] | slice
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Term:
    """What c blocks add to e differences: factor[k] * (rows[plus[k]] - rows[minus[k]]).

    `rows` float64[r, c]; `part` bool[r, c], whether a block is among those that a row is estimated
    from, though it may happen to add 0; `plus` and `minus` intp[e], places among these r; `factor`
    float64[e], not 0 where the term is to be added; `blocks`, where the c are among all, each once.
    """

    rows: NDArray[np.float64]
    part: NDArray[np.bool_]
    plus: NDArray[np.intp]
    minus: NDArray[np.intp]
    factor: NDArray[np.float64]
    blocks: Places

    def of(self, difference: int) -> NDArray[np.float64]:
        """To one difference, float64[c]."""
        moved = self.rows[self.plus[difference]] - self.rows[self.minus[difference]]
        moved *= self.factor[difference]
        return np.asarray(moved)

    def grouped(self, group: NDArray[np.intp], groups: int) -> "Grouped":
        """Of groups of all blocks; `group` intp[b] names that of each."""
        place = group[self.blocks]
        rows, part = (
            np.array([np.bincount(place, row, minlength=groups) for row in each])
            for each in (self.rows, self.part)
        )
        sums = (rows[self.plus] - rows[self.minus]) * self.factor[:, None]
        taking = (part[self.plus] > 0) | (part[self.minus] > 0)
        added = self.factor[:, None] != 0
        return Grouped(np.where(added, sums, 0.0).T, (taking & added).T)


@dataclass(frozen=True, eq=False)
class Grouped:
    """What g groups of blocks add to e differences.

    `sums` float64[g, e]; `part` bool[g, e], whether any block of a group is among those that a
    difference is estimated from, without which the sum is 0.
    """

    sums: NDArray[np.float64]
    part: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Influences:
    """What each of `count` blocks adds to each of e differences: the sum of one or more terms.

    NaN where it is not known.
    """

    terms: tuple[Term, ...]
    count: int

    def of(self, difference: int) -> NDArray[np.float64]:
        """To one difference, float64[b]."""
        total = np.zeros(self.count)
        for term in self.terms:
            if term.factor[difference] != 0:
                total[term.blocks] += term.of(difference)
        return total

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """The sum of squares over blocks, float64[e]: the squared error of each difference."""
        with np.errstate(invalid="ignore", over="ignore"):
            columns = map(self.of, range(len(self.terms[0].factor)))
            return np.array([column @ column for column in columns], np.float64)

    def grouped(self, group: NDArray[np.intp], groups: int) -> Grouped:
        """Added up over groups of blocks; `group` intp[b] names that of each, from 0."""
        shape = groups, len(self.terms[0].factor)
        found = Grouped(np.zeros(shape), np.zeros(shape, np.bool_))
        with np.errstate(invalid="ignore"):
            for term in self.terms:
                added = term.grouped(group, groups)
                np.add(found.sums, added.sums, out=found.sums)
                np.logical_or(found.part, added.part, out=found.part)
        return found

    def __add__(self, other: "Influences") -> "Influences":
        """What the same blocks add in both ways."""
        return Influences(self.terms + other.terms, self.count)

    def scaled(self, factor: NDArray[np.float64]) -> "Influences":
        """Those on each difference times `factor` float64[e]; 0 where that is 0, known or not."""
        terms = [
            replace(each, factor=np.where(factor == 0, 0.0, each.factor * factor))
            for each in self.terms
        ]
        return Influences(tuple(terms), self.count)


def on_levels(
    rows: NDArray[np.float64], part: NDArray[np.bool_], pairs: NDArray[np.intp]
) -> Influences:
    """Of blocks that add rows float64[l, b] to levels, if they have a part bool[l, b] in them.

    The differences are those of `pairs` intp[e, 2] of levels.
    """
    first, second = pairs.T
    return Influences((Term(rows, part, first, second, np.ones(len(pairs)), ALL),), rows.shape[1])


def on_differences(rows: NDArray[np.float64], part: NDArray[np.bool_]) -> Influences:
    """Of blocks that add rows float64[e, b] to differences, if they have a part bool[e, b]."""
    differences, blocks = rows.shape
    each, nothing = np.arange(differences), np.full(differences, differences)
    rows, part = np.vstack([rows, np.zeros(blocks)]), np.vstack([part, np.zeros(blocks, np.bool_)])
    return Influences((Term(rows, part, each, nothing, np.ones(differences), ALL),), blocks)


def joined(parts: Sequence[Influences], blocks: Sequence[Places], count: int) -> Influences:
    """The sum of what parts of `count` blocks add; `blocks` says which these are of each part."""
    terms = [
        replace(term, blocks=where)
        for part, where in zip(parts, blocks, strict=True)
        for term in part.terms
    ]
    return Influences(tuple(terms), count)

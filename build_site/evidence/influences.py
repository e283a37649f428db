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

    `rows` float64[r, c]; `plus` and `minus` intp[e], places among these r; `factor` float64[e], and
    where it is 0 nothing is added, known or not; `blocks`, where the c are among all, each once.
    """

    rows: NDArray[np.float64]
    plus: NDArray[np.intp]
    minus: NDArray[np.intp]
    factor: NDArray[np.float64]
    blocks: Places

    def of(self, difference: int) -> NDArray[np.float64]:
        """To one difference, float64[c]."""
        moved = self.rows[self.plus[difference]] - self.rows[self.minus[difference]]
        moved *= self.factor[difference]
        return np.asarray(moved)

    def sums(self, group: NDArray[np.intp], groups: int) -> NDArray[np.float64]:
        """Added up over groups of blocks, float64[g, e]; `group` intp[b] is that of all blocks."""
        place = group[self.blocks]
        rows = np.array([np.bincount(place, row, minlength=groups) for row in self.rows])
        moved = (rows[self.plus] - rows[self.minus]) * self.factor[:, None]
        moved[self.factor == 0] = 0.0
        return np.asarray(moved.T)


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
        with np.errstate(invalid="ignore"):
            columns = map(self.of, range(len(self.terms[0].factor)))
            return np.array([column @ column for column in columns], np.float64)

    def sums(self, group: NDArray[np.intp], groups: int) -> NDArray[np.float64]:
        """Added up over groups of blocks, float64[g, e]; `group` intp[b], from 0."""
        with np.errstate(invalid="ignore"):
            sums = [each.sums(group, groups) for each in self.terms]
            return np.asarray(np.sum(sums, axis=0))

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


def on_levels(rows: NDArray[np.float64], pairs: NDArray[np.intp]) -> Influences:
    """Of blocks that add rows float64[l, b] to levels; `pairs` intp[e, 2] of these differ."""
    first, second = pairs.T
    return Influences((Term(rows, first, second, np.ones(len(pairs)), ALL),), rows.shape[1])


def on_differences(rows: NDArray[np.float64]) -> Influences:
    """Of blocks that add rows float64[e, b] to differences."""
    differences, blocks = rows.shape
    each, nothing = np.arange(differences), np.full(differences, differences)
    rows = np.vstack([rows, np.zeros(blocks)])
    return Influences((Term(rows, each, nothing, np.ones(differences), ALL),), blocks)


def joined(parts: Sequence[Influences], blocks: Sequence[Places], count: int) -> Influences:
    """The sum of what parts of `count` blocks add; `blocks` says which these are of each part."""
    terms = [
        replace(term, blocks=where)
        for part, where in zip(parts, blocks, strict=True)
        for term in part.terms
    ]
    return Influences(tuple(terms), count)

"""The terms of a model of configurations: an intercept, each parameter, and pairs of parameters.

Each level of a parameter, and each pair of levels, has an effect. Effects are written as contrasts
that sum to zero (Helmert's, orthonormal): as many numbers as there is to know, so that matrices
stay small, and shrinking them treats all levels alike.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.conditional import NONE, Conditions, Pair

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

EXCLUDED = -100.0  # sums of cells are within a few units of 0
INTERCEPT, MAIN, PAIR = range(3)  # kinds of contrasts
MOST_CONTRASTS = 270  # beyond that only the strongest pairs are in the model


@dataclass(frozen=True)
class Terms:
    """Which effects a model has: parameters of `counts` levels, and these `pairs` of them.

    Its coefficients are one for each of f contrasts, or, spread out, one for each of c cells: the
    intercept, the levels of each parameter in turn, and the levels of each pair (i, j), i < j, that
    of j running fastest. Cells of `excluded`, by their places, are of levels that cannot come
    together.
    """

    counts: tuple[int, ...]
    pairs: tuple[Pair, ...]
    excluded: tuple[int, ...] = ()

    @cached_property
    def kinds(self) -> NDArray[np.intp]:
        """The kind of each contrast, intp[f]."""
        mains = sum(count - 1 for count in self.counts)
        pairs = sum((self.counts[i] - 1) * (self.counts[j] - 1) for i, j in self.pairs)
        return np.repeat([INTERCEPT, MAIN, PAIR], [1, mains, pairs])

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where the cells of each parameter and then of each pair begin; the last is c."""
        sizes = [1, *self.counts, *(self.counts[i] * self.counts[j] for i, j in self.pairs)]
        return tuple(itertools.accumulate(sizes))

    def design(self, levels: NDArray[np.integer]) -> NDArray[np.float32]:
        """The contrasts of configurations levels[n, p], float32[n, f]."""
        mains: list[Singles] = [
            contrasts(count)[levels[:, i]].astype(np.float32) for i, count in enumerate(self.counts)
        ]
        pairs: list[Singles] = [
            (mains[i][:, :, None] * mains[j][:, None, :]).reshape(len(levels), -1)
            for i, j in self.pairs
        ]
        return np.hstack([np.ones((len(levels), 1), np.float32), *mains, *pairs])

    def cells(self, coefficients: Floats) -> Floats:
        """Coefficients [..., f] of contrasts as effects of cells [..., c]."""
        spread = [coefficients[..., :1]]
        place = 1
        bases: list[Floats] = [contrasts(count) for count in self.counts]
        bases += [np.asarray(np.kron(bases[i], bases[j]), np.float64) for i, j in self.pairs]
        for basis in bases:
            width = basis.shape[1]
            spread.append(coefficients[..., place : place + width] @ basis.T)
            place += width
        return np.concatenate(spread, axis=-1)

    def closed(self, cells: Floats) -> Floats:
        """Cells [..., c] of which those that are excluded make any prediction the worst."""
        closed = cells.copy()
        closed[..., list(self.excluded)] = EXCLUDED
        return closed

    def possible(self, levels: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether the levels of each of some configurations [m, p] can come together: [m]."""
        closed = self.closed(np.zeros(self.offsets[-1]))
        return np.asarray(self.predictions(closed, levels) == 0)

    def predictions(self, cells: Floats, levels: NDArray[np.integer]) -> Floats:
        """What cells [..., c] predict for configurations levels[m, p]: [..., m].

        Added up in the order in which client/advice.js does, parameter by parameter, each with its
        pairs with those before it, so that both agree to the last digit.
        """
        total = np.repeat(cells[..., :1], len(levels), axis=-1)
        for i in range(len(self.counts)):
            total = total + self.term(cells, i, levels)
        return total

    def term(self, cells: Floats, i: int, levels: NDArray[np.integer]) -> Floats:
        """What parameter i adds to those before it, for configurations levels[m, p]: [..., m]."""
        places = levels.astype(np.intp)
        added = cells[..., self.offsets[i] + places[:, i]]
        for k, (first, second) in enumerate(self.pairs):
            if second == i:
                start = self.offsets[len(self.counts) + k]
                added = added + cells[..., start + places[:, first] * self.counts[i] + places[:, i]]
        return added


def contrasts(count: int) -> Floats:
    """Helmert's contrasts of `count` levels: float64[count, count - 1], orthonormal columns."""
    basis = np.zeros((count, count - 1))
    for k in range(1, count):
        basis[:k, k - 1] = 1
        basis[k, k - 1] = -k
        basis[:, k - 1] /= np.sqrt(k * (k + 1))
    return basis


def choose_terms(
    counts: tuple[int, ...],
    levels: NDArray[np.integer],
    outcome: Floats,
    most: int = MOST_CONTRASTS,
    conditional: Conditions = NONE,
) -> Terms:
    """All pairs if they have room among `most` contrasts, otherwise those that explain the most.

    What a pair explains is how much the means of its cells vary beyond the sum of its two
    parameters' effects, less what chance alone would do: (cells - 1) times the variance.

    Args:
        counts: how many levels each of p parameters has.
        levels: int[n, p].
        outcome: float64[n], what is explained.
        most: how many contrasts there may be.
        conditional: its pairs are in the model in any case.
    """
    pairs = list(itertools.combinations(range(len(counts)), 2))
    sizes = {(i, j): (counts[i] - 1) * (counts[j] - 1) for i, j in pairs}
    room = most - 1 - sum(count - 1 for count in counts)
    if sum(sizes.values()) <= room:
        return _with_excluded(counts, pairs, conditional)
    left = outcome - outcome.mean()
    for i, count in enumerate(counts):  # the effects of single levels, one after the other
        left = left - _cell_means(levels[:, i], count, left)[levels[:, i]]
    variance = float(left.var())

    def explained(pair: tuple[int, int]) -> float:
        i, j = pair
        cell = levels[:, i].astype(np.intp) * counts[j] + levels[:, j]
        means = _cell_means(cell, counts[i] * counts[j], left)
        return float(np.sum(means[cell] ** 2)) - sizes[pair] * variance

    chosen = list(conditional.excluding)
    room -= sum(sizes[pair] for pair in chosen)
    for pair in sorted(sizes.keys() - set(chosen), key=lambda each: (-explained(each), each)):
        if sizes[pair] <= room:
            chosen.append(pair)
            room -= sizes[pair]
    return _with_excluded(counts, sorted(chosen), conditional)


def _with_excluded(
    counts: tuple[int, ...], pairs: Sequence[Pair], conditional: Conditions
) -> Terms:
    starts = Terms(counts, tuple(pairs)).offsets[len(counts) : -1]
    places = [
        start + int(cell)
        for pair, start in zip(pairs, starts, strict=True)
        if pair in conditional.excluding
        for cell in np.flatnonzero(conditional.excluding[pair])
    ]
    return Terms(counts, tuple(pairs), tuple(places))


def _cell_means(cell: NDArray[np.integer], count: int, values: Floats) -> Floats:
    n = np.bincount(cell, minlength=count)
    return np.bincount(cell, weights=values, minlength=count) / np.maximum(n, 1)

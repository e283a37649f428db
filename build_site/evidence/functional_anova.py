"""Functional ANOVA: which share of the variance single parameters and pairs of them explain.

Hutter, Hoos & Leyton-Brown 2014, section 3. They take the variance of a random forest's prediction
apart; here it is that of the runs themselves, which needs no model: parameters have levels, so
that their marginals are means. Combinations count as often as they were tried (Hooker 2007), which
is equally often where a study draws them evenly, and noise is taken off.
"""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from build_site.evidence.block_groups import BlockGroups, group_blocks
from build_site.evidence.squared_length import UNKNOWN, SquaredLength, squared_length

# A little of each level's count, so that what cannot be told apart shares an effect evenly.
RIDGE = 1e-9


@dataclass(frozen=True)
class FunctionalAnova:
    """Shares of the variance: of each of p parameters alone, and of each pair (j < k) beyond both.

    What is left to 1 is in three and more parameters together, in what varies within a level, in
    seeds, and in what was not recorded.
    """

    alone: tuple[SquaredLength, ...]
    pairs: dict[tuple[int, int], SquaredLength]


def functional_anova(
    value: NDArray[np.float64], levels: NDArray[np.intp], block: NDArray[np.intp]
) -> FunctionalAnova:
    """Take the variance of `value` apart.

    Main effects are those of the additive model (least squares), so that parameters which were not
    drawn independently do not take the credit of each other. A pair has what is left of its table
    of means.

    Args:
        value: of each run, finite, float64[n].
        levels: the level of each run in each parameter, from 0, intp[n, p].
        block: which runs were drawn together, intp[n].
    """
    parameters = levels.shape[1]
    centred = value - value.mean() if len(value) else value
    variance = float(np.mean(centred**2)) if len(value) else 0.0
    every = list(combinations(range(parameters), 2))
    if variance < 1e-12 or not parameters:
        return FunctionalAnova((UNKNOWN,) * parameters, dict.fromkeys(every, UNKNOWN))
    groups = group_blocks(block)
    order = np.argsort(groups.group, kind="stable")
    groups = BlockGroups(groups.group[order], groups.count, groups.block[order])
    scaled, levels = (centred / np.sqrt(variance))[order], levels[order]
    model = _AdditiveModel(scaled, levels, groups)
    alone = tuple(
        squared_length(
            model.effects[part], model.deleted[:, part], model.weights[part], groups.freedom(column)
        ).at_most(1.0)
        for part, column in zip(model.parts, levels.T, strict=True)
    )
    left = scaled - model.fitted
    pairs = {(j, k): _pair(model, left, (levels[:, j], levels[:, k]), groups) for j, k in every}
    return FunctionalAnova(alone, pairs)


class _AdditiveModel:
    """A sum of one effect for each parameter, of runs in the order of their groups.

    `parts` are the places of each parameter among all l effects; `effects` float64[l], centred for
    each parameter; `deleted` float64[g, l], without each group; `weights` float64[l], the share of
    runs, 0 for a level of a single group: its noise is unknown; `fitted` float64[n].
    """

    def __init__(
        self, value: NDArray[np.float64], levels: NDArray[np.intp], groups: BlockGroups
    ) -> None:
        runs, parameters = levels.shape
        counts = [int(column.max()) + 1 for column in levels.T]
        ends = np.cumsum([0, *counts])
        self.parts = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
        rows = np.arange(0, runs * parameters + 1, parameters)
        self._design = csr_array(
            (
                np.ones(runs * parameters, np.float64),
                (levels + ends[:-1]).ravel().astype(np.int32),
                rows.astype(np.int32),
            ),
            shape=(runs, ends[-1]),
        )
        squares, rights = self._moments(value, levels, groups)
        square, right = squares.sum(axis=0), rights.sum(axis=0)
        self._square = square
        tried = np.diagonal(square)
        seen_in = np.count_nonzero(np.diagonal(squares, axis1=1, axis2=2), axis=0)
        self.weights = np.where(seen_in > 1, tried / runs, 0.0)
        self.effects = self._solved(square.copy(), right, tried)
        np.subtract(square, squares, out=squares)  # in place: they may be large
        self.deleted = self._solved(squares, right - rights, tried)
        self.fitted = self._design @ self.effects

    def left_of(self, value: NDArray[np.float64]) -> float:
        """Which share of the squares of `value`, float64[n], no sum of main effects explains."""
        right = self._design.T @ value
        tried = np.diagonal(self._square)
        explained = right @ self._solved(self._square.copy(), right, tried)
        return 1 - float(explained) / max(float(value @ value), 1e-300)

    def _moments(
        self, value: NDArray[np.float64], levels: NDArray[np.intp], groups: BlockGroups
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of each group: how often two effects meet, float64[g, l, l], and sums, float64[g, l]."""
        effects = self.parts[-1].stop
        squares = np.zeros((groups.count, effects, effects))
        rights = np.zeros((groups.count, effects))
        sized = [
            (part, part.stop - part.start, column)
            for part, column in zip(self.parts, levels.T, strict=True)
        ]
        for place, (part, size, level) in enumerate(sized):
            own = groups.group * size + level
            shape = (groups.count, size)
            sums = np.bincount(own, weights=value, minlength=groups.count * size)
            rights[:, part] = sums.reshape(shape)
            for other, count, met in sized[place:]:
                table = np.bincount(own * count + met, minlength=groups.count * size * count)
                squares[:, part, other] = table.reshape(*shape, count)
                squares[:, other, part] = squares[:, part, other].transpose(0, 2, 1)
        return squares, rights

    def _solved(
        self,
        square: NDArray[np.float64],
        right: NDArray[np.float64],
        tried: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """What solves one system of equations, or many; `square` is overwritten."""
        places = np.arange(len(tried))
        square[..., places, places] += RIDGE * tried + (tried == 0)
        effects = np.asarray(np.linalg.solve(square, right[..., None])[..., 0], np.float64)
        for part in self.parts:
            mean = np.average(effects[..., part], axis=-1, weights=tried[part])
            effects[..., part] -= mean[..., None]
        return effects


def _pair(
    model: _AdditiveModel,
    left: NDArray[np.float64],
    pair: tuple[NDArray[np.intp], NDArray[np.intp]],
    groups: BlockGroups,
) -> SquaredLength:
    """What a table of two parameters explains of what they leave one by one.

    Args:
        model: of the main effects of all parameters.
        left: of each run, the value without them, float64[n].
        pair: the level of each run in either parameter, intp[n].
        groups: of the runs.
    """
    first, second = pair
    shape = (groups.count, int(first.max()) + 1, int(second.max()) + 1)
    cell = np.ravel_multi_index((groups.group, first, second), shape)
    size = int(np.prod(shape))
    counts = np.bincount(cell, minlength=size).reshape(groups.count, -1)
    sums = np.bincount(cell, weights=left, minlength=size).reshape(groups.count, -1)
    used = np.count_nonzero(counts, axis=0) > 1  # the noise of others is unknown
    counts, sums = counts[:, used], sums[:, used]
    total = counts.sum(axis=0)
    weights = total / len(left)
    means = sums.sum(axis=0) / np.maximum(total, 1)
    deleted = (sums.sum(axis=0) - sums) / np.maximum(total - counts, 1)
    rows, columns = np.divmod(np.flatnonzero(used), shape[2])
    base = _base(rows, columns, shape[1:], weights)
    effects = _without(means, base, weights)
    # Where not all combinations are equally frequent, main effects took some of the interaction.
    everywhere = np.zeros(shape[1] * shape[2])
    everywhere[used] = effects
    restored = 1 / max(model.left_of(everywhere[first * shape[2] + second]), 0.5)
    return squared_length(
        effects * restored,
        _without(deleted, base, weights) * restored,
        weights,
        groups.freedom(first, second),
    ).at_most(1.0)


def _base(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    shape: tuple[int, ...],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """An orthonormal base, by `weights`, of all sums of a row's and a column's effect."""
    design = np.zeros((len(rows), sum(shape)))
    places = np.arange(len(rows))
    design[places, rows] = 1
    design[places, shape[0] + columns] = 1
    left, sizes, _ = np.linalg.svd(design * np.sqrt(weights)[:, None], full_matrices=False)
    kept = left[:, sizes > 1e-9 * sizes.max(initial=0)]
    base: NDArray[np.float64] = kept / np.sqrt(weights)[:, None]
    return base


def _without(
    tables: NDArray[np.float64], base: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Each table (the last axis) without its part in the base."""
    return tables - (tables * weights) @ base @ base.T

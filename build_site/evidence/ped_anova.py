"""PED-ANOVA: which parameters matter for being among the best.

Watanabe, Bansal & Hutter 2023, equation 14: the Pearson divergence between how often the values of
a parameter are among the best runs and among all of them, sum of p_all (p_top / p_all - 1)². It is
0 if the best are spread over the values as all runs are. 1 + divergence is how many times as
frequent as among all runs the value of one of the best is, on average over the best. (Times the
square of the share of the best it is the variance that the paper, and Optuna, report.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.block_groups import BlockGroups, group_blocks
from build_site.evidence.numbering import distinct
from build_site.evidence.squared_length import UNKNOWN, SquaredLength, squared_length

TOP_SHARES = (0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01)
FEWEST_TOP = 10  # runs among the best, for an estimate


@dataclass(frozen=True)
class TopImportance:
    """Of each of p parameters for reaching the best `share` of the runs; `runs` are among them."""

    share: float
    runs: int
    divergences: tuple[SquaredLength, ...]

    @property
    def known(self) -> bool:
        """Whether there are runs enough."""
        return any(each.known for each in self.divergences)


def best_runs(
    percentile: NDArray[np.float64], dataset: NDArray[np.intp], share: float
) -> NDArray[np.bool_]:
    """Which runs are among the best `share` of their data set, with all that tie with the last.

    Args:
        percentile: of each run, 1 the best, float64[n].
        dataset: of each run, from 0, intp[n].
        share: above 0, up to 1.
    """
    best = np.zeros(len(percentile), np.bool_)
    for place in distinct(dataset):
        (runs,) = np.nonzero(dataset == place)
        rank = int(np.ceil(share * len(runs)))
        cut = np.partition(percentile[runs], len(runs) - rank)[len(runs) - rank]
        best[runs] = percentile[runs] >= cut
    return best


def ped_anova(
    percentile: NDArray[np.float64],
    dataset: NDArray[np.intp],
    levels: NDArray[np.intp],
    block: NDArray[np.intp],
) -> tuple[TopImportance, ...]:
    """One for each of TOP_SHARES; UNKNOWN where too few runs are among the best, or all are.

    Args:
        percentile: of each run, 1 the best, float64[n].
        dataset: of each run, from 0, intp[n].
        levels: the level of each run in each parameter, from 0, intp[n, p].
        block: which runs were drawn together, intp[n].
    """
    groups = group_blocks(block)
    best = np.stack([best_runs(percentile, dataset, share) for share in TOP_SHARES])
    runs = np.count_nonzero(best, axis=1)
    # The best 5 % are among the best 10 %: the number of shares that a run is in says which.
    depth = best.sum(axis=0)
    tables = [_tabulated(groups, depth, column) for column in levels.T]
    freedoms = [groups.freedom(column) for column in levels.T]
    return tuple(
        TopImportance(
            share,
            int(runs[place]),
            tuple(
                _divergence(table[:, place + 1], table[:, 0], freedom)
                if FEWEST_TOP <= runs[place] < len(percentile)
                else UNKNOWN
                for table, freedom in zip(tables, freedoms, strict=True)
            ),
        )
        for place, share in enumerate(TOP_SHARES)
    )


def _tabulated(
    groups: BlockGroups, depth: NDArray[np.intp], levels: NDArray[np.intp]
) -> NDArray[np.float64]:
    """How many runs of each group that are at least so deep have each level, float64[g, s, l]."""
    shape = (groups.count, len(TOP_SHARES) + 1, int(levels.max(initial=0)) + 1)
    cell = np.ravel_multi_index((groups.group, depth, levels), shape)
    counts = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1].astype(np.float64)


def _divergence(
    best: NDArray[np.float64], everyone: NDArray[np.float64], freedom: int
) -> SquaredLength:
    """Of the levels of one parameter.

    Args:
        best: how many of the best runs of each group have each level, float64[g, l].
        everyone: likewise of all runs.
        freedom: the degrees of freedom of the noise.
    """
    # Of the noise no more is known than the groups tell that the best come from.
    freedom = min(freedom, int(np.count_nonzero(best.sum(axis=1))) - 1)
    usual = _shares(everyone.sum(axis=0))
    vector = _shares(best.sum(axis=0)) - usual
    deleted = _shares(best.sum(axis=0) - best) - _shares(everyone.sum(axis=0) - everyone)
    seen = np.count_nonzero(everyone, axis=0) > 1  # the noise of others is unknown
    weights = np.where(seen, 1 / np.where(usual > 0, usual, 1), 0.0)
    return squared_length(vector, deleted, weights, freedom)


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the last axis; 0 where nothing was counted."""
    shares: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return shares

"""Differences of two values, on each data set and overall, with the error that blocks leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.bootstrap import critical_values, deal, freedom_of, student_reach
from build_site.evidence.influences import Places, joined
from build_site.evidence.linearisation import (
    Linearised,
    adjusted,
    fixed_by_block,
    rank_influence,
    tally,
    varied_within,
    with_ranks,
)
from build_site.evidence.numbering import distinct, numbered
from build_site.evidence.outcomes import Outcomes


@dataclass(frozen=True, eq=False)
class Comparison:
    """Of e pairs of levels in one scope, a data set or all of them.

    `value` float64[e], the difference of means; NaN where a level has no runs.
    `error` float64[e], its standard error; NaN where it is not known.
    `freedom` float64[e], of the Student's t whose 97.5 % quantile bounds the 95 % interval.
    `beats` float64[e], the probability that a run of the first level beats one of the second.
    """

    value: NDArray[np.float64]
    error: NDArray[np.float64]
    freedom: NDArray[np.float64]
    beats: NDArray[np.float64]

    @property
    def reach(self) -> NDArray[np.float64]:
        """Half the width of the 95 % interval."""
        return self.error * student_reach(self.freedom, 0.05)


@dataclass(frozen=True, eq=False)
class Part:
    """What one data set says: n runs in b blocks; `block` intp[b] are their places in the study."""

    linearised: Linearised
    beats: NDArray[np.float64]
    block: NDArray[np.intp]


class Comparer:
    """Compares levels of any parameter by the percentile, or by the metric itself."""

    def __init__(self, outcomes: Outcomes, *, raw: bool = False) -> None:
        self._outcomes = outcomes
        self._raw = raw
        value = outcomes.raw if raw else outcomes.percentile
        kept = np.isfinite(value)
        self._slices = [
            _slice(outcomes, value, np.flatnonzero(kept & (outcomes.dataset == place)))
            for place in range(len(outcomes.datasets))
        ]
        blocks = sum(len(each.blocks) for each in self._slices)
        self._spans = blocks > len(distinct(outcomes.block[kept]))
        self._fixed = fixed_parameters(outcomes)

    def compare(self, parameter: int, pairs: NDArray[np.intp]) -> list[Comparison]:
        """Of `pairs` intp[e, 2] of a parameter's levels: overall, then on each data set."""
        parts = [self._part(each, parameter, pairs) for each in self._slices]
        by_dataset = [_judged(each.linearised, each.beats) for each in parts]
        return [self._overall(parts, by_dataset, len(pairs)), *by_dataset]

    def _part(self, runs: "_Slice", parameter: int, pairs: NDArray[np.intp]) -> Part:
        levels = self._outcomes.level_counts[parameter]
        shape = (levels, len(runs.blocks))
        level = self._outcomes.levels[runs.rows, parameter].astype(np.intp)
        blocks = tally(runs.block, level, runs.value, shape)
        if parameter in self._fixed:
            others = self._others(runs, parameter)
            found = adjusted(blocks, pairs, others) if others.size else None
            found = found or fixed_by_block(blocks, pairs)
        else:
            found = varied_within(blocks, pairs)
        beats = np.full(len(pairs), np.nan)
        if not self._raw and len(runs.rows):
            ranks, superior = rank_influence(runs.place, level, runs.block, runs.places, shape)
            found = with_ranks(found, ranks, pairs)
            beats = superior.beats[pairs[:, 0], pairs[:, 1]]
        return Part(found, beats, runs.blocks)

    def _others(self, runs: "_Slice", parameter: int) -> NDArray[np.float64]:
        """Indicators of what else blocks fix, where anything varies within them.

        Blocks that fix everything are configurations, which are not dealt: no two are alike.
        """
        others = [each for each in self._fixed if each != parameter]
        if len(self._fixed) == len(self._outcomes.factors):
            others = []
        columns = []
        for other in others:
            level = np.zeros(len(runs.blocks), np.intp)
            level[runs.block] = self._outcomes.levels[runs.rows, other]
            columns += [level == used for used in distinct(level)[1:]]
        return np.array(columns, np.float64).reshape(len(columns), len(runs.blocks)).T

    def _overall(
        self, parts: Sequence[Part], by_dataset: Sequence[Comparison], pairs: int
    ) -> Comparison:
        """Each data set on which the error is known counts the same, however many runs it has.

        If it is known on none, each on which there are runs of both levels does.
        """
        if not parts:
            nothing = np.full(pairs, np.nan)
            return Comparison(nothing, nothing, nothing, nothing)
        value = np.array([each.value for each in by_dataset])
        known = np.isfinite([each.error for each in by_dataset])
        used = np.where(known.any(axis=0), known, np.isfinite(value))
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(used, 1 / used.sum(axis=0), 0.0)
        scaled = [
            each.linearised.influences.scaled(share[place]) for place, each in enumerate(parts)
        ]
        freedom = np.array([each.linearised.freedom for each in parts])
        strata = [each.linearised.stratum for each in parts]
        ends = np.cumsum([0, *map(len, strata)])
        places: list[Places]
        if self._spans:
            # Blocks of several data sets are one each, so that only one stratum is left.
            blocks, place = numbered(np.concatenate([each.block for each in parts]))
            places = [place[start:end] for start, end in pairwise(ends)]
            stratum = np.zeros(len(blocks), np.intp)
            stratum[place] = np.concatenate(strata)
            combined = np.where(used, freedom, np.inf).min(axis=0)
        else:
            places = [slice(start, end) for start, end in pairwise(ends)]
            stratum = np.concatenate([each * len(parts) + d for d, each in enumerate(strata)])
            with np.errstate(invalid="ignore", divide="ignore"):
                variance = np.array([each.squares for each in scaled])
                lost = np.where(variance > 0, variance**2 / freedom, 0.0).sum(axis=0)
                combined = variance.sum(axis=0) ** 2 / lost
        influences = joined(scaled, places, len(stratum))
        linearised = Linearised(_weighted(value, share), influences, combined, stratum)
        beats = np.array([each.beats for each in parts])
        return _judged(linearised, _weighted(beats, share))


@dataclass(frozen=True, eq=False)
class _Slice:
    """The runs of one data set: `rows` of the outcomes, `block` counts from 0 among `blocks`."""

    rows: NDArray[np.intp]
    value: NDArray[np.float64]
    block: NDArray[np.intp]
    blocks: NDArray[np.intp]
    place: NDArray[np.intp]
    places: int


def fixed_parameters(outcomes: Outcomes) -> tuple[int, ...]:
    """The parameters of which every block has a single value; none if there are no runs."""
    fixed = []
    if not outcomes.runs:
        return ()
    first = np.zeros(int(outcomes.block.max()) + 1, np.intp)
    first[outcomes.block] = np.arange(outcomes.runs)
    for parameter in range(len(outcomes.factors)):
        level = outcomes.levels[:, parameter]
        if (level == level[first[outcomes.block]]).all():
            fixed.append(parameter)
    return tuple(fixed)


def _slice(outcomes: Outcomes, value: NDArray[np.float64], rows: NDArray[np.intp]) -> _Slice:
    blocks, block = numbered(outcomes.block[rows])
    different, place = np.unique(value[rows], return_inverse=True)
    return _Slice(rows, value[rows], block, blocks, place, len(different))


def _weighted(values: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over data sets (axis 0) that have a share; NaN where none has."""
    total = np.where(share > 0, values * share, 0.0).sum(axis=0)
    return np.where((share > 0).any(axis=0), total, np.nan)


def _judged(linearised: Linearised, beats: NDArray[np.float64]) -> Comparison:
    """The interval's reach is drawn by the bootstrap, but never less than Student's."""
    value, influences = linearised.value, linearised.influences
    with np.errstate(invalid="ignore"):
        error = np.sqrt(influences.squares)
        error[~np.isfinite(value) | ~(error > 0) | ~(linearised.freedom > 0)] = np.nan
    known = np.isfinite(error)
    freedom = np.full(len(value), np.nan)
    if known.any():
        least = linearised.freedom[known]
        group, stratum = deal(linearised.stratum)
        grouped = influences.grouped(group, len(stratum))
        critical = critical_values(grouped.sums[:, known], grouped.part[:, known], stratum)
        freedom[known] = freedom_of(np.maximum(critical, student_reach(least, 0.05)))
    return Comparison(value, error, freedom, beats)

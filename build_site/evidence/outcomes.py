"""The runs of a study as arrays, one entry a run: what all statistics are computed from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from build_site.levels import Factor
from build_site.metrics import DatasetSummary
from build_site.metrics.grouping import Group, together
from build_site.metrics.queries import sql
from build_site.study import Study


@dataclass(frozen=True, eq=False)
class Outcomes:
    """All n runs that ended, in the order of table scored; p parameters, d data sets.

    `percentile` float64[n], within the data set, 0 the worst to 1 the best, diverged runs last.
    `raw` float64[n], the metric itself; NaN for a diverged run.
    `relative` float64[n], 0 guessing to 1 the best on the data set; NaN where meaningless.
    `diverged` bool[n].
    `dataset` intp[n], a place in `datasets`, the easiest first.
    `block` intp[n], the same for runs that were drawn together: they share data set, mini-batches,
    and whatever else their block fixes, so that they are not independent. Blocks that repeat each
    other's configurations are one. Where a study records no blocks, it is what `metrics.grouping`
    says.
    `configuration` intp[n], the same for runs that differ in data set or seed alone.
    `levels` uint16[n, p], places in the levels of each of `factors`.
    """

    percentile: NDArray[np.float64]
    raw: NDArray[np.float64]
    relative: NDArray[np.float64]
    diverged: NDArray[np.bool_]
    dataset: NDArray[np.intp]
    block: NDArray[np.intp]
    configuration: NDArray[np.intp]
    levels: NDArray[np.uint16]
    factors: tuple[Factor, ...]
    datasets: tuple[DatasetSummary, ...]

    @property
    def runs(self) -> int:
        """How many there are, n."""
        return len(self.percentile)

    @cached_property
    def level_counts(self) -> tuple[int, ...]:
        """How many levels each factor has."""
        return tuple(len(factor.levels) for factor in self.factors)

    def on(self, dataset: int) -> "Outcomes":
        """The runs on one data set alone."""
        here = self.dataset == dataset
        return Outcomes(
            percentile=self.percentile[here],
            raw=self.raw[here],
            relative=self.relative[here],
            diverged=self.diverged[here],
            dataset=np.zeros(int(here.sum()), np.intp),
            block=self.block[here],
            configuration=self.configuration[here],
            levels=self.levels[here],
            factors=self.factors,
            datasets=(self.datasets[dataset],),
        )


def read_outcomes(
    study: Study, factors: tuple[Factor, ...], datasets: tuple[DatasetSummary, ...], group: Group
) -> Outcomes:
    """From the tables scored and setting of a study."""
    study.database.execute(together(group))
    names = [each.name for each in datasets]
    columns = study.database.execute(sql("outcomes"), {"datasets": names}).fetchnumpy()
    levels = np.empty((len(columns["percentile"]), len(factors)), np.uint16)
    for place in range(len(factors)):
        levels[:, place] = study.database.execute(
            "SELECT level FROM setting WHERE parameter = ? ORDER BY position", [place]
        ).fetchnumpy()["level"]
    return Outcomes(
        percentile=_filled(columns["percentile"]),
        raw=_filled(columns["raw"]),
        relative=_filled(columns["relative"]),
        diverged=np.asarray(columns["diverged"], np.bool_),
        dataset=np.asarray(columns["dataset"], np.intp),
        block=np.asarray(columns["block"], np.intp),
        configuration=np.asarray(columns["configuration"], np.intp),
        levels=levels,
        factors=factors,
        datasets=datasets,
    )


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN where the database has NULL."""
    return np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan)

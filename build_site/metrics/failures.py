"""Whether runs train at all, and how well if they do, from the SQL files beside this one."""

import math
from dataclasses import dataclass, replace

from build_site.metrics.queries import sql
from build_site.statistics import FEWEST, NOTHING_KNOWN, Estimate, mean_estimate
from build_site.study import Study

Place = tuple[int, int]  # of a parameter in the study's factors, and of a level in its levels


@dataclass(frozen=True)
class Failures:
    """How runs with one value end (`first` is `second`), or with two of different parameters.

    `share` of the n runs that failed with its 95 % Wilson interval, and the mean percentile of
    those that trained with Student's.
    """

    first: Place
    second: Place
    failed: int
    share: Estimate
    rest: Estimate

    @property
    def n(self) -> int:
        """How many runs there are."""
        return self.share.n

    @property
    def evident(self) -> bool:
        """Whether there are runs enough to say anything."""
        return self.n >= FEWEST


@dataclass(frozen=True)
class DatasetFailures:
    """How the runs on one data set end."""

    dataset: str
    runs: int
    diverged: int
    at_chance: int
    hardly_learned: int

    @property
    def failed(self) -> int:
        """How many did not train, for either reason."""
        return self.diverged + self.at_chance


@dataclass(frozen=True)
class Trained:
    """Of a study: its values and pairs of values that occur, and its data sets that have runs."""

    values: tuple[Failures, ...]
    pairs: tuple[Failures, ...]
    datasets: tuple[DatasetFailures, ...]


def failures(study: Study, *, is_share: bool) -> Trained:
    """Of all runs that ended; `is_share` says whether the metric is one."""
    study.database.execute("DROP TABLE IF EXISTS trained")
    study.database.execute(sql("trained"), {"is_share": is_share})
    found = [
        Failures(
            (a, a_level),
            (b, b_level),
            failed,
            Estimate(n, share, low, high),
            _rest(n - failed, mean, deviation),
        )
        for a, a_level, b, b_level, n, failed, share, low, high, mean, deviation in (
            study.database.execute(sql("failures")).fetchall()
        )
    ]
    datasets = study.database.execute(sql("failures_by_dataset")).fetchall()
    return Trained(
        tuple(each for each in found if each.first == each.second),
        tuple(each for each in found if each.first != each.second),
        tuple(DatasetFailures(*row) for row in datasets),
    )


def _rest(n: int, mean: float | None, deviation: float | None) -> Estimate:
    """The mean percentile of the runs that trained, with ends that a percentile can have."""
    if mean is None:
        return NOTHING_KNOWN
    found = mean_estimate(n, mean, deviation)
    if math.isnan(found.low):
        return found
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))

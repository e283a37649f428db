"""What the values of a parameter do to the percentile, from the SQL files beside this one."""

from dataclasses import dataclass

from build_site.metrics.queries import sql
from build_site.statistics import NOTHING_KNOWN, Estimate, mean_estimate
from build_site.study import Study

Place = tuple[int, int | None, str | None]


@dataclass(frozen=True)
class Effects:
    """Estimates of the mean percentile by (level, level of another parameter, data set).

    None stands for all levels of another parameter, and for all data sets.
    """

    estimates: dict[Place, Estimate]

    def at(self, level: int, other: int | None = None, dataset: str | None = None) -> Estimate:
        """The estimate there; one of no runs if no run is there."""
        return self.estimates.get((level, other, dataset), NOTHING_KNOWN)


@dataclass(frozen=True)
class SeedNoise:
    """How far runs lie apart that differ in their seed alone."""

    configurations: int
    runs: int
    deviation: float | None


@dataclass(frozen=True)
class TrainingLength:
    """The fewest and the most epochs of a completed run."""

    least: int | None
    most: int | None


def effects(study: Study, parameter: int) -> Effects:
    """Of the parameter at that place of the study's factors."""
    return _effects(study, "effects", {"parameter": parameter})


def interactions(study: Study, parameter: int, other: int) -> Effects:
    """Of the parameter at each level of another."""
    return _effects(study, "interactions", {"parameter": parameter, "other": other})


def seed_noise(study: Study) -> SeedNoise:
    """Pooled over all configurations that were repeated."""
    (row,) = study.database.execute(sql("seed_noise")).fetchall()
    return SeedNoise(*row)


def training_length(study: Study) -> TrainingLength:
    """Of all completed runs."""
    (row,) = study.database.execute(sql("training_length")).fetchall()
    return TrainingLength(*row)


def _effects(study: Study, name: str, places: dict[str, int]) -> Effects:
    rows = study.database.execute(sql(name), places).fetchall()
    return Effects(
        {
            (level, other, dataset): mean_estimate(n, mean, deviation)
            for level, other, dataset, n, mean, deviation in rows
        }
    )

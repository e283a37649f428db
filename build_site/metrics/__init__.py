"""The normalised metrics and summaries of a study: each an SQL file beside this one."""

from dataclasses import dataclass

from build_site.metrics.queries import sql
from build_site.study import Study, quoted


@dataclass(frozen=True)
class DatasetSummary:
    """How hard a data set is, and how the runs on it ended."""

    name: str
    label: str
    source: str
    classes: int | None
    chance: float | None
    train_size: int | None
    test_size: int | None
    runs: int
    completed: int
    diverged: int
    failed: int
    median: float | None
    best: float | None
    difficulty: float | None


@dataclass(frozen=True)
class BestRun:
    """The best run on a data set; `position` is its place in table scored, of all runs."""

    dataset: str
    position: int
    raw: float


@dataclass(frozen=True)
class TopShare:
    """Share of the runs with one value that reach the best tenth, with its 95 % interval.

    `parameter` and `level` are places in the study's factors; `expected` is the share among all
    runs, which ties keep from being exactly a tenth.
    """

    parameter: int
    level: int
    n: int
    share: float
    low: float
    high: float
    expected: float


@dataclass(frozen=True)
class TiedBest:
    """A data set, by its label, where `tied` of all `runs` share the best result: too many.

    None of them counts among the best tenth.
    """

    dataset: str
    tied: int
    runs: int


def score(study: Study) -> None:
    """Create table `scored`: every ended run with its metric, percentile and relative value."""
    study.database.execute(
        "CREATE VIEW measured_run AS SELECT run_id, config_id, dataset, status, seed, "
        f"{quoted(study.metric)}::DOUBLE AS measured FROM run"
    )
    study.database.execute(sql("scored"))


def sample(study: Study, most: int) -> int:
    """Leave tables scored and levels with a random sample of about `most` runs if they have more.

    Returns:
        how many runs are left.
    """
    (runs,) = study.database.execute("SELECT count(*) FROM scored").fetchone() or (0,)
    if runs > most:
        draw, replace = sql("sample").split(";\n", 1)
        study.database.execute(draw, {"most": most})
        study.database.execute(replace)
        study.database.execute(sql("sample_levels"))
        (runs,) = study.database.execute("SELECT count(*) FROM scored").fetchone() or (0,)
    return int(runs)


def dataset_summaries(study: Study) -> tuple[DatasetSummary, ...]:
    """One for each data set that has runs, the easiest first."""
    rows = study.database.execute(sql("dataset_summary")).fetchall()
    return tuple(DatasetSummary(*row) for row in rows)


def best_runs(study: Study) -> dict[str, BestRun]:
    """The best run on each data set that has a completed one, by the data set's name."""
    rows = study.database.execute(sql("best_runs")).fetchall()
    return {row[0]: BestRun(*row) for row in rows}


def tied_best(study: Study) -> tuple[TiedBest, ...]:
    """The data sets where no run counts among the best tenth, for ties; by label."""
    rows = study.database.execute(sql("tied_best")).fetchall()
    return tuple(TiedBest(*row) for row in rows)


def top_shares(study: Study) -> tuple[TopShare, ...]:
    """One for each value that occurs, in the order of the study's factors."""
    rows = study.database.execute(sql("top_share")).fetchall()
    return tuple(TopShare(*row) for row in rows)

"""What a study holds, counted."""

from dataclasses import dataclass
from pathlib import Path

from train.database import reading


@dataclass(frozen=True)
class DatasetCount:
    """What a study holds on one data set; accuracies are None while nothing has completed."""

    label: str
    completed: int
    diverged: int
    failed: int
    median: float | None
    best: float | None


@dataclass(frozen=True)
class Summary:
    """What a study holds."""

    title: str
    runs: int
    blocks: int
    last_started: str | None
    datasets: tuple[DatasetCount, ...]


def summarise(study: Path) -> Summary:
    """Count what the study holds, data set by data set.

    Raises:
        StoreError: if it cannot be read as a study.
    """
    with reading(study) as database:
        (title,) = database.execute("SELECT title FROM study").fetchone() or ("",)
        totals = database.execute(
            "SELECT count(*), count(DISTINCT block_id), max(started_at)::VARCHAR FROM run"
        ).fetchone()
        rows = database.execute(
            """
            SELECT label,
                   count(*) FILTER (status = 'completed'),
                   count(*) FILTER (status = 'diverged'),
                   count(*) FILTER (status = 'failed'),
                   median(test_accuracy),
                   max(test_accuracy)
            FROM run JOIN dataset ON run.dataset = dataset.name
            GROUP BY dataset.name, label
            ORDER BY median(test_accuracy) DESC
            """
        ).fetchall()
    runs, blocks, last = totals or (0, 0, None)
    return Summary(title, runs, blocks, last, tuple(DatasetCount(*row) for row in rows))

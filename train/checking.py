"""Whether a study can be what its sweeps say: checks that a fault of the engine would not pass.

Most checks are SQL files in checks/, each of which finds what must not be; those of the accuracies
themselves are in plausibility.py.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

from train.accuracies import Reachable
from train.database import StoreError, reading
from train.plausibility import Accuracies, Check, best_check, failure_check, spike_check

CHECKS = Path(__file__).parent / "checks"
FEWEST_REPLICATES = 0.05  # share of the configurations
GUESSER = 3.09  # standard deviations above chance that 1 guesser in 1,000 exceeds

# What each check holds for, in the order in which they are told.
TITLES = {
    "provenance": "What was trained on is recorded",
    "blocks": "Blocks are whole, and how they were trained is recorded",
    "identities": "Ids and configurations agree, no run is there twice",
    "curves": "Learning curves are complete and end in the result",
    "accuracies": "Accuracies are shares of the test images",
    "copies": "No two runs took the same course",
    "replicates": f"At least {FEWEST_REPLICATES:.0%} of the configurations are repeated",
}


def check_study(study: Path, reachable: Mapping[str, Reachable]) -> list[Check]:
    """Every check, in the order of a sweep: what was planned, what was recorded, what came out.

    Raises:
        StoreError: if the study cannot be read, was made by no sweep, or has no runs.
    """
    with reading(study) as database:
        parameters = [
            name
            for (name,) in database.execute(
                "SELECT name FROM parameter ORDER BY position"
            ).fetchall()
        ]
        settings = ", ".join(f"'{_text(name)} ' || {_column(name)}" for name in parameters)
        database.execute(
            "CREATE TEMP VIEW setting AS SELECT run_id, dataset, config_id, "
            f"concat_ws(', ', {settings}) AS setting FROM run"
        )
        (recorded,) = database.execute("SELECT provenance FROM study").fetchone() or ("[]",)
        epochs = {sweep["epochs"] for sweep in json.loads(recorded) if "epochs" in sweep}
        if not epochs:
            raise StoreError(
                f"{study} was made by no sweep, so nothing is known to hold it against"
            )
        checks = [_sql_check(database, name, max(epochs)) for name in TITLES]
        datasets = [
            _accuracies(database, name, parameters)
            for (name,) in database.execute(
                "SELECT DISTINCT dataset FROM run ORDER BY 1"
            ).fetchall()
        ]
    if not datasets:
        raise StoreError(f"{study} has no runs to check")
    return [
        *checks,
        Check("All runs trained equally long", () if len(epochs) == 1 else (f"epochs: {epochs}",)),
        best_check(datasets, reachable),
        spike_check(datasets),
        failure_check(datasets),
    ]


def _sql_check(database: duckdb.DuckDBPyConnection, name: str, epochs: int) -> Check:
    text = (CHECKS / f"{name}.sql").read_text(encoding="utf-8")
    values = {"epochs": epochs, "replicates": FEWEST_REPLICATES}
    named = {key: value for key, value in values.items() if f"${key}" in text}
    return Check(
        TITLES[name], tuple(fault for (fault,) in database.execute(text, named).fetchall())
    )


def _accuracies(
    database: duckdb.DuckDBPyConnection, dataset: str, parameters: Sequence[str]
) -> Accuracies:
    rows = database.execute(
        "SELECT coalesce(test_accuracy, chance), status = 'completed', config_id, test_size, "
        f"chance, {', '.join(map(_column, parameters))} "
        "FROM run JOIN dataset ON run.dataset = dataset.name WHERE run.dataset = ? ORDER BY run_id",
        [dataset],
    ).fetchall()
    reached, completed, configurations, sizes, chances, *settings = zip(*rows, strict=True)
    size, chance = int(sizes[0]), float(chances[0])
    return Accuracies(
        dataset=dataset,
        reached=np.array(reached, np.float64),
        completed=np.array(completed, np.bool_),
        guessed=chance + GUESSER * float(np.sqrt(chance * (1 - chance) / size)),
        test_size=size,
        configurations=np.array(configurations),
        settings={name: np.array(each) for name, each in zip(parameters, settings, strict=True)},
    )


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(name: str) -> str:
    return name.replace("'", "''")

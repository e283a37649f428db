"""Studies of any categorical parameters, with planted effects, written through the contract."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from studies import SCHEMA

Row = Mapping[str, Any]


def write_grid(
    path: Path,
    parameters: Mapping[str, Sequence[str]],
    rows: Sequence[Row],
    *,
    direction: str = "maximize",
    datasets: Sequence[str] = ("easy", "hard"),
) -> Path:
    """Write a study named grid; a row has a dataset, an accuracy and a value of each parameter.

    Optional in a row: config, seed, status (completed), epochs (3).
    """
    with duckdb.connect(str(path)) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        database.execute(
            "INSERT INTO study VALUES (1, 'grid', 'A grid', 'For tests.', 'test_accuracy', "
            "'Test accuracy', ?, TIMESTAMP '2026-01-01', '[]')",
            [direction],
        )
        for position, (name, values) in enumerate(parameters.items()):
            database.execute(f'ALTER TABLE run ADD COLUMN "{name}" VARCHAR')
            database.execute(
                "INSERT INTO parameter VALUES "
                "(?, ?, ?, 'categorical', 'linear', ?, NULL, NULL, 'For tests.')",
                [position, name, name.replace("_", " ").capitalize(), list(values)],
            )
        for dataset in datasets:
            database.execute(
                "INSERT INTO dataset VALUES (?, ?, 10, 0.1, 9, 9, [1, 1, 1], '', '')",
                [dataset, dataset.title()],
            )
        kinds = dict.fromkeys(parameters, "VARCHAR") | {
            "run_id": "VARCHAR",
            "config_id": "VARCHAR",
            "dataset": "VARCHAR",
            "seed": "BIGINT",
            "status": "VARCHAR",
            "test_accuracy": "DOUBLE",
            "epochs": "INTEGER",
        }
        complete = [_complete(number, row, parameters) for number, row in enumerate(rows)]
        columns = ", ".join(f'unnest(?::{kind}[]) AS "{name}"' for name, kind in kinds.items())
        database.execute(
            f"INSERT INTO run BY NAME SELECT {columns}",
            [[row[name] for row in complete] for name in kinds],
        )
    return path


def _complete(number: int, row: Row, parameters: Mapping[str, Sequence[str]]) -> Row:
    return {
        "run_id": f"run-{number:05}",
        "config_id": row.get("config", f"config-{number}"),
        "dataset": row["dataset"],
        "seed": row.get("seed", 0),
        "status": row.get("status", "completed"),
        "test_accuracy": row["accuracy"],
        "epochs": row.get("epochs", 3),
        **{name: row.get(name) for name in parameters},
    }

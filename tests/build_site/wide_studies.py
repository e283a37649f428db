"""Studies of any parameters, for what a tiny one cannot show; through the contract alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from studies import SCHEMA


def write_wide_study(
    path: Path,
    parameters: Mapping[str, Sequence[str | float | None]],
    accuracy: Sequence[float | None],
    *,
    direction: str = "maximize",
    labels: Mapping[str, str] | None = None,
    configurations: Sequence[str] | None = None,
) -> Path:
    """A study of one data set; of each parameter the value in each run.

    A parameter of numbers is numeric, any other is categorical. A run without accuracy diverged.
    All runs count as one configuration, unless `configurations` names that of each.
    """
    with duckdb.connect(str(path)) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        database.execute(
            "INSERT INTO study VALUES (1, 'wide', 'A wide study', 'For tests.', 'test_accuracy', "
            "'Test accuracy', ?, TIMESTAMP '2026-01-01', '[]')",
            [direction],
        )
        database.execute(
            "INSERT INTO dataset VALUES ('easy', 'Easy', 10, 0.1, 100, 100, [32, 32, 3], '', '')"
        )
        runs = len(accuracy)
        columns = {
            "run_id": [f"run-{number:07}" for number in range(runs)],
            "accuracy": list(accuracy),
            "configuration": list(configurations or ["c"] * runs),
        }
        shown = []
        for position, (name, values) in enumerate(parameters.items()):
            numeric = any(isinstance(value, float) for value in values)
            kind = "DOUBLE" if numeric else "VARCHAR"
            known = None if numeric else sorted({str(v) for v in values if v is not None})
            database.execute(f'ALTER TABLE run ADD COLUMN "{name}" {kind}')
            database.execute(
                "INSERT INTO parameter VALUES (?, ?, ?, ?, 'linear', ?, NULL, NULL, '')",
                [
                    position,
                    name,
                    (labels or {}).get(name, name.capitalize()),
                    "numeric" if numeric else "categorical",
                    known,
                ],
            )
            columns[f"p{position}"] = list(values)
            shown.append(f'unnest($p{position}::{kind}[]) AS "{name}"')
        database.execute(
            "INSERT INTO run BY NAME SELECT *, 'easy' AS dataset, "
            "CASE WHEN test_accuracy IS NULL THEN 'diverged' ELSE 'completed' END AS status "
            "FROM (SELECT unnest($run_id) AS run_id, unnest($configuration) AS config_id, "
            "unnest($accuracy::DOUBLE[]) AS test_accuracy"
            f"{''.join(f', {column}' for column in shown)})",
            columns,
        )
    return path

"""Import from a test, and look at what came of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner

from build_site.__main__ import command


@dataclass
class Study:
    """What an imported study holds, as rows of names and values."""

    study: dict[str, Any]
    parameters: dict[str, dict[str, Any]]
    datasets: list[str]
    runs: list[dict[str, Any]]
    provenance: dict[str, Any]
    said: str = field(default="", repr=False)

    def column(self, name: str) -> list[Any]:
        return [run[name] for run in self.runs]


def imported(out: Path, *arguments: object) -> Study:
    """The study that `import` makes of its arguments."""
    said = succeed("import", *arguments, "--out", out)
    study = read(out)
    study.said = said
    return study


def succeed(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: object) -> str:
    """The one sentence that the command refuses with."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 2, (result.output, result.exception)
    assert result.output.startswith("Error: "), result.output
    assert result.output.count("\n") == 1, result.output
    return result.output


def read(path: Path) -> Study:
    with duckdb.connect() as database:
        if path.is_dir():
            database.execute("CREATE SCHEMA stored")
            for table in ("study", "parameter", "dataset", "run"):
                database.execute(f"CREATE TABLE stored.{table} AS FROM '{path}/{table}.parquet'")
            database.execute("USE stored")
        else:
            database.execute(f"ATTACH '{path}' AS stored (READ_ONLY)")
            database.execute("USE stored")
        (study,) = _rows(database, "FROM study")
        return Study(
            study,
            {row["label"]: row for row in _rows(database, "FROM parameter ORDER BY position")},
            [row["label"] for row in _rows(database, "FROM dataset ORDER BY name")],
            _rows(database, "FROM run ORDER BY run_id"),
            json.loads(study["provenance"])[0],
        )


def _rows(database: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = database.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

"""Open a study read-only, check it against the contract, and hold it in memory."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

SCHEMA = Path(__file__).parent.parent / "data" / "schema.sql"
SCHEMA_VERSION = 1
TABLES = ("study", "parameter", "dataset", "run", "epoch")

# Columns of run without which there is nothing to show; others may be missing, and are NULL.
REQUIRED_OF_RUN = {"run_id", "config_id", "dataset", "status"}


class StudyError(ValueError):
    """A study that cannot be shown; the message says which, why, and what to do."""


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter as the study declares it; `values` is empty for a numeric one."""

    name: str
    label: str
    kind: str
    scale: str
    values: tuple[str, ...]
    value_labels: tuple[str, ...]
    default: str | None
    description: str


@dataclass(frozen=True)
class Fact:
    """One thing recorded about a sweep, ready to show."""

    name: str
    value: str


Sweep = tuple[Fact, ...]


@dataclass(frozen=True)
class Study:
    """A checked study; `database` holds its five tables in memory."""

    name: str
    title: str
    description: str
    metric: str
    metric_label: str
    direction: str
    created: str
    sweeps: tuple[Sweep, ...]
    parameters: tuple[Parameter, ...]
    database: duckdb.DuckDBPyConnection


def open_study(path: Path) -> Study:
    """Read a study from a .duckdb file, or from a folder of Parquet files exported from one.

    Raises:
        StudyError: if there is no study, it is damaged, or it breaks the contract of schema.sql.
    """
    if not path.exists():
        raise StudyError(f"there is no study {path}")
    database = duckdb.connect()
    try:
        with _explained(path):
            if path.is_dir():
                _read_folder(database, path)
            else:
                _read_file(database, path)
        # From here on nothing in the study can make the database touch a file.
        database.execute("SET enable_external_access = false")
        with _explained(path):
            return _checked(database, path)
    except BaseException:
        database.close()
        raise


def quoted(identifier: str) -> str:
    """An SQL identifier, safe whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def _read_file(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    location = str(path).replace("'", "''")
    database.execute(f"ATTACH '{location}' AS source (READ_ONLY)")
    tables = {
        name
        for (name,) in database.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source'"
        ).fetchall()
    }
    for table in TABLES:
        if table not in tables:
            raise StudyError(f"{path} has no table {table}, so it is no study")
        database.execute(f"CREATE TABLE {table} AS FROM source.{table}")
    database.execute("DETACH source")


def _read_folder(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    for table in TABLES:
        file = path / f"{table}.parquet"
        if not file.is_file():
            raise StudyError(f"{path} has no {file.name}, so it is no exported study")
        database.execute(f"CREATE TABLE {table} AS FROM read_parquet(?)", [str(file)])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StudyError(f"{path} cannot be read as a study: {reason}") from error


def _checked(database: duckdb.DuckDBPyConnection, path: Path) -> Study:
    _check_columns(database, path)
    row = database.execute(
        "SELECT schema_version, name, title, description, metric, metric_label, direction, "
        "created::VARCHAR, provenance FROM study"
    ).fetchall()
    if len(row) != 1:
        raise StudyError(f"{path} describes {len(row)} studies in its table study, not one")
    version, name, title, description, metric, metric_label, direction, created, provenance = row[0]
    if version != SCHEMA_VERSION:
        raise StudyError(
            f"{path} has schema version {version}, but this program reads version "
            f"{SCHEMA_VERSION}; use the version of Hyperatlas that wrote it"
        )
    study = Study(
        name=name,
        title=title,
        description=description,
        metric=metric,
        metric_label=metric_label,
        direction=direction,
        created=created,
        sweeps=_sweeps(provenance, path),
        parameters=_parameters(database),
        database=database,
    )
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", study.name):
        raise StudyError(
            f"{path} is named {study.name!r}; a name has letters, digits, - and _ only, "
            "because it becomes part of addresses"
        )
    _check_run(study, path)
    return study


def _check_columns(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    for (table, column), kind in _contract().items():
        found = _columns(database, table).get(column)
        if found is None and (table != "run" or column in REQUIRED_OF_RUN):
            raise StudyError(f"{path} has no column {column} in its table {table}")
        if found is None:
            database.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        elif found != kind:
            raise StudyError(f"{path}: column {column} of table {table} is {found}, not {kind}")


@cache
def _contract() -> dict[tuple[str, str], str]:
    """(table, column) -> type, as data/schema.sql declares them."""
    with duckdb.connect() as empty:
        empty.execute(SCHEMA.read_text(encoding="utf-8"))
        return {(t, c): kind for t in TABLES for c, kind in _columns(empty, t).items()}


def _columns(database: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = database.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
        "ORDER BY column_index",
        [table],
    ).fetchall()
    return dict(rows)


def _parameters(database: duckdb.DuckDBPyConnection) -> tuple[Parameter, ...]:
    rows = database.execute(
        'SELECT name, label, kind, scale, coalesce("values", []), '
        'coalesce(value_labels, "values", []), default_value, description '
        "FROM parameter ORDER BY position, name"
    ).fetchall()
    return tuple(
        Parameter(name, label, kind, scale, tuple(values), tuple(labels), default, description)
        for name, label, kind, scale, values, labels, default, description in rows
    )


def _sweeps(provenance: str, path: Path) -> tuple[Sweep, ...]:
    """What is recorded about each sweep: whatever its writer thought worth keeping."""
    try:
        recorded = json.loads(provenance)
    except json.JSONDecodeError as error:
        raise StudyError(f"{path}: the provenance of its table study is not JSON") from error
    objects = [each for each in recorded if isinstance(each, dict)] if recorded else []
    return tuple(
        tuple(Fact(str(name).replace("_", " "), _flat(value)) for name, value in each.items())
        for each in objects
    )


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_flat, value))
    return str(value)


def _check_run(study: Study, path: Path) -> None:
    columns = _columns(study.database, "run")
    if study.metric not in columns:
        raise StudyError(f"{path}: its metric {study.metric!r} is no column of table run")
    for parameter in study.parameters:
        if parameter.name not in columns:
            raise StudyError(f"{path}: parameter {parameter.name!r} is no column of table run")
        if parameter.kind != "numeric":
            _check_values(study, parameter, path)
        if len(parameter.value_labels) != len(parameter.values):
            raise StudyError(f"{path}: {parameter.name!r} has not one label for each of its values")
    _refuse_any(
        study,
        "SELECT dataset FROM run "
        "WHERE dataset IS NULL OR dataset NOT IN (SELECT name FROM dataset)",
        f"{path}: table run has data set {{}}, which table dataset does not describe",
    )
    _refuse_any(
        study,
        "SELECT run_id FROM run GROUP BY run_id HAVING count(*) > 1",
        f"{path}: run {{}} is there more than once",
    )
    _refuse_any(
        study,
        "SELECT status FROM run "
        "WHERE status IS NULL OR status NOT IN ('completed', 'diverged', 'failed')",
        f"{path}: a run has status {{}}, not completed, diverged or failed",
    )


def _check_values(study: Study, parameter: Parameter, path: Path) -> None:
    column = quoted(parameter.name)
    _refuse_any(
        study,
        f"SELECT {column} FROM run WHERE {column}::VARCHAR NOT IN "
        '(SELECT unnest("values") FROM parameter WHERE name = $name)',
        f"{path}: a run has {parameter.name} = {{}}, which table parameter does not list",
        {"name": parameter.name},
    )


def _refuse_any(
    study: Study, query: str, sentence: str, values: dict[str, str] | None = None
) -> None:
    offending = study.database.execute(f"{query} LIMIT 1", values).fetchone()
    if offending is not None:
        raise StudyError(sentence.replace("{}", repr(offending[0])))

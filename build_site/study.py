"""Open a study read-only, check it against the contract, and hold it in memory.

In compressed memory: the 10 million runs of a large sweep take 0.7 GB. What statistics sort and
join beyond MEMORY goes to a folder of the system's for temporary files, and is gone with the study.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from build_site.directions import kept_in_place, sql_kept_in_place
from build_site.naming import spoken
from build_site.site_names import is_device
from build_site.study_tables import TABLES, StudyError, explained, opened, source_tables

SCHEMA = Path(__file__).parent.parent / "data" / "schema.sql"
SCHEMA_VERSION = 1
# An index of ten million ids would take a minute. That no two are alike is checked by counting.
KEY_OF_RUN = re.compile(r"(?<=CREATE TABLE run \()(\s*run_id\s+VARCHAR) PRIMARY KEY")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # of a study
# Columns of run without which there is nothing to show; others may be missing, and are NULL.
REQUIRED_OF_RUN = {"run_id", "config_id", "dataset", "status"}

Loaded = dict[str, dict[str, str]]  # table -> column -> type


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

    @property
    def spoken(self) -> str:
        """The label within a sentence.

        Who describes a parameter gave it a title, such as "Batch size"; one without description has
        the name of a column, such as "Depth" or "LR", which is the user's and stays as it is.
        """
        return spoken(self.label) if self.description else self.label


@dataclass(frozen=True)
class Fact:
    """One thing recorded about the sweeps of a study, ready to show: its different values."""

    name: str
    value: str


@dataclass(frozen=True)
class Study:
    """A checked study, read from `path`; `database` holds its five tables in memory."""

    path: Path
    name: str
    title: str
    description: str
    metric: str
    metric_label: str
    direction: str
    created: str
    facts: tuple[Fact, ...]
    parameters: tuple[Parameter, ...]
    database: duckdb.DuckDBPyConnection


def open_study(path: Path) -> Study:
    """Read a study from a .duckdb file, or from a folder of Parquet files exported from one.

    Raises:
        StudyError: if there is no study, it is damaged, or it breaks the contract of schema.sql.
    """
    if not path.exists():
        raise StudyError(f"there is no study {path}")
    database = opened()
    try:
        with explained(path):
            database.execute("CREATE SCHEMA loaded")
            for table, source in source_tables(database, path).items():
                # A view: no table is held twice.
                database.execute(f"CREATE VIEW loaded.{table} AS FROM {source}")
            loaded = {table: _columns(database, "loaded", table) for table in TABLES}
            _check_columns(database, loaded, path)
            _fill_contract(database, loaded, path)
            database.execute("DETACH DATABASE IF EXISTS source")
            return _checked(database, path)
    except BaseException:
        database.close()
        raise


def study_name(path: Path) -> str | None:
    """What a study says that it is called, read alone; None of what open_study refuses to read."""
    database = opened()
    try:
        source = source_tables(database, path)["study"]
        rows = database.execute(f"SELECT name FROM {source} LIMIT 2").fetchall()
    except (StudyError, duckdb.Error):
        return None
    finally:
        database.close()
    name = rows[0][0] if len(rows) == 1 else None
    possible = isinstance(name, str) and NAME.fullmatch(name) and not is_device(name)
    return name if possible else None


def quoted(identifier: str) -> str:
    """An SQL identifier, safe whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def _check_columns(database: duckdb.DuckDBPyConnection, loaded: Loaded, path: Path) -> None:
    """Check names and types of what was loaded against schema.sql."""
    version = database.execute("SELECT max(schema_version) FROM loaded.study").fetchone()
    if version is not None and version[0] not in (SCHEMA_VERSION, None):
        raise StudyError(
            f"{path} has schema version {version[0]}, but this program reads version "
            f"{SCHEMA_VERSION}; use the version of Hyperatlas that wrote it"
        )
    for (table, column), kind in _contract().items():
        found = loaded[table].get(column)
        if found is None and (table != "run" or column in REQUIRED_OF_RUN):
            raise StudyError(f"{path} has no column {column} in its table {table}")
        if found not in (None, kind):
            raise StudyError(f"{path}: column {column} of table {table} is {found}, not {kind}")


def _fill_contract(database: duckdb.DuckDBPyConnection, loaded: Loaded, path: Path) -> None:
    """Move what was loaded into the tables of schema.sql, whose constraints it must meet."""
    database.execute(KEY_OF_RUN.sub(r"\1 NOT NULL", SCHEMA.read_text(encoding="utf-8")))
    known = _declared("run")
    found = loaded["run"]
    for sentence, query in (
        ("its metric {} is no column of table run", "SELECT metric FROM loaded.study"),
        ("parameter {} is no column of table run", "SELECT name FROM loaded.parameter"),
    ):
        for (name,) in database.execute(query).fetchall():
            if name not in found:
                raise StudyError(f"{path}: {sentence.replace('{}', repr(name))}")
            if name not in known:
                column = quoted(kept_in_place(name))
                database.execute(f"ALTER TABLE run ADD COLUMN {column} {found[name]}")
                known[name] = found[name]
    for table in TABLES:
        columns = known if table == "run" else _declared(table)
        there = loaded[table]
        shared = [_taken_over(name, there[name]) for name in columns if name in there]
        database.execute(
            f"INSERT INTO {table} BY NAME SELECT {', '.join(shared)} FROM loaded.{table}"
        )
    database.execute("UPDATE dataset SET chance = NULL WHERE NOT isfinite(chance)")
    database.execute("DROP SCHEMA loaded CASCADE")


def _taken_over(column: str, kind: str) -> str:
    """SQL of a column of what was loaded, with the name and the values that it is to have."""
    taken = sql_kept_in_place(quoted(column), kind)
    return f"{taken} AS {quoted(kept_in_place(column))}"


@cache
def _contract() -> dict[tuple[str, str], str]:
    """(table, column) -> type, as data/schema.sql declares them."""
    with duckdb.connect() as empty:
        empty.execute(SCHEMA.read_text(encoding="utf-8"))
        return {(t, c): kind for t in TABLES for c, kind in _columns(empty, "main", t).items()}


def _declared(table: str) -> dict[str, str]:
    """The columns that schema.sql gives a table, with their types."""
    return {column: kind for (name, column), kind in _contract().items() if name == table}


def _columns(database: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    rows = database.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = ? AND table_name = ? "
        "ORDER BY column_index",
        [schema, table],
    ).fetchall()
    return dict(rows)


def _checked(database: duckdb.DuckDBPyConnection, path: Path) -> Study:
    rows = database.execute(
        "SELECT name, title, description, metric, metric_label, direction, created::VARCHAR, "
        "provenance FROM study"
    ).fetchall()
    if len(rows) != 1:
        raise StudyError(f"{path} describes {len(rows)} studies in its table study, not one")
    name, title, description, metric, metric_label, direction, created, provenance = rows[0]
    study = Study(
        path=path,
        name=name,
        title=title,
        description=description,
        metric=metric,
        metric_label=metric_label,
        direction=direction,
        created=created,
        facts=_facts(provenance, path),
        parameters=_parameters(database),
        database=database,
    )
    if not NAME.fullmatch(study.name):
        raise StudyError(
            f"{path} is named {study.name!r}; a name has letters, digits, - and _ only, "
            "and at most 64 of them, because it becomes part of addresses"
        )
    if is_device(study.name):
        raise StudyError(
            f"{path} is named {study.name!r}, which Windows keeps for a device; rename the study"
        )
    _check_run(study, path)
    return study


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


def _facts(provenance: str, path: Path) -> tuple[Fact, ...]:
    """What is recorded about the sweeps of a study: whatever their writer thought worth keeping.

    A study that was trained in many sittings has a record of each; what they agree on is told once.
    """
    try:
        recorded = json.loads(provenance)
    except (json.JSONDecodeError, RecursionError) as error:
        raise StudyError(f"{path}: the provenance of its table study is not JSON") from error
    parts: dict[str, dict[str, dict[str, None]]] = {}  # what, part of it, different values
    for sweep in recorded if isinstance(recorded, list) else []:
        for name, value in sweep.items() if isinstance(sweep, dict) else ():
            inner = value if isinstance(value, dict) else {"": value}
            for part, each in inner.items():
                parts.setdefault(name, {}).setdefault(part, {})[_flat(each)] = None
    return tuple(
        Fact(
            kept_in_place(name.replace("_", " ")),
            kept_in_place(
                "; ".join(f"{part} {', '.join(values)}".strip() for part, values in inner.items())
            ),
        )
        for name, inner in parts.items()
    )


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_flat, value))
    if isinstance(value, float) and abs(value) >= 10_000:
        return f"{value:,.0f}"
    return str(value)


def _check_run(study: Study, path: Path) -> None:
    _refuse_any(
        study,
        "SELECT run_id FROM run GROUP BY run_id HAVING count(*) > 1 ORDER BY run_id",
        f"{path}: table run has several runs with the run_id {{}}",
    )
    labels = [parameter.label for parameter in study.parameters]
    for parameter in study.parameters:
        if labels.count(parameter.label) > 1:
            raise StudyError(f"{path}: two parameters have the label {parameter.label!r}")
        if parameter.kind == "numeric":
            continue
        _check_values(study, parameter, path)
        shown = set(parameter.value_labels)
        if None in shown or not len(shown) == len(parameter.value_labels) == len(parameter.values):
            raise StudyError(f"{path}: {parameter.name!r} needs a different label for each value")
    _refuse_any(
        study,
        "SELECT dataset FROM run WHERE dataset NOT IN (SELECT name FROM dataset)",
        f"{path}: table run has data set {{}}, which table dataset does not describe",
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

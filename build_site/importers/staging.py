"""Tables on their way into a study: every value as text, columns named c0, c1, … in DuckDB.

Names from files never become SQL identifiers here, so nothing that a file contains can be run.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from build_site.importers.columns import Column, ImportRefusal, merged
from build_site.study import quoted

MEMORY = "2GB"  # of DuckDB; what does not fit goes to the scratch folder
MOST_COLUMNS = 500  # that are read without asking which


@dataclass(frozen=True)
class Staging:
    """A scratch database and the folder it may fill; both are gone after the import.

    `wanted` are the columns that the user named.
    """

    database: duckdb.DuckDBPyConnection
    folder: Path
    wanted: frozenset[str] = frozenset()

    def safe(self, path: Path) -> str:
        """A name for `path` that DuckDB takes literally: its own may hold * or [."""
        link = self.folder / f"input-{len(list(self.folder.iterdir()))}{_ending(path)}"
        link.symlink_to(path.resolve())
        return str(link)


@dataclass(frozen=True)
class Staged:
    """One file as table `table`: the names of its columns c0, c1, … in order."""

    table: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Gathered:
    """All files as table raw (file, row, c0, c1, …), with a description of each column."""

    columns: tuple[Column, ...]
    files: tuple[str, ...]
    rows: int

    def place(self, name: str) -> str:
        """The identifier in table raw of the column called `name`."""
        return f"c{self._places[name]}"

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.name: place for place, column in enumerate(self.columns)}


@contextmanager
def opened(folder: Path, wanted: frozenset[str] = frozenset()) -> Iterator[Staging]:
    """A database in memory, which spills into the empty `folder` and loads no extension."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spilled"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(config=settings) as database:
        database.execute((Path(__file__).parent / "macros.sql").read_text(encoding="utf-8"))
        yield Staging(database, folder, wanted)


def stage_query(staging: Staging, table: str, query: str, values: Sequence[object]) -> Staged:
    """Stage what a SELECT returns; lists and the like become JSON, structures a column a field.

    Raises:
        ImportRefusal: if there are no columns, or too many.
    """
    source = staging.database.sql(query, params=list(values))
    named = list(zip(source.columns, source.types, strict=True))
    fields = list(_flattened(named))
    if not fields:
        raise ImportRefusal("the file has no columns")
    fields = _kept(staging, fields)
    listed = ", ".join(f"{text} AS c{place}" for place, (_, text) in enumerate(fields))
    staging.database.execute(f"CREATE TABLE {table} AS SELECT {listed} FROM ({query})", values)
    return Staged(table, tuple(name for name, _ in fields))


def _kept(staging: Staging, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All columns, or of very many those that the user names."""
    if len(fields) <= MOST_COLUMNS:
        return fields
    named = [field for field in fields if field[0] in staging.wanted]
    if not named:
        raise ImportRefusal(
            f"it has {len(fields):,} columns; say --metric and --parameter, so that only these "
            "are read"
        )
    return named


def stage_records(staging: Staging, table: str, records: Iterable[Mapping[str, object]]) -> Staged:
    """Stage rows of named values; None is a missing one."""
    names: dict[str, int] = {}
    file = staging.folder / f"{table}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for record in records:
            row = {
                f"c{names.setdefault(name, len(names))}": as_text(value)
                for name, value in record.items()
            }
            lines.write(json.dumps(row) + "\n")
    if not names:
        raise ImportRefusal("it has no rows")
    columns = {f"c{place}": "VARCHAR" for place in range(len(names))}
    staging.database.execute(
        f"CREATE TABLE {table} AS FROM read_json(?, format = 'newline_delimited', columns = ?, "
        "maximum_object_size = 67108864)",
        [str(file), columns],
    )
    return Staged(table, tuple(names))


def as_text(value: object) -> str | None:
    """A value of Python or JSON as a table would show it."""
    if value is None or isinstance(value, str):
        return value if value is None else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (bool, int, float)):
        return repr(value)
    return json.dumps(value, default=str, sort_keys=True)


def gather(staging: Staging, tables: Sequence[tuple[str, Staged, tuple[Column, ...]]]) -> Gathered:
    """Put the staged files (name, table, columns) under each other as table raw, in their order."""
    columns = merged([described for _, _, described in tables])
    parts = []
    for place, (_, staged, _) in enumerate(tables):
        known = {name: f"c{n}" for n, name in enumerate(staged.names)}
        listed = ", ".join(
            f"stated(trim({known[column.name]})) AS c{n}"
            if column.name in known
            else f"NULL::VARCHAR AS c{n}"
            for n, column in enumerate(columns)
        )
        parts.append(f"SELECT {place} AS file, rowid AS line, {listed} FROM {staged.table}")
    # There is nothing to optimise here, and with hundreds of columns it takes minutes to find that.
    staging.database.execute("PRAGMA disable_optimizer")
    staging.database.execute(
        "CREATE TABLE raw AS SELECT row_number() OVER (ORDER BY file, line) - 1 AS row, * EXCLUDE "
        f"line FROM ({' UNION ALL '.join(parts)})"
    )
    staging.database.execute("PRAGMA enable_optimizer")
    for _, staged, _ in tables:
        staging.database.execute(f"DROP TABLE {staged.table}")
    (rows,) = staging.database.execute("SELECT count(*) FROM raw").fetchone() or (0,)
    return Gathered(columns, tuple(name for name, _, _ in tables), rows)


def _flattened(
    fields: Sequence[tuple[str, Any]], path: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    """(name, SQL of its text) of each field, those of structures joined by dots."""
    for name, kind in fields:
        reached = f"{path}.{quoted(name)}" if path else quoted(name)
        if kind.id == "struct":
            yield from _flattened(kind.children, reached, f"{before}{name}.")
        elif kind.id in {"list", "array", "map", "union"}:
            yield f"{before}{name}", f"to_json({reached})::VARCHAR"
        elif kind.id in {"json", "variant"} or str(kind) == "JSON":
            yield f"{before}{name}", f"coalesce({reached} ->> '$', {reached}::VARCHAR)"
        else:
            yield f"{before}{name}", f"{reached}::VARCHAR"


def _ending(path: Path) -> str:
    """The last extension, or the last two of a compressed file, if they are plain."""
    ending = "".join(path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:])
    return ending if ending.replace(".", "").isalnum() else ""

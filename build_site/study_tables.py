"""The tables of a study where it lies: read, while nothing in it is run or reaches a file."""

import glob
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from build_site.refusals import Refused

TABLES = ("study", "parameter", "dataset", "run", "epoch")
MEMORY = "3GB"  # of a database; arrays in Python come on top

# A file may be of a kind that only an extension reads: none is fetched, and none is run.
WITHOUT_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class StudyError(Refused, ValueError):
    """A study that cannot be shown; the message says which, why, and what to do."""


def opened() -> duckdb.DuckDBPyConnection:
    """An empty database in memory, which compresses its tables, and sorts on disk if it must."""
    # Made when there is too much for memory, and removed with the database. No other has its name.
    spilled = Path(tempfile.gettempdir(), f"hyperatlas-{uuid.uuid4().hex}")
    database = duckdb.connect(
        config={"memory_limit": MEMORY, "temp_directory": str(spilled), **WITHOUT_EXTENSIONS}
    )
    database.execute("ATTACH ':memory:' AS held (COMPRESS)")
    database.execute("USE held")
    return database


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Whatever the database objects to in a study becomes one sentence, a StudyError."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StudyError(f"{path} cannot be read as a study: {reason}") from error


def source_tables(
    database: duckdb.DuckDBPyConnection, path: Path, written: Path | None = None
) -> dict[str, str]:
    """Let a new database read the study at `path`, and from then on reach no other file.

    Args:
        database: what reads it; a .duckdb file is its database `source` then.
        path: a .duckdb file, or a folder of Parquet files exported from one.
        written: the folder into which it may write.

    Returns:
        Where each of TABLES is read from, in SQL.

    Raises:
        StudyError: if a table is missing, or is none: a view of its name, or columns that are
            computed by what the file says, could show anything.
    """
    return (_of_folder if path.is_dir() else _of_file)(database, path, written)


def _of_file(
    database: duckdb.DuckDBPyConnection, path: Path, written: Path | None
) -> dict[str, str]:
    database.execute(f"ATTACH {_literal(str(path))} AS source (READ_ONLY, TYPE duckdb)")
    _confine(database, (), written)
    # Other schemas may hold tables of these names too; those are not read.
    tables = {
        name
        for (name,) in database.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = 'source' AND schema_name = 'main'"
        ).fetchall()
    }
    for table in TABLES:
        if table not in tables:
            raise StudyError(f"{path} has no table {table}, so it is no study")
    _refuse_computed(database, path)
    return {table: f"source.main.{table}" for table in TABLES}


def _refuse_computed(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    computed = database.execute(
        "SELECT column_name, table_name FROM duckdb_columns() WHERE database_name = 'source' "
        "AND schema_name = 'main' AND is_generated AND list_contains($tables, table_name)",
        {"tables": list(TABLES)},
    ).fetchone()
    if computed is not None:
        column, table = computed
        raise StudyError(
            f"{path}: column {column!r} of table {table} is computed whenever it is read; "
            "a study keeps the values themselves"
        )


def _of_folder(
    database: duckdb.DuckDBPyConnection, path: Path, written: Path | None
) -> dict[str, str]:
    """The Parquet files by name; the SQL that an export has beside them is never run."""
    files = {table: path / f"{table}.parquet" for table in TABLES}
    for file in files.values():
        if not file.is_file():
            raise StudyError(f"{path} has no {file.name}, so it is no exported study")
    names = {table: glob.escape(str(file)) for table, file in files.items()}  # it may hold * or [
    # The pattern is looked up first, and then the file that it names.
    _confine(database, (*names.values(), *map(str, files.values())), written)
    # A folder such as seed=7 on the way there says nothing of the rows.
    return {
        table: f"read_parquet({_literal(name)}, hive_partitioning = false)"
        for table, name in names.items()
    }


def _confine(
    database: duckdb.DuckDBPyConnection, files: Iterable[str], written: Path | None
) -> None:
    """Nothing can make the database touch any other file from here on, nor take that back."""
    folders = [] if written is None else [str(written)]
    database.execute("SET allowed_paths = ?", [list(files)])
    database.execute("SET allowed_directories = ?", [folders])
    database.execute("SET enable_external_access = false")


def _literal(text: str) -> str:
    """An SQL text."""
    return "'" + text.replace("'", "''") + "'"

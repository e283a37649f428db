"""A study file, opened for reading or for its next version.

The file that others read is never opened for writing: the next version is made from a copy and
renamed into place. Readers see the old study or the new one, never half of one.
"""

import glob
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

SCHEMA = Path(__file__).parent.parent / "data" / "schema.sql"
SCHEMA_VERSION = 1
INTERRUPTED = "Query interrupted"  # the RuntimeError that DuckDB makes of Ctrl-C during a query

# Table -> the columns that order its rows in an export, so that the same rows are the same bytes.
TABLES = {
    "study": "name",
    "parameter": "position",
    "dataset": "name",
    "run": "run_id",
    "epoch": "run_id, epoch",
}


class StoreError(RuntimeError):
    """A study file that cannot be read, written or extended."""


def reason(error: duckdb.Error) -> str:
    """What went wrong, in one line."""
    first_line = str(error).splitlines()[0]
    wrapped = re.search(r'"errno":"(\d+)"', first_line)  # some come as JSON for machines
    return os.strerror(int(wrapped[1])) if wrapped else first_line


def tables(database: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables that a database has."""
    return [name for (name,) in database.execute("SHOW TABLES").fetchall()]


@contextmanager
def reading(study: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The study, a file or the folder of an export, open for reading.

    Raises:
        StoreError: if there is none, or it is none that this program knows.
    """
    if not study.exists():
        raise StoreError(f"there is no study {study}")
    try:
        with _interruptible(), _exported(study) if study.is_dir() else _file(study) as database:
            _check_version(database, study)
            yield database
    except duckdb.Error as error:
        raise StoreError(f"cannot read {study}: {reason(error)}") from error


def _file(study: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(study), read_only=True)


def _exported(folder: Path) -> duckdb.DuckDBPyConnection:
    """The Parquet files of an export as tables; its scripts are not run."""
    database = duckdb.connect()
    for table in TABLES:
        file = folder / f"{table}.parquet"
        if not file.is_file():
            raise StoreError(
                f"{folder} is a folder, but no exported study: there is no {file.name}"
            )
        database.read_parquet(glob.escape(str(file)), hive_partitioning=False).create(table)
    return database


@contextmanager
def next_version(study: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the study, open for writing; it takes the study's place if all goes well.

    Raises:
        StoreError: if the study is none that this program knows, or cannot be written.
    """
    beside = study.with_name(study.name + ".next")
    try:
        _remove(beside)
        if study.exists():
            shutil.copyfile(study, beside)
        with _interruptible(), duckdb.connect(str(beside)) as database:
            if tables(database):
                _check_version(database, study)
            database.begin()
            yield database
            database.commit()
            database.execute("CHECKPOINT")
        _sync(beside)
        beside.replace(study)
    except duckdb.Error as error:
        problem = reason(error).replace(str(beside), str(study))
        raise StoreError(f"cannot write {study}: {problem}") from error
    except OSError as error:
        raise StoreError(f"cannot write {study}: {error.strerror}") from error
    finally:
        _remove(beside)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C during a query is KeyboardInterrupt, as it is anywhere else."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == INTERRUPTED:
            raise KeyboardInterrupt from error
        raise


def _remove(database_file: Path) -> None:
    """Delete a database and its write-ahead log, which would be replayed into the next one."""
    database_file.unlink(missing_ok=True)
    database_file.with_name(database_file.name + ".wal").unlink(missing_ok=True)


def _check_version(database: duckdb.DuckDBPyConnection, study: Path) -> None:
    if "study" not in tables(database):
        raise StoreError(f"{study} is a DuckDB file but no study")
    (version,) = database.execute("SELECT schema_version FROM study").fetchone() or (None,)
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"{study} has schema version {version}, this program knows {SCHEMA_VERSION}; "
            "use the version of Hyperatlas that made it"
        )


def _sync(path: Path) -> None:
    """Wait until the file's content is on disk, so that a rename cannot outrun it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A study as Parquet files, the form that is kept in git, and the way back."""

import glob
import shutil
from pathlib import Path

import duckdb

from train.database import SCHEMA, TABLES, StoreError, next_version, reading, reason

IMPORT_SCRIPTS = ("schema.sql", "load.sql")


def export_study(study: Path, folder: Path, most_bytes: int | None = None) -> None:
    """Write each table as a Parquet file in `folder`: the same rows give the same bytes.

    The two scripts beside them are what DuckDB's own EXPORT DATABASE writes, but for names without
    a path: inside the folder, IMPORT DATABASE '.' makes a study file of it again.

    The folder appears whole or not at all; an earlier export that is there is replaced.

    Raises:
        StoreError: if the study cannot be read, the folder cannot be written, or it holds anything
            but an earlier export; if the files are larger than `most_bytes` together.
    """
    folder = folder.resolve()  # "." has no name that another could be put beside
    _check_replaceable(folder)
    beside = folder.with_name(folder.name + ".next")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        with reading(study) as database:
            try:
                _write_tables(database, beside)
            except duckdb.Error as error:
                raise StoreError(f"cannot export {study} to {folder}: {reason(error)}") from error
            _write_import_scripts(database, beside)
        _check_size(beside, folder, most_bytes)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except OSError as error:
        raise StoreError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def restore_study(folder: Path, study: Path) -> None:
    """Make a study file of an export again, to train on from it; its scripts are not run.

    Raises:
        StoreError: if there is such a file, the folder is no export, or the file cannot be written.
    """
    if study.exists():
        raise StoreError(f"{study} is there already; name a file that is not")
    with reading(folder) as exported, next_version(study) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        known = {name for name, *_ in database.execute("DESCRIBE run").fetchall()}
        for name, kind, *_ in exported.execute("DESCRIBE run").fetchall():
            if name not in known:  # a hyper-parameter
                quoted = name.replace('"', '""')
                database.execute(f'ALTER TABLE run ADD COLUMN "{quoted}" {kind}')
        for table in TABLES:
            database.execute(
                f"INSERT INTO {table} BY NAME FROM read_parquet(?, hive_partitioning = false)",
                [glob.escape(str(folder / f"{table}.parquet"))],
            )


def _write_tables(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    database.execute("SET threads = 1")  # the order of row groups must not vary
    for table, order in TABLES.items():
        target = str(folder / f"{table}.parquet").replace("'", "''")
        database.execute(
            f"COPY (FROM {table} ORDER BY {order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _write_import_scripts(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    schema, load = (folder / name for name in IMPORT_SCRIPTS)
    statements = dict(database.execute("SELECT table_name, sql FROM duckdb_tables()").fetchall())
    schema.write_text("".join(f"{statements[table]}\n" for table in TABLES), encoding="utf-8")
    loads = [f"COPY {table} FROM '{table}.parquet' (FORMAT parquet);\n" for table in TABLES]
    load.write_text("".join(loads), encoding="utf-8")


def exported_runs(folder: Path) -> int:
    """How many runs an earlier export holds; 0 if there is none."""
    file = folder / "run.parquet"
    if not file.is_file():
        return 0
    try:
        (row,) = duckdb.execute(
            "SELECT count(*) FROM read_parquet(?, hive_partitioning = false)",
            [glob.escape(str(file))],
        ).fetchall()
    except duckdb.Error as error:
        raise StoreError(f"cannot read {file}: {reason(error)}") from error
    return int(row[0])


def _check_size(written: Path, folder: Path, most_bytes: int | None) -> None:
    total = sum(file.stat().st_size for file in written.iterdir())
    if most_bytes is not None and total > most_bytes:
        raise StoreError(
            f"{folder} would hold {total / 1e6:,.1f} MB, more than the {most_bytes / 1e6:,.0f} MB "
            "that are kept in git; it stays as it was"
        )


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder whose replacement would delete more than an earlier export."""
    exported = {*IMPORT_SCRIPTS, *(f"{table}.parquet" for table in TABLES)}
    if folder.is_dir() and not {entry.name for entry in folder.iterdir()} <= exported:
        raise StoreError(f"{folder} holds more than an exported study; choose another folder")

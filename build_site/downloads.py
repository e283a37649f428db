"""The tables of a study as files to take away: Parquet, the same bytes for the same rows."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from build_site.study import Study
from build_site.study_tables import explained, opened, source_tables

# What orders the rows of each table.
ORDERS = {
    "study": "name",
    "parameter": "position, name",
    "dataset": "name",
    "run": "run_id",
    "epoch": "run_id, epoch",
}


@dataclass(frozen=True)
class Download:
    """A file that was written: its name, rows, size in bytes and checksum (SHA-256)."""

    name: str
    rows: int
    size: int
    checksum: str


def write_downloads(study: Study, folder: Path) -> tuple[Download, ...]:
    """Write a Parquet file for each table of `study` into the new `folder`.

    Raises:
        StudyError: if the study can no longer be read.
    """
    folder.mkdir(parents=True)
    with opened() as database, explained(study.path):
        sources = source_tables(database, study.path, folder)
        return tuple(
            _write(database, sources[table], order, folder / f"{table}.parquet")
            for table, order in ORDERS.items()
        )


def _write(database: duckdb.DuckDBPyConnection, source: str, order: str, file: Path) -> Download:
    target = str(file).replace("'", "''")
    row = database.execute(
        f"COPY (FROM {source} ORDER BY {order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    with file.open("rb") as written:
        checksum = hashlib.file_digest(written, "sha256").hexdigest()
    return Download(file.name, row[0] if row else 0, file.stat().st_size, checksum)

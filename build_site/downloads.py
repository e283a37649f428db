"""The tables of a study as files to take away: Parquet, the same bytes for the same rows."""

import glob
import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from build_site.study import Study, explained, opened

# Each table with what orders its rows.
TABLES = {
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
        if study.path.is_dir():
            sources = {name: _parquet(study.path / f"{name}.parquet") for name in TABLES}
        else:
            database.execute(
                f"ATTACH {_literal(str(study.path))} AS source (READ_ONLY, TYPE duckdb)"
            )
            sources = {name: f"source.main.{name}" for name in TABLES}
        return tuple(
            _write(database, source, TABLES[name], folder / f"{name}.parquet")
            for name, source in sources.items()
        )


def _write(database: duckdb.DuckDBPyConnection, source: str, order: str, file: Path) -> Download:
    row = database.execute(
        f"COPY (FROM {source} ORDER BY {order}) TO {_literal(str(file))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    with file.open("rb") as written:
        checksum = hashlib.file_digest(written, "sha256").hexdigest()
    return Download(file.name, row[0] if row else 0, file.stat().st_size, checksum)


def _parquet(file: Path) -> str:
    return f"read_parquet({_literal(glob.escape(str(file)))})"


def _literal(text: str) -> str:
    """An SQL text."""
    return "'" + text.replace("'", "''") + "'"

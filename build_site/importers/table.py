"""Tables of any program: CSV, TSV, Parquet, JSON; what a file is, its first bytes tell."""

import json
from codecs import BOM_UTF32_BE, BOM_UTF32_LE
from pathlib import Path

import duckdb

from build_site.importers.columns import ImportRefusal
from build_site.importers.csv_file import read_csv
from build_site.importers.json_file import NO_TABLE, read_json
from build_site.importers.staging import Staged, Staging, stage_query
from build_site.importers.text_file import GZIP, UTF_16, raw_start, text_start

PARQUET = b"PAR1"
DUCKDB = b"DUCK"
# What neither text nor Parquet starts with, and what it then is.
PICKLE = "a pickle, which could run anything when opened; save the table as CSV or Parquet"
FOREIGN = {
    **dict.fromkeys((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), PICKLE),
    **dict.fromkeys((BOM_UTF32_LE, BOM_UTF32_BE), "text in UTF-32; save it as UTF-8"),
    b"PK\x03\x04": "a ZIP archive or a spreadsheet; unpack it or save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save the table as CSV",
    b"\x89HDF": "an HDF5 file; save the table as CSV or Parquet",
    b"ARROW1": "an Arrow file; save the table as Parquet",
    b"%PDF": "a PDF; save the table as CSV",
}


def is_parquet(path: Path) -> bool:
    """Whether the file starts as Parquet does."""
    return raw_start(path).startswith(PARQUET)


def is_json(path: Path) -> bool:
    """Whether the file starts as JSON does: with an object or a list."""
    return text_start(path).lstrip().startswith(("{", "["))


def read(staging: Staging, path: Path, table: str) -> Staged:
    """Stage a CSV, TSV, Parquet or JSON file, whatever its name is.

    Raises:
        ImportRefusal: if it is none of these, damaged, or without a row.
    """
    start = raw_start(path)
    if not start:
        raise ImportRefusal("it is empty")
    for magic, what in FOREIGN.items():
        if start.startswith(magic):
            raise ImportRefusal(f"it is {what}")
    staged = _read(staging, path, table, start)
    if staging.database.execute(f"SELECT count(*) FROM {staged.table}").fetchone() == (0,):
        raise ImportRefusal(_without_row(path, staged))
    return staged


def _without_row(path: Path, staged: Staged) -> str:
    """What is wrong with a file of one line: names of columns, or no table at all."""
    if len(staged.names) > 1 or is_parquet(path):
        return "it names columns, but has no row; leave it out or write it again"
    try:
        json.loads(text_start(path))
    except ValueError:
        return "it is one line of text, and no table; write it again, as CSV or Parquet"
    return NO_TABLE


def _read(staging: Staging, path: Path, table: str, start: bytes) -> Staged:
    if start.startswith(PARQUET):
        try:
            return stage_query(staging, table, "FROM read_parquet($1)", [staging.safe(path)])
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException):
                raise
            raise ImportRefusal(
                "it is a Parquet file that is incomplete or damaged; write or copy it again"
            ) from error
    if b"\x00" in start and not start.startswith((*UTF_16, GZIP)):
        if start[8:12] == DUCKDB:
            raise ImportRefusal(
                "it is a DuckDB file; show a study with --study, or save a table as Parquet"
            )
        raise ImportRefusal("it is not text, nor Parquet; save the table as CSV or Parquet")
    if is_json(path):
        return read_json(staging, path, table)
    return read_csv(staging, path, table)

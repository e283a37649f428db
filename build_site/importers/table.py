"""Tables of any program: CSV, TSV, Parquet, JSON."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from build_site.importers.columns import ImportRefusal
from build_site.importers.staging import Staged, Staging, stage_query

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
DELIMITERS = ",\t;|"
LONGEST_LINE = 64 * CHUNK
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What neither text nor Parquet starts with, and what it then is.
PICKLE = "a pickle, which could run anything when opened; save the table as CSV or Parquet"
FOREIGN = {
    **dict.fromkeys((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), PICKLE),
    b"PK\x03\x04": "a ZIP archive or a spreadsheet; unpack it or save the table as CSV",
    b"\x89HDF": "an HDF5 file; save the table as CSV or Parquet",
    b"ARROW1": "an Arrow file; save the table as Parquet",
    b"%PDF": "a PDF; save the table as CSV",
}


def is_parquet(path: Path) -> bool:
    """Whether the file starts as Parquet does."""
    return _start(path).startswith(PARQUET)


def is_json(path: Path) -> bool:
    """Whether the file starts as JSON does: with an object or a list."""
    return _text_start(path).lstrip().startswith(("{", "["))


def read(staging: Staging, path: Path, table: str) -> Staged:
    """Stage a CSV, TSV, Parquet or JSON file, whatever its name is.

    Raises:
        ImportRefusal: if it is none of these, or empty.
        duckdb.Error: if it is damaged.
    """
    start = _start(path)
    if not start:
        raise ImportRefusal("it is empty")
    for magic, what in FOREIGN.items():
        if start.startswith(magic):
            raise ImportRefusal(f"it is {what}")
    if start.startswith(PARQUET):
        return stage_query(staging, table, "FROM read_parquet($1)", [staging.safe(path)])
    if b"\x00" in start and not start.startswith((*UTF_16, GZIP)):
        raise ImportRefusal("it is not text, nor Parquet")
    if is_json(path):
        return _read_json(staging, path, table)
    return _read_csv(staging, path, table)


def header(path: Path) -> tuple[str, ...]:
    """The names in the first line of a text file."""
    start = _beginning(path)
    rows = csv.reader(start.splitlines(keepends=True), delimiter=_delimiter(path, start))
    try:
        return tuple(name.strip() for name in next(rows, []))
    except csv.Error as error:
        raise ImportRefusal(f"its first line cannot be read: {error}") from error


def _beginning(path: Path) -> str:
    """The file up to the end of its first line at least."""
    decoder = codecs.getincrementaldecoder(_encoding(path))(errors="replace")
    start = ""
    with _opened(path) as file:
        for chunk in _chunks(file):
            start += decoder.decode(chunk)
            if "\n" in start or len(start) > LONGEST_LINE:
                break
    return start.removeprefix("\ufeff")


def _read_csv(staging: Staging, path: Path, table: str) -> Staged:
    names = header(path)
    if not any(name.strip() for name in names):
        raise ImportRefusal("its first line is empty; it should name the columns")
    if len(names) > 1 and all(_is_number(name) for name in names):
        raise ImportRefusal("its first line has numbers; it should name the columns")
    text = _as_utf8(staging, path)
    delimiter = _delimiter(path, _beginning(path))
    # Nothing is left to the database's guesses: they skip lines that do not fit.
    query = (
        "FROM read_csv($1, auto_detect = false, header = true, delim = $2, quote = '\"', "
        "escape = '\"', columns = $3, max_line_size = 67108864)"
    )
    columns = dict.fromkeys(_different(names), "VARCHAR")
    staged = stage_query(staging, table, query, [str(text), delimiter, columns])
    if delimiter == ";":
        _mend_decimal_commas(staging, staged)
    return staged


def _different(names: Sequence[str]) -> list[str]:
    """The names, numbered where they are empty or repeat; the database ignores case."""
    found: dict[str, str] = {}
    for place, name in enumerate(names):
        plain = candidate = name or f"column{place}"
        number = 0
        while candidate.lower() in found:
            number += 1
            candidate = f"{plain}_{number}"
        found[candidate.lower()] = candidate
    return list(found.values())


def _mend_decimal_commas(staging: Staging, staged: Staged) -> None:
    """Where columns are separated by semicolons, a comma stands in numbers for the point."""
    for place in range(len(staged.names)):
        pattern = r"[+-]?\d+(,\d+)?([eE][+-]?\d+)?"
        staging.database.execute(
            f"UPDATE {staged.table} SET c{place} = replace(c{place}, ',', '.') WHERE "
            f"(SELECT bool_and(regexp_full_match(trim(c{place}), $1)) FROM {staged.table})",
            [pattern],
        )


def _read_json(staging: Staging, path: Path, table: str) -> Staged:
    text = _as_utf8(staging, path)
    query = "FROM read_json($1, maximum_object_size = 67108864, sample_size = -1, records = true)"
    return stage_query(staging, table, query, [str(text)])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _delimiter(path: Path, start: str) -> str:
    """What separates columns: a tab in .tsv files, else what is commonest in the first line."""
    if ".tsv" in path.suffixes:
        return "\t"
    first = start.splitlines()[0] if start.strip() else ""
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _as_utf8(staging: Staging, path: Path) -> Path:
    """The file itself, under a safe name, or a decoded copy of one that is not UTF-8."""
    encoding = _encoding(path)
    if encoding == "utf-8" and not _start(path).startswith(GZIP):
        return Path(staging.safe(path))
    copy = staging.folder / f"decoded-{len(list(staging.folder.iterdir()))}.txt"
    with _opened(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for chunk in _chunks(source):
            target.write(decoder.decode(chunk))
        target.write(decoder.decode(b"", final=True))
    return copy


def _encoding(path: Path) -> str:
    """UTF-8 if all of the file is, UTF-16 if it says so; else what Windows writes in the West."""
    with _opened(path) as file:
        if next(_chunks(file), b"")[:2] in UTF_16:
            return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(path) as file:
        try:
            for chunk in _chunks(file):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportRefusal(f"it is compressed and damaged: {error}") from error


def _opened(path: Path) -> BinaryIO:
    if _start(path).startswith(GZIP):
        return cast("BinaryIO", gzip.open(path))
    return path.open("rb")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _text_start(path: Path) -> str:
    with _opened(path) as file:
        try:
            start = file.read(4096)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return ""
    encoding = "utf-16" if start[:2] in UTF_16 else "utf-8"
    return start.decode(encoding, errors="replace").removeprefix("\ufeff")

"""Text with a row a line: CSV, TSV, and what spreadsheets make of them."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from build_site.importers.columns import ImportRefusal
from build_site.importers.staging import Staged, Staging, stage_query
from build_site.importers.text_file import LONGEST_LINE, as_utf8, growing_start, with_one_line_end
from build_site.rendering import counted

DELIMITERS = ",\t;|"
COMMENT = "#"
# What spreadsheets write above the names to say what separates columns.
SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
DECIMAL_COMMA = r"[+-]?\d+,\d+([eE][+-]?\d+)?\s*%?|[+-]?\d+,\d+\s*(±|\+/-)\s*\d+,\d+"
THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+"

LOST = "state machine reached an invalid state"  # what the database says of lines it cannot end


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its columns, what separates them, and the lines above the names."""

    names: tuple[str, ...]
    delimiter: str
    skipped: int


def layout(path: Path) -> Layout:
    """The layout that the first lines tell: empty lines and comments may stand above the names.

    Raises:
        ImportRefusal: if the line of names cannot be read.
    """
    found = Layout((), ",", 0)
    for start in growing_start(path):
        found, complete = _layout(start, is_tsv=".tsv" in path.suffixes)
        if complete:
            break
    return found


def read_csv(staging: Staging, path: Path, table: str) -> Staged:
    """Stage a file with a row a line.

    Raises:
        ImportRefusal: if its first line names no columns, or a line does not fit to it.
    """
    found = layout(path)
    _check_names(found)
    # Nothing is left to the database's guesses: they skip lines that do not fit.
    query = (
        "FROM read_csv($1, auto_detect = false, header = true, skip = $2, delim = $3, "
        f"quote = '\"', escape = '\"', columns = $4, max_line_size = {LONGEST_LINE})"
    )
    columns = dict.fromkeys(_different(found.names), "VARCHAR")
    text, layout_of = as_utf8(staging, path), [found.skipped, found.delimiter, columns]
    try:
        try:
            staged = stage_query(staging, table, query, [str(text), *layout_of])
        except duckdb.InvalidInputException as error:
            if LOST not in str(error):
                raise
            # Lines that end in different ways, as where files of several systems were joined.
            text = with_one_line_end(staging, text)
            staged = stage_query(staging, table, query, [str(text), *layout_of])
    except duckdb.InvalidInputException as error:
        raise ImportRefusal(_mistake(str(error))) from error
    if found.delimiter != ",":
        _mend_decimal_commas(staging, staged, sure=found.delimiter == ";")
    return staged


def _layout(start: str, *, is_tsv: bool) -> tuple[Layout, bool]:
    """The layout, and whether all of the line of names was seen."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", start)
    delimiter, comments, skipped = "", [], 0
    for line in lines:
        told = SEPARATOR_LINE.fullmatch(line.strip())
        if told is not None:
            delimiter = told[1]
        elif line.startswith(COMMENT):
            comments.append((skipped, line))
        elif line.strip(" \r\n"):
            break
        skipped += 1
    rest = lines[skipped:]
    named = rest[:1] or [""]
    delimiter = delimiter or ("\t" if is_tsv and "\t" in named[0] else _commonest(named[0]))
    names = _split(rest, delimiter)
    if comments and (above := _named_above(comments[-1], rest, delimiter)) is not None:
        return Layout(*above), True
    return Layout(names, delimiter, skipped), len(rest) > 1


def _named_above(
    comment: tuple[int, str], rest: Sequence[str], delimiter: str
) -> tuple[tuple[str, ...], str, int] | None:
    """The layout if the last comment has the names: a name for each number beneath it."""
    place, line = comment
    delimiter = _commonest(rest[0]) if rest else delimiter
    names, first = _split([line.lstrip(COMMENT + " ")], delimiter), _split(rest, delimiter)
    if len(names) == len(first) > 1 and any(map(_is_number, first)):
        return names, delimiter, place
    return None


def _split(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader(lines, delimiter=delimiter), []))
    except csv.Error as error:
        raise ImportRefusal(
            "its first line cannot be read as names of columns; save it again as CSV or Parquet"
        ) from error


def _commonest(line: str) -> str:
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _check_names(found: Layout) -> None:
    if not any(found.names):
        raise ImportRefusal("its first line is empty; it should name the columns")
    if len(found.names) == 1 and len(found.names[0].split()) > 1:
        raise ImportRefusal(
            "its first line has no comma, semicolon, tab or bar between names of columns; "
            "save it again with one of them"
        )
    if len(found.names) > 1 and all(map(_is_number, found.names)):
        raise ImportRefusal("its first line has numbers; it should name the columns")


def _mistake(said: str) -> str:
    """What is wrong with which line, from what the database says of it."""
    line = re.search(r"Line: (\d+)", said)
    where = f"line {int(line[1]):,}" if line else "a line"
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if counts is not None:
        expected, found = int(counts[1]), int(counts[2])
        named = f"the {expected:,} columns that the first line names"
        if found > expected:  # the database stops to count at the first too many
            return f"{where} has more values than {named}; mend it, or put quotes around values"
        return f"{where} has {counted(found, 'value')} for {named}; mend it"
    if "quote" in said:
        return f"{where} has a quote that does not end, or text after it; mend the line"
    if "maximum line size" in said.lower():
        return f"{where} is longer than {LONGEST_LINE >> 20} MiB; leave the column of it out"
    return f"{where} cannot be read; mend the line, or save the table again as CSV or Parquet"


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


def _mend_decimal_commas(staging: Staging, staged: Staged, *, sure: bool) -> None:
    """Where commas do not separate columns, a comma may stand in numbers for the point.

    A column has such numbers if at least half of its values do; unless it is `sure`, not if all
    could have separated thousands. Its other values stay as they are.
    """
    for place in range(len(staged.names)):
        counts = staging.database.execute(
            f"SELECT count(*) FILTER (regexp_full_match(c, $1)), "
            "count(*) FILTER (regexp_full_match(c, $1) AND NOT regexp_full_match(c, $2)), "
            "count(*) FILTER (regexp_full_match(c, $1) OR number(c) IS NOT NULL), count(*) "
            f"FROM (SELECT trim(c{place}) AS c FROM {staged.table}) WHERE stated(c) IS NOT NULL",
            [DECIMAL_COMMA, THOUSANDS],
        ).fetchone() or (0, 0, 0, 0)
        commas, certain, numbers, stated = counts
        if commas and 2 * numbers >= stated and (sure or certain):
            staging.database.execute(
                f"UPDATE {staged.table} SET c{place} = replace(c{place}, ',', '.') "
                f"WHERE regexp_full_match(trim(c{place}), $1)",
                [DECIMAL_COMMA],
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

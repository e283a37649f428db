"""JSON: records, a line for each or in a list, and the other shapes that tables are saved in."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from build_site.importers.columns import ImportRefusal
from build_site.importers.staging import Staged, Staging, stage_query, stage_records
from build_site.importers.text_file import LONGEST_LINE, as_utf8

NO_TABLE = (
    "it is JSON, but no table; it should be a list with an object for each run, or a line with one "
    "for each"
)
LARGEST = 256 << 20  # bytes of one object that is looked at as a whole
Record = Mapping[str, object]


def read_json(staging: Staging, path: Path, table: str) -> Staged:
    """Stage a JSON file.

    Raises:
        ImportRefusal: if it is damaged, or no table.
    """
    text = as_utf8(staging, path)
    records = _in_one_object(text)
    if records is not None:
        return stage_records(staging, table, map(dict, map(flattened, records)))
    query = (
        f"FROM read_json($1, maximum_object_size = {LONGEST_LINE}, sample_size = -1, "
        "records = true)"
    )
    try:
        return stage_query(staging, table, query, [str(text)])
    except duckdb.InvalidInputException as error:
        raise ImportRefusal(
            "it is JSON with a mistake in it, a name twice or too deep inside itself, or it breaks "
            "off; write it again"
        ) from error
    except duckdb.BinderException as error:
        raise ImportRefusal(NO_TABLE) from error


def flattened(record: Record, before: str = "") -> Iterator[tuple[str, object]]:
    """The values of an object, those of objects inside it under names joined by dots."""
    for name, value in record.items():
        if isinstance(value, dict) and value and "_type" not in value:
            yield from flattened(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _in_one_object(path: Path) -> list[Record] | None:
    """The rows of a file that is one object around a table; None if it is something else.

    An object may hold one list of records, rows by their ids, or a list for each column; or be what
    pandas' to_json writes: columns of values by row, or lists of columns and data.
    """
    with path.open("rb") as file:
        if not file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return None
    if path.stat().st_size > LARGEST:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return None  # a line for each record, or damaged: both are for the database
    if not isinstance(found, dict):
        return None
    shapes = (_wrapped, _split, _lists, _columns_of_rows, _rows_by_id)
    return next((rows for shape in shapes if (rows := shape(found)) is not None), None)


def _wrapped(found: dict[str, Any]) -> list[Record] | None:
    """{"runs": [{"lr": 0.1}, …], …}."""
    tables = [value for value in found.values() if _is_records(value)]
    return list(tables[0]) if len(tables) == 1 else None


def _lists(found: dict[str, Any]) -> list[Record] | None:
    """{"lr": [0.1, …], …}."""
    inner = list(found.values())
    if not inner or not all(isinstance(value, list) for value in inner):
        return None
    if len(set(map(len, inner))) > 1:
        return None
    return [dict(zip(found, row, strict=True)) for row in zip(*inner, strict=True)]


def _split(found: dict[str, Any]) -> list[Record] | None:
    """{"columns": ["lr", …], "data": [[0.1, …], …]}."""
    columns, data = found.get("columns"), found.get("data")
    if not isinstance(columns, list) or not isinstance(data, list):
        return None
    if not all(isinstance(row, list) and len(row) == len(columns) for row in data):
        return None
    return [dict(zip(map(str, columns), row, strict=True)) for row in data]


def _columns_of_rows(found: dict[str, Any]) -> list[Record] | None:
    """{"lr": {"0": 0.1, …}, …}."""
    if len(found) < 2 or not all(isinstance(value, dict) and value for value in found.values()):
        return None
    rows = {key for value in found.values() for key in value}
    if not all(row.isdecimal() and row.isascii() for row in rows):
        return None
    return [{name: found[name].get(row) for name in found} for row in sorted(rows, key=int)]


def _rows_by_id(found: dict[str, Any]) -> list[Record] | None:
    """{"run-1": {"lr": 0.1, …}, …}."""
    inner = list(found.values())
    if len(inner) < 2 or not all(isinstance(value, dict) and value for value in inner):
        return None
    if any(value.keys() != inner[0].keys() for value in inner):
        return None
    return [{"run_id": name, **values} for name, values in found.items()]


def _is_records(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)

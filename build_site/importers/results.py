"""Columns that are results by their names, and why none of them can be compared."""

import re

from build_site.importers import vocabulary
from build_site.importers.columns import Column, ImportRefusal
from build_site.importers.csv_file import DECIMAL_COMMA
from build_site.importers.described import Table, listed


def rank(column: Column) -> tuple[int, int] | None:
    """How likely a result is the one to compare, the least first; None if a column is none."""
    by_name = vocabulary.rank_as_metric(column.label)
    return (4, 2) if by_name is None and column.role == "metric" else by_name


def refuse_results_without_numbers(table: Table, taken: set[str]) -> None:
    """Say so if a column that has no other use is a result by its name, but lacks numbers.

    Raises:
        ImportRefusal: naming the column, and what to do.
    """
    _refuse_half_numbers(table, taken)
    _refuse_endless(table, taken)
    _refuse_decimal_commas(table, taken)
    _refuse_empty(table, taken)


def _refuse_half_numbers(table: Table, taken: set[str]) -> None:
    """Say so if a column is a metric by its name, but too many of its values are no numbers."""
    for column in table.gathered.columns:
        profile = table.profiles[column.name]
        if column.name not in taken and rank(column) is not None and profile.numbers > 0:
            found = listed([value for value in profile.values if not _is_number(value)])
            raise ImportRefusal(
                f"{profile.others:,} of {profile.stated:,} values of column {column.name!r} are no "
                f"numbers{f' ({found})' if found else ''}; say --metric with its name to leave "
                "these runs out"
            )


def _refuse_endless(table: Table, taken: set[str]) -> None:
    """Say so if a column is a metric by its name, but none of its numbers is finite."""
    for column in table.gathered.columns:
        profile = table.profiles[column.name]
        named = column.name not in taken and rank(column) is not None
        if named and profile.not_finite > 0 == profile.numbers:
            raise ImportRefusal(
                f"no value of column {column.name!r} is a finite number; say --metric with its "
                "name if all runs diverged"
            )


def _refuse_decimal_commas(table: Table, taken: set[str]) -> None:
    """Say so if the numbers of a metric have commas for points, where commas separate columns."""
    for column in table.gathered.columns:
        profile = table.profiles[column.name]
        if column.name in taken or rank(column) is None or profile.numbers or not profile.stated:
            continue
        place = table.gathered.place(column.name)
        (first,) = table.staging.database.execute(
            f"SELECT given({place}) FROM raw WHERE given({place}) IS NOT NULL LIMIT 1"
        ).fetchone() or ("",)
        if re.fullmatch(DECIMAL_COMMA, first):
            raise ImportRefusal(
                f"the numbers of column {column.name!r} have commas ({first!r}); save the table "
                "with points instead, or with semicolons between columns"
            )


def _refuse_empty(table: Table, taken: set[str]) -> None:
    """Say so if a column is a metric by its name, but no row has a value of it."""
    for column in table.gathered.columns:
        named = column.name not in taken and rank(column) is not None
        if named and table.profiles[column.name].stated == 0:
            raise ImportRefusal(
                f"column {column.name!r} has no values; write the table again with them, or say "
                "--metric with another column"
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Columns that number the rows, whatever they are called and wherever they start."""

from build_site.importers.columns import Column
from build_site.importers.described import Table

# A grid of so few values may be counted through too: depths 1, 2, 3, … one run each.
LEAST_ROWS = 20
# One in so many numbers may be missing, as of runs that were deleted, or be there twice.
MOST_GAPS = 10


def is_counter(table: Table, column: Column) -> bool:
    """Whether whole numbers follow each other, from any start and in any order, a row each.

    Several files may each start anew.
    """
    profile, files = table.profiles[column.name], len(table.gathered.files)
    if not profile.is_integer or profile.stated <= LEAST_ROWS * files:
        return False
    low, high = profile.low or 0.0, profile.high or 0.0
    if files == 1 and (high - low) * MOST_GAPS > profile.stated * (MOST_GAPS + 1):
        return False  # without a look at each number
    place = table.gathered.place(column.name)
    (found,) = table.staging.database.execute(
        "SELECT bool_and(different * $gaps >= numbers * ($gaps - 1) "
        "AND span * $gaps <= numbers * ($gaps + 1)) "
        "FROM (SELECT count(n) AS numbers, count(DISTINCT n) AS different, max(n) - min(n) AS span "
        f"FROM (SELECT file, finite({place}) AS n FROM raw) GROUP BY file)",
        {"gaps": MOST_GAPS},
    ).fetchone() or (None,)
    return bool(found)

"""Whether a metric is in per cent, or a share already."""

from build_site.importers import vocabulary
from build_site.importers.columns import Column, Direction, ImportRefusal
from build_site.importers.described import Table, Wishes
from build_site.rendering import counted

UNIT = "%"
ROUNDED = 1.5  # more than an accuracy as a share may be by mistake
MOST_BAD = 10  # one in so many different values of a column in per cent may be 1 or less


def is_percent(table: Table, wishes: Wishes, column: Column, direction: Direction) -> bool:
    """Whether values of the metric are per cent; what a map says comes first.

    Raises:
        ImportRefusal: if shares and per cent seem mixed, which would make some wrong by a hundred.
    """
    if wishes.percent is not None:
        return wishes.percent
    profile = table.profiles[column.name]
    high, low = profile.high or 0.0, profile.low or 0.0
    if low < 0 or high > 100:
        return False
    if column.unit == UNIT:
        return True
    words = set(vocabulary.words_of(column.label))
    if direction == "minimize" or not words & vocabulary.ACCURACIES or high <= ROUNDED:
        return False
    _refuse_mixture(table, column)
    return True


def _refuse_mixture(table: Table, column: Column) -> None:
    """Refuse values of which more than a few bad ones are shares.

    Bad runs may share the value of guessing, 1 % of a hundred classes, so that different values
    are counted; zero is the same in both.
    """
    place = table.gathered.place(column.name)
    small, large, low, all_ = table.staging.database.execute(
        "SELECT count(*) FILTER (n <= 1), count(*) FILTER (n > 1), "
        "count(DISTINCT n) FILTER (n > 0 AND n <= 1), count(DISTINCT n) FILTER (n > 0) "
        f"FROM (SELECT finite({place}) AS n FROM raw)"
    ).fetchone() or (0, 0, 0, 0)
    if low * MOST_BAD > all_:
        raise ImportRefusal(
            f"column {column.name!r} seems to mix shares and per cent: {counted(small, 'value')} "
            f"{'is' if small == 1 else 'are'} at most 1, and {large:,} "
            f"{'is' if large == 1 else 'are'} above; write all as shares, or all in per cent, or "
            "say percent = true or percent = false under [metric] in a map"
        )

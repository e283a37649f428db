"""Numbers and truth values that are written in other ways: per cent, with units, ± and thousands.

A column is rewritten in table raw if (nearly) all its values are of one notation; what a column is
of which only some are is not guessed. Which cells are nearly all says `inference.mostly`.
"""

import re
from dataclasses import dataclass, replace

from build_site.importers import vocabulary
from build_site.importers.columns import Column
from build_site.importers.inference import Profile, mostly, profiles
from build_site.importers.staging import Gathered, Staging

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
PERCENT = "%"
SAMPLE = 200  # values of a column that are looked at before all are
TRUTH = {"true": "True", "false": "False"}  # as Python writes them


@dataclass(frozen=True)
class Notation:
    """A way to write numbers: `pattern` matches one, its first group is kept, less `dropped`.

    A second group is the unit, which all values must share; `certain` must match at least one.
    """

    pattern: str
    has_unit: bool = False
    dropped: str = ""
    certain: str = ""


NOTATIONS = (
    Notation(rf"({NUMBER})\s*(%|[A-Za-zµ°]{{1,12}})", has_unit=True),
    Notation(rf"({NUMBER})\s*(?:±|\+/-|\+-)\s*{NUMBER}\s*(%?)", has_unit=True),
    # Layers 64,128 are no thousands: these end in zeros, or have decimals.
    Notation(
        r"([+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?)",
        dropped=",",
        certain=r"[+-]?\d{1,3}(?:,\d{3})*,(?:000|\d{3}\.\d+)",
    ),
)
# Columns that are names, words or time spans, whatever they look like.
NAMES = (
    vocabulary.DATASETS + vocabulary.RUNS + vocabulary.STATUSES + vocabulary.SEEDS
) + vocabulary.COSTS


def rewrite(
    staging: Staging, gathered: Gathered, found: dict[str, Profile]
) -> tuple[Gathered, dict[str, Profile]]:
    """Rewrite such columns of table raw; returns all columns, with units, and their profiles."""
    changed: list[Column] = []
    for column in gathered.columns:
        profile = found[column.name]
        if profile.is_numeric or profile.stated == 0 or column.role == "ignored":
            continue
        place = gathered.place(column.name)
        if any(value.lower() in TRUTH for value in profile.values):
            _write_truth(staging, place)
            changed.append(column)
        elif vocabulary.is_named(column.label, NAMES) is None:
            changed += _rewritten(staging, column, profile, place)
    if not changed:
        return gathered, found
    units = {column.name: column for column in changed}
    columns = tuple(units.get(column.name, column) for column in gathered.columns)
    return replace(gathered, columns=columns), {
        **found,
        **profiles(staging, gathered, tuple(changed)),
    }


def _write_truth(staging: Staging, place: str) -> None:
    for word, python in TRUTH.items():
        staging.database.execute(
            f"UPDATE raw SET {place} = $1 WHERE lower({place}) = $2 AND {place} <> $1",
            [python, word],
        )


def _rewritten(staging: Staging, column: Column, profile: Profile, place: str) -> list[Column]:
    """The column with its unit if it was rewritten, else nothing."""
    for notation in NOTATIONS:
        if not _occurs(staging, profile, place, notation):
            continue
        # Cells without a value are none; plain numbers among those with a unit may mean another.
        fits = f"regexp_full_match(c, '{notation.pattern}')"
        plain = "false" if notation.has_unit else "number(c) IS NOT NULL"
        unit = f"regexp_extract(c, '{notation.pattern}', 2)" if notation.has_unit else "''"
        certain = f"regexp_full_match(c, '{notation.certain}')" if notation.certain else fits
        counted = staging.database.execute(
            f"SELECT count(*) FILTER ({fits} OR {plain}), count(DISTINCT {unit}) FILTER ({fits}), "
            f"min({unit}) FILTER ({fits}), count(*) FILTER ({certain}) "
            f"FROM (SELECT {place} AS c FROM raw WHERE given({place}) IS NOT NULL)"
        ).fetchone() or (0, 0, "", 0)
        numbers, units, name, sure = counted
        if units != 1 or sure == 0 or not mostly(numbers, profile.stated):
            continue
        staging.database.execute(
            f"UPDATE raw SET {place} = replace(regexp_extract({place}, '{notation.pattern}', 1), "
            f"'{notation.dropped}', '') WHERE regexp_full_match({place}, '{notation.pattern}')"
        )
        return [replace(column, unit=name)]
    return []


def _occurs(staging: Staging, profile: Profile, place: str, notation: Notation) -> bool:
    """Whether some of the first values are of a notation, so that all are worth looking at."""
    sample = profile.values or tuple(
        value
        for (value,) in staging.database.execute(
            f"SELECT {place} FROM raw WHERE given({place}) IS NOT NULL LIMIT {SAMPLE}"
        ).fetchall()
    )
    return any(re.fullmatch(notation.pattern, value) for value in sample)

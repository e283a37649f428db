"""What kind of values a column has: categorical, ordinal or numeric, on which scale."""

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from build_site.importers.columns import Column, Kind, Scale
from build_site.importers.staging import Gathered, Staging

TOGETHER = 16  # columns a query
MEASURED = 9  # numbers that a query returns for each
MOST_VALUES = 100  # of a categorical parameter; the rarer are put together as OTHER
OTHER = "(other)"
FEW = 2 * MOST_VALUES  # approximately; of so many different values all are looked at
FEW_NUMBERS = 12  # a parameter of at most so many different numbers is ordinal
LARGEST_INTEGER = 2**53
# A column of numbers may have a few other cells: one in MOST_OTHERS, or FEW_OTHERS if these are no
# more than one in FEWEST.
MOST_OTHERS = 100
FEW_OTHERS = 3
FEWEST = 10
# Words whose order everyone knows, from least to most.
ORDERS = (
    ("off", "on"),
    ("no", "yes"),
    ("false", "true"),
    ("none", "weak", "light", "mild", "medium", "moderate", "strong", "heavy"),
    ("none", "very low", "low", "medium", "high", "very high"),
    ("nano", "tiny", "mini", "small", "medium", "base", "large", "huge", "giant"),
    ("xxs", "xs", "s", "m", "l", "xl", "xxl"),
)


@dataclass(frozen=True)
class Profile:
    """What the values of a column are like; numbers and their skewness only where there are any.

    `stated` rows have a value, `numbers` of them a finite number, `integers` a whole one;
    `different` is how many values differ, approximately beyond MOST_VALUES.
    """

    stated: int
    different: int
    numbers: int
    not_finite: int
    integers: int
    low: float | None
    high: float | None
    skewness: float | None
    log_skewness: float | None
    values: tuple[str, ...]  # all of them, the commonest first, if there are at most MOST_VALUES

    @property
    def is_numeric(self) -> bool:
        """Whether every value is a number."""
        return self.stated > 0 and self.numbers + self.not_finite == self.stated

    @property
    def others(self) -> int:
        """How many values are no number."""
        return self.stated - self.numbers - self.not_finite

    @property
    def is_mostly_numeric(self) -> bool:
        """Whether all values but a few are numbers, and one of them finite."""
        return self.numbers > 0 and mostly(self.numbers + self.not_finite, self.stated)

    @property
    def has_few_values(self) -> bool:
        """Whether there are few different values, each of several rows: choices."""
        return 0 < len(self.values) <= FEW_NUMBERS and self.stated >= 3 * len(self.values)

    @property
    def is_integer(self) -> bool:
        """Whether every value is a whole number that a BIGINT holds."""
        return self.is_numeric and self.integers == self.stated


@dataclass(frozen=True)
class Inferred:
    """The kind of a parameter, its scale, its values in order (none if numeric), and its type."""

    kind: Kind
    scale: Scale
    values: tuple[str, ...]
    type: str


def mostly(numbers: int, stated: int) -> bool:
    """Whether a column is one of numbers if so many of its values are."""
    others = stated - numbers
    return others * MOST_OTHERS <= stated or (others <= FEW_OTHERS and others * FEWEST <= stated)


def profiles(
    staging: Staging, gathered: Gathered, columns: tuple[Column, ...] | None = None
) -> dict[str, Profile]:
    """A profile of each of the columns (None: all) of table raw, by name."""
    found: dict[str, Profile] = {}
    for batch in _batches(gathered.columns if columns is None else columns):
        inner, outer = [], []
        for column in batch:
            c = gathered.place(column.name)
            inner.append(f"given({c}) AS t{c}, number({c}) AS n{c}")
            outer.append(
                f"count(t{c}), approx_count_distinct(t{c}), "
                f"count(n{c}) FILTER (isfinite(n{c})), "
                f"count(t{c}) FILTER (NOT isfinite(n{c})), "
                f"count(n{c}) FILTER (n{c} = floor(n{c}) AND abs(n{c}) < {LARGEST_INTEGER}), "
                f"min(n{c}) FILTER (isfinite(n{c})), max(n{c}) FILTER (isfinite(n{c})), "
                f"skewness(n{c}) FILTER (abs(n{c}) < 1e100), "
                f"skewness(ln(n{c})) FILTER (n{c} > 0 AND isfinite(n{c}))"
            )
        row = (
            staging.database.execute(
                f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM raw)"
            ).fetchone()
            or ()
        )
        measured = [row[n * MEASURED : (n + 1) * MEASURED] for n in range(len(batch))]
        places = [gathered.place(column.name) for column in batch]
        values = _values(staging, [p for p, m in zip(places, measured, strict=True) if m[1] <= FEW])
        for column, place, numbers in zip(batch, places, measured, strict=True):
            found[column.name] = _profile(numbers, values.get(place))
    return found


def infer(column: Column, profile: Profile, staging: Staging, place: str) -> Inferred:
    """What a parameter is; what its format declares comes first."""
    # Where there are many numbers, a few other values are mistakes; where there are few, choices.
    many = profile.is_mostly_numeric and profile.different > FEW_NUMBERS
    numeric = (profile.is_numeric or many) and column.kind != "categorical"
    choices = profile.has_few_values
    if numeric and column.kind != "ordinal" and (column.kind == "numeric" or not choices):
        kind = "BIGINT" if profile.is_integer else "DOUBLE"
        return Inferred("numeric", column.scale or _scale_of_many(profile), (), kind)
    if numeric and profile.is_numeric:
        return _ordinal_numbers(column, profile, staging, place)
    if profile.different > MOST_VALUES:
        return Inferred("categorical", "linear", _commonest(staging, place), "VARCHAR")
    declared = [value for value in column.values if value in profile.values]
    others = [value for value in profile.values if value not in declared]
    order = _known_order(others) if not declared else None
    values = (*declared, *(order or sorted(others, key=natural)))
    ordered = column.kind == "ordinal" or (column.kind is None and order is not None)
    kind_of_words: Kind = "ordinal" if ordered else "categorical"
    return Inferred(kind_of_words, "linear", values, "VARCHAR")


def natural(text: str) -> list[tuple[int, float, str]]:
    """A key that sorts op2 before op10."""
    parts = re.split(r"(\d{1,15})", text.lower())
    return [(0, float(p), "") if p.isdecimal() and p.isascii() else (1, 0.0, p) for p in parts]


def _batches(columns: tuple[Column, ...]) -> Iterator[tuple[Column, ...]]:
    for start in range(0, len(columns), TOGETHER):
        yield columns[start : start + TOGETHER]


def _values(staging: Staging, places: list[str]) -> dict[str, tuple[str, ...]]:
    """The different values of columns that have few, the commonest first."""
    if not places:
        return {}
    listed = ", ".join(f"histogram(given({place}))" for place in places)
    row = staging.database.execute(f"SELECT {listed} FROM raw").fetchone() or ()
    return {
        place: tuple(sorted(counts or {}, key=lambda value, c=counts or {}: (-c[value], value)))
        for place, counts in zip(places, row, strict=True)
    }


def _profile(numbers: tuple[Any, ...], found: tuple[str, ...] | None) -> Profile:
    stated, different, finite, endless, integers, *shape = numbers
    values: tuple[str, ...] = ()
    if found is not None:
        different = len(found)
        values = found if different <= MOST_VALUES else ()
    low, high, skewness, log_skewness = shape
    return Profile(
        stated,
        different,
        finite,
        endless,
        integers,
        low,
        high,
        skewness,
        log_skewness,
        values,
    )


def _ordinal_numbers(column: Column, profile: Profile, staging: Staging, place: str) -> Inferred:
    """A parameter of few different numbers; its values as the database writes their type."""
    kind = "BIGINT" if profile.is_integer else "DOUBLE"
    rows = staging.database.execute(
        f"SELECT DISTINCT number({place})::{kind} AS value, value::VARCHAR FROM raw "
        f"WHERE isfinite(number({place})) ORDER BY value"
    ).fetchall()
    scale = column.scale or _scale_of_few([float(value) for value, _ in rows])
    return Inferred("ordinal", scale, tuple(text for _, text in rows), kind)


def _commonest(staging: Staging, place: str) -> tuple[str, ...]:
    """The values with the most rows, and a last one for all the others."""
    rows = staging.database.execute(
        f"SELECT given({place}) AS value FROM raw WHERE value IS NOT NULL GROUP BY value "
        f"ORDER BY count(*) DESC, value LIMIT {MOST_VALUES - 1}"
    ).fetchall()
    return (*sorted((value for (value,) in rows), key=natural), OTHER)


def _scale_of_many(profile: Profile) -> Scale:
    """Logarithmic if that spreads the numbers more evenly, over two orders of magnitude or more."""
    low, high = profile.low, profile.high
    if low is None or high is None or low <= 0 or high < 100 * low:
        return "linear"
    plain, log = (abs(each or 0.0) for each in (profile.skewness, profile.log_skewness))
    return "log" if log < plain and plain > 0.5 else "linear"


def _scale_of_few(numbers: list[float]) -> Scale:
    """Logarithmic if ratios of neighbours vary less than their differences."""
    if len(numbers) < 3 or numbers[0] <= 0 or numbers[-1] < 4 * numbers[0]:
        return "linear"
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    ratios = [math.log(b / a) for a, b in itertools.pairwise(numbers)]
    return "log" if _variation(ratios) < _variation(steps) else "linear"


def _variation(numbers: list[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((n - mean) ** 2 for n in numbers) / len(numbers)) / mean


def _known_order(values: Iterable[str]) -> list[str] | None:
    """The values in the order of the words they are, if all are different words of one order."""
    spelled = tuple(values)
    words = {value.lower().replace("_", " ").replace("-", " "): value for value in spelled}
    if len(words) < max(2, len(spelled)):
        return None
    for order in ORDERS:
        if words.keys() <= set(order):
            return [words[word] for word in order if word in words]
    return None

"""The levels of every parameter: the values that views group by and filters choose from.

A categorical or ordinal parameter's levels are its values; a numeric one of more than a few values
is cut into quarters of its runs. A missing value is a level of its own, where there is one.
"""

import itertools
import math
import re
from dataclasses import dataclass

import numpy as np

from build_site.study import Parameter, Study, quoted

QUANTILES = (0.25, 0.5, 0.75)
FEW = 8  # a numeric parameter of at most so many values has a level for each
MISSING = "missing"
EMPTY = "(empty)"  # a value that is a text of no characters

Spans = tuple[tuple[float, float], ...]  # the least and the greatest value of each level


@dataclass(frozen=True)
class Level:
    """One level: its key in links, the label that a reader sees, and whether it is no value."""

    key: str
    label: str
    missing: bool = False


@dataclass(frozen=True)
class Factor:
    """A parameter with its levels; runs refer to a level by its place, from 0.

    `spans` are those of a numeric parameter; any other has none.
    """

    parameter: Parameter
    levels: tuple[Level, ...]
    spans: Spans = ()

    @property
    def usual(self) -> int | None:
        """The level that holds the parameter's usual value, if the study has one."""
        default = self.parameter.default
        if default is None:
            return None
        if self.parameter.kind != "numeric":
            keys = [level.key for level in self.levels]
            return keys.index(default) if default in keys else None
        try:
            value = float(default)
        except ValueError:
            return None
        holding = [place for place, (low, high) in enumerate(self.spans) if low <= value <= high]
        return holding[-1] if holding else None  # a value on an edge belongs to the level above it

    def setting(self, level: int) -> str | float | None:
        """What to set the parameter to for a level: its value, or the middle of its values."""
        if level >= len(self.spans):
            key = self.levels[level].key
            if self.levels[level].missing:
                return None
            return _number(key) if self.parameter.kind == "ordinal" else key
        low, high = self.spans[level]
        if low == high:
            return low
        geometric = self.parameter.scale == "log" and low > 0
        return float(f"{math.sqrt(low * high) if geometric else (low + high) / 2:.2g}")

    def show(self, value: object) -> str:
        """A value of the parameter as a reader sees it."""
        if value is None:
            return next((level.label for level in self.levels if level.missing), MISSING)
        if self.parameter.kind != "numeric":
            labels = {level.key: level.label for level in self.levels}
            return labels.get(str(value), str(value))
        if isinstance(value, float) and not value.is_integer():
            return f"{value:.3g}"
        return f"{value:.0f}" if isinstance(value, float) else str(value)


def _number(key: str) -> str | float:
    """An ordinal value as the number it is; a word stays one."""
    if key.isascii() and key.isdecimal():
        return int(key)
    return float(key) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", key) else key


def tabulate_levels(study: Study) -> tuple[Factor, ...]:
    """Create table `levels` and view `setting` and return what their numbers stand for.

    `levels` has the columns position, that of table scored, level_0, level_1, …: the level of each
    run in each parameter. `setting` says the same as (position, parameter, level), where
    `parameter` is the place in the returned tuple.
    """
    found = [_levels(study, parameter) for parameter in study.parameters]
    listed = "".join(
        f", CASE WHEN ({each.column}) IS NULL THEN {len(each.levels)} ELSE {each.level(place)} END"
        f"::USMALLINT AS level_{place}"
        for place, each in enumerate(found)
    )
    known = {f"known_{place}": each.known for place, each in enumerate(found) if each.known}
    study.database.execute(
        f"CREATE TABLE levels AS SELECT scored.position{listed} "
        "FROM scored JOIN run USING (run_id)",
        known,
    )
    rows = [
        f"SELECT position, {place}::USMALLINT AS parameter, level_{place} AS level FROM levels"
        for place in range(len(found))
    ]
    nothing = (
        "SELECT position, 0::USMALLINT AS parameter, 0::USMALLINT AS level FROM levels LIMIT 0"
    )
    study.database.execute(f"CREATE VIEW setting AS {' UNION ALL '.join(rows) or nothing}")
    most = study.database.execute(f"SELECT {_greatest(len(found))} FROM levels").fetchone() or ()
    return tuple(
        Factor(parameter, tuple(_with_missing(each.levels, highest)), each.spans)
        for parameter, each, highest in zip(study.parameters, found, most, strict=False)
    )


@dataclass(frozen=True)
class _Levels:
    """The levels of a parameter that has a value, and how a run's is found in SQL.

    `column` is the value of a run, `known` the values of levels, or the inner edges between those
    of a numeric parameter.
    """

    levels: list[Level]
    spans: Spans
    column: str
    known: list[float] | list[str]

    def level(self, place: int) -> str:
        """SQL of the place of the level, where $known_PLACE is `known`."""
        if not self.known:
            return "0"
        if not self.spans:
            return f"list_position($known_{place}, {self.column}::VARCHAR) - 1"
        # The number of inner edges at or below a value is the place of its level.
        edges = "".join(
            f"WHEN {self.column} < $known_{place}[{n + 1}] THEN {n} "
            for n in range(len(self.known))
        )
        return f"CASE {edges}ELSE {len(self.known)} END"


def _levels(study: Study, parameter: Parameter) -> _Levels:
    column = f"run.{quoted(parameter.name)}"
    if parameter.kind == "numeric":
        column = f"CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END"
        levels, spans = _numeric_levels(study, column)
        return _Levels(levels, spans, column, [low for low, _ in spans[1:]])
    shown = zip(parameter.values, parameter.value_labels, strict=True)
    levels = [Level(value, label or EMPTY) for value, label in shown]
    return _Levels(levels, (), column, list(parameter.values))


def _greatest(parameters: int) -> str:
    """SQL of the highest level that a run has, of each parameter."""
    return ", ".join(f"max(level_{place})" for place in range(parameters)) or "NULL"


def _with_missing(levels: list[Level], highest: int | None) -> list[Level]:
    """With that of no value, if some run has none."""
    return [*levels, _missing(levels)] if highest == len(levels) else levels


def _missing(levels: list[Level]) -> Level:
    """The level of runs without a value; its key and its label are those of no value."""
    key = label = MISSING
    while key in {level.key for level in levels}:
        key = f"~{key}"
    while label in {level.label for level in levels}:
        label = f"({label})"
    return Level(key, label, missing=True)


def _numeric_levels(study: Study, column: str) -> tuple[list[Level], Spans]:
    """The levels of a numeric parameter, and between which values they lie.

    A parameter of few values has a level for each; any other has one for each quarter of its runs.
    """
    rows = study.database.execute(
        f"SELECT DISTINCT {column} AS value FROM run WHERE value IS NOT NULL ORDER BY value "
        f"LIMIT {FEW + 1}"
    ).fetchall()
    values = [value for (value,) in rows]
    if len(values) <= FEW:
        labels = _distinct(values)
        keys = [repr(value) for value in values]
        levels = [Level(k, label) for k, label in zip(keys, labels, strict=True)]
        return levels, tuple((value, value) for value in values)
    low, high, quantiles = study.database.execute(
        f"SELECT min({column}), max({column}), quantile_cont({column}, ?) FROM run",
        [list(QUANTILES)],
    ).fetchone() or (0.0, 0.0, [])
    edges = sorted({edge for edge in quantiles if edge > low})
    bounds = [low, *edges, high]
    labels = [f"{a} to {b}" for a, b in itertools.pairwise(_distinct(bounds))]
    levels = [Level(f"quarter-{n}", label) for n, label in enumerate(labels, start=1)]
    return levels, tuple(itertools.pairwise(bounds))


def _distinct(numbers: list[float]) -> list[str]:
    """Different numbers as different texts, with as few digits as that takes."""
    for digits in range(2, 17):
        texts = [_text(number, digits) for number in numbers]
        if len(set(texts)) == len(set(numbers)):
            return texts
    return [repr(number) for number in numbers]


def _text(number: float, digits: int) -> str:
    if number != 0 and not 1e-5 <= abs(number) < 1e7:
        return f"{number:.{digits}g}"
    return np.format_float_positional(number, precision=digits, fractional=False, trim="-")


def usual_levels(study: Study, factors: tuple[Factor, ...]) -> tuple[int, ...]:
    """The level of each factor that its others are compared with.

    That of the default if runs have it, for a numeric parameter the level of the run nearest to
    it; of a parameter without default the level of the most runs.
    """
    return tuple(_usual(study, place, factor) for place, factor in enumerate(factors))


def _usual(study: Study, place: int, factor: Factor) -> int:
    runs = study.database.execute(
        "SELECT level, count(*) FROM setting WHERE parameter = ? GROUP BY level "
        "ORDER BY count(*) DESC, level",
        [place],
    ).fetchall()
    used = [int(level) for level, _ in runs] or [0]
    default = factor.parameter.default
    if default is None:
        return used[0]
    if factor.parameter.kind == "numeric":
        column = f"TRY_CAST(run.{quoted(factor.parameter.name)} AS DOUBLE)"
        nearest = study.database.execute(
            "SELECT level FROM setting JOIN scored USING (position) JOIN run USING (run_id) "
            f"WHERE parameter = ? AND isfinite({column}) "
            f"ORDER BY abs({column} - TRY_CAST(? AS DOUBLE)), level LIMIT 1",
            [place, default],
        ).fetchone()
        return int(nearest[0]) if nearest else used[0]
    keys = [level.key for level in factor.levels]
    return keys.index(default) if default in keys and keys.index(default) in used else used[0]

"""The levels of every parameter: the values that views group by and filters choose from.

A categorical or ordinal parameter's levels are its values; a numeric one is cut into quarters of
its runs. A missing value is a level of its own, where there is one.
"""

import itertools
from dataclasses import dataclass

from build_site.study import Parameter, Study, quoted

QUANTILES = (0.25, 0.5, 0.75)
MISSING = "missing"


@dataclass(frozen=True)
class Level:
    """One level: its key in links, and the label that a reader sees."""

    key: str
    label: str


@dataclass(frozen=True)
class Factor:
    """A parameter with its levels; runs refer to a level by its place, from 0."""

    parameter: Parameter
    levels: tuple[Level, ...]

    def show(self, value: object) -> str:
        """A value of the parameter as a reader sees it."""
        if value is None:
            return MISSING
        labels = {level.key: level.label for level in self.levels}
        return f"{value:.3g}" if isinstance(value, float) else labels.get(str(value), str(value))


def tabulate_levels(study: Study) -> tuple[Factor, ...]:
    """Create table `setting` (position, parameter, level) and return what its numbers stand for.

    `position` is that of table scored, `parameter` the place in the returned tuple.
    """
    study.database.execute(
        "CREATE TABLE setting (position BIGINT, parameter UTINYINT, level USMALLINT)"
    )
    return tuple(
        _tabulate(study, place, parameter) for place, parameter in enumerate(study.parameters)
    )


def _tabulate(study: Study, place: int, parameter: Parameter) -> Factor:
    column = quoted(parameter.name)
    if parameter.kind == "numeric":
        edges = _edges(study, column)
        levels = _quarters(study, column, edges)
        # The number of edges at or below a value is the place of its quarter.
        level = f"len(list_filter($known, lambda edge: edge <= run.{column}))"
        known: list[float] | list[str] = edges
    else:
        shown = zip(parameter.values, parameter.value_labels, strict=True)
        levels = [Level(value, label) for value, label in shown]
        level = f"list_position($known, run.{column}::VARCHAR) - 1"
        known = list(parameter.values)
    study.database.execute(
        f"INSERT INTO setting SELECT position, $place, "
        f"CASE WHEN run.{column} IS NULL THEN $missing ELSE {level} END "
        "FROM scored JOIN run USING (run_id)",
        {"place": place, "missing": len(levels), "known": known},
    )
    used = study.database.execute(
        "SELECT max(level) FROM setting WHERE parameter = ?", [place]
    ).fetchone()
    if used == (len(levels),):
        levels = [*levels, Level("", MISSING)]
    return Factor(parameter, tuple(levels))


def _edges(study: Study, column: str) -> list[float]:
    """The inner edges of the quarters, each once."""
    (edges,) = study.database.execute(
        f"SELECT quantile_cont({column}::DOUBLE, ?) FROM run", [list(QUANTILES)]
    ).fetchone() or (None,)
    return sorted(set(edges or []))


def _quarters(study: Study, column: str, edges: list[float]) -> list[Level]:
    low, high = study.database.execute(
        f"SELECT min({column}::DOUBLE), max({column}::DOUBLE) FROM run"
    ).fetchone() or (None, None)
    if low is None or high is None:
        return []
    bounds = [low, *edges, high]
    return [
        Level(f"quarter-{number}", f"{a:.2g} to {b:.2g}")
        for number, (a, b) in enumerate(itertools.pairwise(bounds), start=1)
    ]

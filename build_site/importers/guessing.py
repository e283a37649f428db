"""Guess what the columns are, from what their format says, their names and their values."""

import re
from collections.abc import Sequence
from pathlib import PurePath

from build_site.importers import unused, vocabulary
from build_site.importers.columns import Column, ImportRefusal, Role
from build_site.importers.counters import is_counter
from build_site.importers.described import Table, Wishes, listed
from build_site.importers.inference import Profile, infer
from build_site.importers.mapping import (
    FILE,
    Mapping,
    MetricMap,
    ParameterMap,
    labels,
    slug,
    spoken,
)
from build_site.importers.percent import is_percent
from build_site.importers.results import rank, refuse_results_without_numbers
from build_site.importers.roles import roles

MOST_PARAMETERS = 40  # that pages have room for
PER_CENT = re.compile(r"[\s_]*[(\[]?(%|per ?cent|pct)[)\]]?$", re.IGNORECASE)
Pairs = tuple[tuple[str, str], ...]


def guess(table: Table, wishes: Wishes) -> Mapping:
    """A mapping of all columns.

    Raises:
        ImportRefusal: if metric, direction or parameters cannot be told; the sentence names the
            columns in question.
    """
    found = dict(roles(table, dict(wishes.columns)))
    _check_uses(wishes, found)
    metric = _metric(table, wishes, set(found.values()))
    used = {*found.values(), metric.column}
    parameters, constant, left = _parameters(table, wishes, used)
    name, title = names(table.gathered.files)
    return Mapping(
        name=name,
        title=title,
        description="",
        metric=metric,
        parameters=parameters,
        dataset=found.get("dataset", ""),
        status=found.get("status", ""),
        seed=found.get("seed", ""),
        cost=found.get("cost", ""),
        epoch=found.get("epoch", ""),
        run=found.get("run", ""),
        constant=constant,
        unused=left,
    )


def _check_uses(wishes: Wishes, found: dict[Role, str]) -> None:
    """Refuse a column that the user gives two uses.

    Raises:
        ImportRefusal: naming the column and the uses.
    """
    uses: dict[str, str] = {}
    for use, name in (
        ("metric", wishes.metric),
        *((role, found.get(role)) for role, _ in wishes.columns),
        *(("parameter", name) for name in wishes.parameters),
    ):
        if not name or name == FILE:
            continue
        if name in uses:
            twice = "a parameter twice" if uses[name] == use else f"{uses[name]} and {use}"
            raise ImportRefusal(f"column {name!r} cannot be {twice}; name it once")
        uses[name] = use


def names(files: Sequence[str]) -> tuple[str, str]:
    """A study's name and title, from the file it comes from."""
    stem = PurePath(files[0].rpartition("/")[2]).name.split(".")[0]
    common = stem if len(files) == 1 else "runs"
    return slug(common) or "runs", spoken(common) or "Runs"


def _metric(table: Table, wishes: Wishes, taken: set[str]) -> MetricMap:
    chosen = wishes.metric is not None
    column = table.column(wishes.metric or "") if chosen else _likeliest(table, taken)
    profile = table.profiles[column.name]
    if profile.stated > 0 and profile.numbers + profile.not_finite == 0:
        raise ImportRefusal(f"the metric {column.name!r} has no numbers")
    direction = wishes.direction or column.direction or vocabulary.direction_of(column.label)
    if direction is None:
        raise ImportRefusal(
            f"whether more or less {column.name!r} is better cannot be told: say --direction "
            "maximize or --direction minimize"
        )
    percent = is_percent(table, wishes, column, direction)
    label = spoken(PER_CENT.sub("", column.label) if percent else _labelled(column))
    return MetricMap(column.name, labels([label])[0], direction, percent=percent)


def _likeliest(table: Table, taken: set[str]) -> Column:
    """The result whose name says most surely that it is to be compared.

    Raises:
        ImportRefusal: if there is none, or several are as likely.
    """
    ranked = sorted(
        (found, _simplicity(column), place)
        for place, column in enumerate(table.gathered.columns)
        if column.role in {"metric", None} and column.name not in taken
        if _may_be_metric(table.profiles[column.name], column)
        if (found := rank(column)) is not None
    )
    columns = table.gathered.columns
    if not ranked:
        numeric = [c.name for c in columns if table.profiles[c.name].numbers > 0]
        refuse_results_without_numbers(table, taken)
        raise ImportRefusal(
            "no column is a metric by its name; say --metric with one of "
            f"{listed(numeric) or 'them: none has a number'}"
        )
    best = [place for *alike, place in ranked if (*alike,) == ranked[0][:2]]
    if len(best) > 1:
        alike = listed([columns[place].name for place in best])
        raise ImportRefusal(
            f"which metric to compare cannot be told: say --metric with one of {alike}"
        )
    return columns[best[0]]


def _simplicity(column: Column) -> tuple[int, bool]:
    """Of results alike, a short name comes first, then a mean."""
    words = vocabulary.words_of(column.label)
    return len(words), not vocabulary.MEANS & set(words)


def _may_be_metric(profile: Profile, column: Column) -> bool:
    if not profile.is_mostly_numeric:
        return False
    # 16 and 32 in a column `precision` are no results.
    is_setting = "precision" in vocabulary.words_of(column.label) and profile.is_integer
    return column.role == "metric" or not is_setting


def _parameters(
    table: Table, wishes: Wishes, used: set[str]
) -> tuple[tuple[ParameterMap, ...], Pairs, Pairs]:
    """The parameters; columns of one value in all runs with it; all that are not used, and why."""
    columns = [column for column in table.gathered.columns if column.name not in used]
    reasons = {column.name: _reason(table, wishes, column) for column in columns}
    if wishes.parameters:
        varying = [table.column(name) for name in wishes.parameters]
    else:
        varying = [column for column in columns if reasons[column.name] is None]
    if not varying:
        others = [c.name for c in columns]
        raise ImportRefusal(
            "no column is a parameter that varies; say --parameter with one or more of "
            f"{listed(others) or 'them: there is no other column'}"
        )
    if len(varying) > MOST_PARAMETERS:
        raise ImportRefusal(
            f"{len(varying):,} columns may be parameters ({listed([c.name for c in varying])}); "
            f"say --parameter for each of those that count, {MOST_PARAMETERS} at most"
        )
    shown = labels([_labelled(column) for column in varying])
    return (
        tuple(
            parameter(table, column, label) for column, label in zip(varying, shown, strict=True)
        ),
        tuple(
            (column.label, table.profiles[column.name].values[0])
            for column in columns
            if reasons[column.name] == unused.CONSTANT
        ),
        tuple((name, reason) for name, reason in reasons.items() if reason is not None),
    )


def _reason(table: Table, wishes: Wishes, column: Column) -> str | None:
    """Why a column is no parameter; None if it is one."""
    profile = table.profiles[column.name]
    if wishes.parameters and column.name in wishes.parameters:
        return None
    reason = unused.reason(column, profile, table.gathered.rows)
    if reason == unused.PROGRESS and ("epoch", "") in wishes.columns:
        reason = None  # the user says that no column tells it
    if reason is None and column.role is None and is_counter(table, column):
        reason = unused.IDENTIFIER
    if reason is not None:
        return reason
    if len(profile.values) == 1 and profile.stated == table.gathered.rows:
        return unused.CONSTANT
    return unused.UNNAMED if wishes.parameters else None


def _labelled(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def parameter(table: Table, column: Column, label: str) -> ParameterMap:
    """A parameter as its values tell it."""
    place = table.gathered.place(column.name)
    inferred = infer(column, table.profiles[column.name], table.staging, place)
    return ParameterMap(
        column.name, label, inferred.kind, inferred.scale, inferred.type, inferred.values
    )

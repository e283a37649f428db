"""Guess what the columns are, from what their format says, their names and their values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from build_site.importers import vocabulary
from build_site.importers.columns import Column, Direction, ImportRefusal, Role
from build_site.importers.inference import MOST_VALUES, Profile, infer
from build_site.importers.mapping import (
    FILE,
    Mapping,
    MetricMap,
    ParameterMap,
    labels,
    slug,
    spoken,
)
from build_site.importers.staging import Gathered, Staging

MOST_PARAMETERS = 40  # that pages have room for
MOST_DATASETS = 60
LISTED = 8  # columns that a sentence names


@dataclass(frozen=True)
class Wishes:
    """What the user said: names of columns, and the direction of the metric."""

    metric: str | None = None
    direction: Direction | None = None
    parameters: tuple[str, ...] = ()
    columns: tuple[tuple[Role, str], ...] = ()  # "" if there is none

    @property
    def named(self) -> frozenset[str]:
        """Every column that is named."""
        roles = (name for _, name in self.columns)
        return frozenset(filter(None, (self.metric, *self.parameters, *roles)))


@dataclass(frozen=True)
class Table:
    """All that is known of table raw."""

    staging: Staging
    gathered: Gathered
    profiles: dict[str, Profile]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            ImportRefusal: if there is none.
        """
        for column in self.gathered.columns:
            if column.name == name:
                return column
        known = listed([column.name for column in self.gathered.columns])
        raise ImportRefusal(f"there is no column {name!r}; there are {known}")


def guess(table: Table, wishes: Wishes) -> Mapping:
    """A mapping of all columns.

    Raises:
        ImportRefusal: if metric, direction or parameters cannot be told; the sentence names the
            columns in question.
    """
    roles = dict(_roles(table, dict(wishes.columns)))
    metric = _metric(table, wishes, set(roles.values()))
    used = {*roles.values(), metric.column}
    parameters, constant = _parameters(table, wishes, used)
    name, title = names(table.gathered.files)
    return Mapping(
        name=name,
        title=title,
        description="",
        metric=metric,
        parameters=parameters,
        dataset=roles.get("dataset", ""),
        status=roles.get("status", ""),
        seed=roles.get("seed", ""),
        cost=roles.get("cost", ""),
        epoch=roles.get("epoch", ""),
        run=roles.get("run", ""),
        constant=constant,
    )


def names(files: Sequence[str]) -> tuple[str, str]:
    """A study's name and title, from the file it comes from."""
    stem = PurePath(files[0].rpartition("/")[2]).name.split(".")[0]
    common = stem if len(files) == 1 else "runs"
    return slug(common) or "runs", spoken(common) or "Runs"


def listed(names: Sequence[str]) -> str:
    """Some names in a row, and how many more there are."""
    shown = ", ".join(repr(name if len(name) <= 60 else f"{name[:59]}…") for name in names[:LISTED])
    return shown if len(names) <= LISTED else f"{shown} and {len(names) - LISTED:,} more"


def _roles(table: Table, wishes: dict[Role, str]) -> Iterator[tuple[Role, str]]:
    """The columns beside metric and parameters."""
    tests = (
        ("status", vocabulary.STATUSES, _is_status),
        ("seed", vocabulary.SEEDS, _is_seed),
        ("cost", vocabulary.COSTS, _is_cost),
        ("epoch", vocabulary.EPOCHS, _is_epoch),
        ("dataset", vocabulary.DATASETS, _is_dataset),
        ("run", vocabulary.RUNS, _is_run),
    )
    taken = {name for name in wishes.values() if name}
    role: Role
    for role, known, fits in tests:  # type: ignore[assignment]
        if role in wishes:
            if wishes[role] and wishes[role] != FILE:
                table.column(wishes[role])
            if wishes[role]:
                yield role, wishes[role]
            continue
        own = [c.name for c in table.gathered.columns if c.role == role]
        named = sorted(
            (place, c.name)
            for c in table.gathered.columns
            if c.role in {None, "context"}
            or (c.role == "parameter" and role in {"dataset", "seed"})
            or (c.role == "metric" and role == "cost")
            if (place := vocabulary.is_named(c.label, known)) is not None
        )
        for name in [*own, *(name for _, name in named)]:
            if name not in taken and fits(table, name):
                taken.add(name)
                yield role, name
                break
        else:
            if role == "dataset" and _files_are_datasets(table.gathered.files):
                yield role, FILE


def _is_status(table: Table, name: str) -> bool:
    values = table.profiles[name].values
    return bool(values) and all(vocabulary.verdict(value) is not None for value in values)


def _is_seed(table: Table, name: str) -> bool:
    return table.profiles[name].is_integer


def _is_cost(table: Table, name: str) -> bool:
    place = table.gathered.place(name)
    (fits,) = table.staging.database.execute(
        f"SELECT bool_and(span({place}) >= 0) FROM raw WHERE given({place}) IS NOT NULL"
    ).fetchone() or (None,)
    return bool(fits)


def _is_epoch(table: Table, name: str) -> bool:
    return table.profiles[name].is_integer


def _is_dataset(table: Table, name: str) -> bool:
    profile = table.profiles[name]
    if profile.different > MOST_DATASETS and not profile.is_numeric:
        return True  # and refused later, rather than taken for one data set in silence
    return 0 < len(profile.values) <= MOST_DATASETS and (
        not profile.is_numeric or (profile.is_integer and profile.stated > 3 * profile.different)
    )


def _is_run(table: Table, name: str) -> bool:
    # Exactly as many as there are rows, or nearly: the rest may be rows that stand there twice.
    profile = table.profiles[name]
    return profile.stated == table.gathered.rows and profile.different > 0.4 * profile.stated


def _files_are_datasets(files: Sequence[str]) -> bool:
    """Whether several files are named after something, and not numbered."""
    stems = {"".join(c for c in PurePath(file).name if not c.isdigit()) for file in files}
    return 1 < len(files) == len(stems)


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
    words = set(vocabulary.words_of(column.label))
    high, low = profile.high or 0.0, profile.low or 0.0
    percent = direction == "maximize" and bool(words & vocabulary.ACCURACIES) and low >= 0
    return MetricMap(
        column.name,
        labels([spoken(column.label)])[0],
        direction,
        percent=percent and 1.5 < high <= 100,
    )


def _likeliest(table: Table, taken: set[str]) -> Column:
    """The result whose name says most surely that it is to be compared.

    Raises:
        ImportRefusal: if there is none, or several are as likely.
    """
    ranked = sorted(
        (rank, len(vocabulary.words_of(column.label)), place)
        for place, column in enumerate(table.gathered.columns)
        if column.role in {"metric", None} and column.name not in taken
        if _may_be_metric(table.profiles[column.name], column)
        if (rank := _rank(column)) is not None
    )
    columns = table.gathered.columns
    if not ranked:
        numeric = [c.name for c in columns if table.profiles[c.name].numbers > 0]
        raise ImportRefusal(
            "no column is a metric by its name; say --metric with one of "
            f"{listed(numeric) or 'them: none has a number'}"
        )
    best = [place for rank, words, place in ranked if (rank, words) == ranked[0][:2]]
    if len(best) > 1:
        alike = listed([columns[place].name for place in best])
        raise ImportRefusal(
            f"which metric to compare cannot be told: say --metric with one of {alike}"
        )
    return columns[best[0]]


def _rank(column: Column) -> tuple[int, int] | None:
    by_name = vocabulary.rank_as_metric(column.label)
    return (4, 2) if by_name is None and column.role == "metric" else by_name


def _may_be_metric(profile: Profile, column: Column) -> bool:
    if profile.numbers == 0 or profile.stated > profile.numbers + profile.not_finite:
        return False
    # 16 and 32 in a column `precision` are no results.
    is_setting = "precision" in vocabulary.words_of(column.label) and profile.is_integer
    return column.role == "metric" or not is_setting


def _parameters(
    table: Table, wishes: Wishes, used: set[str]
) -> tuple[tuple[ParameterMap, ...], tuple[tuple[str, str], ...]]:
    """The parameters, and those columns that have one value in all runs."""
    if wishes.parameters:
        chosen = [table.column(name) for name in wishes.parameters]
    else:
        chosen = [c for c in table.gathered.columns if c.name not in used and _may_vary(table, c)]
    constant = []
    varying = []
    for column in chosen:
        profile = table.profiles[column.name]
        rows = profile.stated
        if len(profile.values) == 1 and rows == table.gathered.rows and not wishes.parameters:
            constant.append((column.label, profile.values[0]))
        elif rows > 0 or wishes.parameters:
            varying.append(column)
    if not varying:
        others = [c.name for c in table.gathered.columns if c.name not in used]
        raise ImportRefusal(
            "no column is a parameter that varies; say --parameter with one or more of "
            f"{listed(others) or 'them: there is no other column'}"
        )
    if len(varying) > MOST_PARAMETERS:
        raise ImportRefusal(
            f"{len(varying):,} columns may be parameters ({listed([c.name for c in varying])}); "
            f"say --parameter for each of those that count, {MOST_PARAMETERS} at most"
        )
    shown = labels([column.label for column in varying])
    return tuple(
        parameter(table, column, label) for column, label in zip(varying, shown, strict=True)
    ), tuple(constant)


def parameter(table: Table, column: Column, label: str) -> ParameterMap:
    """A parameter as its values tell it."""
    place = table.gathered.place(column.name)
    inferred = infer(column, table.profiles[column.name], table.staging, place)
    return ParameterMap(
        column.name, label, inferred.kind, inferred.scale, inferred.type, inferred.values
    )


def _may_vary(table: Table, column: Column) -> bool:
    """Whether a column that has no other role is a parameter."""
    profile = table.profiles[column.name]
    if column.role is not None or profile.stated == 0:
        return column.role == "parameter"
    is_result = vocabulary.rank_as_metric(column.label) is not None
    is_count = profile.is_integer and profile.low == 0 and profile.high == profile.stated - 1
    if (
        vocabulary.is_side_result(column.label)
        or (is_result and _may_be_metric(profile, column))
        or vocabulary.is_named(column.label, vocabulary.RUNS) is not None
        or (is_count and profile.stated > MOST_VALUES)
    ):
        return False
    # Words that are different in each row are names or notes.
    all_differ = len(profile.values) == profile.stated > 2
    return profile.is_numeric or (bool(profile.values) and not all_differ)

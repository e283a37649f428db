"""Guess the columns beside metric and parameters: data set, status, seed, cost, epoch and run."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from build_site.importers import vocabulary
from build_site.importers.columns import Role
from build_site.importers.described import Table
from build_site.importers.mapping import FILE

MOST_DATASETS = 60
# One in so many rows may be an epoch that is there already, as where runs were resumed.
MOST_REPEATED = 4


def roles(table: Table, wishes: dict[Role, str]) -> Iterator[tuple[Role, str]]:
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
    chosen = dict(wishes)
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
            by_epoch = role == "run" and _is_run_of_epochs(table, name, chosen.get("epoch"))
            if name not in taken and (by_epoch or fits(table, name)):
                taken.add(name)
                chosen[role] = name
                yield role, name
                break
        else:
            if role == "dataset" and _files_are_datasets(table.gathered.files):
                yield role, FILE


def _is_status(table: Table, name: str) -> bool:
    """Whether some words are known; the others are asked for, rather than taken for choices."""
    return any(vocabulary.verdict(value) is not None for value in table.profiles[name].values)


def _is_seed(table: Table, name: str) -> bool:
    place = table.gathered.place(name)
    (fits,) = table.staging.database.execute(
        f"SELECT bool_and(whole({place}) IS NOT NULL) FROM raw WHERE given({place}) IS NOT NULL"
    ).fetchone() or (None,)
    return bool(fits)


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


def _is_run_of_epochs(table: Table, name: str, epoch: str | None) -> bool:
    """Whether a row is an epoch of a run: each run has several, and few of them twice."""
    if not epoch or table.profiles[name].stated != table.gathered.rows:
        return False
    run, number = table.gathered.place(name), table.gathered.place(epoch)
    counted = table.staging.database.execute(
        f"SELECT count(*), count(DISTINCT (file, {run}, {number})), count(DISTINCT (file, {run})) "
        "FROM raw"
    ).fetchone() or (0, 0, 0)
    rows, epochs, runs = counted
    return bool(MOST_REPEATED * (rows - epochs) <= rows and epochs > runs)


def _files_are_datasets(files: Sequence[str]) -> bool:
    """Whether several files are named after something, and not numbered."""
    stems = {"".join(c for c in PurePath(file).name if not c.isdigit()) for file in files}
    return 1 < len(files) == len(stems)

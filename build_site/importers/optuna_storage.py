"""Optuna's storages, read through Optuna itself: a database, its URL, or a journal.

A file is copied first, so that nothing is written where a sweep may be running. Directions and
distributions come with the trials.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from build_site.importers.columns import Column, Direction, ImportRefusal, Kind, Scale
from build_site.importers.formats import FileFormat, existing
from build_site.importers.staging import Staged, Staging, as_text, stage_records

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial

URLS = ("sqlite://", "mysql", "postgresql", "mssql", "oracle", "redis://")
SQLITE = b"SQLite format 3\x00"
STUDY = "#"  # path#name chooses among the studies of a storage


def recognises(where: str) -> bool:
    """Whether it is a storage: a URL, an SQLite file, or a journal."""
    if where.startswith(URLS) and "://" in where:
        return True
    path, _ = _split(where)
    if path is None or not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(200)
    return start.startswith(SQLITE) or (start.startswith(b"{") and b'"op_code"' in start)


def read(staging: Staging, where: str, table: str) -> tuple[Staged, tuple[Column, ...]]:
    """Stage the trials of one study.

    Raises:
        ImportRefusal: if Optuna is not installed or cannot read it, or one of several studies must
            be chosen.
    """
    try:
        import optuna  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ImportRefusal(
            "it is a storage of Optuna, which only Optuna can read: pip install optuna, or import "
            "the CSV that study.trials_dataframe().to_csv() writes"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path, name = _split(where)
    try:
        storage = _storage(staging, path, where)
        name = _chosen(optuna.get_all_study_names(storage), name)
        study = optuna.load_study(study_name=name, storage=storage)
        trials = study.get_trials(deepcopy=False)
    except ImportRefusal:
        raise
    except Exception as error:  # whatever its database driver raises
        raise ImportRefusal(_unreadable(path, error)) from error
    if not trials:
        raise ImportRefusal(f"its study {name} has no trials")
    labels = _objectives(study)
    staged = stage_records(staging, table, _records(trials, labels))
    return staged, _columns(trials, study, labels)


def _unreadable(path: Path | None, error: Exception) -> str:
    """Why Optuna cannot read a storage: of a server only its driver can say."""
    if path is not None:
        return (
            "Optuna cannot read it: it is damaged, or of another version of Optuna; copy it again, "
            "or import the CSV that study.trials_dataframe().to_csv() writes"
        )
    said = str(error).strip().splitlines() or [type(error).__name__]
    return f"Optuna cannot read it: {said[0]}"


def _chosen(names: Sequence[str], name: str | None) -> str:
    """The study of that name, or the only one."""
    if name is None and len(names) == 1:
        return names[0]
    if name is None or name not in names:
        listed = ", ".join(names[:10]) or "none"
        count = "1 study" if len(names) == 1 else f"{len(names):,} studies"
        raise ImportRefusal(f"it holds {count} ({listed}): name one, as FILE#NAME")
    return name


def _split(where: str) -> tuple[Path | None, str | None]:
    """The file, and the name of a study after the last #."""
    if (path := existing(where)) is not None:
        return path, None
    before, mark, name = where.rpartition(STUDY)
    return (existing(before), name) if mark else (None, None)


def _storage(staging: Staging, path: Path | None, where: str) -> "BaseStorage":
    import optuna  # noqa: PLC0415
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415

    if path is None:
        url, _, _ = where.partition(STUDY)
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
            raise ImportRefusal("there is no such file")  # Optuna would create it
        if url.startswith("sqlite:///"):
            return _storage(staging, Path(url.removeprefix("sqlite:///")), where)
        return optuna.storages.get_storage(url)
    copy = staging.folder / f"storage-{len(list(staging.folder.iterdir()))}"
    with path.open("rb") as file:
        is_sqlite = file.read(len(SQLITE)) == SQLITE
    if not is_sqlite:
        shutil.copy(path, copy)
        backend = JournalFileBackend(str(copy))
        return optuna.storages.JournalStorage(backend)
    address = path.resolve().as_uri() + "?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('studies', 'trials')"
        if target.execute(tables).fetchone() != (2,):
            raise ImportRefusal("it is an SQLite database, but not one of Optuna's")
    return optuna.storages.RDBStorage(f"sqlite:///{copy}")


def _objectives(study: "Study") -> list[str]:
    count = len(study.directions)
    plain = ["value"] if count == 1 else [f"values_{place}" for place in range(count)]
    return list(study.metric_names or plain)


def _records(
    trials: Sequence["FrozenTrial"], labels: Sequence[str]
) -> Iterator[dict[str, str | None]]:
    for trial in trials:
        seconds = None if trial.duration is None else trial.duration.total_seconds()
        values = [None] * len(labels) if trial.values is None else trial.values
        yield {
            "number": str(trial.number),
            "state": trial.state.name,
            "duration": as_text(seconds),
            **{f"objective {k}": as_text(v) for k, v in zip(labels, values, strict=True)},
            **{f"param {name}": as_text(value) for name, value in trial.params.items()},
            **{f"attribute {name}": as_text(value) for name, value in trial.user_attrs.items()},
        }


def _columns(
    trials: Sequence["FrozenTrial"], study: "Study", labels: Sequence[str]
) -> tuple[Column, ...]:
    distributions = {
        name: distribution for trial in trials for name, distribution in trial.distributions.items()
    }
    attributes = dict.fromkeys(name for trial in trials for name in trial.user_attrs)
    directions: list[Direction] = [
        "maximize" if direction.name == "MAXIMIZE" else "minimize" for direction in study.directions
    ]
    return (
        Column("number", "number", "run"),
        Column("state", "state", "status"),
        Column("duration", "duration", "cost"),
        *(
            Column(f"objective {label}", label, "metric", direction=direction)
            for label, direction in zip(labels, directions, strict=True)
        ),
        *(_parameter(name, distribution) for name, distribution in distributions.items()),
        *(Column(f"attribute {name}", name, "context") for name in attributes),
    )


def _parameter(name: str, distribution: "BaseDistribution") -> Column:
    kind: Kind | None = None
    scale: Scale | None = None
    values: tuple[str, ...] = ()
    choices = getattr(distribution, "choices", None)
    if choices is not None:
        # Choices that are all numbers have an order; inference sees to them.
        if not all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in choices):
            kind = "categorical"
        values = tuple(text for choice in choices if (text := as_text(choice)) is not None)
    elif hasattr(distribution, "log"):
        scale = "log" if distribution.log else "linear"
    return Column(f"param {name}", name, "parameter", kind, scale, values)


OPTUNA_STORAGE = FileFormat(
    "optuna-storage",
    "Optuna storage",
    "is an SQLite database, a journal or the URL of a storage",
    recognises,
    read,
)

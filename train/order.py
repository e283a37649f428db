"""What a sweep is asked to train, and where: said on the command line, or kept as a study file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from train.plan import Design

DeviceKind = Literal["cpu", "cuda"]
TEXTS = ("name", "space")
NUMBERS = ("trainings", "epochs", "train_size", "seed")
OPTIONAL = ("replicates", "design")
ON_DEVICES = get_args(DeviceKind)


class OrderError(ValueError):
    """A study file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Order:
    """What to train; `train.plan.Settings` explains the numbers."""

    space: str
    datasets: tuple[str, ...]
    trainings: int
    epochs: int
    train_size: int
    seed: int
    design: Design
    replicates: float


@dataclass(frozen=True)
class Place:
    """Where to train: "local" or "ray", "auto", "cpu" or "cuda", and the files that are used."""

    study: Path
    data_dir: Path
    device: str
    engine: str


@dataclass(frozen=True)
class StudyFile:
    """A study to make: its name, and the order for the device that makes it."""

    name: str
    order: Order


def read_study_file(path: Path, device: DeviceKind) -> StudyFile:
    """Read what is to be trained on a device of that kind.

    The file gives the fields of `Order` and a name; a table [cpu] or [cuda] changes some of them
    for that device.

    Raises:
        OrderError: if it cannot be read, or a field is missing, unknown or of the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OrderError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OrderError(f"{path} is not a TOML file: {error}") from error
    changes = {kind: table.pop(kind, {}) for kind in ON_DEVICES}
    for kind, changed in changes.items():
        if not isinstance(changed, dict):
            raise OrderError(f"{path}: {kind} is a table headed [{kind}]")
    try:
        return _study_file({**table, **changes[device]})
    except OrderError as error:
        raise OrderError(f"{path}: {error}") from None


def _study_file(table: dict[str, Any]) -> StudyFile:
    for key in table:
        if key not in (*TEXTS, *NUMBERS, *OPTIONAL, "datasets"):
            raise OrderError(f"{key!r} is not a key of a study file")
    for key in TEXTS:
        if not isinstance(table.get(key), str) or not table[key]:
            raise OrderError(f"it needs a text {key!r}")
    for key in NUMBERS:
        least = 0 if key == "seed" else 1
        number = table.get(key)
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise OrderError(f"it needs a whole number {key!r} of at least {least}")
    names = table.get("datasets")
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise OrderError("it needs a list of names 'datasets'")
    design = table.get("design", "independent")
    if design not in get_args(Design):
        raise OrderError(f"design {design!r} is none of {', '.join(get_args(Design))}")
    replicates = table.get("replicates", 0)
    if isinstance(replicates, bool) or not isinstance(replicates, int | float):
        raise OrderError(f"replicates {replicates!r} is not a number")
    order = Order(
        space=table["space"],
        datasets=tuple(dict.fromkeys(names)),
        trainings=table["trainings"],
        epochs=table["epochs"],
        train_size=table["train_size"],
        seed=table["seed"],
        design=design,
        replicates=float(replicates),
    )
    return StudyFile(table["name"], order)

"""Spaces: which hyper-parameters are drawn at random, and from what. Read from TOML files."""

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from train.recipe import FIELDS, SHARED, Recipe, problem_with

SPACES = Path(__file__).parent / "spaces"

Value = str | float


class SpaceError(ValueError):
    """A space file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Parameter:
    """One drawn hyper-parameter.

    `values` holds what a categorical or ordinal one takes, in order, and `value_labels` how each is
    shown; `bounds` are the ends of a numeric one, drawn uniformly on its scale.
    """

    name: str
    label: str
    kind: Literal["categorical", "ordinal", "numeric"]
    scale: Literal["linear", "log"]
    values: tuple[Value, ...]
    value_labels: tuple[str, ...]
    bounds: tuple[float, float] | None
    default: Value | None
    description: str

    def draw(self, generator: np.random.Generator) -> Value:
        """One value, each of `values` alike likely, or uniform on the scale of `bounds`."""
        if self.bounds is None:
            return self.values[int(generator.integers(len(self.values)))]
        low, high = self.bounds
        if self.scale == "log":
            return float(math.exp(generator.uniform(math.log(low), math.log(high))))
        return float(generator.uniform(low, high))


@dataclass(frozen=True)
class Space:
    """The drawn parameters; what is not drawn stays as `base` has it."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    base: Recipe

    @property
    def shared(self) -> tuple[Parameter, ...]:
        """Parameters that all models of one block have in common."""
        return tuple(p for p in self.parameters if p.name in SHARED)

    @property
    def free(self) -> tuple[Parameter, ...]:
        """Parameters that differ from model to model within a block."""
        return tuple(p for p in self.parameters if p.name not in SHARED)


def load_space(name_or_path: str) -> Space:
    """The space of that name in train/spaces, or in the TOML file at that path.

    Raises:
        SpaceError: if there is none, or it cannot be used.
    """
    path = SPACES / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in SPACES.glob("*.toml")))
        raise SpaceError(f"there is no space {name_or_path!r}: name one of {known}, or a TOML file")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpaceError(f"{path} is not a TOML file: {error}") from error
    try:
        return _space(table, path.stem)
    except SpaceError as error:
        raise SpaceError(f"{path}: {error}") from None


def _space(table: dict[str, Any], name: str) -> Space:
    unknown = set(table) - {"title", "description", "fixed", "parameter"}
    if unknown:
        raise SpaceError(f"{min(unknown)!r} is not a key of a space file")
    entries, fixed = table.get("parameter", []), table.get("fixed", {})
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SpaceError("parameters are tables headed [[parameter]], in double brackets")
    if not isinstance(fixed, dict):
        raise SpaceError("fixed is a table headed [fixed]")
    if not entries:
        raise SpaceError("it draws no parameter; add a [[parameter]] table")
    parameters = tuple(_parameter(entry) for entry in entries)
    names = [parameter.name for parameter in parameters]
    for repeated in {n for n in names if names.count(n) > 1} | (set(names) & set(fixed)):
        raise SpaceError(f"{repeated!r} is given twice")
    for key, value in fixed.items():
        _check(key, value)
    return Space(
        name=name,
        title=str(table.get("title", name)),
        description=str(table.get("description", "")),
        parameters=parameters,
        base=Recipe().replacing(fixed),
    )


def _parameter(entry: dict[str, Any]) -> Parameter:
    name = str(entry.get("name", ""))
    unknown = set(entry) - {
        "name",
        "label",
        "kind",
        "scale",
        "values",
        "value_labels",
        "range",
        "default",
        "description",
    }
    if unknown:
        raise SpaceError(f"{min(unknown)!r} is not a key of a parameter ({name!r})")
    kind = entry.get("kind", "numeric" if "range" in entry else "categorical")
    if kind not in ("categorical", "ordinal", "numeric"):
        raise SpaceError(f"{name!r} has kind {kind!r}, not categorical, ordinal or numeric")
    scale = entry.get("scale", "linear")
    if scale not in ("linear", "log"):
        raise SpaceError(f"{name!r} has scale {scale!r}, not linear or log")
    values, bounds = _values(name, entry), _bounds(name, entry, scale)
    if (kind == "numeric") != (bounds is not None) or (kind == "numeric") == bool(values):
        raise SpaceError(f"{name!r} needs a range if it is numeric, values if it is not")
    if bounds is not None and FIELDS.get(name) is int:
        raise SpaceError(f"{name!r} takes whole numbers; list them as values instead of a range")
    default = entry.get("default")
    for value in [*values, *(bounds or ()), *([] if default is None else [default])]:
        _check(name, value)
    return Parameter(
        name=name,
        label=str(entry.get("label", name.replace("_", " ").capitalize())),
        kind=kind,
        scale=scale,
        values=values,
        value_labels=_value_labels(name, entry, values),
        bounds=bounds,
        default=default,
        description=str(entry.get("description", "")),
    )


def _values(name: str, entry: dict[str, Any]) -> tuple[Value, ...]:
    values = entry.get("values", [])
    if not isinstance(values, list) or len(set(map(str, values))) < len(values):
        raise SpaceError(f"the values of {name!r} are not a list of different values")
    return tuple(values)


def _value_labels(name: str, entry: dict[str, Any], values: tuple[Value, ...]) -> tuple[str, ...]:
    labels = entry.get("value_labels", [str(value) for value in values])
    if not isinstance(labels, list) or not len(labels) == len(set(map(str, labels))) == len(values):
        raise SpaceError(f"{name!r} needs a different value label for each of its values")
    return tuple(map(str, labels))


def _bounds(name: str, entry: dict[str, Any], scale: str) -> tuple[float, float] | None:
    if "range" not in entry:
        return None
    match entry["range"]:
        case [int() | float() as low, int() | float() as high] if low < high:
            if scale == "log" and low <= 0:
                raise SpaceError(f"the range of {name!r} is logarithmic and must start above 0")
            return float(low), float(high)
    raise SpaceError(f"the range of {name!r} is not [low, high] with low < high")


def _check(name: str, value: object) -> None:
    problem = problem_with(name, value)
    if problem:
        raise SpaceError(f"{name!r}: {problem}")

"""A mapping as a TOML file, to read, edit and pass back."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from build_site.importers.columns import Direction, ImportRefusal, Kind, Role, Scale
from build_site.importers.guessing import Table, Wishes, parameter
from build_site.importers.mapping import (
    DatasetMap,
    Mapping,
    ParameterMap,
    WithoutMetric,
    labels,
    slug,
)

ROLES: tuple[Role, ...] = ("dataset", "status", "seed", "cost", "epoch", "run")
VERDICTS = ("completed", "diverged", "failed", "unfinished")
# What each table of the file may hold, and of which type.
STUDY: dict[str, type] = {"name": str, "title": str, "description": str}
METRIC: dict[str, type] = {
    "column": str,
    "label": str,
    "direction": str,
    "percent": bool,
    "missing": str,
}
PARAMETER: dict[str, type] = {
    "column": str,
    "label": str,
    "kind": str,
    "scale": str,
    "values": list,
    "default": str,
    "description": str,
}
DATASET: dict[str, type] = {
    "name": str,
    "label": str,
    "classes": int,
    "chance": float,
    "train_size": int,
    "test_size": int,
    "source": str,
}
TABLES: dict[str, type] = {
    "study": dict,
    "metric": dict,
    "columns": dict,
    "status": dict,
    "parameter": list,
    "dataset": list,
}

Values = dict[str, Any]


@dataclass(frozen=True)
class MapFile:
    """A checked map: whatever it does not say is guessed."""

    study: Values
    metric: Values
    columns: Values
    status: Values
    parameters: tuple[Values, ...]
    datasets: tuple[DatasetMap, ...]


def read_map(path: Path) -> MapFile:
    """Read a map.

    Raises:
        ImportRefusal: if it is no TOML, or says what no map can say.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefusal(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefusal(f"{path} is no TOML: {error}") from error
    try:
        return _checked(found)
    except ImportRefusal as error:
        raise ImportRefusal(f"{path}: {error}") from error


def wishes(found: MapFile) -> Wishes:
    """What a map says of the columns."""
    return Wishes(
        metric=found.metric.get("column"),
        direction=found.metric.get("direction"),
        parameters=tuple(each["column"] for each in found.parameters),
        columns=tuple((role, found.columns[role]) for role in ROLES if role in found.columns),
    )


def apply(found: MapFile, guessed: Mapping, table: Table) -> Mapping:
    """The guess, with all that the map says in its place.

    Raises:
        ImportRefusal: if the map contradicts the table.
    """
    metric = {name: value for name, value in found.metric.items() if name != "column"}
    words = tuple((word, name) for name in VERDICTS for word in found.status.get(name, ()))
    parameters = guessed.parameters
    if found.parameters:
        shown = labels([str(each.get("label", each["column"])) for each in found.parameters])
        parameters = tuple(
            _parameter(each, label, known, table)
            for each, label, known in zip(found.parameters, shown, guessed.parameters, strict=True)
        )
    mapping = replace(
        guessed,
        **found.study,
        metric=replace(guessed.metric, **metric),
        parameters=parameters,
        words=words,
        datasets=found.datasets,
    )
    if slug(mapping.name) != mapping.name.lower() or not mapping.name:
        raise ImportRefusal(
            f"a study cannot be named {mapping.name!r}: letters, digits, - and _ only"
        )
    return mapping


def _parameter(said: Values, label: str, known: ParameterMap, table: Table) -> ParameterMap:
    """One parameter as the map says; its kind decides what else must hold."""
    column = replace(
        table.column(said["column"]),
        kind=said.get("kind", known.kind),
        scale=said.get("scale", known.scale),
        values=tuple(said.get("values", known.values)),
    )
    inferred = parameter(table, column, label)
    if inferred.kind != column.kind:
        raise ImportRefusal(
            f"column {column.name!r} cannot be {column.kind}: not all its values are numbers"
        )
    values = tuple(str(value) for value in said.get("values", ()))
    unknown = [value for value in inferred.values if value not in values]
    if values and unknown:
        raise ImportRefusal(
            f"column {column.name!r} has the value {unknown[0]!r}, which is not among the values "
            "of its parameter"
        )
    default = said.get("default")
    if default is not None and inferred.kind != "numeric":
        known_values = values or inferred.values
        if str(default) not in known_values:
            raise ImportRefusal(f"the default {default!r} is no value of column {column.name!r}")
    return replace(
        inferred,
        values=values if inferred.kind != "numeric" and values else inferred.values,
        default=said.get("default"),
        description=said.get("description", ""),
    )


def written(mapping: Mapping, command: str) -> str:
    """The map as TOML, with what it is and how to pass it back."""
    lines = [
        "# What the columns are. Edit this file, then pass it back:",
        f"#   {' '.join(command.split())}",
        "# What is left out here is guessed again.",
        "",
        "[study]",
        *_entries(mapping, STUDY),
        "",
        "[metric]",
        "# direction: maximize or minimize; percent: whether 93.5 means 93.5 %;",
        '# missing: what a run without a value is, "left out" or "diverged"',
        *_entries(mapping.metric, METRIC),
        "",
        "[columns]",
        '# "" is none; dataset = "(file)" makes each file a data set',
        *(f"{role} = {_toml(getattr(mapping, role))}" for role in ROLES),
        "",
        "# Words of the status column that are not understood by themselves go here:",
        "[status]",
        *(
            f"{verdict} = {_toml([word for word, name in mapping.words if name == verdict])}"
            for verdict in VERDICTS
        ),
    ]
    for each in mapping.parameters:
        lines += ["", "[[parameter]]", *_entries(each, PARAMETER)]
    for dataset in mapping.datasets:
        lines += ["", "[[dataset]]", *_entries(dataset, DATASET)]
    return "\n".join([*lines, ""])


def _entries(described: object, keys: dict[str, type]) -> Iterator[str]:
    for key in keys:
        value = getattr(described, key)
        if value is not None and (value != () or key != "values"):
            yield f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    """A value as TOML; JSON's strings are TOML's, but for one character."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(found: Values) -> MapFile:
    _check(found, TABLES, "the map")
    parameters = found.get("parameter", [])
    datasets = found.get("dataset", [])
    tables: tuple[tuple[str, object, dict[str, type]], ...] = (
        ("study", found.get("study", {}), STUDY),
        ("metric", found.get("metric", {}), METRIC),
        ("columns", found.get("columns", {}), dict.fromkeys(ROLES, str)),
        ("status", found.get("status", {}), dict.fromkeys(VERDICTS, list)),
        *(("parameter", each, PARAMETER) for each in parameters),
        *(("dataset", each, DATASET) for each in datasets),
    )
    for name, values, keys in tables:
        _check(values, keys, name)
    for values, key, allowed in (
        *(
            (found.get("metric", {}), k, a)
            for k, a in (("direction", Direction), ("missing", WithoutMetric))
        ),
        *((each, k, a) for each in parameters for k, a in (("kind", Kind), ("scale", Scale))),
    ):
        if key in values and values[key] not in get_args(allowed):
            raise ImportRefusal(f"{key} is {' or '.join(get_args(allowed))}, not {values[key]!r}")
    for name, group, key in (("parameter", parameters, "column"), ("dataset", datasets, "name")):
        if any(key not in each for each in group):
            raise ImportRefusal(f"a {name} has no {key}")
    _check_columns([each["column"] for each in parameters], found)
    return MapFile(
        found.get("study", {}),
        found.get("metric", {}),
        found.get("columns", {}),
        found.get("status", {}),
        tuple(parameters),
        tuple(DatasetMap(**{"label": each["name"], **each}) for each in datasets),
    )


def _check_columns(parameters: list[str], found: Values) -> None:
    """Refuse a column that is a parameter twice, or what the runs are judged or told apart by."""
    roles = {"metric": found.get("metric", {}).get("column"), **found.get("columns", {})}
    for column in parameters:
        if parameters.count(column) > 1:
            raise ImportRefusal(f"column {column!r} is a parameter twice")
        for role, taken in roles.items():
            if column == taken:
                raise ImportRefusal(f"column {column!r} is the {role}, so it is no parameter")


def _check(values: object, keys: dict[str, type], name: str) -> None:
    if not isinstance(values, dict):
        raise ImportRefusal(f"{name} is no table")
    for key, value in values.items():
        if key not in keys:
            raise ImportRefusal(f"{name} has no {key!r}; it may have {', '.join(keys)}")
        wanted = keys[key]
        fits = isinstance(value, (int, float) if wanted is float else wanted)
        if not fits or (isinstance(value, bool) and wanted is not bool):
            raise ImportRefusal(f"{key} of {name} is no {_kind(wanted)}")


def _kind(wanted: type) -> str:
    kinds = {str: "text", bool: "true or false", int: "whole number", float: "number", list: "list"}
    return kinds.get(wanted, "table")

"""A mapping as a TOML file, to read, edit and pass back."""

import json
import math
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from build_site.importers.columns import ImportRefusal
from build_site.importers.described import Table, Wishes
from build_site.importers.guessing import parameter
from build_site.importers.map_schema import (
    DATASET,
    METRIC,
    PARAMETER,
    ROLES,
    STUDY,
    VERDICTS,
    MapFile,
    Values,
    checked,
)
from build_site.importers.mapping import Mapping, ParameterMap, labels, slug
from build_site.site_names import is_taken


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
        return checked(found)
    except ImportRefusal as error:
        raise ImportRefusal(f"{path}: {error}") from error


def wishes(found: MapFile) -> Wishes:
    """What a map says of the columns."""
    return Wishes(
        metric=found.metric.get("column"),
        direction=found.metric.get("direction"),
        parameters=tuple(each["column"] for each in found.parameters),
        columns=tuple((role, found.columns[role]) for role in ROLES if role in found.columns),
        percent=found.metric.get("percent"),
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
    if is_taken(mapping.name):
        raise ImportRefusal(
            f"a study cannot be named {mapping.name!r}: a folder of the site has that name"
        )
    _check_chance(mapping, table)
    return mapping


def _parameter(said: Values, label: str, known: ParameterMap, table: Table) -> ParameterMap:
    """One parameter as the map says; its kind decides what else must hold."""
    # Whoever lists values wants each to be one.
    kind = "ordinal" if known.kind == "numeric" and "values" in said else known.kind
    column = replace(
        table.column(said["column"]),
        kind=said.get("kind", kind),
        scale=said.get("scale", known.scale),
        values=tuple(map(str, said.get("values", known.values))),
    )
    inferred = parameter(table, column, label)
    if inferred.kind != column.kind:
        raise ImportRefusal(
            f"column {column.name!r} cannot be {column.kind}: not all its values are numbers"
        )
    values = tuple(_text(value, inferred) for value in said.get("values", ()))
    unknown = [value for value in inferred.values if value not in values]
    if values and unknown:
        raise ImportRefusal(
            f"column {column.name!r} has the value {unknown[0]!r}, which is not among the values "
            "of its parameter"
        )
    default = None if "default" not in said else _text(said["default"], inferred)
    if default is not None and inferred.kind != "numeric":
        known_values = values or inferred.values
        if default not in known_values:
            raise ImportRefusal(f"the default {default!r} is no value of column {column.name!r}")
    return replace(
        inferred,
        values=values or inferred.values,
        default=default,
        description=said.get("description", ""),
    )


def _text(value: object, known: ParameterMap) -> str:
    """A value of a parameter as its column has it as text: 1 and 1e0 may be 1.0 there."""
    if known.type == "VARCHAR":
        return str(value)
    try:
        number = float(str(value))
    except ValueError as error:
        raise ImportRefusal(
            f"{value!r} is no value of column {known.column!r}, which has numbers"
        ) from error
    if not math.isfinite(number):
        raise ImportRefusal(f"{value!r} is no value of column {known.column!r}")
    return next((text for text in known.values if float(text) == number), str(value))


def _check_chance(mapping: Mapping, table: Table) -> None:
    """Refuse a chance level beside the shares that the metric is."""
    metric, profile = mapping.metric, table.profiles[mapping.metric.column]
    low, high = profile.low or 0.0, profile.high or 0.0
    is_share = metric.percent or (metric.direction == "maximize" and low >= 0 and high <= 1)
    for each in mapping.datasets:
        if is_share and each.chance is not None and not 0 <= each.chance <= 1:
            raise ImportRefusal(
                f"chance of data set {each.name!r} is {each.chance:g}, but the metric is a share: "
                "write 0.1 for 10 %"
            )


def written(mapping: Mapping, command: str) -> str:
    """The map as TOML, with what it is and how to pass it back."""
    lines = [
        "# What the columns are. Edit this file, then pass it back:",
        f"#   {command}",
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

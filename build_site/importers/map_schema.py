"""What a map may say, checked before it is used."""

import math
from dataclasses import dataclass
from typing import Any, get_args

from build_site.importers.columns import Direction, ImportRefusal, Kind, Role, Scale
from build_site.importers.mapping import DatasetMap, WithoutMetric

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
    "default": object,
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

# Types that stand for several: a number may be whole, a default is whatever a value may be.
NUMBER_OR_TEXT: dict[type, tuple[type, ...]] = {float: (int, float), object: (str, int, float)}
LARGEST = {"classes": 2**31 - 1, "train_size": 2**63 - 1, "test_size": 2**63 - 1}

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


def checked(found: Values) -> MapFile:
    """The map, if its tables hold what they may.

    Raises:
        ImportRefusal: if they hold anything else.
    """
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
    for verdict, words in found.get("status", {}).items():
        _check_texts(words, f"{verdict} of status")
    for each in parameters:
        _check_values(each)
    _check_datasets(datasets)
    return MapFile(
        found.get("study", {}),
        found.get("metric", {}),
        found.get("columns", {}),
        found.get("status", {}),
        tuple(parameters),
        tuple(DatasetMap(**{"label": each["name"], **each}) for each in datasets),
    )


def _check(values: object, keys: dict[str, type], name: str) -> None:
    if not isinstance(values, dict):
        raise ImportRefusal(f"{name} is no table")
    for key, value in values.items():
        if key not in keys:
            raise ImportRefusal(f"{name} has no {key!r}; it may have {', '.join(keys)}")
        wanted = keys[key]
        fits = isinstance(value, NUMBER_OR_TEXT.get(wanted, wanted))
        if not fits or (isinstance(value, bool) and wanted not in {bool, object}):
            raise ImportRefusal(f"{key} of {name} is no {_kind(wanted)}")


def _check_texts(found: list[Any], name: str) -> None:
    for each in found:
        if not isinstance(each, str):
            raise ImportRefusal(f"{name} lists words in quotes, and {each!r} is none")


def _check_values(parameter: Values) -> None:
    """Refuse values that no parameter of the kind can have."""
    values = parameter.get("values", [])
    if values and parameter.get("kind") == "numeric":
        raise ImportRefusal(
            f"column {parameter['column']!r} is numeric, so it has no list of values; leave values "
            "out, or say kind = 'ordinal'"
        )
    for each in values:
        if not isinstance(each, (str, int, float)):
            raise ImportRefusal(
                f"values of parameter lists texts and numbers, and {each!r} is none"
            )
    texts = [str(each) for each in values]
    if len(set(texts)) < len(texts):
        raise ImportRefusal(f"values of column {parameter['column']!r} has one of them twice")


def _check_datasets(datasets: list[Values]) -> None:
    """Refuse a data set that is described twice, and numbers that none can have."""
    names = [each["name"] for each in datasets]
    for each in datasets:
        name = each["name"]
        if names.count(name) > 1:
            raise ImportRefusal(f"data set {name!r} is described twice")
        for key, largest in LARGEST.items():
            if key in each and not 1 <= each[key] <= largest:
                raise ImportRefusal(
                    f"{key} of data set {name!r} is {each[key]}; it is 1 or more"
                    f"{'' if each[key] < 1 else f', and {largest:,} at most'}"
                )
        if not math.isfinite(each.get("chance", 0.0)):
            raise ImportRefusal(
                f"chance of data set {name!r} is no finite number; leave it out if it is not known"
            )


def _kind(wanted: type) -> str:
    kinds = {
        object: "text or number",
        str: "text",
        bool: "true or false",
        int: "whole number",
        float: "number",
        list: "list",
    }
    return kinds.get(wanted, "table")

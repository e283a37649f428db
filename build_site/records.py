"""Dataclasses as JSON, and back again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def to_json(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """A dataclass of numbers, texts, dataclasses, and tuples, lists and dicts of such."""
    return json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[Record], text: str) -> Record:
    """The dataclass of type `kind` that `to_json` wrote.

    Raises:
        ValueError: if the text is no such record.
    """
    try:
        revived: Record = _revived(kind, json.loads(text))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no {kind.__name__}") from error
    return revived


def _revived(kind: Any, value: Any) -> Any:  # noqa: ANN401 - as a type hint says
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{f.name: _revived(hints[f.name], value[f.name]) for f in fields(kind)})  # type: ignore[operator]
    if origin in (Union, UnionType):
        (some,) = (each for each in inner if each is not NoneType)
        return None if value is None else _revived(some, value)
    if origin is tuple:
        parts = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_revived(each, part) for each, part in zip(parts, value, strict=True))
    if origin is list:
        return [_revived(inner[0], part) for part in value]
    if origin in (dict, Mapping):
        return {key: _revived(inner[1], part) for key, part in value.items()}
    return value

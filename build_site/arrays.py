"""Columns of numbers as text that a page decodes once: base64 of little-endian typed arrays."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Column:
    """A little-endian typed array; `kind` is one of those that client/study.js knows."""

    kind: str
    base64: str


def codes(values: NDArray[np.generic], count: int) -> Column:
    """Whole numbers below `count`, in one byte each, two or four."""
    size = 1 if count <= 2**8 else 2 if count <= 2**16 else 4
    return Column(f"uint{8 * size}", encode(np.asarray(values).astype(f"<u{size}")))


def floats(
    values: NDArray[np.floating] | np.ma.MaskedArray[Any, Any], kind: str = "float32"
) -> Column:
    """Numbers; NaN where there is none."""
    place = {"float32": "<f4", "float64": "<f8"}[kind]
    return Column(kind, encode(np.ma.filled(np.ma.asarray(values).astype(place), np.nan)))


def steps(values: NDArray[np.float32]) -> Column:
    """Numbers in order, as the differences of their bits: small, so that they compress well."""
    bits = values.astype("<f4").view("<u4")
    return Column("steps", encode(np.diff(bits, prepend=np.uint32(0))))


def encode(values: NDArray[np.generic] | bytes) -> str:
    """The bytes of an array in base64."""
    data = values if isinstance(values, bytes) else np.ascontiguousarray(values).tobytes()
    return base64.b64encode(data).decode("ascii")


def to_json(value: object) -> str:
    """JSON that is safe in a script; U+2028 and U+2029 would end a line, ensure_ascii escapes."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))

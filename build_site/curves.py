"""Learning curves, how each run went, and exact values: a script loaded only when it is needed.

A point takes two bytes. A share is stored in 65,534 steps, so it is off by 8e-6 at most; any other
number in half precision, off by 0.05 % at most, and beyond ±65,504 as that. Both are written as
codes in the order of the numbers, so that a page finds quantiles by counting.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from build_site.arrays import Column, codes, encode, floats, to_json
from build_site.findings import Findings
from build_site.study import Study, quoted

MEASURES = ("test_accuracy", "validation_accuracy", "train_loss")
STEPS = 65_534
NOTHING = 65_535  # the code of a point that a run does not have
LARGEST = 65_504.0  # of half precision
Masked = np.ma.MaskedArray[Any, Any]
# Points of one measure in a script; more would make a text longer than browsers take.
MOST_POINTS = 12_000_000


@dataclass(frozen=True)
class Curves:
    """The epochs that curves have a point for, and the measures that have any point."""

    epochs: tuple[int, ...]
    recorded: int
    measures: tuple[str, ...]


def curves_of(findings: Findings) -> Curves:
    """What can be drawn; of very many epochs only some, evenly spread, the last included."""
    database = findings.study.database
    epochs = [
        epoch
        for (epoch,) in database.execute(
            "SELECT DISTINCT epoch FROM epoch JOIN scored USING (run_id) ORDER BY epoch"
        ).fetchall()
    ]
    most = max(2, MOST_POINTS // max(1, findings.shown))
    places = np.unique(np.linspace(0, len(epochs) - 1, min(len(epochs), most)).round().astype(int))
    counts = database.execute(
        f"SELECT {', '.join(f'count({name})' for name in MEASURES)} FROM epoch "
        "JOIN scored USING (run_id)"
    ).fetchone() or (0,) * len(MEASURES)
    measures = tuple(name for name, n in zip(MEASURES, counts, strict=True) if n > 0)
    return Curves(tuple(epochs[place] for place in places), len(epochs), measures)


def curves_script(findings: Findings) -> str:
    """A classic script that hands over part "curves"; runs stand in the order of table scored."""
    curves = curves_of(findings)
    points = {name: _points(findings, curves, name) for name in curves.measures}
    course, words = _course(findings.study)
    columns = {**{name: column for name, (column, _) in points.items()}, **course}
    columns.update(_exact_values(findings.study))
    described = {
        "epochs": curves.epochs,
        "shares": {name: is_share for name, (_, is_share) in points.items()},
        "words": words,
        "columns": {name: asdict(column) for name, column in columns.items()},
    }
    return f'hyperatlas.receivePart("curves",{to_json(described)});\n'


def _points(findings: Findings, curves: Curves, measure: str) -> tuple[Column, bool]:
    """All runs at the first epoch, then all at the next; and whether the numbers are shares."""
    rows = findings.study.database.execute(
        f"SELECT list_position($epochs, epoch) - 1 AS place, position, {measure} AS value "
        f"FROM epoch JOIN scored USING (run_id) WHERE {measure} IS NOT NULL "
        "AND list_contains($epochs, epoch)",
        {"epochs": list(curves.epochs)},
    ).fetchnumpy()
    values = np.asarray(rows["value"], dtype=np.float64)
    finite = values[np.isfinite(values)]
    in_range = finite.size == 0 or (finite.min() >= 0 and finite.max() <= 1)
    is_share = bool(in_range) and measure != "train_loss"
    table = np.full((len(curves.epochs), findings.shown), NOTHING, dtype="<u2")
    table[rows["place"], rows["position"]] = share_codes(values) if is_share else half_codes(values)
    return Column("uint16", encode(table)), is_share


def share_codes(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    """0 as 0, 1 as 65,534."""
    finite = np.isfinite(values)
    return np.where(finite, np.where(finite, values, 0.0) * STEPS + 0.5, NOTHING).astype(np.uint16)


def half_codes(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    """The bits of half precision, turned so that a greater number has a greater code."""
    bits = np.clip(values, -LARGEST, LARGEST).astype(np.float16).view(np.uint16)
    ordered = np.where(bits & 0x8000, ~bits, bits | 0x8000)
    return np.where(np.isnan(values), NOTHING, ordered).astype(np.uint16)


def _course(study: Study) -> tuple[dict[str, Column], dict[str, list[str]]]:
    """How each run went: numbers, and codes with the words they stand for."""
    database = study.database
    columns: dict[str, Column] = {}
    words: dict[str, list[str]] = {}
    for name in ("seconds", "epochs", "train_accuracy", "validation_accuracy", "train_loss"):
        values = _of_runs(study, f"TRY_CAST(run.{name} AS FLOAT)")
        if np.ma.count(values):
            columns[f"run:{name}"] = floats(values)
    for name in ("device", "code_version"):
        known = [
            word
            for (word,) in database.execute(
                f"SELECT DISTINCT {name} FROM run WHERE {name} IS NOT NULL ORDER BY 1"
            ).fetchall()
        ]
        if known and len(known) < NOTHING:
            words[name] = known
            database.execute("SET VARIABLE known = ?", [known])
            places = _of_runs(study, f"list_position(getvariable('known'), run.{name}) - 1")
            filled = np.ma.filled(places, len(known))
            columns[f"run:{name}"] = codes(filled, len(known) + 1)
    return columns, words


def _of_runs(study: Study, expression: str) -> Masked:
    found = study.database.execute(
        f"SELECT {expression} AS value FROM scored JOIN run USING (run_id) ORDER BY scored.position"
    ).fetchnumpy()["value"]
    return np.ma.asarray(found)


def _exact_values(study: Study) -> dict[str, Column]:
    """Numeric parameters whose values are not what their single precision reads as."""
    found = {}
    for parameter in study.parameters:
        if parameter.kind == "numeric":
            values = _of_runs(study, f"TRY_CAST(run.{quoted(parameter.name)} AS DOUBLE)")
            filled = np.ma.filled(values, np.nan)
            if not _reads_the_same(filled):
                found[f"value:{parameter.name}"] = floats(filled, "float64")
    return found


def _reads_the_same(values: NDArray[np.float64]) -> bool:
    """Whether the shortest decimal of each value's single precision is the value itself."""
    known = np.unique(values[np.isfinite(values)])
    with np.errstate(over="ignore"):
        single = known.astype(np.float32)
    return bool(np.array_equal(single.astype(str).astype(np.float64), known))

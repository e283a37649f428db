"""Read the ledger: data/claims.toml, which explains its own format."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_site.refusals import Refused

LEDGER = Path(__file__).parents[2] / "data" / "claims.toml"
MEASURES = ("percentile", "top")
# The conditions that each statistic compares.
CONDITIONS = {
    "contrast": ("first", "second"),
    "interaction": ("first", "second", "where", "against"),
    "trend": ("first", "second"),
    "importance": (),
}
TEXTS = ("id", "sentence", "source", "statistic")
OPTIONAL = ("measure", "threshold", "parameter", "than", "where")


class LedgerError(Refused, ValueError):
    """The ledger cannot be used; the message says which claim, what is wrong and what to do."""


@dataclass(frozen=True)
class Bounds:
    """Numbers of at least `at_least` and below `below`; None leaves that end open."""

    at_least: float | None
    below: float | None


# What a run must have, by parameter: one of some values, or a number within bounds.
Condition = dict[str, tuple[str, ...] | Bounds]


@dataclass(frozen=True)
class Claim:
    """A sentence, and the statistic that must exceed `threshold` for it to be supported.

    A study can test it if its metric is one of `metrics`. `conditions` are those of CONDITIONS, by
    name; `parameter` and `than` are for importance.
    """

    id: str
    sentence: str
    source: str
    statistic: str
    metrics: tuple[str, ...]
    measure: str
    threshold: float
    conditions: dict[str, Condition]
    parameter: str | None
    than: str | None

    @property
    def parameters(self) -> frozenset[str]:
        """The names of all hyper-parameters that a study needs to test the claim."""
        named = {name for condition in self.conditions.values() for name in condition}
        return frozenset(named | {name for name in (self.parameter, self.than) if name})


@dataclass(frozen=True)
class Statement:
    """What the paper concluded, in our words: it holds if all `claims` do.

    Without claims it is that hyper-parameters depend on each other. `reason` is the likely one if
    a study disagrees.
    """

    text: str
    source: str
    claims: tuple[str, ...]
    reason: str


def read_statements(path: Path = LEDGER) -> tuple[Statement, ...]:
    """All statements of the paper, in the order of the file.

    Raises:
        LedgerError: if the file is no TOML, or a statement is incomplete or names no claim.
    """
    known = {claim.id for claim in read_ledger(path)}
    return tuple(
        _statement(entry, known, f"{path}, statement {n}")
        for n, entry in enumerate(_tables(_content(path), "statement", path), 1)
    )


def read_ledger(path: Path = LEDGER) -> tuple[Claim, ...]:
    """All claims, in the order of the file.

    Raises:
        LedgerError: if the file is no TOML, or a claim is incomplete or cannot be understood.
    """
    content = _content(path)
    entries = _tables(content, "claim", path)
    metrics = content.get("metrics")
    if not isinstance(metrics, list) or not all(isinstance(name, str) for name in metrics):
        raise LedgerError(f"{path} needs a list of texts 'metrics': what its claims are about")
    claims = tuple(
        _claim(entry, tuple(metrics), f"{path}, claim {n}") for n, entry in enumerate(entries, 1)
    )
    identifiers = [claim.id for claim in claims]
    for identifier in identifiers:
        if identifiers.count(identifier) > 1:
            raise LedgerError(f"{path}: two claims have the id {identifier!r}")
    return claims


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LedgerError(f"{path} cannot be read as a ledger of claims: {error}") from error


def _tables(content: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    entries = content.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LedgerError(f"{path}: each {name} is a table [[{name}]]")
    return entries


def _statement(entry: dict[str, Any], known: set[str], where: str) -> Statement:
    texts = ("text", "source", "reason")
    for name in texts:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise LedgerError(f"{where} needs a text {name!r}")
    for name in entry:
        if name not in (*texts, "claims"):
            raise LedgerError(f"{where} has no {name!r}")
    claims = entry.get("claims", [])
    if not isinstance(claims, list) or not set(map(str, claims)) <= known:
        raise LedgerError(f"{where}: claims is a list of ids of claims")
    return Statement(entry["text"], entry["source"], tuple(claims), entry["reason"])


def _claim(entry: dict[str, Any], metrics: tuple[str, ...], where: str) -> Claim:
    for name in TEXTS:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise LedgerError(f"{where} needs a text {name!r}")
    statistic, measure = entry["statistic"], entry.get("measure", "percentile")
    if statistic not in CONDITIONS:
        raise LedgerError(f"{where}: statistic {statistic!r} is none of {', '.join(CONDITIONS)}")
    if measure not in MEASURES:
        raise LedgerError(f"{where}: measure {measure!r} is none of {', '.join(MEASURES)}")
    threshold = entry.get("threshold", 0.0)
    if not isinstance(threshold, int | float):
        raise LedgerError(f"{where}: threshold {threshold!r} is no number")
    _check_parts(entry, statistic, where)
    named = [name for name in ("first", "second", "where", "against") if name in entry]
    return Claim(
        id=entry["id"],
        sentence=entry["sentence"],
        source=entry["source"],
        statistic=statistic,
        metrics=metrics,
        measure=measure,
        threshold=float(threshold),
        conditions={name: _condition(entry[name], f"{where}: {name!r}") for name in named},
        parameter=entry.get("parameter"),
        than=entry.get("than"),
    )


def _check_parts(entry: dict[str, Any], statistic: str, where: str) -> None:
    """Refuse a claim that lacks what its statistic needs, or has what it does not know."""
    needed = (*CONDITIONS[statistic], *(("parameter",) if statistic == "importance" else ()))
    for name in needed:
        if name not in entry:
            raise LedgerError(f"{where}: a claim of {statistic} needs {name!r}")
    for name in entry:
        if name not in (*TEXTS, *OPTIONAL, *needed):
            raise LedgerError(f"{where}: a claim of {statistic} has no {name!r}")


def _condition(entry: object, where: str) -> Condition:
    if not isinstance(entry, dict) or not entry:
        raise LedgerError(f"{where} must name a hyper-parameter and its values")
    return {name: _allowed(value, f"{where}, {name}") for name, value in entry.items()}


def _allowed(entry: object, where: str) -> tuple[str, ...] | Bounds:
    if isinstance(entry, list) and entry:
        return tuple(str(value) for value in entry)
    if isinstance(entry, dict) and entry:
        numbers = all(isinstance(value, int | float) for value in entry.values())
        if numbers and set(entry) <= {"at_least", "below"}:
            return Bounds(entry.get("at_least"), entry.get("below"))
    raise LedgerError(f"{where} needs a list of values, or {{ at_least = X, below = Y }}")

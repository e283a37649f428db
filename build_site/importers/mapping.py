"""What becomes of the columns: the decisions that a study is written by."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from build_site.importers.columns import Direction, Kind, Scale

LONGEST_NAME = 63
LONGEST_LABEL = 80
# Every column that schema.sql gives to run; a parameter or metric must not take its name.
RESERVED = frozenset(
    {
        *("run_id", "config_id", "dataset", "seed", "status", "test_accuracy"),
        *("validation_accuracy", "train_accuracy", "train_loss", "epochs", "seconds", "device"),
        *("block_id", "code_version", "started_at", "position", "percentile", "relative", "raw"),
        *("chance", "score", "value", "level", "parameter", "measured", "direction"),
    }
)
# What a run without a value of the metric is.
WithoutMetric = Literal["left out", "diverged"]


@dataclass(frozen=True)
class ParameterMap:
    """A parameter: its column, how it is stored and shown. `values` is empty for a numeric one."""

    column: str
    label: str
    kind: Kind
    scale: Scale
    type: str
    values: tuple[str, ...] = ()
    default: str | None = None
    description: str = ""


@dataclass(frozen=True)
class MetricMap:
    """What is compared. A percentage is stored as a share."""

    column: str
    label: str
    direction: Direction
    percent: bool
    missing: WithoutMetric = "left out"


@dataclass(frozen=True)
class DatasetMap:
    """What is known of a data set beyond its name."""

    name: str
    label: str
    classes: int | None = None
    chance: float | None = None
    train_size: int | None = None
    test_size: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Mapping:
    """All decisions; a column that there is none for is empty."""

    name: str
    title: str
    description: str
    metric: MetricMap
    parameters: tuple[ParameterMap, ...]
    dataset: str = ""
    status: str = ""
    seed: str = ""
    cost: str = ""
    epoch: str = ""
    run: str = ""
    # How words for the end of a run are understood, beyond those that are known.
    words: tuple[tuple[str, str], ...] = ()
    datasets: tuple[DatasetMap, ...] = ()
    # Columns with the one value of all runs, and all that are not used with the reason.
    constant: tuple[tuple[str, str], ...] = ()
    unused: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is used."""
        own = (self.dataset, self.status, self.seed, self.cost, self.epoch, self.run)
        used = [self.metric.column, *(p.column for p in self.parameters), *own]
        return tuple(dict.fromkeys(name for name in used if name and name != FILE))


# Stands for a column: each file is a data set.
FILE = "(file)"


def identifiers(names: Iterable[str], taken: Iterable[str] = RESERVED) -> list[str]:
    """A plain, different column name for each name, whatever characters that has."""
    used = set(taken)
    found = []
    for name in names:
        plain = slug(name).replace("-", "_") or "unnamed"
        plain = f"p_{plain}" if plain[0].isdigit() else plain
        candidate, number = plain, 1
        while candidate in used:
            number += 1
            candidate = f"{plain[: LONGEST_NAME - 6]}_{number}"
        used.add(candidate)
        found.append(candidate)
    return found


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits, - and _, at most 63; may be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "_", ascii_only.lower()).strip("_-")[:LONGEST_NAME].strip("_-")


def labels(names: Iterable[str]) -> list[str]:
    """A different label of one short line for each name."""
    found: list[str] = []
    for name in names:
        plain = short(" ".join(name.split()) or "unnamed", LONGEST_LABEL - 8)
        candidate, number = plain, 1
        while candidate in found:
            number += 1
            candidate = f"{plain} ({number})"
        found.append(candidate)
    return found


def short(text: str, longest: int = LONGEST_LABEL) -> str:
    """The text, cut where it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def spoken(name: str) -> str:
    """A name as a label: words, the first with a capital."""
    words = re.sub(r"[_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:]

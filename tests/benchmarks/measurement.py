"""What a benchmark reports, and how a figure is taken from rounds."""

import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console


@dataclass(frozen=True)
class Measurement:
    """One figure with its spread over the rounds, and the peer that it is compared with."""

    name: str
    unit: str
    median: float
    minimum: float
    maximum: float
    peer: str


DIGITS = {"ratio": ",.2f", "%": ",.1f", "MB": ",.2f", "s": ",.2f", "p": ",.3f"}


def report(measurements: Iterable[Measurement]) -> None:
    """Print each figure as soon as it is known, and write bench.json: one object a figure.

    What bench.json held of other benchmarks stays.
    """
    file = Path("bench.json")
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    results = {each["name"]: each for each in before}
    console = Console(soft_wrap=True)
    for each in measurements:
        digits = DIGITS.get(each.unit, ",.0f")
        median, low, high = (
            format(figure, digits) for figure in (each.median, each.minimum, each.maximum)
        )
        peer = f"  (compared with: {each.peer})" if each.peer else ""
        console.print(f"{each.name}: {median} {each.unit}  \\[{low}, {high}]{peer}")
        results[each.name] = asdict(each)
        file.write_text(json.dumps(list(results.values()), indent=1) + "\n", encoding="utf-8")


def summary(name: str, unit: str, figures: Sequence[float], peer: str = "") -> Measurement:
    """The median and the extremes of a figure that was measured several times."""
    return Measurement(name, unit, statistics.median(figures), min(figures), max(figures), peer)


def rate(amount: float, work: Callable[[], object], seconds: float = 1.0) -> float:
    """How much of what `work` does `amount` of is done in a second, over at least `seconds`."""
    started, done = time.perf_counter(), 0.0
    while (elapsed := time.perf_counter() - started) < seconds:
        work()
        done += amount
    return done / elapsed

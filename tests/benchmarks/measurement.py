"""What a benchmark reports, and how a figure is taken from rounds."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure with its spread over the rounds, and the peer that it is compared with."""

    name: str
    unit: str
    median: float
    minimum: float
    maximum: float
    peer: str


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

"""How often the 95 % intervals of effects hold the true difference, and what effects cost.

    PYTHONPATH=.:tests/build_site python tests/benchmarks/coverage.py [SWEEPS]

Sweeps are drawn as this project draws them: blocks of sixteen that fix augmentation and batch size,
dealt evenly over each data set, with effects that vary from block to block.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from measurement import Measurement, report, summary
from sweeps import Planted, Sweep

from build_site.evidence.comparison import Comparer
from build_site.evidence.effects import find_effects
from build_site.metrics.effects import SeedNoise

SWEEPS = 2000
PARAMETERS = (
    Planted("augmentation", (0.0, 0.3), fixed=True),
    Planted("batch size", (0.0, 0.0, -0.3, -0.6), fixed=True),
    Planted("optimizer", (0.0, 0.4, 0.0), varies=0.2),
    Planted("activation", (0.0, 0.1, -1.0, 0.2)),
)
STRONG = (
    Planted("augmentation", (0.0, 2.0), fixed=True),
    Planted("batch size", (0.0, 0.0, -0.5, -1.0), fixed=True),
    Planted("optimizer", (0.0, 1.0, 0.0), varies=0.2),
    Planted("activation", (0.0, 0.0, -4.0, 0.2)),
)
CASES = {
    "8 blocks on each of 5 data sets": Sweep(PARAMETERS, 5, 1),
    "8 blocks on each of 2": Sweep(PARAMETERS, 2, 1),
    "11 blocks on each of 3": Sweep(PARAMETERS, 3, 1, 3),
    "16 blocks on each of 2": Sweep(PARAMETERS, 2, 2),
    "50 blocks on each of 2": Sweep(PARAMETERS, 2, 6, 2),
    "16 blocks on each of 2, strong effects": Sweep(STRONG, 2, 2),
    "16 blocks on each of 2, strong blocks": replace(Sweep(PARAMETERS, 2, 2), block=1.0),
}
SIZES = {"12,800 runs": (5, 20, 4), "1 million runs": (5, 1562, 7)}


def coverage(sweeps: int) -> Iterator[Measurement]:
    """Of each case, for what blocks fix and for what varies within them."""
    for case, sweep in CASES.items():
        held = _held(sweep, sweeps)
        for fixed, kind in ((True, "fixed by the block"), (False, "varied within")):
            for scope in ("overall", "one data set"):
                shares = [
                    100 * float(np.nanmean(held[n, scope]))
                    for n, parameter in enumerate(sweep.parameters)
                    if parameter.fixed == fixed
                ]
                yield summary(f"coverage, {case}, {kind}, {scope}", "%", shares)


def _held(sweep: Sweep, sweeps: int) -> dict[tuple[int, str], list[float]]:
    """For each parameter and scope: of each sweep the share of intervals that hold the truth."""
    generator = np.random.default_rng(1)
    truths = [sweep.truth(place) for place in range(len(sweep.parameters))]
    held: dict[tuple[int, str], list[float]] = {}
    for _ in range(sweeps):
        comparer = Comparer(sweep.draw(generator))
        for place, truth in enumerate(truths):
            expected = np.array(list(truth.values()))
            for scope, found in enumerate(comparer.compare(place, np.array(list(truth)))):
                hit = np.abs(found.value - expected) <= found.reach
                known = np.isfinite(found.reach)
                key = place, "one data set" if scope else "overall"
                held.setdefault(key, []).append(float(hit[known].mean()) if known.any() else np.nan)
    return held


def speed() -> Iterator[Measurement]:
    """Seconds for all effects of a study."""
    for size, (datasets, rounds, more) in SIZES.items():
        free = tuple(Planted(f"p{n}", (0.0, 0.1, 0.2, 0.3)) for n in range(more))
        outcomes = Sweep((*PARAMETERS[:2], *free), datasets, rounds).draw(np.random.default_rng(0))
        times = []
        for _ in range(3):
            started = time.perf_counter()
            find_effects(outcomes, SeedNoise(0, 0, None))
            times.append(time.perf_counter() - started)
        yield summary(f"effects, {size}, {2 + more} parameters, {datasets} data sets", "s", times)


report(speed())
report(coverage(int(sys.argv[1]) if len(sys.argv) > 1 else SWEEPS))

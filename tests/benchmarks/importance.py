"""Importance with intervals, and Optuna's evaluators on the same runs.

    python tests/benchmarks/importance.py [RUNS]

Optuna's functional ANOVA takes minutes at full size, so that the two are compared at a smaller one,
in turn: 3,000 runs, or as many as asked for. It has main effects alone, and no intervals; ours has
pairs and intervals.
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import optuna
import samples
from measurement import Measurement, report, summary

from build_site.evidence.functional_anova import functional_anova
from build_site.evidence.importance import importances
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.ped_anova import ped_anova
from build_site.findings import Findings
from build_site.study import open_study

ROUNDS = 3
SIDE_BY_SIDE = 3_000  # runs
FULL = 46_875
TARGET = 0.1  # the top share of Optuna's PED-ANOVA


def measure(count: int, folder: Path) -> Iterator[Measurement]:
    """Ours at every size, and beside Optuna's at `count` runs."""
    sizes = ((samples.resampled, 13_000), (samples.nasbench, FULL), (samples.resampled, 1_000_000))
    for make, runs in sizes:
        if make is samples.nasbench and not samples.NASBENCH.exists():
            continue
        findings = Findings(open_study(make(runs, folder)))
        outcomes = findings.outcomes
        times = [_seconds(lambda: importances(findings.study, outcomes)) for _ in range(ROUNDS)]  # noqa: B023
        name = f"importance, {make.__name__}, {runs:,} runs, every data set"
        yield summary(name, "s", times)
        if make is samples.nasbench:
            yield from _beside_optuna(outcomes, count)


def _beside_optuna(outcomes: Outcomes, count: int) -> Iterator[Measurement]:
    chosen = np.random.default_rng(0).choice(outcomes.runs, count, replace=False)
    value, block = outcomes.percentile[chosen], outcomes.block[chosen]
    levels = outcomes.levels[chosen].astype(np.intp)
    alike = np.zeros(count, np.intp)
    trials = _trials(outcomes, chosen)
    forest = optuna.importance.FanovaImportanceEvaluator(seed=0)
    kernels = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=TARGET)
    pairs: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
        (
            "functional ANOVA",
            lambda: functional_anova(value, levels, block),
            lambda: forest.evaluate(trials),
        ),
        (
            "PED-ANOVA (ours: eleven shares)",
            lambda: ped_anova(value, alike, levels, block),
            lambda: kernels.evaluate(trials),
        ),
    )
    for name, ours, theirs in pairs:
        times = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)]
        what = f"{name}, {count:,} runs"
        yield summary(f"{what}: ours", "s", [own for own, _ in times])
        yield summary(f"{what}: Optuna", "s", [other for _, other in times])
        yield summary(f"{what}: speed", "ratio", [b / a for a, b in times], "Optuna")


def _trials(outcomes: Outcomes, chosen: np.ndarray) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    kinds = {
        factor.parameter.name: optuna.distributions.CategoricalDistribution(
            list(range(len(factor.levels)))
        )
        for factor in outcomes.factors
    }
    study = optuna.create_study(direction="maximize")
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(zip(kinds, outcomes.levels[run].tolist(), strict=True)),
                distributions=kinds,
                value=float(outcomes.percentile[run]),
            )
            for run in chosen
        ]
    )
    return study


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else SIDE_BY_SIDE, Path(scratch)))

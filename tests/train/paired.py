"""Whether runs of a study and the same configurations trained another way differ beyond chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEVEL = 0.05  # of all tests together (Holm 1979)
FEWEST = 5  # pairs, for a test

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """The accuracies of one configuration on a data set; a run that diverged has that of chance."""

    dataset: str
    fused: float
    plain: float


@dataclass(frozen=True)
class Comparison:
    """What the pairs on one data set, or on "all", say.

    `ks` and `ks_p`: the two-sample Kolmogorov-Smirnov test of the accuracies (conservative here,
    since pairs are alike). `mean`, `low`, `high`: the mean difference, fused - plain, with its
    95 % interval; `paired_p`: Wilcoxon's signed-rank test of the differences. `spread` and
    `seed_spread`: the root mean square of the differences, and of those between runs of the study
    that differ in their seed alone; `noise_p`: the Kolmogorov-Smirnov test of the two kinds of
    differences, signs left out. NaN where there are too few.
    """

    dataset: str
    pairs: int
    ks: float
    ks_p: float
    mean: float
    low: float
    high: float
    paired_p: float
    spread: float
    seed_spread: float
    noise_p: float


def compare(pairs: Sequence[Pair], seeds: Sequence[Pair]) -> list[Comparison]:
    """All data sets together, then each one.

    Args:
        pairs: the same configuration trained both ways, each with a seed of its own.
        seeds: two runs of the study of one configuration that differ in their seed; which is
            called fused does not matter.
    """
    names = sorted({pair.dataset for pair in pairs})
    return [
        _comparison(
            name,
            [pair for pair in pairs if name in ("all", pair.dataset)],
            [pair for pair in seeds if name in ("all", pair.dataset)],
        )
        for name in ["all", *names]
    ]


def disagreements(comparisons: Sequence[Comparison]) -> list[str]:
    """What differs beyond chance, after Holm's correction for all tests: "ks_p of mnist"."""
    tests = sorted(
        (float(getattr(each, name)), f"{name} of {each.dataset}")
        for each in comparisons
        for name in ("ks_p", "paired_p", "noise_p")
        if np.isfinite(getattr(each, name))
    )
    found = []
    for place, (p, name) in enumerate(tests):
        if p * (len(tests) - place) > LEVEL:
            break
        found.append(name)
    return found


def _comparison(name: str, pairs: Sequence[Pair], seeds: Sequence[Pair]) -> Comparison:
    fused, plain = _values(pairs)
    first, second = _values(seeds)
    differences, of_seeds = fused - plain, first - second
    ks = ks_p = mean = low = high = paired_p = noise_p = float("nan")
    if len(pairs) >= FEWEST:
        ks, ks_p = stats.ks_2samp(fused, plain)
        mean = float(differences.mean())
        reach = stats.sem(differences) * stats.t.ppf(0.975, len(pairs) - 1)
        low, high = mean - reach, mean + reach
        paired_p = float(stats.wilcoxon(differences).pvalue) if differences.any() else 1.0
        if len(seeds) >= FEWEST:
            noise_p = float(stats.ks_2samp(abs(differences), abs(of_seeds)).pvalue)
    return Comparison(
        dataset=name,
        pairs=len(pairs),
        ks=float(ks),
        ks_p=float(ks_p),
        mean=mean,
        low=float(low),
        high=float(high),
        paired_p=paired_p,
        spread=_root_mean_square(differences),
        seed_spread=_root_mean_square(of_seeds),
        noise_p=noise_p,
    )


def _values(pairs: Sequence[Pair]) -> tuple[Floats, Floats]:
    return (
        np.array([pair.fused for pair in pairs], np.float64),
        np.array([pair.plain for pair in pairs], np.float64),
    )


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt((values**2).mean())) if len(values) else float("nan")

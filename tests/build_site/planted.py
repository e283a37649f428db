"""Outcomes with planted effects, of which the true percentile of every configuration is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import rankdata

from build_site.evidence.outcomes import Outcomes
from build_site.levels import Factor, Level
from build_site.metrics import DatasetSummary
from build_site.study import Parameter

Floats = NDArray[np.float64]


def factor(name: str, count: int, default: str | None = None) -> Factor:
    """A categorical parameter of `count` values, "0" and so on."""
    names = tuple(str(level) for level in range(count))
    parameter = Parameter(name, name.title(), "categorical", "linear", names, names, default, "")
    return Factor(parameter, tuple(Level(key, key) for key in names))


def dataset(name: str, runs: int, difficulty: float = 0.5) -> DatasetSummary:
    return DatasetSummary(
        name, name.title(), "", 10, 0.1, 100, 100, runs, runs, 0, 0, 0.5, 0.9, difficulty
    )


@dataclass(frozen=True, eq=False)
class Planted:
    """Runs whose accuracy is a sum of effects of single values and pairs, of block and luck."""

    outcomes: Outcomes
    means: Floats  # [d, m] of all configurations
    configurations: NDArray[np.intp]  # [m, p]
    deviation: float  # of block and luck together

    def percentiles(self, dataset: int) -> Floats:
        """True probability that a run of each configuration beats a random run, [m]."""
        means = self.means[dataset]
        return ndtr((means[:, None] - means) / (self.deviation * np.sqrt(2))).mean(axis=1)


def plant(
    generator: np.random.Generator,
    *,
    counts: tuple[int, ...] = (4, 2, 3, 4),
    datasets: int = 4,
    blocks: int = 20,
    size: int = 8,
    main: float = 1.0,
    pair: float = 0.4,
    apart: float = 0.4,
    block: float = 0.3,
    defaults: tuple[str | None, ...] | None = None,
) -> Planted:
    """`blocks` blocks of `size` runs on each data set; effects are standard deviations, luck 1."""
    grid = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), axis=-1)
    configurations = grid.reshape(-1, len(counts))
    common = _surface(generator, configurations, counts, main, pair)
    means = np.stack(
        [
            common + apart * _surface(generator, configurations, counts, main, pair)
            for _ in range(datasets)
        ]
    )
    rows = datasets * blocks * size
    place = np.repeat(np.arange(datasets), blocks * size)
    group = np.repeat(np.arange(datasets * blocks), size)
    drawn = generator.integers(len(configurations), size=rows)
    luck = generator.standard_normal(rows)
    raw = means[place, drawn] + block * generator.standard_normal(group.max() + 1)[group] + luck
    percentile = np.empty(rows)
    for d in range(datasets):
        percentile[place == d] = (rankdata(raw[place == d]) - 1) / (blocks * size - 1)
    names = [f"p{n}" for n in range(len(counts))]
    outcomes = Outcomes(
        percentile=percentile,
        raw=raw,
        relative=raw,
        diverged=np.zeros(rows, np.bool_),
        dataset=place,
        block=group,
        configuration=drawn,
        levels=configurations[drawn].astype(np.uint16),
        factors=tuple(
            factor(name, count, None if defaults is None else defaults[n])
            for n, (name, count) in enumerate(zip(names, counts, strict=True))
        ),
        datasets=tuple(dataset(f"d{d}", blocks * size, d / datasets) for d in range(datasets)),
    )
    return Planted(outcomes, means, configurations, float(np.hypot(1, block)))


def _surface(
    generator: np.random.Generator,
    configurations: NDArray[np.intp],
    counts: tuple[int, ...],
    main: float,
    pair: float,
) -> Floats:
    total = np.zeros(len(configurations))
    for i, count in enumerate(counts):
        total += main * generator.standard_normal(count)[configurations[:, i]]
        for j in range(i):
            table = pair * generator.standard_normal((counts[j], count))
            total += table[configurations[:, j], configurations[:, i]]
    return total

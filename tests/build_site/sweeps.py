"""Sweeps drawn as this project draws them, in memory, with effects planted and known."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from build_site.evidence.outcomes import Outcomes
from build_site.levels import Factor, Level
from build_site.metrics import DatasetSummary
from build_site.study import Parameter

BLOCK = 16


@dataclass(frozen=True)
class Planted:
    """A hyper-parameter: what each value adds to the result, and whether blocks fix it.

    `varies` is the standard deviation of what a value adds to all runs of one block.
    """

    name: str
    adds: tuple[float, ...]
    fixed: bool = False
    varies: float = 0.0


@dataclass(frozen=True)
class Sweep:
    """On each data set so many rounds, in each of which all that blocks fix is dealt once.

    `block` and `run` are standard deviations. The rest of a sweep is an unfinished round.
    """

    parameters: tuple[Planted, ...]
    datasets: int = 2
    rounds: int = 4
    rest: int = 0
    block: float = 0.3
    run: float = 1.0

    def draw(self, generator: np.random.Generator) -> Outcomes:
        """One such sweep."""
        fixed = [p for p in self.parameters if p.fixed]
        combos = list(product(*(range(len(p.adds)) for p in fixed)))
        dealt = [
            combos[place]
            for _ in range(self.datasets)
            for number in range(self.rounds + (self.rest > 0))
            for place in generator.permutation(len(combos))[
                : None if number < self.rounds else self.rest
            ]
        ]
        blocks = len(dealt)
        runs = blocks * BLOCK
        block = np.repeat(np.arange(blocks), BLOCK)
        result = (
            generator.normal(0, self.run, runs) + generator.normal(0, self.block, blocks)[block]
        )
        levels = np.empty((runs, len(self.parameters)), np.uint16)
        for place, parameter in enumerate(self.parameters):
            if parameter.fixed:
                levels[:, place] = np.array(dealt)[block, fixed.index(parameter)]
            else:
                levels[:, place] = generator.integers(len(parameter.adds), size=runs)
            varies = generator.normal(0, parameter.varies, (blocks, len(parameter.adds)))
            result += np.array(parameter.adds)[levels[:, place]] + varies[block, levels[:, place]]
        dataset = np.repeat(np.arange(self.datasets), runs // self.datasets)
        values = [[str(n) for n in range(len(p.adds))] for p in self.parameters]
        names = [p.name for p in self.parameters]
        return outcomes_of(result, levels, dataset, block, dict(zip(names, values, strict=True)))

    def truth(self, parameter: int) -> dict[tuple[int, int], float]:
        """The true differences of mean percentiles, from the results that a run may have.

        All that is drawn is normal, so P(run of one combination beats one of another) is known.
        """
        adds = np.array([sum(each) for each in product(*(p.adds for p in self.parameters))])
        level = np.array(list(product(*(range(len(p.adds)) for p in self.parameters))))[
            :, parameter
        ]
        spread = self.run**2 + self.block**2 + sum(p.varies**2 for p in self.parameters)
        beats = scipy.stats.norm.cdf((adds[:, None] - adds[None, :]) / np.sqrt(2 * spread)).mean(
            axis=1
        )
        means = [beats[level == n].mean() for n in range(len(self.parameters[parameter].adds))]
        return {(a, b): means[a] - means[b] for a, b in combinations(range(len(means)), 2)}


def outcomes_of(
    result: NDArray[np.float64],
    levels: NDArray[np.uint16],
    dataset: NDArray[np.intp],
    block: NDArray[np.intp],
    values: dict[str, Sequence[str]],
) -> Outcomes:
    """Of runs whose metric is `result`, NaN for a diverged one; `values` of each parameter."""
    percentile = np.empty(len(result))
    for place in np.unique(dataset):
        rows = dataset == place
        percentile[rows] = percentiles(result[rows])
    labels = range(int(dataset.max(initial=0)) + 1)
    return Outcomes(
        percentile=percentile,
        raw=result,
        relative=np.full(len(result), np.nan),
        diverged=np.isnan(result),
        dataset=dataset,
        block=block,
        configuration=np.arange(len(result)),
        levels=levels,
        factors=tuple(
            Factor(
                Parameter(name, name, "categorical", "linear", tuple(v), tuple(v), None, ""),
                tuple(Level(key, key) for key in v),
            )
            for name, v in values.items()
        ),
        datasets=tuple(
            DatasetSummary(f"d{n}", f"D{n}", "", 10, 0.1, 100, 100, 0, 0, 0, 0, None, None, None)
            for n in labels
        ),
    )


def percentiles(result: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mid-rank of each run, 0 to 1, diverged ones last; as scored.sql has it."""
    value = np.where(np.isnan(result), -np.inf, result)
    ordered = np.sort(value)
    below, up_to = (np.searchsorted(ordered, value, side) for side in ("left", "right"))
    return (below + (up_to - below - 1) / 2) / max(1, len(result) - 1)

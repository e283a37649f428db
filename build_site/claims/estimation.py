"""A statistic with its interval, from blocks left out one at a time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from build_site.claims.cells import Cells, Floats

# From cells [..., d, a] of each comparison to numbers [...].
Statistic = Callable[[Sequence[Cells]], Floats]


@dataclass(frozen=True)
class Estimate:
    """An effect, its standard error with its degrees of freedom, and how many blocks it is from.

    The error is NaN where the effect cannot be computed without some block.
    """

    effect: float
    error: float
    freedom: int
    blocks: int

    def interval(self, level: float) -> tuple[float, float]:
        """What holds the true effect with a probability of 1 - `level`; NaN if not to be known."""
        if self.freedom < 1:
            return math.nan, math.nan
        reach = float(stdtrit(self.freedom, 1 - level / 2)) * self.error
        return self.effect - reach, self.effect + reach

    def p_value(self, threshold: float) -> float:
        """Two-sided, from Student's t; NaN if nothing varies."""
        if self.freedom < 1 or not self.error > 0:
            return math.nan
        return float(2 * stdtr(self.freedom, -abs(self.effect - threshold) / self.error))


def estimate(cells: Sequence[Cells], statistic: Statistic) -> Estimate:
    """The jackknife over blocks: CV3 of MacKinnon, Nielsen & Webb (2023).

    Student's t has as many degrees of freedom as there are blocks, less the kinds of block by the
    cells that have runs: where a block has a single arm, each arm of each data set takes one.
    """
    effect = float(statistic([each.pooled() for each in cells]))
    involved = (cells[0].n > 0).any((1, 2))
    blocks = int(involved.sum())
    without = statistic([each.without_each_block() for each in cells])[involved]
    error = math.nan
    if blocks > 1:
        error = math.sqrt((blocks - 1) / blocks * float(np.sum((without - effect) ** 2)))
    return Estimate(effect, error, blocks - max(each.patterns for each in cells), blocks)

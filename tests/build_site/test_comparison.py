"""How sure a difference is: which blocks the error comes from, and how many tell it."""

import numpy as np
import pytest
import scipy.stats
from numpy.typing import NDArray
from sweeps import outcomes_of

from build_site.evidence.comparison import Comparer, Comparison
from build_site.evidence.linearisation import LEAST_ERROR, tally, varied_within

PAIR = np.array([[0, 1]])
Numbers = NDArray[np.float64]


def overall(
    result: Numbers,
    level: NDArray[np.intp],
    *,
    dataset: NDArray[np.intp],
    block: NDArray[np.intp],
    raw: bool = True,
) -> Comparison:
    """The difference of level 0 minus level 1 over all data sets."""
    levels = level[:, None].astype(np.uint16)
    outcomes = outcomes_of(result, levels, dataset, block, {"a": ["x", "y"]})
    return Comparer(outcomes, raw=raw).compare(0, PAIR)[0]


def multiple(found: Comparison) -> float:
    """How many standard errors the interval reaches."""
    return float(found.reach[0] / found.error[0])


def test_blocks_of_each_data_set_and_level_are_drawn_around_a_mean_of_their_own() -> None:
    """Two runs with each level on each of two data sets, all independent, are four strata."""
    level, dataset = np.tile([0, 0, 1, 1], 2), np.repeat([0, 1], 4)
    generator = np.random.default_rng(4)
    points = np.sqrt([0.5, 1.0, 1.5])  # of Webb
    ratios = []
    for result in generator.normal(size=(12, 8)):
        found = overall(result, level, dataset=dataset, block=np.arange(8))
        cells = result.reshape(4, 2)
        residuals = cells - cells.mean(axis=1, keepdims=True)
        stars = residuals * generator.choice(np.concatenate([-points, points]), (10_000, 4, 2))
        error = np.sqrt(2 * stars.var(axis=2, ddof=1).sum(axis=1))
        with np.errstate(divide="ignore"):  # all four may have drawn the same weight twice
            t = np.abs(stars.sum(axis=(1, 2))) / error
        ratios.append(multiple(found) / np.quantile(t, 0.95))
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)


def test_where_blocks_span_data_sets_the_fewest_of_one_tell_how_sure_the_mean_is() -> None:
    """Three of thirty blocks are on the second data set too, where luck is a hundred times that."""
    generator = np.random.default_rng(6)
    block = np.repeat(np.concatenate([np.arange(30), np.arange(3)]), 2)
    dataset = np.repeat([0, 1], [60, 6])
    level = np.tile([0, 1], 33)
    result = generator.normal(size=66) * np.where(dataset == 1, 100, 1)
    found = overall(result, level, dataset=dataset, block=block)
    assert multiple(found) == pytest.approx(scipy.stats.t.ppf(0.975, 2), rel=1e-3)


def test_freedom_is_that_of_the_variance_which_blocks_have_of_independent_runs() -> None:
    generator = np.random.default_rng(7)
    block, level = generator.integers(6, size=90), generator.integers(2, size=90)
    block[:40] = level[:40]  # most runs of either level are in a block of their own
    found = varied_within(tally(block, level, generator.normal(size=90), (2, 6)), PAIR)
    weight = np.where(level == 0, 1 / (level == 0).sum(), -1 / (level == 1).sum())
    variance = np.array([(weight[block == place] ** 2).sum() for place in range(6)])
    assert found.freedom[0] == pytest.approx(variance.sum() ** 2 / (variance**2).sum() - 1)


@pytest.mark.parametrize("runs", [(2, 2), (3, 5), (30, 30)])
def test_of_values_that_never_overlap_half_the_error_is_kept(runs: tuple[int, int]) -> None:
    """Their ranks say that nothing is left to chance."""
    level = np.repeat([1, 0], runs)
    number = len(level)
    nowhere = np.zeros(number, np.intp)
    result = np.arange(float(number))
    found = overall(result, level, dataset=nowhere, block=np.arange(number), raw=False)
    percentile = result / (number - 1)
    first, second = percentile[level == 0], percentile[level == 1]
    welch = np.sqrt(first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second))
    assert found.error[0] == pytest.approx(LEAST_ERROR * welch)

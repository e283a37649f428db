"""What each block adds to the difference of two values on one data set.

An influence is how far an estimate would move without the block, scaled so that the sum of squares
over all blocks is the squared standard error: the jackknife, which for blocks that hold the same
number of runs is the textbook formula.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.influences import Influences, on_differences, on_levels
from build_site.evidence.superiority import Superiority, superiority

# A percentile is a rank among runs that are themselves a sample. Where two values hardly overlap,
# that takes most of the error away, and all of it where they do not overlap at all. So few runs
# cannot know: of the error with ranks taken as given at least this share is kept.
LEAST_ERROR = 0.5
ROUNDING = 1e-9  # percentiles are in single precision, and errors below that are none


@dataclass(frozen=True, eq=False)
class Linearised:
    """Differences of e pairs of levels, and what each of b blocks adds to them.

    `value` float64[e], NaN where a level has no runs.
    `influences` of the blocks; NaN where a level has runs in one block only, so that nothing tells
    how sure it is.
    `freedom` float64[e], degrees of freedom of the sum of squares (Satterthwaite 1946).
    `stratum` intp[b], the same for blocks around whose mean the influences are.
    """

    value: NDArray[np.float64]
    influences: Influences
    freedom: NDArray[np.float64]
    stratum: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Counts and sums of one data set's runs at l levels in b blocks, each float64[l, b]."""

    counts: NDArray[np.float64]
    sums: NDArray[np.float64]


def tally(
    block: NDArray[np.intp],
    level: NDArray[np.intp],
    value: NDArray[np.float64],
    shape: tuple[int, int],
) -> Blocks:
    """Of runs at levels 0 … l - 1 in blocks 0 … b - 1, where `shape` is (l, b)."""
    cell = level * shape[1] + block
    size = shape[0] * shape[1]
    return Blocks(
        np.bincount(cell, minlength=size).astype(np.float64).reshape(shape),
        np.bincount(cell, value, minlength=size).astype(np.float64).reshape(shape),
    )


def varied_within(blocks: Blocks, pairs: NDArray[np.intp]) -> Linearised:
    """Of values that runs of one block have side by side; `pairs` intp[e, 2].

    Each block is left out in turn. The degrees of freedom are the effective number of blocks, less
    one: (Σ v)² / Σ v², where v is the share of the variance that a block would have if all runs
    were independent.
    """
    n, s = blocks.counts, blocks.sums
    runs, total = n.sum(axis=1, keepdims=True), s.sum(axis=1, keepdims=True)
    first, second = pairs.T
    present = n > 0
    shared = present.astype(np.float64) @ present.T  # blocks that have both levels
    part = shared[first, first] + shared[second, second] - shared[first, second]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / runs
        moved = np.where(present, mean - (total - s) / (runs - n), 0.0)
        corrected = np.sqrt((part - 1) / part)
        corrected[part < 2] = np.nan
        shares = n / runs**2
        of_level, product = shares.sum(axis=1), shares @ shares.T
        squares = product[first, first] + product[second, second] + 2 * product[first, second]
        freedom = (of_level[first] + of_level[second]) ** 2 / squares - 1
    return Linearised(
        (mean[first] - mean[second])[:, 0],
        on_levels(moved, present, pairs).scaled(corrected),
        freedom,
        np.zeros(n.shape[1], np.intp),
    )


def fixed_by_block(blocks: Blocks, pairs: NDArray[np.intp]) -> Linearised:
    """Of values that all runs of a block share; `pairs` intp[e, 2].

    Means over runs, with the variance of blocks around the mean of their level, and degrees of
    freedom for unequal variances (Welch 1947).
    """
    level = blocks.counts.argmax(axis=0)
    runs, sums = blocks.counts.sum(axis=1), blocks.sums.sum(axis=1)
    first, second = pairs.T
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums / runs
        own = blocks.counts.sum(axis=0)
        share = own / runs[level]
        residual = blocks.sums.sum(axis=0) - own * mean[level]
        moved = residual / runs[level] / np.sqrt(1 - share)
        number = np.bincount(level, minlength=len(runs))
        variance = np.bincount(level, moved**2, minlength=len(runs))
        lost = np.where(variance > 0, variance**2 / (number - 1), 0.0)
        freedom = (variance[first] + variance[second]) ** 2 / (lost[first] + lost[second])
    rows = np.zeros_like(blocks.counts)
    rows[level, np.arange(len(level))] = moved
    influences = on_levels(rows, blocks.counts > 0, pairs)
    return Linearised(mean[first] - mean[second], influences, freedom, level)


def adjusted(
    blocks: Blocks, pairs: NDArray[np.intp], others: NDArray[np.float64]
) -> Linearised | None:
    """The same with an effect of each of `others` taken away: float64[b, k], what else blocks fix.

    Blocks are dealt all combinations of what they fix in turn. So the difference is that of the
    means, up to an unfinished round, but its error is not to hold what the others do. Least squares
    over the means of blocks, weighted by runs, an indicator in `others` for all levels but one of
    each other parameter; residuals are scaled for leverage, and degrees of freedom those of Bell &
    McCaffrey (2002). None where too few blocks are left to tell the effects apart.
    """
    present: NDArray[np.bool_] = blocks.counts.T > 0
    used: NDArray[np.bool_] = np.asarray(present.any(axis=0))
    levels = int(used.sum())
    runs, sums = blocks.counts.sum(axis=0), blocks.sums.sum(axis=0)
    root = np.sqrt(runs)[:, None]
    design = np.hstack([present[:, used].astype(np.float64), others]) * root
    if not np.linalg.matrix_rank(design) == design.shape[1] < len(runs):
        return None
    inverse = np.linalg.inv(design.T @ design)
    pull = design @ inverse
    coefficients = pull.T @ (sums / root[:, 0])
    residual = sums / root[:, 0] - design @ coefficients
    slack = 1 - np.einsum("bk,bk->b", pull, design)
    places = np.full(len(used), -1)
    places[used] = np.arange(levels)
    first, second = places[pairs].T
    contrast = pull[:, first] - pull[:, second]
    values = coefficients[first] - coefficients[second]
    unknown = (first < 0) | (second < 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(slack > ROUNDING, residual / np.sqrt(slack), np.nan)[:, None]
        influence = np.where(np.abs(contrast) > ROUNDING, contrast * scaled, 0.0)
        size = np.where(slack[:, None] > ROUNDING, contrast**2 / slack[:, None], 0.0)
        product = inverse @ np.einsum("be,bk,bl->ekl", size, design, design)
        spread = ((1 - 2 * (1 - slack[:, None])) * size**2).sum(axis=0)
        spread += np.einsum("ekl,elk->e", product, product)
        freedom = (size * slack[:, None]).sum(axis=0) ** 2 / spread
    values[unknown] = influence[:, unknown] = np.nan
    stratum = np.zeros(len(runs), np.intp)
    influences = on_differences(influence.T, np.abs(contrast.T) > ROUNDING)
    return Linearised(values, influences, freedom, stratum)


def rank_influence(
    place: NDArray[np.intp],
    level: NDArray[np.intp],
    block: NDArray[np.intp],
    places: int,
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], Superiority]:
    """What each block adds to mean percentiles as one of those that all are ranked among.

    The mean percentile of a level is the probability that its runs beat any run. So a run also
    counts for how often runs of the level beat it (the placements of Brunner & Munzel 2000).

    Returns:
        float64[l, b] to add to the influence of a level's mean, and how often levels beat another.
    """
    found = superiority(place, level, places, shape[0])
    runs = np.bincount(block, minlength=shape[1]).astype(np.float64)
    sums = np.array([np.bincount(block, row[place], minlength=shape[1]) for row in found.beaten])
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = sums - runs * (sums.sum(axis=1, keepdims=True) / runs.sum())
        return centred / (runs.sum() - runs), found


def with_ranks(
    given: Linearised, ranks: NDArray[np.float64], pairs: NDArray[np.intp]
) -> Linearised:
    """The influence of `ranks` (float64[l, b]) added, and the error kept from vanishing."""
    everywhere = np.ones(ranks.shape, np.bool_)
    own, added = given.influences, on_levels(ranks, everywhere, pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.sqrt((own + added).squares / own.squares)
        scale = np.where(kept < LEAST_ERROR, LEAST_ERROR / kept, 1.0)
    known = np.isfinite(scale)
    # Where nothing is left to scale, the influences with ranks taken as given say what there is.
    own = own.scaled(np.where(known, scale, LEAST_ERROR))
    return replace(given, influences=own + added.scaled(np.where(known, scale, 0.0)))

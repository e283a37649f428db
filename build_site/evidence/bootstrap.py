"""How many standard errors a 95 % interval reaches, from blocks whose signs are drawn again.

Runs of one block are not independent, and blocks are few. What a block adds to an estimate, its
influence, is therefore the unit, and the distribution of t is not looked up but drawn: the wild
cluster bootstrap-t of Cameron, Gelbach & Miller (2008, Review of Economics and Statistics 90(3)),
applied to influences that are corrected for small samples, as MacKinnon, Nielsen & Webb (2023,
Journal of Applied Econometrics 38(5)) advise. Each block's influence is multiplied by a weight of
mean 0 and variance 1 (the six points of Webb 2014, made for few blocks), and t computed of that, as
often as there are replicates. So the bootstrap of a mean is a matrix product of weights and
influences.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from build_site.evidence.numbering import distinct, numbered

REPLICATES = 1999  # 95 % of them and one more is a whole number
SEED = 20080814
GROUPS = 256  # of one stratum: influences of more blocks are added up in so many groups at random
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))
POINTS = np.concatenate([-WEBB, WEBB])
FREEDOM = np.concatenate([np.geomspace(0.2, 1000, 4000), np.geomspace(1010, 1e7, 200)])


def critical_values(
    influence: NDArray[np.float64], part: NDArray[np.bool_], stratum: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The 95 % quantile of |t| under resampling, for each of e estimates.

    Args:
        influence: float64[b, e], what each block, or group of many, adds to each estimate; 0 where
            it has no part.
        part: bool[b, e], whether it has. A block that has may happen to add 0.
        stratum: intp[b], blocks whose mean influence is estimated together, such as those of one
            data set.

    Returns:
        float64[e]; infinite where most replicates have no variance, NaN where an influence is.
    """
    total = np.zeros((influence.shape[1], REPLICATES))
    variance = np.zeros_like(total)
    start = 0
    for place in distinct(stratum):
        here = stratum == place
        rows = influence[here]
        weights = POINTS[_drawn(len(stratum))[start : start + len(rows)]]
        start += len(rows)
        # The estimates that a stratum has a part in, and how many of its blocks have.
        blocks = np.count_nonzero(part[here], axis=0)[:, None]
        held = np.flatnonzero(blocks)
        rows, blocks = rows[:, held], blocks[held]
        drawn = rows.T @ weights
        spread = (rows * rows).T @ (weights * weights) - drawn * drawn / blocks
        total[held] += drawn
        variance[held] += np.maximum(spread, 0.0) * (blocks / np.maximum(blocks - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(total == 0, 0.0, np.abs(total) / np.sqrt(variance))
    t[np.isnan(influence).any(axis=0)] = np.nan
    place = round(0.95 * (REPLICATES + 1)) - 1
    return np.asarray(np.partition(t, place, axis=1)[:, place])


def deal(stratum: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Deal blocks into at most GROUPS groups a stratum; where they are no more, each is alone.

    Sums over random groups of independent blocks are independent too, and with hundreds of groups t
    is as good as normal, so that a million blocks need no million weights.

    Returns:
        intp[b], the group of each block, from 0; intp[g], the stratum of each group.
    """
    counts = np.bincount(stratum)
    if counts.max(initial=0) <= GROUPS:
        return np.arange(len(stratum)), stratum
    shuffled = np.random.default_rng(SEED).permutation(len(stratum))
    # Numbers of 8 or 16 bits are sorted by their digits.
    small = stratum.astype(np.min_scalar_type(len(counts)))
    order = shuffled[np.argsort(small[shuffled], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rank = np.empty(len(stratum), np.intp)
    rank[order] = np.arange(len(stratum)) - np.repeat(starts, counts)
    keys, group = numbered(stratum * GROUPS + rank % GROUPS)
    return group, keys // GROUPS


def freedom_of(critical: NDArray[np.float64]) -> NDArray[np.float64]:
    """The degrees of freedom with which Student's t has that 97.5 % quantile.

    It carries an interval of 95 % over to other levels: p is below 0.05 just where the interval
    excludes 0.
    """
    return np.asarray(np.interp(-critical, -_quantiles(), FREEDOM), np.float64)


def student_p(t: NDArray[np.float64], freedom: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two-sided p value of t."""
    return np.asarray(2 * stdtr(freedom, -np.abs(t)))


def student_reach(freedom: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """How many standard errors an interval of 1 - level reaches."""
    return np.asarray(stdtrit(freedom, 1 - level / 2))


@cache
def _quantiles() -> NDArray[np.float64]:
    return np.asarray(stdtrit(FREEDOM, 0.975))


def _drawn(blocks: int) -> NDArray[np.uint8]:
    """Which of POINTS weighs a block: uint8[b, REPLICATES], of at least so many blocks.

    A block has the same weights however many follow it.
    """
    return _first(256 * 2 ** max(0, math.ceil(math.log2(max(1, blocks) / 256))))


@cache
def _first(blocks: int) -> NDArray[np.uint8]:
    """The places alone are kept: the weights of ten thousand blocks would be 160 MB."""
    places = np.empty((blocks, REPLICATES), np.uint8)
    generator = np.random.default_rng(SEED)
    for rows in np.split(places, blocks // 256):
        rows[:] = generator.integers(0, len(POINTS), size=rows.shape)
    return places

"""Coefficients as they might be: fits whose grounds are disturbed at random.

Each draw disturbs what the fit rests on: the scores of each block of runs that were drawn together
by a random weight (the score bootstrap for clusters, Kline & Santos 2012), and what coefficients
are shrunk to by what the model assumes of it. Where runs are independent this is the posterior of
the mixed model (perturb and maximise: Papandreou & Yuille 2010), so that intervals know of
shrinkage too.
"""

import math

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.shrinkage import Moments, Pooled, Rows, Strengths

Floats = NDArray[np.float64]

SEED = 4


def disturbed_fits(
    known: Moments, strengths: Strengths, residuals: Rows, draws: int
) -> tuple[Floats, Floats]:
    """The coefficients [d, f], and how far each of the draws is from them, [b, d, f].

    The targets of `residuals` are what cross-validation left of those of the runs: those of the
    fit itself would be too small.
    """
    generator = np.random.default_rng(SEED)
    pooled = Pooled(known.products.sum(axis=1), known.kinds, strengths)
    targets = known.targets.sum(axis=1)
    blocks, width, datasets = int(residuals.block.max()) + 1, len(known.kinds), len(targets)
    deviation = math.sqrt(float(np.mean(residuals.target**2)))
    weights = generator.standard_normal((blocks, draws)) * math.sqrt(blocks / max(1, blocks - 1))
    scores = np.empty((datasets, width, draws))
    for d in range(datasets):
        here = residuals.dataset == d
        weighted = residuals.target[here, None] * weights[residuals.block[here]]
        scores[d] = residuals.design[here].T @ weighted.astype(np.float32)
    common = generator.standard_normal((width, draws)) * np.sqrt(pooled.common)[:, None]
    apart = generator.standard_normal((datasets, width, draws)) * np.sqrt(pooled.apart)[:, None]
    moved = pooled.solve(scores, deviation * common, deviation * apart)
    return pooled.solve(targets), np.moveaxis(moved, -1, 0)

"""The statistics that decide claims, as functions of what the runs of each cell add up to.

Each takes cells [..., d, a] of d data sets and a arms and returns one number [...]; it can so be
computed with every block left out at once. A data set without a run in one of the arms is left out,
the others count the same; NaN if there is none.
"""

import warnings

import numpy as np

from build_site.claims.cells import Cells, Floats


def contrast(cells: Cells) -> Floats:
    """Mean of the first arm minus mean of the second."""
    return _average(_differences(cells))


def interaction(cells: Cells) -> Floats:
    """The contrast of arms 0 and 1, minus that of arms 2 and 3."""
    means = _means(cells)
    return _average((means[..., 0] - means[..., 1]) - (means[..., 2] - means[..., 3]))


def trend(cells: Cells, difficulty: Floats) -> Floats:
    """Least-squares slope of the contrast over `difficulty` [d]; NaN with one data set."""
    differences = _differences(cells)
    known = np.isfinite(differences) & np.isfinite(difficulty)
    x = np.where(known, difficulty, 0)
    x = np.where(known, x - _ratio(x.sum(-1), known.sum(-1))[..., None], 0)
    return _ratio((x * np.where(known, differences, 0)).sum(-1), (x * x).sum(-1))


def explained(cells: Cells) -> Floats:
    """Share of the variance within a data set that the arms explain, corrected for chance.

    Epsilon squared (Kelley 1935): 1 - (1 - between / total) (n - 1) / (n - arms).
    """
    runs, arms = cells.n.sum(-1), (cells.n > 0).sum(-1)
    offset = _ratio(cells.total.sum(-1), runs) * cells.total.sum(-1)
    total = cells.squares.sum(-1) - offset
    between = np.where(cells.n > 0, cells.total**2 / np.where(cells.n > 0, cells.n, 1), 0).sum(-1)
    usable = (total > 1e-9 * np.maximum(runs, 1)) & (runs > arms)
    left = 1 - _ratio(between - offset, np.where(usable, total, 0))
    return _average(1 - left * _ratio(runs - 1, np.where(usable, runs - arms, 0)))


def _differences(cells: Cells) -> Floats:
    means = _means(cells)
    difference: Floats = means[..., 0] - means[..., 1]
    return difference


def _means(cells: Cells) -> Floats:
    return _ratio(cells.total, cells.n)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """NaN where the denominator is 0."""
    whole = np.asarray(denominator, np.float64)
    ratio: Floats = np.divide(
        numerator, whole, out=np.full(np.shape(whole), np.nan), where=whole != 0
    )
    return ratio


def _average(values: Floats) -> Floats:
    """Over data sets, those that are NaN left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all NaN: no data set can tell
        average: Floats = np.nanmean(values, axis=-1)
    return average

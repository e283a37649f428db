"""Ridge regression in which data sets share what they have in common, and differ in the rest.

The coefficients of data set d are c + e_d: a common part and a deviation, each shrunk to zero the
more, the less it helps to predict runs that were left out. It is a mixed model (Laird & Ware 1982)
whose ratios of variances are chosen by cross-validation: a data set of few runs borrows from the
others, one of many speaks for itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# How strongly parameters and pairs are shrunk in the common part, then in the deviations: a ratio
# of the variance of runs to that of effects. The search multiplies and divides by STEP.
START = (4.0, 16.0, 16.0, 64.0)
STEP = 4.0
WEAKEST, STRONGEST = 0.2, 1e5
LEVEL = 0.01  # of the intercept: next to nothing
BETTER = 1e-4  # of the sum of squares; less is no reason to prefer a strength
Strengths = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Moments:
    """What a regression needs to know of d data sets in k folds.

    `products` float64[d, k, f, f] X'X, `targets` float64[d, k, f] X'y, `squares` float64[d, k] y'y;
    `kinds` intp[f] as in terms.
    """

    products: Floats
    targets: Floats
    squares: Floats
    kinds: NDArray[np.intp]

    def of(self, datasets: NDArray[np.intp]) -> "Moments":
        """Those of some data sets."""
        return Moments(
            self.products[datasets], self.targets[datasets], self.squares[datasets], self.kinds
        )


@dataclass(frozen=True, eq=False)
class Rows:
    """Runs as a regression sees them.

    `design` float32[n, f] and `target` float64[n], both times the root of a run's weight;
    `dataset`, `fold` and `block` intp[n], each from 0.
    """

    design: NDArray[np.float32]
    target: Floats
    dataset: NDArray[np.intp]
    fold: NDArray[np.intp]
    block: NDArray[np.intp]


def moments(runs: Rows, datasets: int, folds: int, kinds: NDArray[np.intp]) -> Moments:
    """From runs on so many data sets, in so many folds."""
    width = len(kinds)
    products = np.zeros((datasets, folds, width, width))
    targets = np.zeros((datasets, folds, width))
    squares = np.zeros((datasets, folds))
    for d in range(datasets):
        for k in range(folds):
            chosen = (runs.dataset == d) & (runs.fold == k)
            rows, values = runs.design[chosen], runs.target[chosen]
            products[d, k] = rows.T @ rows
            targets[d, k] = values @ rows
            squares[d, k] = values @ values
    return Moments(products, targets, squares, kinds)


class Pooled:
    """The regression of given strengths: matrices that are decomposed once.

    `products` float64[d, f, f]. The normal equations in the deviations are solved for each data
    set, which leaves f equations for the common part.
    """

    def __init__(self, products: Floats, kinds: NDArray[np.intp], strengths: Strengths) -> None:
        common, common_pair, apart, apart_pair = strengths
        self.common = np.array([LEVEL, common, common_pair])[kinds]
        self.apart = np.array([LEVEL, apart, apart_pair])[kinds]
        self.inverses = np.linalg.inv(products + np.diag(self.apart))
        matrix = np.diag(self.common + len(products) * self.apart)
        matrix -= self.apart[:, None] * self.inverses.sum(axis=0) * self.apart
        self.inverse = np.linalg.inv(matrix)

    def solve(
        self, targets: Floats, common: Floats | None = None, apart: Floats | None = None
    ) -> Floats:
        """Coefficients [d, f, ...] for targets X'y [d, f, ...].

        `common` [f, ...] and `apart` [d, f, ...] are what the two parts are shrunk to, times their
        strengths; zero if not given.
        """
        loaded = targets if apart is None else targets + apart
        separate = np.einsum("dfg,dg...->df...", self.inverses, loaded)
        strength = self.apart.reshape(-1, *(1,) * (targets.ndim - 2))
        right = strength * separate.sum(axis=0)
        if common is not None:
            right = right + common
        if apart is not None:
            right = right - apart.sum(axis=0)
        shared = np.tensordot(self.inverse, right, axes=1)
        borrowed = np.einsum("dfg,g...->df...", self.inverses, strength * shared)
        return np.asarray(separate + borrowed, np.float64)


def fit(known: Moments, strengths: Strengths) -> Floats:
    """Coefficients float64[d, f] from all folds."""
    pooled = Pooled(known.products.sum(axis=1), known.kinds, strengths)
    return pooled.solve(known.targets.sum(axis=1))


def fit_without_fold(known: Moments, strengths: Strengths) -> Floats:
    """Coefficients float64[k, d, f], those of each fold from all the others."""
    products, targets = known.products.sum(axis=1), known.targets.sum(axis=1)
    return np.stack(
        [
            Pooled(products - known.products[:, k], known.kinds, strengths).solve(
                targets - known.targets[:, k]
            )
            for k in range(known.squares.shape[1])
        ]
    )


def errors(known: Moments, coefficients: Floats) -> Floats:
    """Sums of squared errors float64[d, k] of coefficients [k, d, f], each on its own fold."""
    linear = np.einsum("kdf,dkf->dk", coefficients, known.targets)
    quadratic = np.einsum(
        "kdf,dkfg,kdg->dk", coefficients, known.products, coefficients, optimize=True
    )
    return np.asarray(known.squares - 2 * linear + quadratic, np.float64)


def choose_strengths(known: Moments) -> Strengths:
    """Those with the least error in cross-validation: a search along each of the four in turn.

    Once: going round again changes next to nothing, and takes as long.
    """
    scale = float(known.squares.sum()) or 1.0

    def error(strengths: Strengths) -> float:
        return float(errors(known, fit_without_fold(known, strengths)).sum()) / scale

    best, least = START, error(START)
    for place in range(len(START)):
        for factor in (STEP, 1 / STEP):
            tried = _scaled(best, place, factor)
            while WEAKEST < tried[place] < STRONGEST and (e := error(tried)) < least - BETTER:
                best, least = tried, e
                tried = _scaled(best, place, factor)
    return best


def _scaled(strengths: Strengths, place: int, factor: float) -> Strengths:
    changed = list(strengths)
    changed[place] *= factor
    return (changed[0], changed[1], changed[2], changed[3])

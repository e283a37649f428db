"""What percentile a configuration reaches on each data set, predicted from all runs, and how sure.

The expected percentile of a configuration is the probability that a run with it beats a random run
of the study on that data set. Its logit is predicted by all parameters and all pairs of them,
partially pooled over data sets (`shrinkage`): a fractional logit regression (Papke & Wooldridge
1996), one step of reweighting from a linear one; more steps change nothing. From its sum to the
percentile leads a normal curve fitted to runs that were left out: at the top such runs are as good
as it says (the best hundredth of 13,000 of NAS-Bench-201: 98.2 % predicted, 98.1 % true), where a
logistic curve promises less.

In cross-validation over blocks this explains 85 % of the variance of the 640 runs of the shipped
study, which the page Advisor says of every study. A model of trees could not tell in a browser how
sure it is.

How sure that is, is in draws of the coefficients (`disturbance`).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.conditional import Conditions, conditions
from build_site.evidence.disturbance import disturbed_fits
from build_site.evidence.links import Curve, fitted_curve, logistic, normal
from build_site.evidence.numbering import numbered
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.shrinkage import (
    START,
    Moments,
    Rows,
    Strengths,
    choose_strengths,
    fit_without_fold,
    moments,
)
from build_site.evidence.terms import MOST_CONTRASTS, Terms, choose_terms
from build_site.statistics import student_quantile

Floats = NDArray[np.float64]

DRAWS = 24
FOLDS = 5
MOST_RUNS = 40_000  # more are sampled, whole blocks at a time: a page of advice does not need them
FEWEST_RUNS = 5  # of a level that is advised
FEWEST_BLOCKS = 6  # below that nothing is advised
SEED = 4
FLATTEST = 0.01  # slope of the logistic curve; beyond it a run would weigh next to nothing
STEPS = 32_000  # of an int16, on either side of 0
DIGITS = 5  # of coefficients: what is below is noise, on any machine


@dataclass(frozen=True, eq=False)
class Model:
    """What is predicted, in the form in which it travels to the browser.

    `cells` float64[d, c] are those of `terms`. A draw of them is `cells + scale * steps[b]`;
    `steps` int16[b, d, c]. `curve` makes a percentile of a sum of cells. `usable` says for each
    parameter which levels may be advised: those with a few runs. `conditional` are the parameters
    that exist only with some values of others: their missing value is not a choice but none.
    """

    terms: Terms
    cells: Floats
    steps: NDArray[np.int16]
    scale: float
    curve: Curve
    usable: tuple[tuple[int, ...], ...]
    conditional: frozenset[int]

    @cached_property
    def draws(self) -> Floats:
        """Cells as they might be, float64[b, d, c]."""
        return self.cells + self.scale * self.steps

    def percentile(self, sums: Floats) -> Floats:
        """From 0 to 1, of sums of cells."""
        return normal(self.curve, sums)


@dataclass(frozen=True)
class Evidence:
    """Whether there is enough of it to advise anything.

    `explained` is the share of the variance of runs left out that the model predicts; NaN if
    nothing varies. `runs` and `blocks` are those that the model was made from.
    """

    enough: bool
    explained: float
    runs: int
    blocks: int


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model, the evidence for it, and what validation needs: the moments it was made from."""

    model: Model
    evidence: Evidence
    known: Moments


def fit_advice(
    outcomes: Outcomes, strengths: Strengths | None = None, most_runs: int = MOST_RUNS
) -> Fitted | None:
    """The model of a study; None where there is nothing to learn from: no parameter, no run.

    The strengths of shrinkage are searched for unless given. More than `most_runs` are sampled.
    """
    if not outcomes.runs or not outcomes.factors:
        return None
    chosen = _sample(outcomes, most_runs)
    levels, percentile = outcomes.levels[chosen], outcomes.percentile[chosen]
    conditional = _conditions(outcomes)
    terms = choose_terms(outcomes.level_counts, levels, percentile, conditional=conditional)
    _, block = numbered(outcomes.block[chosen])
    dataset = outcomes.dataset[chosen]
    fold = _folds(block, dataset)
    runs = Rows(terms.design(levels), percentile - 0.5, dataset, fold, block)
    linear = _left_out(runs, moments(runs, len(outcomes.datasets), FOLDS, terms.kinds), START)
    logit = fitted_curve(logistic, linear, percentile)
    runs, weights = _reweighted(runs, logit, linear, percentile)
    known = moments(runs, len(outcomes.datasets), FOLDS, terms.kinds)
    if strengths is None:
        # More contrasts than that are those of single parameters, of very many values.
        small = len(terms.kinds) <= MOST_CONTRASTS
        strengths = choose_strengths(known) if small else START
    weighted = _left_out(runs, known, strengths)
    left_out = weighted / weights
    curve = fitted_curve(normal, left_out, percentile)
    predicted = normal(curve, left_out)
    evidence = _evidence(predicted, percentile, dataset * FOLDS + fold, int(block.max()) + 1)
    coefficients, deviations = disturbed_fits(
        known, strengths, replace(runs, target=runs.target - weighted), DRAWS
    )
    spread = terms.cells(deviations)
    scale = float(f"{max(float(np.abs(spread).max()), 1e-9) / STEPS:.6g}")
    model = Model(
        terms=terms,
        cells=terms.closed(np.round(terms.cells(coefficients), DIGITS)),
        steps=np.round(spread / scale).astype(np.int16),
        scale=scale,
        curve=curve,
        usable=usable_levels(outcomes, conditional.parameters),
        conditional=conditional.parameters,
    )
    return Fitted(model, evidence, known)


def _left_out(runs: Rows, known: Moments, strengths: Strengths) -> Floats:
    """What the fit of all other folds predicts for the target of each run, [n]."""
    apart = fit_without_fold(known, strengths)
    predicted = np.empty(len(runs.target))
    for k, fold in enumerate(apart):
        for d, coefficients in enumerate(fold):
            here = (runs.fold == k) & (runs.dataset == d)
            predicted[here] = runs.design[here] @ coefficients.astype(np.float32)
    return predicted


def _reweighted(
    runs: Rows, curve: Curve, linear: Floats, percentile: Floats
) -> tuple[Rows, Floats]:
    """One step of reweighted least squares for the logit; and the roots of the weights, [n]."""
    logit = curve[0] + curve[1] * linear
    mean = logistic(curve, linear)
    slope = np.maximum(mean * (1 - mean), FLATTEST)
    roots = np.sqrt(4 * slope)  # 1 in the middle, so that strengths mean about the same
    target = (logit + (percentile - mean) / slope) * roots
    design = runs.design * roots[:, None].astype(np.float32)
    return replace(runs, design=design, target=target), roots


def predictor(model: Model, coefficients: Floats) -> Model:
    """A model like another of some coefficients [d, f] instead, without draws."""
    cells = model.terms.closed(model.terms.cells(coefficients))
    steps = np.zeros((0, *cells.shape), np.int16)
    return replace(model, cells=cells, steps=steps)


def usable_levels(
    outcomes: Outcomes, conditional: Collection[int] = ()
) -> tuple[tuple[int, ...], ...]:
    """The levels of each parameter that may be advised; where there is none, the commonest.

    A missing value may be one: programs write "no limit" and "no schedule" as none. Of a
    `conditional` parameter some other level is usable too, however few runs have it: the values of
    others with which it exists could not be advised without.
    """
    usable = []
    for place, factor in enumerate(outcomes.factors):
        runs = np.bincount(outcomes.levels[:, place], minlength=len(factor.levels))
        fit = [level for level, n in enumerate(runs) if n >= FEWEST_RUNS]
        if place in conditional and all(factor.levels[level].missing for level in fit):
            there = [
                0 if level.missing else n for level, n in zip(factor.levels, runs, strict=True)
            ]
            fit = sorted([*fit, int(np.argmax(there))])
        usable.append(tuple(fit or [int(runs.argmax())]))
    return tuple(usable)


def _conditions(outcomes: Outcomes) -> Conditions:
    """Which parameters exist only with some values of others."""
    missing = [
        next((place for place, level in enumerate(factor.levels) if level.missing), None)
        for factor in outcomes.factors
    ]
    return conditions(outcomes.levels, outcomes.level_counts, missing)


def _sample(outcomes: Outcomes, most: int) -> NDArray[np.intp]:
    """The runs that the model is made from: all, or as many whole blocks as are allowed."""
    if outcomes.runs <= most:
        return np.arange(outcomes.runs)
    order = np.random.default_rng(SEED).permutation(int(outcomes.block.max()) + 1)
    sizes = np.bincount(outcomes.block)[order]
    taken = order[: max(1, int(np.searchsorted(np.cumsum(sizes), most, side="right")))]
    chosen = np.zeros(len(order), np.bool_)
    chosen[taken] = True
    return np.flatnonzero(chosen[outcomes.block])


def _folds(block: NDArray[np.intp], dataset: NDArray[np.intp]) -> NDArray[np.intp]:
    """A fold for each run: blocks stay whole, and each data set is dealt evenly."""
    _, first = np.unique(block, return_index=True)
    shuffled = np.random.default_rng(SEED).permutation(len(first))
    dealt = shuffled[np.argsort(dataset[first][shuffled], kind="stable")]
    fold = np.empty(len(first), np.intp)
    fold[dealt] = np.arange(len(first)) % FOLDS
    return fold[block]


def _evidence(
    predicted: Floats, percentile: Floats, part: NDArray[np.intp], blocks: int
) -> Evidence:
    """From percentiles predicted for runs [n] that were left out, `part` by part.

    There is enough if the errors are smaller than those of guessing the middle, beyond chance:
    Student's test over the parts.
    """
    runs = len(percentile)
    squares = np.bincount(part, (percentile - 0.5) ** 2)
    left = np.bincount(part, (percentile - predicted) ** 2)
    if not squares.sum() > 0:
        return Evidence(enough=False, explained=math.nan, runs=runs, blocks=blocks)
    gains = (squares - left)[squares > 0]
    clear = False
    if len(gains) > 1 and blocks >= FEWEST_BLOCKS:
        error = float(gains.std(ddof=1)) / math.sqrt(len(gains))
        clear = float(gains.mean()) > student_quantile(len(gains) - 1) * error
    explained = 1 - float(left.sum() / squares.sum())
    return Evidence(enough=clear, explained=explained, runs=runs, blocks=blocks)

"""How well advice learned on the other data sets would have done on one that was held out.

The model that advises is made without the data set. What its advice is worth there is estimated
twice, from the runs of the data set alone: as the mean of those that really have the advised values
of the parameters that matter most, as many parameters as leave a handful of runs; and by a model of
these runs alone, for the whole configuration.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.advice import MOST_RUNS, Fitted, fit_advice, predictor
from build_site.evidence.choices import (
    ROBUST,
    Chooser,
    Configuration,
    Expected,
    Goal,
    on,
    on_new,
)
from build_site.evidence.numbering import numbered
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.shrinkage import START, fit
from build_site.statistics import Estimate, student_quantile

FEWEST_MATCHING = 8  # runs that have the values


@dataclass(frozen=True)
class HeldOut:
    """What a data set's own runs say about advice that was learned without them.

    `parameters` are the places of those whose values had to match, in the order in which they
    matter, and `matching` is the mean percentile of the runs that do. `advised` is what the model
    of the data set alone expects of the advice, `usual` of the usual values, if there are any, and
    `gain` the difference; None if that model predicts nothing (too few runs).
    """

    dataset: int
    configuration: Configuration
    parameters: tuple[int, ...]
    matching: Estimate
    advised: Expected | None
    usual: Expected | None
    gain: Expected | None


def hold_out(outcomes: Outcomes, fitted: Fitted, *, robust: bool) -> tuple[HeldOut, ...]:
    """Each data set in turn, if there are two that others can speak for.

    The strengths of shrinkage are those that the search for them starts from: the ones that it ends
    with have seen the data set.

    Args:
        outcomes: all runs.
        fitted: the model of all of them.
        robust: whether the advice is the least worst regret over the other data sets, or the best
            on average.
    """
    count = len(outcomes.datasets)
    if count < 2:
        return ()
    return tuple(_held_out(outcomes, fitted, held, robust=robust) for held in range(count))


def _held_out(outcomes: Outcomes, fitted: Fitted, held: int, *, robust: bool) -> HeldOut:
    others = np.array([d for d in range(len(outcomes.datasets)) if d != held])
    coefficients = fit(fitted.known.of(others), START)
    chooser = Chooser(predictor(fitted.model, coefficients))
    goal = ROBUST if robust else on_new(len(others))
    configuration = chooser.find(goal, fitted.model.usable).best.configuration
    order = importance(chooser, configuration, fitted.model.usable)
    here = np.flatnonzero(outcomes.dataset == held)
    parameters, runs = closest(outcomes, here, configuration, order)
    matching = mean_of_blocks(outcomes, runs)
    alone = fit_advice(outcomes.on(held), START, MOST_RUNS // len(outcomes.datasets))
    if alone is None or not alone.evidence.enough:
        return HeldOut(held, configuration, parameters, matching, None, None, None)
    judge, only = Chooser(alone.model), on(0, 1)
    advised = judge.expected(configuration, only)
    usual = usual_configuration(outcomes, chooser, goal)
    if usual is None:
        return HeldOut(held, configuration, parameters, matching, advised, None, None)
    return HeldOut(
        held,
        configuration,
        parameters,
        matching,
        advised,
        judge.expected(usual, only),
        judge.difference(configuration, usual, only),
    )


def usual_configuration(outcomes: Outcomes, chooser: Chooser, goal: Goal) -> Configuration | None:
    """The usual value of each parameter that has one, with the best of the others.

    None if none has one, or if they exclude each other.
    """
    usual = [factor.usual for factor in outcomes.factors]
    if all(level is None for level in usual):
        return None
    allowed = [
        levels if level is None else (level,)
        for level, levels in zip(usual, chooser.model.usable, strict=True)
    ]
    configuration = chooser.find(goal, allowed).best.configuration
    return configuration if chooser.possible(configuration) else None


def importance(
    chooser: Chooser, configuration: Configuration, usable: Sequence[Sequence[int]]
) -> list[int]:
    """Parameters by what is lost on average if they are drawn at random, the others as advised."""
    losses = []
    for place, levels in enumerate(usable):
        tried = np.repeat([configuration], len(levels), axis=0)
        tried[:, place] = levels
        tried = tried[chooser.terms.possible(tried)]
        percentiles = chooser.model.percentile(
            chooser.terms.predictions(chooser.model.cells, tried)
        ).mean(axis=0)
        losses.append(float(chooser.percentiles(configuration).mean() - percentiles.mean()))
    return sorted(range(len(losses)), key=lambda place: -losses[place])


def closest(
    outcomes: Outcomes, runs: NDArray[np.intp], configuration: Configuration, order: Sequence[int]
) -> tuple[tuple[int, ...], NDArray[np.intp]]:
    """The first parameters of `order` whose values enough of the `runs` have, and these runs."""
    matched: list[int] = []
    for place in order:
        fewer = runs[outcomes.levels[runs, place] == configuration[place]]
        if len(fewer) < FEWEST_MATCHING:
            break
        matched.append(place)
        runs = fewer
    return tuple(matched), runs


def mean_of_blocks(outcomes: Outcomes, runs: NDArray[np.intp]) -> Estimate:
    """The mean percentile of runs, with Student's interval for blocks of them.

    The variance is that of a mean of clusters (Cochran 1977, chapter 9): of b blocks,
    b / (b - 1) Σ (sum of a block's distances from the mean)² / n².
    """
    n = len(runs)
    if n == 0:
        return Estimate(0, math.nan, math.nan, math.nan)
    values = outcomes.percentile[runs]
    mean = float(values.mean())
    _, block = numbered(outcomes.block[runs])
    sums = np.bincount(block, values - mean)
    blocks = len(sums)
    if blocks < 2:
        return Estimate(n, mean, math.nan, math.nan)
    error = math.sqrt(blocks / (blocks - 1) * float(sums @ sums)) / n
    reach = student_quantile(blocks - 1) * error
    return Estimate(n, mean, max(0.0, mean - reach), min(1.0, mean + reach))

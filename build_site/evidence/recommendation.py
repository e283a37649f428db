"""The configuration to start from, for all data sets and for each, and which parameters matter."""

from dataclasses import dataclass

import numpy as np

from build_site.evidence.advice import Fitted
from build_site.evidence.choices import (
    ROBUST,
    Choice,
    Chooser,
    Configuration,
    Expected,
    Found,
    Goal,
    on,
)
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.validation import usual_configuration

SMALL = 0.05  # of a percentile of 0 to 1: what is surely less hardly matters


@dataclass(frozen=True)
class Advised:
    """A configuration and the percentile to expect of it, from 0 to 1.

    `accuracy` is the study's metric of runs at that percentile of a data set, with its ends; NaN
    where such runs diverged.
    """

    configuration: Configuration
    expected: Expected
    accuracy: Expected


@dataclass(frozen=True)
class OnDataset:
    """What is best on one data set, and what the robust choice loses to it there."""

    dataset: int
    best: Advised
    robust: Expected
    cost: Expected


@dataclass(frozen=True)
class Stake:
    """What is lost with the worst value of a parameter, the others chosen as well as can be.

    `verdict` is "matters" if the loss is surely more than nothing, "hardly matters" if it is surely
    less than SMALL, and "not clear" otherwise.
    """

    parameter: int
    worst: int
    loss: Expected
    verdict: str


@dataclass(frozen=True)
class Recommendation:
    """The robust choice: the configuration with the least worst regret over the data sets.

    `expected` is its percentile on the data set where it is lowest, `usual` what the usual values
    lose to it, None if the study has none.
    """

    configuration: Configuration
    expected: Expected
    datasets: tuple[OnDataset, ...]
    stakes: tuple[Stake, ...]
    usual: Expected | None


def recommend(outcomes: Outcomes, fitted: Fitted) -> Recommendation:
    """For every data set, and for each."""
    chooser = Chooser(fitted.model)
    found = chooser.find(ROBUST, fitted.model.usable)
    robust = found.best.configuration
    usual = usual_configuration(outcomes, chooser, ROBUST)
    return Recommendation(
        robust,
        chooser.expected(robust, ROBUST),
        tuple(
            _on_dataset(outcomes, chooser, robust, place) for place in range(len(outcomes.datasets))
        ),
        stakes(chooser, found, ROBUST),
        None if usual is None else chooser.difference(robust, usual, ROBUST),
    )


def _on_dataset(
    outcomes: Outcomes, chooser: Chooser, robust: Configuration, place: int
) -> OnDataset:
    goal = on(place, len(outcomes.datasets))
    best = chooser.find(goal, chooser.model.usable).best.configuration
    expected = chooser.expected(best, goal)
    return OnDataset(
        place,
        Advised(best, expected, accuracy(outcomes, place, expected)),
        chooser.expected(robust, goal),
        chooser.difference(best, robust, goal),
    )


def stakes(chooser: Chooser, found: Found, goal: Goal) -> tuple[Stake, ...]:
    """Of each parameter of several values, those with most at stake first."""
    listed = []
    for place, values in enumerate(found.values):
        choices = [(level, choice) for level, choice in enumerate(values) if choice is not None]
        if len(choices) > 1:
            listed.append(_stake(chooser, found.best, goal, place, choices))
    return tuple(sorted(listed, key=lambda stake: -stake.loss.value))


def _stake(
    chooser: Chooser,
    best: Choice,
    goal: Goal,
    place: int,
    choices: list[tuple[int, Choice]],
) -> Stake:
    losses = {
        level: chooser.difference(best.configuration, choice.configuration, goal)
        for level, choice in choices
        if choice.configuration[place] != best.configuration[place]
    }
    worst = max(losses, key=lambda level: losses[level].value)
    if any(loss.low > 0 for loss in losses.values()):
        verdict = "matters"
    elif all(loss.high < SMALL for loss in losses.values()):
        verdict = "hardly matters"
    else:
        verdict = "not clear"
    return Stake(place, worst, losses[worst], verdict)


def accuracy(outcomes: Outcomes, dataset: int, percentile: Expected) -> Expected:
    """The metric of runs at an expected percentile of a data set, and at its ends."""
    here = np.flatnonzero(outcomes.dataset == dataset)
    # Diverged runs have the lowest percentile, and no metric.
    raw = outcomes.raw[here[np.argsort(outcomes.percentile[here], kind="stable")]]

    def at(share: float) -> float:
        place = min(max(share, 0.0), 1.0) * (len(raw) - 1)
        low = int(place)
        high = min(low + 1, len(raw) - 1)
        return float(raw[low] + (raw[high] - raw[low]) * (place - low))

    return Expected(at(percentile.value), at(percentile.low), at(percentile.high))

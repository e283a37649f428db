"""Which configuration to choose, what each value would cost instead, and how sure that is.

A *goal* says what a configuration is judged by: its expected percentile on one data set, the mean
over data sets (for one that is not in the study), or the worst regret over them. client/advice.js
computes the same in the browser for whatever a reader fixes; tests compare the two.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.advice import DRAWS, Model
from build_site.statistics import student_quantile

Floats = NDArray[np.float64]
Configuration = tuple[int, ...]  # a level of each parameter
Allowed = Sequence[Sequence[int]]  # the levels of each parameter that may be chosen

Judge = Callable[[Floats], Floats]  # scores [m] for percentiles [d, m]

MOST_TRIED = 1 << 18  # configurations times data sets; beyond it the search climbs
MOST_ROUNDS = 5  # of climbing


@dataclass(frozen=True)
class Goal:
    """What a configuration is judged by.

    With `weights`, one for each data set and 1 in sum, the weighted mean of its percentiles.
    Without, its greatest regret: how far it stays behind the best on the data set where it stays
    behind most.
    """

    weights: tuple[float, ...] | None

    @cached_property
    def single(self) -> int | None:
        """The one data set that counts, if it is one."""
        if self.weights is None or max(self.weights) < 1:
            return None
        return self.weights.index(max(self.weights))


ROBUST = Goal(None)


def on(dataset: int, datasets: int) -> Goal:
    """What is best on one of the data sets."""
    return Goal(tuple(float(d == dataset) for d in range(datasets)))


def on_new(datasets: int) -> Goal:
    """What is best on a data set like these."""
    return Goal((1 / datasets,) * datasets)


def on_similar(difficulties: Sequence[float], difficulty: float) -> Goal | None:
    """What is best on a data set about as difficult; None if all are equally difficult.

    Data sets weigh the less the further their difficulty is off: a normal density with the standard
    deviation of the difficulties.
    """
    width = float(np.std(difficulties, ddof=1)) if len(difficulties) > 1 else 0.0
    if not width > 0:
        return None
    weights = [math.exp(-(((each - difficulty) / width) ** 2) / 2) for each in difficulties]
    return Goal(tuple(weight / sum(weights) for weight in weights))


@dataclass(frozen=True)
class Expected:
    """An expected percentile, or a difference of two, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """A configuration, and its score: higher is better, of no meaning by itself."""

    configuration: Configuration
    score: float


@dataclass(frozen=True)
class Found:
    """The best configuration, and for each parameter and level the best that has it.

    `values` has None for a level that is not allowed, or excluded by the levels that are. The best
    is possible if any allowed configuration is.
    """

    best: Choice
    values: tuple[tuple[Choice | None, ...], ...]


class Chooser:
    """Searches and judges configurations by one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.terms = model.terms

    def find(self, goal: Goal, allowed: Allowed) -> Found:
        """The best by `goal` among configurations of `allowed` levels."""
        return _Search(self.model, self._judge(goal, allowed), allowed).found()

    def possible(self, configuration: Configuration) -> bool:
        """Whether the study has such values together, as far as its runs tell."""
        return bool(self.terms.possible(np.array([configuration]))[0])

    def percentiles(self, configuration: Configuration) -> Floats:
        """Expected on each data set, float64[d]."""
        sums = self.terms.predictions(self.model.cells, np.array([configuration]))[:, 0]
        return self.model.percentile(sums)

    def expected(self, configuration: Configuration, goal: Goal) -> Expected:
        """The percentile to expect; without weights, that on the worst data set.

        The interval is made from sums of cells, and so stays between 0 and 1.
        """
        sums, draws = self._sums(configuration)
        if goal.weights is None:
            # Not above what any of the data sets may come to by itself.
            reaches = np.array([_sure(draws[:, d] - sums[d]) for d in range(len(sums))])
            low, high = (
                self.model.percentile(end).min() for end in (sums - reaches, sums + reaches)
            )
            return Expected(float(self.model.percentile(sums).min()), float(low), float(high))
        centre = float(np.dot(goal.weights, sums))
        reach = _reach(sums, draws, goal)
        value = float(np.dot(goal.weights, self.model.percentile(sums)))
        low, high = self.model.percentile(np.array([centre - reach, centre + reach]))
        return Expected(value, float(low), float(high))

    def difference(self, first: Configuration, second: Configuration, goal: Goal) -> Expected:
        """How much more the first has to be expected of than the second."""
        (a, a_draws), (b, b_draws) = (
            tuple(self.model.percentile(sums) for sums in self._sums(each))
            for each in (first, second)
        )
        if goal.weights is None:
            value = float(a.min() - b.min())
            reach = _sure(a_draws.min(axis=1) - b_draws.min(axis=1) - value)
        else:
            value = float(np.dot(goal.weights, a - b))
            reach = _reach(a - b, a_draws - b_draws, goal)
        return Expected(value, value - reach, value + reach)

    def _sums(self, configuration: Configuration) -> tuple[Floats, Floats]:
        """Sums of cells [d], and draws of them [b, d]."""
        places = np.array([configuration])
        return (
            self.terms.predictions(self.model.cells, places)[:, 0],
            self.terms.predictions(self.model.draws, places)[..., 0],
        )

    def _judge(self, goal: Goal, allowed: Allowed) -> Judge:
        """Scores [m] for percentiles [d, m]."""
        if goal.weights is not None:
            weights = np.array(goal.weights)
            return lambda percentiles: np.sum(weights[:, None] * percentiles, axis=0)
        count = len(self.model.cells)
        bests = np.array([self.find(on(d, count), allowed).best.score for d in range(count)])
        return lambda percentiles: np.min(percentiles - bests[:, None], axis=0)


class _Search:
    """For the configuration of allowed levels that is judged best."""

    def __init__(self, model: Model, judge: Judge, allowed: Allowed) -> None:
        self.model = model
        self.terms = model.terms
        self.judge = judge
        self.allowed = [np.asarray(levels, np.intp) for levels in allowed]

    def found(self) -> Found:
        tried = math.prod(len(levels) for levels in self.allowed) * len(self.model.cells)
        found = self._all() if tried <= MOST_TRIED else self._climbed()
        return Found(found.best, tuple(self._possible(choices) for choices in found.values))

    def _possible(self, choices: Sequence[Choice | None]) -> tuple[Choice | None, ...]:
        """None in place of those that cannot be."""
        tried = [choice.configuration for choice in choices if choice is not None]
        possible = dict(zip(tried, self.terms.possible(np.array(tried)).tolist(), strict=True))
        return tuple(
            choice if choice is not None and possible[choice.configuration] else None
            for choice in choices
        )

    def scores(self, configurations: NDArray[np.intp]) -> Floats:
        """Of each of the configurations [m, p]: [m]."""
        sums = self.terms.predictions(self.model.cells, configurations)
        return self.judge(self.model.percentile(sums))

    def _all(self) -> Found:
        """By trying all, in the order in which the last parameter changes fastest."""
        grid = np.stack(np.meshgrid(*self.allowed, indexing="ij"), axis=-1)
        flat = grid.reshape(-1, len(self.allowed))
        scores = self.scores(flat)
        shaped = scores.reshape(grid.shape[:-1])

        def choice(place: int) -> Choice:
            return Choice(tuple(map(int, flat[place])), float(scores[place]))

        places = np.arange(len(flat)).reshape(shaped.shape)
        values = []
        for i, levels in enumerate(self.allowed):
            rows = np.moveaxis(shaped, i, 0).reshape(len(levels), -1)
            where = np.moveaxis(places, i, 0).reshape(len(levels), -1)
            best = where[np.arange(len(levels)), rows.argmax(axis=1)]
            chosen = dict(zip(levels.tolist(), best.tolist(), strict=True))
            values.append(
                tuple(
                    choice(chosen[level]) if level in chosen else None
                    for level in range(self.terms.counts[i])
                )
            )
        return Found(choice(int(scores.argmax())), tuple(values))

    def _climbed(self) -> Found:
        """By changing one parameter at a time, from each level of each as a start."""
        first = np.array([[int(levels[0]) for levels in self.allowed]])
        best = self._climb(first, np.array([-1]))[0]
        places = [(i, int(level)) for i, levels in enumerate(self.allowed) for level in levels]
        fixed = np.array([i for i, _ in places])
        for _ in range(MOST_ROUNDS):
            starts = np.repeat([best.configuration], len(places), axis=0)
            starts[np.arange(len(places)), fixed] = [level for _, level in places]
            found = self._climb(starts, fixed)
            better = max([best, *found], key=lambda choice: choice.score)
            if better is best:
                break
            best = better
        known = dict(zip(places, found, strict=True))
        return Found(
            best,
            tuple(
                tuple(known.get((i, level)) for level in range(count))
                for i, count in enumerate(self.terms.counts)
            ),
        )

    def _climb(self, starts: NDArray[np.intp], fixed: NDArray[np.intp]) -> list[Choice]:
        """From each of `starts` [m, p]; parameter `fixed` [m] of each stays as it is."""
        current = np.array(starts, np.intp)
        scores = self.scores(current)
        active = np.arange(len(current))
        while len(active):
            moved = np.zeros(len(current), np.bool_)
            for i, levels in enumerate(self.allowed):
                climbing = active[fixed[active] != i]
                tried = np.repeat(current[climbing], len(levels), axis=0)
                tried[:, i] = np.tile(levels, len(climbing))
                found = self.scores(tried).reshape(len(climbing), len(levels))
                place = found.argmax(axis=1)
                highest = found[np.arange(len(climbing)), place]
                better = highest > scores[climbing]
                current[climbing[better], i] = levels[place[better]]
                scores[climbing[better]] = highest[better]
                moved[climbing[better]] = True
            active = np.flatnonzero(moved)
        return [
            Choice(tuple(row), float(score))
            for row, score in zip(current.tolist(), scores, strict=True)
        ]


def _sure(deviations: Floats) -> float:
    """Half of Student's interval, from how far draws [b] are off."""
    return student_quantile(DRAWS) * math.sqrt(float(np.mean(deviations**2)))


def _reach(value: Floats, draws: Floats, goal: Goal) -> float:
    """Half of the interval on one data set, or on a new one like those that weigh.

    The latter is a prediction interval: the new data set may be unlike each of them. Its variance
    is that between data sets, their own uncertainty included; Student's quantile is for the
    effective number of data sets (Kish 1965) less one.

    Args:
        value: float64[d].
        draws: float64[b, d].
        goal: has weights.
    """
    if goal.single is not None:
        return _sure(draws[:, goal.single] - value[goal.single])
    weights = np.array(goal.weights)
    concentration = float(weights @ weights)
    means = draws @ weights
    variance = float(np.mean((draws - means[:, None]) ** 2 @ weights)) / (1 - concentration)
    freedom = max(1, math.floor(1 / concentration - 1 + 1e-9))
    return student_quantile(freedom) * math.sqrt(variance * (1 + concentration))

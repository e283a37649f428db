"""Effects: what one value of a hyper-parameter does compared with another, and how sure that is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.bootstrap import student_p, student_reach
from build_site.evidence.comparison import Comparer, Comparison
from build_site.evidence.multiplicity import benjamini_hochberg, level_used
from build_site.evidence.outcomes import Outcomes
from build_site.metrics.effects import SeedNoise
from build_site.statistics import FEWEST, Estimate

FALSE_ALARMS = 0.05  # the share of false alarms among the verdicts that are not "inconclusive"
POWER = 0.8  # with which the smallest detectable difference would be found
ALL_PAIRS_UP_TO = 12  # levels of a parameter; of more, each is compared with two of them alone


@dataclass(frozen=True)
class Effect:
    """The first level of a parameter minus the second: overall, or on one data set.

    `parameter`, `first`, `second` and `dataset` are places in the factors, their levels and the
    data sets of the outcomes; `dataset` None is the mean over data sets, each counting the same.
    `runs` and `blocks` are how many the two levels have.
    `difference` of the mean percentile, -1 to 1, with its 95 % interval; NaN where not known.
    `raw` the same of the metric itself, of completed runs, in its own unit and direction.
    `error` and `freedom` are those of `difference`: the standard error, and the degrees of freedom
    of the Student's t whose quantile bounds the interval.
    `beats` is the probability that a run of the first beats a run of the second, ties half.
    `p` of no difference, and `q` after looking at all effects of the study; NaN where not known.
    `detectable` is the smallest difference that would have been found with a power of 80 % at the
    level that decides in this study; NaN where not known.
    `noise` is the standard deviation between runs that differ in their seed alone, None if unknown.
    """

    parameter: int
    first: int
    second: int
    dataset: int | None
    runs: tuple[int, int]
    blocks: tuple[int, int]
    difference: Estimate
    raw: Estimate
    error: float
    freedom: float
    beats: float
    p: float
    q: float
    detectable: float
    noise: float | None

    @property
    def cliffs_delta(self) -> float:
        """P(first beats second) - P(second beats first), -1 to 1 (Cliff 1993)."""
        return 2 * self.beats - 1

    @property
    def verdict(self) -> str:
        """Whether the first "helps" or "hurts" instead of the second, or is "inconclusive"."""
        if min(self.runs) < FEWEST or not self.q <= FALSE_ALARMS:
            return "inconclusive"
        if self.difference.low > 0:
            return "helps"
        return "hurts" if self.difference.high < 0 else "inconclusive"

    @property
    def times_noise(self) -> float:
        """The size of the difference in units of the seed noise; NaN if that is unknown."""
        return abs(self.difference.value) / self.noise if self.noise else math.nan

    def turned(self) -> "Effect":
        """The same effect seen from the second level."""
        return replace(
            self,
            first=self.second,
            second=self.first,
            runs=self.runs[::-1],
            blocks=self.blocks[::-1],
            difference=_negated(self.difference),
            raw=_negated(self.raw),
            beats=1 - self.beats,
        )


@dataclass(frozen=True)
class StudyEffects:
    """All effects of a study: of each parameter's pairs first < second, overall and by data set.

    Of a study of one data set there are the overall effects alone. `level` is the p value that
    decides, after the correction for looking at so many.
    """

    effects: tuple[Effect, ...]
    level: float

    def at(
        self, parameter: int, first: int, second: int, dataset: int | None = None
    ) -> Effect | None:
        """The effect of the first level instead of the second; None if they were not compared."""
        found = self._by_place.get((parameter, first, second, dataset))
        if found is not None:
            return found
        turned = self._by_place.get((parameter, second, first, dataset))
        return turned.turned() if turned is not None else None

    def of(self, parameter: int, dataset: int | None = None) -> tuple[Effect, ...]:
        """Those of one parameter, overall or on one data set."""
        return tuple(
            each for each in self.effects if (each.parameter, each.dataset) == (parameter, dataset)
        )

    @cached_property
    def _by_place(self) -> dict[tuple[int, int, int, int | None], Effect]:
        return {(e.parameter, e.first, e.second, e.dataset): e for e in self.effects}


def find_effects(outcomes: Outcomes, noise: SeedNoise) -> StudyEffects:
    """Compare all values of all parameters; the same outcomes give the same numbers."""
    percentile, raw = Comparer(outcomes), Comparer(outcomes, raw=True)
    found: list[Effect] = []
    for parameter in range(len(outcomes.factors)):
        pairs = compared_pairs(outcomes, parameter)
        if len(pairs):
            counts = _counts(outcomes, parameter)
            scopes = zip(
                percentile.compare(parameter, pairs), raw.compare(parameter, pairs), strict=True
            )
            found += _effects((parameter, pairs), counts, list(scopes), noise)
    p = np.array([each.p for each in found])
    level = level_used(p, FALSE_ALARMS)
    q = benjamini_hochberg(p)
    freedom = np.array([each.freedom for each in found])
    reach = student_reach(freedom, level) + student_reach(freedom, 2 * (1 - POWER))
    return StudyEffects(
        tuple(
            replace(each, q=float(q[n]), detectable=float(reach[n] * each.error))
            for n, each in enumerate(found)
        ),
        level,
    )


def compared_pairs(outcomes: Outcomes, parameter: int) -> NDArray[np.intp]:
    """intp[e, 2], first < second: the levels of a parameter that occur, two by two.

    Of more than ALL_PAIRS_UP_TO levels each is compared with the usual one (the default, or else
    that of the most runs) and with the one of the highest mean percentile.
    """
    factor, level = outcomes.factors[parameter], outcomes.levels[:, parameter]
    runs = np.bincount(level, minlength=len(factor.levels))
    used = [int(each) for each in np.flatnonzero(runs)]
    pairs = list(combinations(used, 2))
    if len(used) > ALL_PAIRS_UP_TO:
        keys = [each.key for each in factor.levels]
        default = factor.parameter.default
        usual = keys.index(default) if default in keys else -1
        usual = usual if usual in used else int(runs.argmax())
        judged = np.where(runs >= FEWEST, runs, 0) if runs.max() >= FEWEST else runs
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(level, outcomes.percentile, minlength=len(runs)) / judged
        mean[judged == 0] = -np.inf
        against = {usual, int(mean.argmax())}
        pairs = [pair for pair in pairs if against.intersection(pair)]
    return np.array(pairs, np.intp).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class _Counts:
    """Runs and blocks of each level of a parameter: int[1 + d, l], overall and on each data set."""

    runs: NDArray[np.intp]
    blocks: NDArray[np.intp]


def _counts(outcomes: Outcomes, parameter: int) -> _Counts:
    levels = outcomes.level_counts[parameter]
    level = outcomes.levels[:, parameter].astype(np.intp)
    cell = outcomes.dataset * levels + level
    size = len(outcomes.datasets) * levels
    runs = np.bincount(cell, minlength=size).reshape(-1, levels)
    held = np.zeros((size, int(outcomes.block.max()) + 1), np.bool_)
    held[cell, outcomes.block] = True
    blocks = np.array([np.count_nonzero(each) for each in held]).reshape(runs.shape)
    anywhere = np.logical_or.reduce(held.reshape(*runs.shape, -1))
    overall = np.array([np.count_nonzero(each) for each in anywhere])
    return _Counts(np.vstack([runs.sum(axis=0, dtype=np.intp), runs]), np.vstack([overall, blocks]))


def _effects(
    asked: tuple[int, NDArray[np.intp]],
    counts: _Counts,
    scopes: list[tuple[Comparison, Comparison]],
    noise: SeedNoise,
) -> Iterator[Effect]:
    """Those of the scopes that have runs of both levels, without q and what comes of it."""
    parameter, pairs = asked
    for scope, (compared, raw) in enumerate(scopes if len(scopes) > 2 else scopes[:1]):
        p = student_p(compared.value / compared.error, compared.freedom)
        for n, (first, second) in enumerate(pairs):
            runs = int(counts.runs[scope, first]), int(counts.runs[scope, second])
            if min(runs) == 0 or math.isnan(compared.value[n]):
                continue
            yield Effect(
                parameter=parameter,
                first=int(first),
                second=int(second),
                dataset=scope - 1 if scope else None,
                runs=runs,
                blocks=(int(counts.blocks[scope, first]), int(counts.blocks[scope, second])),
                difference=_estimate(compared, n, min(runs), bound=1.0),
                raw=_estimate(raw, n, min(runs), bound=math.inf),
                error=float(compared.error[n]),
                freedom=float(compared.freedom[n]),
                beats=float(compared.beats[n]),
                p=float(p[n]),
                q=math.nan,
                detectable=math.nan,
                noise=noise.deviation,
            )


def _estimate(compared: Comparison, place: int, runs: int, *, bound: float) -> Estimate:
    value, reach = float(compared.value[place]), float(compared.reach[place])
    if math.isnan(reach):
        return Estimate(runs, value, math.nan, math.nan)
    return Estimate(runs, value, max(value - reach, -bound), min(value + reach, bound))


def _negated(estimate: Estimate) -> Estimate:
    return Estimate(estimate.n, -estimate.value, -estimate.high, -estimate.low)

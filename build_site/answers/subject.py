"""What is asked about, and what an answer is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from build_site.answers.words import MINUS
from build_site.evidence.effects import Effect
from build_site.evidence.importance import Importance
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics.effects import Effects, effects
from build_site.statistics import FEWEST, NOTHING_KNOWN, Estimate, difference, side


@dataclass(frozen=True)
class Contrast:
    """The difference of two values at one place: on a data set, or at a value of another parameter.

    `level` is the value whose look the mark has in the picture, `missing` whether it is none.
    """

    place: str
    first: str
    second: str
    level: int
    difference: Estimate
    runs: tuple[int, int]
    verdict: str
    missing: bool = False

    @property
    def what(self) -> str:
        """What is subtracted from what."""
        return f"{self.first} {MINUS} {self.second}"

    @property
    def is_one_of_many(self) -> bool:
        """Whether it would be no chance by itself, but may be one among all that are compared."""
        beyond_zero = self.difference.low > 0 or self.difference.high < 0
        return self.verdict == "inconclusive" and beyond_zero and min(self.runs) >= FEWEST


@dataclass(frozen=True)
class Answer:
    """A verdict of one line, the sentences that give the reasons, and the numbers behind them.

    `effect` is the difference, over all runs, of the two values that the verdict is about most;
    `pair` are their levels, `effect_of` says what is subtracted from what.
    """

    verdict: str
    sentences: tuple[str, ...]
    contrasts: tuple[Contrast, ...]
    effect: Estimate
    pair: tuple[int, int] | None
    effect_of: str = ""


class Subject:
    """A hyper-parameter that is asked about, with its values that occur, the best first."""

    def __init__(self, findings: Findings, factor: Factor) -> None:
        self.findings = findings
        self.factor = factor
        self.place = findings.factors.index(factor)
        self.label = factor.parameter.label
        self.spoken = factor.parameter.spoken

    @cached_property
    def effects(self) -> Effects:
        """Estimates over all data sets and on each."""
        return effects(self.findings.study, self.place)

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The levels that occur."""
        return tuple(n for n in range(len(self.factor.levels)) if self.effects.at(n).n)

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The levels that occur, the best first; those of too few runs come last."""
        at = self.effects.at
        return tuple(sorted(self.used, key=lambda n: (at(n).n < FEWEST, -at(n).value)))

    @cached_property
    def judged(self) -> tuple[int, ...]:
        """The levels of enough runs, the best first."""
        return tuple(n for n in self.ranking if self.effects.at(n).n >= FEWEST)

    def importance(self, dataset: str | None = None) -> Importance:
        """How much hyper-parameters matter over all data sets, or on one of several."""
        several = len(self.findings.datasets) > 1
        found = self.findings.importances
        return next(each for each in found if each.dataset == (dataset if several else None))

    def name(self, level: int) -> str:
        """A level as a reader sees it."""
        return self.factor.levels[level].label

    @cached_property
    def against_default(self) -> tuple[int, int]:
        """The best of the other values, and the usual one: the default, or else the first."""
        keys = [level.key for level in self.factor.levels]
        default = self.factor.parameter.default
        usual = keys.index(default) if default in keys else self.used[0]
        usual = usual if usual in self.used else self.used[0]
        return next(level for level in self.ranking if level != usual), usual


def contrast(
    subject: Subject,
    found: Effects,
    place: str,
    pair: tuple[int, int],
    *,
    other: int | None = None,
    dataset: str | None = None,
) -> Contrast:
    """The first level of the pair minus the second, there."""
    first, second = (found.at(level, other, dataset) for level in pair)
    apart = difference(first, second)
    verdicts = {"above": "helps", "below": "hurts", "unclear": "inconclusive"}
    verdict = verdicts[side(apart)]
    blocked = None if other is not None else _blocked(subject, pair, dataset)
    if blocked is not None:
        apart, verdict = blocked.difference, blocked.verdict
    return Contrast(
        place,
        subject.name(pair[0]),
        subject.name(pair[1]),
        pair[1],
        apart,
        (first.n, second.n),
        verdict,
        subject.factor.levels[pair[1]].missing,
    )


def _blocked(subject: Subject, pair: tuple[int, int], dataset: str | None) -> Effect | None:
    """The same difference with an interval that knows of blocks, as the page Effects shows it."""
    names = [each.name for each in subject.findings.datasets]
    place = None if dataset is None else names.index(dataset)
    return subject.findings.effects.at(subject.place, *pair, place)


def answer(
    subject: Subject,
    verdict: str,
    sentences: Sequence[str],
    contrasts: Sequence[Contrast],
    *,
    effect: Estimate,
    pair: tuple[int, int],
) -> Answer:
    """Of reasons that may be empty, and of contrasts that may have no runs."""
    drawn = [each for each in contrasts if min(each.runs) > 0]
    first, second = (subject.name(level) for level in pair)
    reasons = tuple(filter(None, sentences))
    return Answer(verdict, reasons, tuple(drawn), effect, pair, f"{first} {MINUS} {second}")


def too_little(subject: Subject) -> Answer:
    """The answer where there is none."""
    sentence = (
        f"There are too few runs, or they vary too little, to compare values of {subject.label}."
    )
    return Answer(f"Too few runs to judge {subject.spoken}", (sentence,), (), NOTHING_KNOWN, None)

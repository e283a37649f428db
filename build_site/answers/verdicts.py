"""Which choices help, which hurt, and which are not shown to matter: effects in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from build_site.answers.words import number, signed
from build_site.evidence.effects import Effect
from build_site.findings import Findings
from build_site.rendering import listing

MOST_NAMED = 8  # values in one sentence; the tables have all of them


@dataclass(frozen=True)
class Chosen:
    """Overall effects of other values instead of the usual or most frequent one, best first."""

    parameter: int
    usual: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Verdicts:
    """What the page says before any picture; each list is of sentences without a full stop."""

    summary: str
    helps: tuple[str, ...]
    hurts: tuple[str, ...]
    open: tuple[str, ...]
    detectable: str
    noise: str


def chosen(findings: Findings) -> tuple[Chosen, ...]:
    """For each parameter of at least two values that were compared."""
    found = []
    for parameter, usual in enumerate(findings.usual):
        others = [
            effect
            for level in range(len(findings.factors[parameter].levels))
            if (effect := findings.effects.at(parameter, level, usual)) is not None
        ]
        if others:
            others.sort(key=lambda effect: -effect.difference.value)
            found.append(Chosen(parameter, usual, tuple(others)))
    return tuple(found)


def reference(findings: Findings, compared: Sequence[Chosen]) -> str:
    """What the values are that others are compared with: "usual", "most frequent", or both."""
    names = {reference_name(findings, each.parameter) for each in compared}
    return " or ".join(sorted(names, reverse=True))


def reference_name(findings: Findings, parameter: int) -> str:
    """What the value of one parameter is that its others are compared with."""
    factor = findings.factors[parameter]
    found = factor.parameter.kind == "numeric" or factor.usual == findings.usual[parameter]
    return "usual" if factor.parameter.default is not None and found else "most frequent"


def reference_sentence(findings: Findings, each: Chosen) -> str:
    """Which value of a parameter the others are compared with, and why."""
    label = findings.factors[each.parameter].levels[each.usual].label
    name = reference_name(findings, each.parameter)
    runs = np.bincount(findings.outcomes.levels[:, each.parameter])
    if name == "usual" or (runs == runs.max()).sum() == 1:
        return f"The {name} value is {label}."
    return f"No value is the most frequent; {label} is the first of those that are as frequent."


def verdicts(findings: Findings, compared: Sequence[Chosen]) -> Verdicts:
    """In words, for all parameters."""
    overall = [each for each in findings.effects.effects if each.dataset is None]
    decided = [each for each in overall if each.verdict != "inconclusive"]
    against = [effect for each in compared for effect in each.effects]
    left = len(overall) - len(decided)
    gains = sorted(against, key=lambda effect: -abs(effect.difference.value))
    return Verdicts(
        summary=f"Of {len(overall):,} comparisons of two values{_over(findings)}, "
        f"{len(decided):,} {'shows' if len(decided) == 1 else 'show'} that one is better; "
        f"the other {left:,} {'is' if left == 1 else 'are'} inconclusive.",
        helps=_named(findings, [each for each in gains if each.verdict == "helps"]),
        hurts=_named(findings, [each for each in gains if each.verdict == "hurts"]),
        open=tuple(
            _open(findings, each)
            for each in compared
            if any(effect.verdict == "inconclusive" for effect in each.effects)
        ),
        detectable=_detectable(findings, overall),
        noise=_noise(findings, overall),
    )


def _over(findings: Findings) -> str:
    return " over all data sets" if len(findings.datasets) > 1 else ""


def change(findings: Findings, effect: Effect) -> str:
    """In words: activation ELU instead of ReLU."""
    factor = findings.factors[effect.parameter]
    first, second = (factor.levels[level].label for level in (effect.first, effect.second))
    return f"{factor.parameter.spoken} {first} instead of {second}"


def _named(findings: Findings, effects: Sequence[Effect]) -> tuple[str, ...]:
    named = [
        f"{change(findings, each)}: {signed(each.difference)} "
        f"(n = {each.runs[0]:,} and {each.runs[1]:,})"
        for each in effects[:MOST_NAMED]
    ]
    left = len(effects) - len(named)
    return (*named, f"and {left:,} more, see below") if left else tuple(named)


def _open(findings: Findings, compared: Chosen) -> str:
    """The values that cannot be told from the reference, or how much a parameter may matter."""
    factor = findings.factors[compared.parameter]
    label = factor.parameter.spoken
    effects = findings.effects.of(compared.parameter)
    if any(effect.verdict != "inconclusive" for effect in effects):
        alike = [e for e in compared.effects if e.verdict == "inconclusive"]
        names = [factor.levels[effect.first].label for effect in alike[:MOST_NAMED]]
        names += [f"{len(alike) - MOST_NAMED:,} more"] if len(alike) > MOST_NAMED else []
        usual = factor.levels[compared.usual].label
        return f"{label}: {listing(names)} cannot be told from {usual}"
    ends = [abs(end) for each in effects for end in (each.difference.low, each.difference.high)]
    if _ended_alike(findings):
        return f"{label}: all runs ended alike"
    if not all(map(math.isfinite, ends)):
        return f"{label}: too few runs to tell"
    return (
        f"{label}: if two of its values differ, then by no more than {number(max(ends))} points, "
        "as far as their intervals reach"
    )


def _detectable(findings: Findings, overall: Sequence[Effect]) -> str:
    """The smallest difference that the study could have found, overall and on a data set."""
    typical = _typical(overall)
    if _ended_alike(findings):
        return f"All runs of this {findings.whole} ended alike: there is no difference to find."
    if math.isnan(typical):
        return f"This {findings.whole} has too few runs to find any difference."
    alone = _typical([each for each in findings.effects.effects if each.dataset is not None])
    on_one = (
        ""
        if math.isnan(alone)
        else " On a single data set it would take more than there is."
        if alone > 1
        else f" On a single data set it takes {number(alone)} points."
    )
    size = (
        f"Typically no difference is so large that this {findings.whole} would have found it"
        if typical > 1
        else f"Typically a difference of {number(typical)} points is the smallest that this "
        f"{findings.whole} would have found"
    )
    return (
        f"{size} with a probability of 80\N{NO-BREAK SPACE}% "
        f"at the p of {findings.effects.level:.2g} that decides here.{on_one} What is smaller may "
        "be there and be missed; each row below has its own."
    )


def _ended_alike(findings: Findings) -> bool:
    """Whether no run is better than any other on its data set."""
    return not np.ptp(findings.outcomes.percentile) > 0


def _typical(effects: Sequence[Effect]) -> float:
    known = [each.detectable for each in effects if math.isfinite(each.detectable)]
    return float(np.median(known)) if known else math.nan


def _noise(findings: Findings, overall: Sequence[Effect]) -> str:
    deviation = next((each.noise for each in overall), None)
    seed = " with another seed" if findings.seeded else ""
    if deviation is None:
        return (
            f"No configuration was repeated{seed}, so that these differences cannot be compared "
            "with luck in a single run."
        )
    beyond = sum(each.verdict != "inconclusive" and each.times_noise > 1 for each in overall)
    return (
        f"Two runs {'that differ in their seed alone' if seed else 'of one configuration'} have a "
        f"standard deviation of {number(deviation)} points; {f'{beyond:,}' if beyond else 'none'} "
        f"of the differences found {'are' if beyond > 1 else 'is'} larger."
    )

"""Does the effect of one hyper-parameter depend on another?"""

import math
from collections.abc import Callable, Sequence

from build_site.answers.importance import taken_alone
from build_site.answers.subject import Answer, Contrast, Subject, answer, contrast, too_little
from build_site.answers.words import chance, signed
from build_site.metrics.effects import Effects, interactions
from build_site.rendering import listing
from build_site.statistics import (
    CHANCE,
    FEWEST,
    difference,
    heterogeneity,
    side,
)


def dependence(subject: Subject, other: Subject) -> Answer:
    """Does the effect of one parameter's values depend on another's?"""
    found = interactions(subject.findings.study, subject.place, other.place)
    p = subject.importance().together(subject.place, other.place).chance
    if len(subject.judged) < 2 or math.isnan(p):
        return too_little(subject)
    both = f"{subject.label} and {other.spoken}"
    interact = p < CHANCE
    opening = (
        f"How far the values of {subject.spoken} lie apart changes with "
        f"{other.spoken}, beyond chance ({chance(p)})."
        if interact
        else f"The differences between values of {subject.spoken} are compatible with being "
        f"the same at every value of {other.spoken} ({chance(p)})."
    )
    best, *rest = subject.judged
    contrasts = [
        contrast(subject, found, other.name(n), (best, level), other=n)
        for n in other.used
        for level in rest
        if found.at(best, n).n and found.at(level, n).n
    ]
    level = most_varying(rest, contrasts)
    sentences = [opening, _best_at_each(found, subject, other), _range(contrasts, level)]
    if len(subject.findings.datasets) > 1:
        sentences.append(_interaction_by_dataset(subject, other))
    verdict = f"{both} {'interact' if interact else 'are not shown to interact'}"
    everywhere = contrast(subject, subject.effects, subject.findings.everywhere, (best, level))
    return answer(
        subject, verdict, sentences, contrasts, effect=everywhere.difference, pair=(best, level)
    )


def _best_at_each(found: Effects, subject: Subject, other: Subject) -> str:
    """Which value has the highest mean at each value of the other parameter, and how surely."""
    winners: dict[str, list[str]] = {}
    sure = []
    for n in other.used:
        known = [level for level in subject.used if found.at(level, n).n >= FEWEST]
        if len(known) < 2:
            continue
        first, *rest = sorted(known, key=_value_at(found, n), reverse=True)
        winners.setdefault(subject.name(first), []).append(other.name(n))
        if all(_is_ahead(found, first, each, n) for each in rest):
            sure.append(other.name(n))
    if not winners:
        return f"No value of {other.spoken} has runs enough to name the best at it."
    named = "; ".join(f"{name} at {listing(places)}" for name, places in winners.items())
    ahead = f"only at {listing(sure)} is it" if sure else "nowhere is it"
    if len(sure) == sum(map(len, winners.values())):
        ahead = "everywhere it is"
    whom = "the other" if len(subject.judged) == 2 else "all others"
    return f"The highest mean, by {other.spoken}: {named}; {ahead} clearly ahead of {whom}."


def _is_ahead(found: Effects, first: int, second: int, other: int) -> bool:
    return side(difference(found.at(first, other), found.at(second, other))) == "above"


def _value_at(found: Effects, other: int) -> Callable[[int], float]:
    return lambda level: found.at(level, other).value


def most_varying(levels: Sequence[int], contrasts: Sequence[Contrast]) -> int:
    """The value whose difference from the best varies most surely."""

    def p(level: int) -> float:
        found = heterogeneity([c.difference for c in contrasts if c.level == level])
        return 2.0 if math.isnan(found) else found

    return min(levels, key=p)


def _range(contrasts: Sequence[Contrast], level: int) -> str:
    """From where to where that difference goes."""
    known = [c for c in contrasts if c.level == level and min(c.runs) >= FEWEST]
    if len(known) < 2:
        return ""
    known.sort(key=lambda c: c.difference.value)
    least, most = known[0], known[-1]
    return (
        f"The difference {least.what} goes from {signed(least.difference)} at {least.place} "
        f"(n = {least.runs[0]:,} and {least.runs[1]:,}) to {signed(most.difference)} at "
        f"{most.place} (n = {most.runs[0]:,} and {most.runs[1]:,})."
    )


def _interaction_by_dataset(subject: Subject, other: Subject) -> str:
    chances = {
        dataset.label: subject.importance(dataset.name).together(subject.place, other.place).chance
        for dataset in subject.findings.datasets
    }
    return taken_alone(chances, "interact")

"""When is a value better than the usual one?"""

import math
from collections.abc import Sequence

from build_site.answers.subject import Answer, Contrast, Subject, answer, contrast
from build_site.answers.words import chance, negated, signed, size
from build_site.metrics.effects import interactions
from build_site.rendering import listing
from build_site.statistics import CHANCE, FEWEST, heterogeneity


def benefit(subject: Subject) -> Answer:
    """When is a value better than the usual one: overall, on each data set, and with what else?"""
    value, usual = subject.against_default
    findings = subject.findings
    all_runs = contrast(subject, subject.effects, findings.everywhere, (value, usual))
    each = [
        contrast(subject, subject.effects, dataset.label, (value, usual), dataset=dataset.name)
        for dataset in findings.datasets
    ]
    sentences = [_benefit_overall(subject, all_runs, value, usual)]
    if len(each) > 1:
        sentences += [_benefit_by_place(each, "on"), differs_between_datasets("the effect", each)]
    sentences.append(_benefit_depends(subject, value, usual))
    verdict = {
        "helps": f"{subject.label} helps on average",
        "hurts": f"{subject.label} hurts on average",
    }.get(all_runs.verdict, f"Whether {subject.spoken} helps is open")
    shown = [all_runs, *each] if len(each) > 1 else [all_runs]
    return answer(
        subject, verdict, sentences, shown, effect=all_runs.difference, pair=(value, usual)
    )


def _benefit_overall(subject: Subject, overall: Contrast, value: int, usual: int) -> str:
    with_it, without = overall.runs
    change = f"with {subject.name(value)} instead of {subject.name(usual)} the mean percentile"
    runs = f"n = {with_it:,} and {without:,}"
    effect, over = overall.difference, f"Over {subject.findings.all_runs}"
    if min(overall.runs) < FEWEST:
        return f"There are too few runs to tell what {subject.spoken} does ({runs})."
    if overall.verdict == "helps":
        return f"{over} it helps: {change} rises by {size(effect)} ({runs})."
    if overall.verdict == "hurts":
        return f"{over} it hurts: {change} falls by {size(negated(effect))} ({runs})."
    return f"{over} it is inconclusive: {change} changes by {signed(effect)} ({runs})."


def _benefit_by_place(contrasts: Sequence[Contrast], preposition: str) -> str:
    """It helps on A [...] and B [...]; it hurts on C [...]; it is inconclusive on D."""
    parts = []
    for verdict in ("helps", "hurts", "inconclusive"):
        named = [c for c in contrasts if c.verdict == verdict and min(c.runs) > 0]
        if not named:
            continue
        says = "is inconclusive" if verdict == "inconclusive" else verdict
        places = listing(f"{c.place} ({signed(c.difference, unit=False)})" for c in named)
        parts.append(f"{says} {preposition} {places}")
    return f"It {'; it '.join(parts)}." if parts else ""


def differs_between_datasets(what: str, contrasts: Sequence[Contrast]) -> str:
    """Whether the contrasts of all data sets may be one and the same."""
    p = heterogeneity([c.difference for c in contrasts])
    if math.isnan(p):
        return ""
    if p < CHANCE:
        return f"{what.capitalize()} differs between data sets beyond chance ({chance(p)})."
    return f"That {what} differs between data sets is not shown ({chance(p)})."


def _benefit_depends(subject: Subject, value: int, usual: int) -> str:
    """On which other parameter the effect depends most, if on any."""
    tested = []
    for other, factor in enumerate(subject.findings.factors):
        if other == subject.place:
            continue
        found = interactions(subject.findings.study, subject.place, other)
        contrasts = [
            contrast(subject, found, level.label, (value, usual), other=n)
            for n, level in enumerate(factor.levels)
            if found.at(value, n).n and found.at(usual, n).n
        ]
        p = subject.importance().together(subject.place, other).chance
        if not math.isnan(p):
            tested.append((p, factor.parameter.spoken, contrasts))
    if not tested:
        return ""
    p, name, contrasts = min(tested, key=lambda each: each[0])
    looked = "" if len(tested) == 1 else f", the smallest of {len(tested)} looked at"
    if p * len(tested) >= CHANCE:
        return (
            "That it depends on another hyper-parameter is not shown; closest to it is "
            f"{name} ({chance(p)}{looked})."
        )
    return (
        f"It depends most on {name}, beyond chance ({chance(p)}{looked}). By {name}: "
        + _benefit_by_place(contrasts, "at").replace("It ", "it ", 1)
    )

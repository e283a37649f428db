"""Is a hyper-parameter important?"""

import math
from collections.abc import Sequence

from build_site.answers.benefit import differs_between_datasets
from build_site.answers.subject import (
    EVERYWHERE,
    Answer,
    Contrast,
    Subject,
    answer,
    contrast,
    too_little,
)
from build_site.answers.words import chance, level_words, size, spoken
from build_site.rendering import listing
from build_site.statistics import CHANCE, heterogeneity


def importance(subject: Subject) -> Answer:
    """Do the values of a parameter differ, overall and on each data set?"""
    estimates = [subject.effects.at(level) for level in subject.used]
    p = heterogeneity(estimates)
    if len(subject.judged) < 2 or math.isnan(p):
        return too_little(subject)
    best, worst = subject.judged[0], subject.judged[-1]
    all_runs = contrast(subject, subject.effects, EVERYWHERE, (best, worst))
    # Of two values the interval of their difference decides; the best and the worst of many lie
    # apart by chance too.
    two = len(subject.judged) == 2
    matters = all_runs.verdict != "inconclusive" if two else p < CHANCE
    opening = (
        f"Over all runs the values of {spoken(subject.label)} differ beyond chance ({chance(p)}, "
        f"{len(subject.judged)} values)."
        if matters
        else f"Over all runs the values of {spoken(subject.label)} do not differ beyond chance "
        f"({chance(p)}, {len(subject.judged)} values)."
    )
    sentences = [opening, _best_and_worst(subject, all_runs, best, worst, matters=matters)]
    each = [
        contrast(subject, subject.effects, dataset.label, (best, worst), dataset=dataset.name)
        for dataset in subject.findings.datasets
    ]
    if len(each) > 1:
        sentences += [
            _importance_by_dataset(subject),
            differs_between_datasets("this distance", each),
        ]
    verdict = f"{subject.label} {'matters' if matters else 'is not shown to matter'}"
    shown = [all_runs, *each] if len(each) > 1 else [all_runs]
    return answer(verdict, sentences, shown, all_runs.difference, (best, worst))


def _best_and_worst(
    subject: Subject, overall: Contrast, best: int, worst: int, *, matters: bool
) -> str:
    words = [
        f"{subject.name(level)} has a mean percentile of {level_words(subject.effects.at(level))}"
        for level in (best, worst)
    ]
    picked = overall.verdict != "inconclusive" and not matters
    chosen = f", no more than the best and the worst of {len(subject.judged)} may be by chance"
    return (
        f"{words[0]}, the best; {words[1]}, the worst. They are {size(overall.difference)} apart"
        f"{chosen if picked else ''}."
    )


def _importance_by_dataset(subject: Subject) -> str:
    clear = [
        dataset.label
        for dataset in subject.findings.datasets
        if heterogeneity([subject.effects.at(n, None, dataset.name) for n in subject.used]) < CHANCE
    ]
    return taken_alone(clear, [dataset.label for dataset in subject.findings.datasets], "differ")


def taken_alone(clear: Sequence[str], every: Sequence[str], verb: str) -> str:
    """On which data sets values differ, or interact, where each is looked at by itself."""
    if not clear:
        return f"On no data set, taken alone, do they {verb} beyond chance."
    if len(clear) == len(every):
        return f"They {verb} beyond chance on each of the {len(every)} data sets taken alone."
    others = [label for label in every if label not in clear]
    return (
        f"Taken alone, they {verb} beyond chance on {listing(clear)}, and not on {listing(others)}."
    )

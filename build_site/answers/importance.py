"""Is a hyper-parameter important?"""

import math
from collections.abc import Mapping

from build_site.answers.benefit import differs_between_datasets
from build_site.answers.subject import (
    Answer,
    Contrast,
    Subject,
    answer,
    contrast,
    too_little,
)
from build_site.answers.words import chance, level_words, size
from build_site.rendering import listing
from build_site.statistics import CHANCE


def importance(subject: Subject) -> Answer:
    """Do the values of a parameter differ, overall and on each data set?"""
    p = subject.importance().alone(subject.place).chance
    if len(subject.judged) < 2 or math.isnan(p):
        return too_little(subject)
    best, worst = subject.judged[0], subject.judged[-1]
    all_runs = contrast(subject, subject.effects, subject.findings.everywhere, (best, worst))
    # Of two values the interval of their difference decides; the best and the worst of many lie
    # apart by chance too.
    two = len(subject.judged) == 2
    matters = all_runs.verdict != "inconclusive" if two else p < CHANCE
    over = f"Over {subject.findings.all_runs}"
    opening = (
        f"{over} the values of {subject.spoken} differ beyond chance ({chance(p)}, "
        f"{len(subject.judged)} values)."
        if matters
        else f"{over} the values of {subject.spoken} do not differ beyond chance "
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
    return answer(
        subject, verdict, sentences, shown, effect=all_runs.difference, pair=(best, worst)
    )


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
    chances = {
        dataset.label: subject.importance(dataset.name).alone(subject.place).chance
        for dataset in subject.findings.datasets
    }
    return taken_alone(chances, "differ")


def taken_alone(chances: Mapping[str, float], verb: str) -> str:
    """On which data sets values differ, or interact, where each is looked at by itself.

    `chances` are the probabilities of the tests, NaN where there are too few runs for one.
    """
    clear = [label for label, p in chances.items() if p < CHANCE]
    unclear = [label for label, p in chances.items() if p >= CHANCE]
    untold = [label for label, p in chances.items() if math.isnan(p)]
    too_few = f"{listing(untold)} has" if len(untold) == 1 else f"{listing(untold)} have"
    ending = f"; {too_few} too few runs to tell." if untold else "."
    if not clear and not unclear:
        return "No data set, taken alone, has runs enough to tell."
    if not clear and not untold:
        return f"On no data set, taken alone, do they {verb} beyond chance."
    if not clear:
        return f"Taken alone, they do not {verb} beyond chance on {listing(unclear)}{ending}"
    if len(clear) == len(chances):
        return f"They {verb} beyond chance on each of the {len(chances)} data sets taken alone."
    without = f", and not on {listing(unclear)}" if unclear else ""
    return f"Taken alone, they {verb} beyond chance on {listing(clear)}{without}{ending}"

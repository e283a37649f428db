"""Effects: which choices help, which hurt, which do not matter?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from build_site.answers.verdicts import (
    Chosen,
    change,
    chosen,
    reference,
    reference_name,
    reference_sentence,
    verdicts,
)
from build_site.answers.words import MINUS, interval, number
from build_site.evidence.effects import ALL_PAIRS_UP_TO, Effect
from build_site.findings import Findings
from build_site.plots import Plot, embed
from build_site.rendering import NOTHING, render
from build_site.views import Page
from build_site.views.forest import Mark, forest

MOST_VALUES = 8  # of one parameter in the picture: those that differ most from the reference


@dataclass(frozen=True)
class Row:
    """One effect, in words and numbers."""

    what: str
    place: str
    difference: str
    interval: str
    metric: str
    cliffs_delta: str
    beats: str
    runs: str
    q: str
    detectable: str
    noise: str
    verdict: str


@dataclass(frozen=True)
class Section:
    """All that is said about one parameter; `several` if it has rows for single data sets."""

    number: int
    label: str
    reference: str
    sentence: str
    overall: tuple[Row, ...]
    by_dataset: tuple[Row, ...]


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; none for a study in which no parameter has two values."""
    compared = chosen(findings)
    if not compared:
        return ()
    deviation = findings.effects.effects[0].noise
    against = reference(findings, compared)
    everywhere = ", over all data sets" if len(findings.datasets) > 1 else ""
    repeated = "seeds" if findings.seeded else "runs of one configuration"
    hidden = any(len(each.effects) > MOST_VALUES for each in compared)
    plot = Plot(
        "effects-plot",
        f"Mean percentile with each value instead of the {against} one{everywhere} (marks; lines "
        f"are 95 % intervals; right of the dashed line the value is better than the {against} one)"
        + ("" if deviation is None else f"; the grey band is the standard deviation of {repeated}")
        + (f"; the {MOST_VALUES} most different values of each" if hidden else ""),
        forest(_marks(findings, compared), None if deviation is None else deviation * 100),
        table="effects-table",
    )
    page = Page(
        slug="effects",
        title="Effects",
        description=f"{len(findings.effects.effects):,} differences between values of "
        f"hyper-parameters, from {findings.shown:,} runs.",
        markdown=render(
            "effects.md",
            verdicts=verdicts(findings, compared),
            runs=findings.shown,
            count=len(findings.effects.effects),
            picture=embed(plot),
            reference=against,
            group=findings.group,
            seeded=findings.seeded,
            noise=deviation is not None,
            against=[_row(findings, e) for each in compared for e in each.effects],
            sections=[_section(findings, each) for each in compared],
            metric=findings.study.metric_label + (", points" if findings.is_share else ""),
        ),
        scripts=("effects",),
    )
    return (page,)


def _marks(findings: Findings, compared: Sequence[Chosen]) -> list[Mark]:
    """One for each value but that which they are compared with."""
    marks = []
    for each in compared:
        factor = findings.factors[each.parameter]
        far = sorted(each.effects, key=lambda e: -abs(e.difference.value))[:MOST_VALUES]
        marks += [
            Mark(
                group=factor.parameter.label,
                name=factor.levels[effect.first].label,
                what=change(findings, effect),
                value=effect.difference.value * 100,
                low=effect.difference.low * 100,
                high=effect.difference.high * 100,
                interval=interval(effect.difference),
                runs=_both(effect.runs),
                q=_probability(effect.q),
                verdict=effect.verdict,
            )
            for effect in each.effects
            if effect in far
        ]
    return marks


def _section(findings: Findings, each: Chosen) -> Section:
    factor = findings.factors[each.parameter]
    overall = findings.effects.of(each.parameter)
    by_dataset = [
        effect
        for effect in findings.effects.effects
        if effect.parameter == each.parameter and effect.dataset is not None
    ]
    by_dataset.sort(key=lambda effect: (effect.first, effect.second, effect.dataset))
    return Section(
        number=each.parameter,
        label=factor.parameter.label,
        reference=reference_sentence(findings, each),
        sentence=_sentence(findings, each, overall),
        overall=tuple(_row(findings, effect) for effect in map(_upwards, overall)),
        by_dataset=tuple(_row(findings, effect) for effect in by_dataset),
    )


def _upwards(effect: Effect) -> Effect:
    """Seen from the better of the two values."""
    return effect.turned() if effect.difference.value < 0 else effect


def _sentence(findings: Findings, each: Chosen, overall: Sequence[Effect]) -> str:
    """How many pairs differ, which is best, and what could have been found."""
    decided = sum(effect.verdict != "inconclusive" for effect in overall)
    pairs = f"{len(overall):,} pair{'' if len(overall) == 1 else 's'} of values"
    known = [effect.detectable for effect in overall if math.isfinite(effect.detectable)]
    verb = "differs" if 1 in {decided, len(overall)} else "differ"
    sentence = f"{decided:,} of {pairs} {verb} beyond chance."
    if len(findings.factors[each.parameter].levels) > ALL_PAIRS_UP_TO:
        name = reference_name(findings, each.parameter)
        sentence += f" Of so many values each is compared with the {name} and the best alone."
    if known:
        sentence += (
            f" A difference of {number(min(known))} points or more could have been found"
            if min(known) <= 1
            else " No difference could have been found with so few runs"
        )
        sentence += "." if len(known) == 1 or min(known) > 1 else " in the surest of them."
    return sentence


def _row(findings: Findings, effect: Effect) -> Row:
    factor = findings.factors[effect.parameter]
    first, second = (factor.levels[level].label for level in (effect.first, effect.second))
    return Row(
        what=f"{first} {MINUS} {second}",
        place=findings.everywhere
        if effect.dataset is None
        else findings.datasets[effect.dataset].label,
        difference=number(effect.difference.value),
        interval=interval(effect.difference),
        metric=_metric(findings, effect),
        cliffs_delta=_plain(effect.cliffs_delta),
        beats=f"{effect.beats * 100:.0f}\N{NO-BREAK SPACE}%",
        runs=_both(effect.runs),
        q=_probability(effect.q),
        detectable=NOTHING
        if math.isnan(effect.detectable)
        else number(effect.detectable)
        if effect.detectable <= 1
        else "none",
        noise=NOTHING if math.isnan(effect.times_noise) else f"{effect.times_noise:.1f}",
        verdict=effect.verdict,
    )


def _metric(findings: Findings, effect: Effect) -> str:
    """The difference of the metric itself, in hundredths if it is a share."""
    raw = effect.raw
    if math.isnan(raw.value):
        return NOTHING
    if findings.is_share:
        return f"{number(raw.value)} {'' if math.isnan(raw.low) else interval(raw)}".strip()
    ends = "" if math.isnan(raw.low) else f" [{_plain(raw.low)}, {_plain(raw.high)}]"
    return f"{_plain(raw.value)}{ends}"


def _plain(value: float) -> str:
    text = f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}"
    return text.removeprefix("-") if text == "-0.00" else text.replace("-", MINUS)


def _probability(q: float) -> str:
    if math.isnan(q):
        return NOTHING
    return "< 0.001" if q < 0.001 else f"{q:.3f}" if q < 0.1 else f"{q:.2f}"


def _both(runs: tuple[int, int]) -> str:
    return f"{runs[0]:,} and {runs[1]:,}"

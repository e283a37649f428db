"""The configuration to start from, and what else Home says about it."""

import json
import math
from dataclasses import dataclass

import numpy as np

from build_site.evidence.choices import Configuration, Expected
from build_site.evidence.recommendation import OnDataset, Recommendation, Stake
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.rendering import listing, measure
from build_site.views.advisor import points, share


@dataclass(frozen=True)
class Value:
    """A hyper-parameter and the value to give it."""

    parameter: str
    level: str


@dataclass(frozen=True)
class AdviceRow:
    """What to choose on one data set; `different` are the values that are not those for all."""

    dataset: str
    beats: str
    accuracy: str
    different: str
    cost: str


@dataclass(frozen=True)
class StakeRow:
    """What the worst value of a hyper-parameter costs, in percentage points and on a scale to 1."""

    parameter: str
    worst: str
    loss: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Start:
    """The configuration to start from, with everything that Home says about it.

    `stakes` are those of each verdict; `edges` a sentence for each hyper-parameter whose best value
    is the least or the greatest that was tried; `snippet` is what the program to copy is made from,
    as JSON.
    """

    values: tuple[Value, ...]
    beats: str
    runs: int
    usual: str
    datasets: tuple[AdviceRow, ...]
    stakes: dict[str, list[StakeRow]]
    edges: tuple[str, ...]
    snippet: str


def start(findings: Findings) -> Start | None:
    """The robust choice; None if there is too little evidence for any."""
    advised = findings.recommendation
    if advised is None:
        return None
    configuration = advised.configuration
    stakes: dict[str, list[StakeRow]] = {}
    for stake in advised.stakes:
        stakes.setdefault(stake.verdict, []).append(_stake_row(findings, stake))
    exactly = (findings.outcomes.levels == np.array(configuration)).all(axis=1)
    return Start(
        values=tuple(
            Value(factor.parameter.label, factor.levels[level].label)
            for factor, level in findings.to_set(configuration)
        ),
        beats=share(advised.expected),
        runs=int(exactly.sum()),
        usual=_usual(advised.usual),
        datasets=tuple(_advice_row(findings, advised, each) for each in advised.datasets),
        stakes=stakes,
        edges=_edges(findings, advised),
        snippet=_snippet(findings, configuration, share(advised.expected)),
    )


def _edges(findings: Findings, advised: Recommendation) -> tuple[str, ...]:
    """Where the best may lie beyond what was tried: numbers at the ends of their range."""
    sentences = []
    for place, factor in enumerate(findings.factors):
        last = len(factor.spans) - 1
        if factor.parameter.kind != "numeric" or last < 1:
            continue
        for end, which in ((0, "lowest"), (last, "highest")):
            where = [
                findings.datasets[each.dataset].label
                for each in advised.datasets
                if each.best.configuration[place] == end
            ]
            if where:
                part = "quarter of what was tried" if _is_range(factor, end) else "that was tried"
                on = f" on {listing(where)}" if len(findings.datasets) > 1 else ""
                sentences.append(
                    f"The best {factor.parameter.spoken}{on} is the {which} {part}: "
                    "what lies beyond may be better."
                )
    return tuple(sentences)


def _is_range(factor: Factor, level: int) -> bool:
    """Whether a level holds more than one value."""
    low, high = factor.spans[level]
    return low < high


def _usual(loss: Expected | None) -> str:
    """What the usual values cost, as a sentence; nothing if the study has none."""
    if loss is None:
        return ""
    doubt = ", which may be chance" if loss.low <= 0 <= loss.high else ""
    return f"The usual values beat {points(loss)} points less{doubt}."


def _advice_row(findings: Findings, advised: Recommendation, each: OnDataset) -> AdviceRow:
    best = each.best.configuration
    common = {
        factor.parameter.name: level
        for factor, level in zip(findings.factors, advised.configuration, strict=True)
    }
    different = [
        f"{factor.parameter.spoken} {factor.levels[level].label}"
        for factor, level in findings.to_set(best)
        if level != common[factor.parameter.name]
    ]
    return AdviceRow(
        dataset=findings.datasets[each.dataset].label,
        beats=share(each.best.expected),
        accuracy=_accuracy(findings, each.best.accuracy),
        different=" \N{MIDDLE DOT} ".join(different),
        cost=points(each.cost) if different else "",
    )


def _accuracy(findings: Findings, accuracy: Expected) -> str:
    ends = [accuracy.low, accuracy.high]
    if findings.study.direction == "minimize":
        ends.reverse()
    value, low, high = (
        "diverged" if math.isnan(each) else measure(each, is_share=findings.is_share)
        for each in (accuracy.value, *ends)
    )
    return f"{value} [{low}, {high}]"


def _stake_row(findings: Findings, stake: Stake) -> StakeRow:
    factor = findings.factors[stake.parameter]
    return StakeRow(
        factor.parameter.label,
        factor.levels[stake.worst].label,
        points(stake.loss),
        max(0.0, stake.loss.value),
        max(0.0, stake.loss.low),
        max(0.0, min(1.0, stake.loss.high)),
    )


def _snippet(findings: Findings, configuration: Configuration, beats: str) -> str:
    settings = {
        factor.parameter.name: factor.setting(level)
        for factor, level in findings.to_set(configuration)
    }
    heading = f'Advised by "{findings.study.title}": beats {beats} of random choices'
    known = {dataset.classes for dataset in findings.datasets}
    classes = known.pop() if len(known) == 1 else None
    return json.dumps({"configuration": settings, "classes": classes, "heading": heading})

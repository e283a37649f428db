"""Decide every claim that a study can test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from build_site.claims import statistics
from build_site.claims.cells import Cells, Floats, read_cells
from build_site.claims.estimation import Statistic, estimate
from build_site.claims.ledger import Bounds, Claim
from build_site.claims.queries import (
    arms_of_conditions,
    arms_of_parameter,
    cells_query,
    shown_query,
)
from build_site.metrics import DatasetSummary
from build_site.metrics.grouping import Group, together
from build_site.study import Parameter, Study

Verdict = Literal["supported", "contradicted", "inconclusive"]
LEVEL = 0.05  # of the q-value at which a claim is decided; its intervals hold with 1 - LEVEL
FEWEST = 5  # runs that an arm needs in all


@dataclass(frozen=True)
class Judgement:
    """What the runs say of a claim; `effect` and its 95 % interval are in units of its measure.

    `p` is two-sided, against the threshold; `q` is p after Benjamini and Hochberg (1995) for all
    claims of the study. NaN where it cannot be known, with the verdict "inconclusive". `runs` and
    `blocks` are those compared; `query` computes the effect.
    """

    claim: Claim
    verdict: Verdict
    effect: float
    low: float
    high: float
    p: float
    q: float
    runs: int
    blocks: int
    query: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is compared, the number that it comes to, and how many runs the smallest arm has."""

    cells: list[Cells]
    statistic: Statistic
    fewest: int


def judge(
    study: Study, datasets: Sequence[DatasetSummary], claims: Sequence[Claim], group: Group
) -> tuple[Judgement, ...]:
    """All claims whose hyper-parameters and values the study has, in their order."""
    study.database.execute(together(group))
    tested = [_judgement(study, datasets, claim) for claim in claims if _is_testable(study, claim)]
    p = np.array([each.p for each in tested])
    return tuple(
        replace(each, q=float(q), verdict=_verdict(each, float(q)))
        for each, q in zip(tested, _adjusted(p), strict=True)
    )


def _is_testable(study: Study, claim: Claim) -> bool:
    parameters = {each.name: each for each in study.parameters}
    if study.metric not in claim.metrics or not claim.parameters <= parameters.keys():
        return False
    if claim.statistic == "importance" and len(parameters) < 2:
        return False
    return all(
        _has(parameters[name], allowed)
        for condition in claim.conditions.values()
        for name, allowed in condition.items()
    )


def _has(parameter: Parameter, allowed: tuple[str, ...] | Bounds) -> bool:
    if isinstance(allowed, Bounds):
        return parameter.kind == "numeric"
    return parameter.kind != "numeric" and set(allowed) <= set(parameter.values)


def _judgement(study: Study, datasets: Sequence[DatasetSummary], claim: Claim) -> Judgement:
    comparison = _comparison(study, datasets, claim)
    found = estimate(comparison.cells, comparison.statistic)
    usable = found.freedom > 0 and comparison.fewest >= FEWEST
    low, high = found.interval(LEVEL) if usable else (math.nan, math.nan)
    return Judgement(
        claim=claim,
        verdict="inconclusive",
        effect=found.effect,
        low=low,
        high=high,
        p=found.p_value(claim.threshold) if usable else math.nan,
        q=math.nan,
        runs=int(comparison.cells[0].n.sum()),
        blocks=found.blocks,
        query=shown_query(claim, study),
    )


def _comparison(study: Study, datasets: Sequence[DatasetSummary], claim: Claim) -> Comparison:
    names = [each.name for each in datasets]
    if claim.statistic == "importance":
        named = {each.name: each for each in study.parameters}
        own = named.pop(claim.parameter or "")
        others = [named[claim.than]] if claim.than else list(named.values())
        cells = [
            read_cells(study, cells_query(claim, arms_of_parameter(study, each)), names)
            for each in (own, *others)
        ]
        return Comparison(cells, _importance, int(cells[0].n.sum()))
    cells = [read_cells(study, cells_query(claim, arms_of_conditions(claim)), names)]
    fewest = int(cells[0].n.sum((0, 1)).min())
    if claim.statistic == "trend":
        difficulty = np.array([_number(each.difficulty) for each in datasets])
        return Comparison(cells, lambda each: statistics.trend(each[0], difficulty), fewest)
    if claim.statistic == "interaction":
        return Comparison(cells, lambda each: statistics.interaction(each[0]), fewest)
    return Comparison(cells, lambda each: statistics.contrast(each[0]), fewest)


def _importance(cells: Sequence[Cells]) -> Floats:
    """What the first comparison explains, minus what the others do on average."""
    shares = [statistics.explained(each) for each in cells]
    difference: Floats = shares[0] - np.mean(shares[1:], axis=0)
    return difference


def _adjusted(p: Floats) -> Floats:
    """Benjamini & Hochberg (1995); NaN stays NaN and does not count."""
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: int(np.isfinite(p).sum())]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1)
    return adjusted


def _verdict(judgement: Judgement, q: float) -> Verdict:
    if not q <= LEVEL:
        return "inconclusive"
    return "supported" if judgement.effect > judgement.claim.threshold else "contradicted"


def _number(value: float | None) -> float:
    return math.nan if value is None else value

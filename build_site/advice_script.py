"""The model behind the advice as a classic script, for answers that are computed in the browser."""

from dataclasses import asdict

from build_site.arrays import Column, encode, floats, to_json
from build_site.evidence.choices import MOST_ROUNDS, MOST_TRIED, on_similar
from build_site.evidence.links import CUBIC, LINEAR
from build_site.evidence.recommendation import SMALL
from build_site.evidence.terms import EXCLUDED
from build_site.findings import Findings


def advice_script(findings: Findings) -> str:
    """A classic script that hands over part "advice".

    Without enough evidence it has no model: `enough` is false.
    """
    return f'hyperatlas.receivePart("advice",{to_json(_described(findings))});\n'


def _described(findings: Findings) -> dict[str, object]:
    fitted = findings.advice
    if fitted is None or not fitted.evidence.enough:
        return {"enough": False, "columns": {}}
    model = fitted.model
    return {
        "enough": True,
        "pairs": model.terms.pairs,
        "curve": model.curve,
        "excluded": EXCLUDED,
        "normal": (LINEAR, CUBIC),
        "scale": model.scale,
        "draws": len(model.steps),
        "usable": model.usable,
        "conditional": sorted(model.conditional),
        "usual": [factor.usual for factor in findings.factors],
        "settings": [
            [factor.setting(level) for level in range(len(factor.levels))]
            for factor in findings.factors
        ],
        "similar": _similar(findings),
        "classes": [dataset.classes for dataset in findings.datasets],
        "mostTried": MOST_TRIED,
        "mostRounds": MOST_ROUNDS,
        "small": SMALL,
        "columns": {
            "cells": asdict(floats(model.cells, "float64")),
            "steps": asdict(Column("int16", encode(model.steps.astype("<i2")))),
        },
    }


def _similar(findings: Findings) -> list[tuple[float, ...] | None]:
    """How much each data set weighs for a new one as difficult as each; None if that is unknown."""
    difficulties = [dataset.difficulty for dataset in findings.datasets]
    known = [each for each in difficulties if each is not None]
    if len(known) < len(difficulties):
        return [None] * len(difficulties)
    goals = [on_similar(known, difficulty) for difficulty in known]
    return [None if goal is None else goal.weights for goal in goals]

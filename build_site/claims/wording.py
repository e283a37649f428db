"""What was found about a claim, in words, and the way to the page that shows it."""

import math
from urllib.parse import urlencode

from build_site.answers.words import chance, number
from build_site.claims.judgement import Judgement
from build_site.claims.ledger import Claim, Condition
from build_site.metrics.grouping import Group
from build_site.rendering import counted
from build_site.study import Study

SYMBOLS = {"supported": "✔", "contradicted": "✖", "inconclusive": "?"}
PER_DIFFICULTY = 0.1  # a trend is told for so much more difficulty


def finding(judgement: Judgement, group: Group) -> str:
    """+13.5 points of percentile [2.2, 24.7], n = 320 in 20 blocks, q = 0.03."""
    if not is_known(judgement):
        return f"cannot be told from these runs and data sets (n = {judgement.runs:,})"
    groups = "" if group == "run" else f" in {counted(judgement.blocks, group)}"
    return (
        f"{effect(judgement)} {unit(judgement.claim)} {interval(judgement)}, "
        f"n = {judgement.runs:,}{groups}, {surety(judgement)}"
    )


def is_known(judgement: Judgement) -> bool:
    """Whether there are runs enough for an interval."""
    return judgement.runs > 0 and math.isfinite(judgement.p)


def effect(judgement: Judgement) -> str:
    """+13.5, in hundredths; a trend for a tenth of difficulty."""
    plus = "+" if judgement.effect > 0 else ""
    return f"{plus}{number(judgement.effect * scale(judgement.claim))}"


def interval(judgement: Judgement) -> str:
    """[2.2, 24.7], in the same unit."""
    ends = (number(end * scale(judgement.claim)) for end in (judgement.low, judgement.high))
    return f"[{', '.join(ends)}]"


def surety(judgement: Judgement) -> str:
    """Q = 0.03."""
    return chance(judgement.q).replace("p ", "q ", 1)


def scale(claim: Claim) -> float:
    """What an effect is multiplied with to be shown."""
    return PER_DIFFICULTY if claim.statistic == "trend" else 1.0


def unit(claim: Claim) -> str:
    """What a hundredth of the effect is."""
    if claim.statistic == "importance":
        return "points of the variance explained"
    points = "points of percentile"
    if claim.measure == "top":
        points = "runs in a hundred that reach the best tenth"
    if claim.statistic == "trend":
        return f"{points} for each {PER_DIFFICULTY} of difficulty"
    return points


def asked(claim: Claim) -> str:
    """The statistic that decides the claim, in words."""
    what = "in the best tenth of their data set" if claim.measure == "top" else "mean percentile"
    above = "" if claim.threshold == 0 else f", more than {number(claim.threshold)}"
    if claim.statistic == "importance":
        measure = "being in the best tenth or not" if claim.measure == "top" else "the percentile"
        rest = (
            "the share that the other one does" if claim.than else "what the others do on average"
        )
        return f"Share of the variance of {measure} that it explains, minus {rest}{above}."
    share = "Share of runs" if claim.measure == "top" else "Difference in"
    text = f"{share} {what}, mean over data sets"
    if claim.statistic == "interaction":
        text = f"{text}, minus the same difference in the second group"
    if claim.statistic == "trend":
        text = f"{share} {what}, its slope over the difficulty of the data sets"
    return f"{text}{above}."


def link(claim: Claim, study: Study) -> str:
    """The page of the study that shows what the claim is about, with its state."""
    if claim.statistic == "importance":
        return "importance.html"
    first = claim.conditions["first"]
    subject = next(iter(first))
    state = {"v.parameter": subject}
    kinds = {parameter.name: parameter.kind for parameter in study.parameters}
    if kinds[subject] != "numeric" and shows_values(claim):
        state |= {
            "v.first": _one(first, subject),
            "v.second": _one(claim.conditions["second"], subject),
        }
    if claim.measure == "top":
        state["v.statistic"] = "share"
    if claim.statistic == "trend":
        state["v.panel"] = "dataset"
    within = claim.conditions.get("where", {})
    if claim.statistic == "interaction":
        state["v.panel"] = f"p.{next(iter(within))}"
        within = {}
    chosen = [
        (f"p.{name}", value)
        for name, values in within.items()
        if isinstance(values, tuple)
        for value in values
    ]
    return f"compare.html#{urlencode([*chosen, *state.items()])}"


def shows_values(claim: Claim) -> bool:
    """Whether a page can show the very values that the claim compares, and no others."""
    conditions = [claim.conditions.get(name, {}) for name in ("first", "second")]
    return all(
        len(condition) == 1
        and all(isinstance(values, tuple) and len(values) == 1 for values in condition.values())
        for condition in conditions
    )


def link_words(claim: Claim) -> str:
    """What the link of a claim leads to."""
    if claim.statistic == "importance":
        return "Importance of all hyper-parameters"
    return "Compare these values" if shows_values(claim) else "Compare all values"


def _one(condition: Condition, subject: str) -> str:
    values = condition.get(subject)
    return values[0] if isinstance(values, tuple) else ""

"""What the paper that this project follows concluded, held against a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from build_site.answers.weight import LITTLE_SHARE, avoided, dependent_pairs, share_words
from build_site.claims import wording
from build_site.claims.judgement import Judgement
from build_site.claims.ledger import Statement
from build_site.findings import Findings
from build_site.rendering import listing

Outcome = Literal["agrees", "disagrees", "not decided"]
MOST_PAIRS = 3  # that are named


@dataclass(frozen=True)
class Part:
    """What a study finds of a part of a statement; `claim` is the id of a claim, "" for pairs."""

    claim: str
    verdict: str
    finding: str


@dataclass(frozen=True)
class Compared:
    """A statement of the paper beside what a study finds; `reason` unless they agree."""

    statement: str
    source: str
    outcome: Outcome
    parts: tuple[Part, ...]
    reason: str


def compare(findings: Findings, statements: Sequence[Statement]) -> list[Compared]:
    """One for each statement that the study can test; none if it is of another kind."""
    judged = {each.claim.id: each for each in findings.judgements}
    if not any(each.claims and judged.keys() >= set(each.claims) for each in statements):
        return []
    return [
        _compared(each, judged, findings)
        for each in statements
        if judged.keys() >= set(each.claims)
    ]


def _compared(
    statement: Statement, judged: Mapping[str, Judgement], findings: Findings
) -> Compared:
    if statement.claims:
        found = [judged[name] for name in statement.claims]
        outcome = _outcome([each.verdict for each in found])
        parts = tuple(
            Part(each.claim.id, each.verdict, wording.finding(each, findings.group))
            for each in found
        )
    else:
        outcome, part = _dependence(findings)
        parts = (part,)
    return Compared(
        statement=statement.text,
        source=statement.source,
        outcome=outcome,
        parts=parts,
        reason="" if outcome == "agrees" else statement.reason,
    )


def _outcome(verdicts: Sequence[str]) -> Outcome:
    """Agreement needs all parts, disagreement one."""
    if "contradicted" in verdicts:
        return "disagrees"
    return "agrees" if set(verdicts) == {"supported"} else "not decided"


def _dependence(findings: Findings) -> tuple[Outcome, Part]:
    """Whether pairs of hyper-parameters do more than their two do one by one."""
    whole = findings.importances[0]
    pairs = dependent_pairs(findings, whole)
    without = findings.importance_without
    left = pairs if without is None else dependent_pairs(findings, without)
    if pairs:
        named = listing(f"{each.name} {share_words(each.share)}" for each in left[:MOST_PAIRS])
        such = f", such as {named}" if named else ""
        avoiding = "" if without is None else f"; without {avoided(findings)} {len(left)} do"
        said = (
            f"{len(pairs)} of {_pairs(len(whole.parameters))} pairs explain more of the variance "
            f"of the percentile than their two do one by one{avoiding}{such}"
        )
        return "agrees", Part("", "supported", said)
    size = len(whole.parameters)
    shares = [each for (j, k), each in whole.anova.pairs.items() if j < size and k < size]
    if shares and all(each.known and each.high < LITTLE_SHARE for each in shares):
        said = f"each pair surely explains less than {LITTLE_SHARE:.0%} of the variance"
        return "disagrees", Part("", "contradicted", said)
    said = "no pair is shown to do more than its two do one by one"
    return "not decided", Part("", "inconclusive", said)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2

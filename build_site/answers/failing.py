"""Which settings make runs fail, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from build_site.findings import Findings
from build_site.metrics.failures import Failures, Place, Trained
from build_site.rendering import percent

MOST_NAMED = 6


@dataclass(frozen=True)
class Said:
    """What the page says before any picture."""

    verdict: str
    summary: str
    values: tuple[str, ...]
    pairs: tuple[str, ...]
    safe: tuple[str, ...]


def said(findings: Findings, trained: Trained) -> Said:
    """In words, for all values and pairs."""
    runs = sum(each.runs for each in trained.datasets)
    diverged = sum(each.diverged for each in trained.datasets)
    guessing = sum(each.at_chance for each in trained.datasets)
    failed = diverged + guessing
    overall = failed / runs if runs else 0.0
    worse = sorted(
        (each for each in trained.values if each.evident and each.share.low > overall),
        key=lambda each: -each.share.low,
    )
    safe = sorted(
        (each for each in trained.values if each.evident and each.share.high < overall / 2),
        key=lambda each: each.share.high,
    )
    return Said(
        verdict=_verdict(findings, worse, failed),
        summary=" ".join(
            filter(
                None,
                [
                    _summary(findings, runs, diverged, guessing),
                    _hardly_learned(runs, sum(each.hardly_learned for each in trained.datasets)),
                    _without_result(findings),
                ],
            )
        ),
        values=_listed(findings, worse),
        pairs=_listed(findings, _together(trained)),
        safe=_listed(findings, safe) if failed else (),
    )


def _summary(findings: Findings, runs: int, diverged: int, guessing: int) -> str:
    failed = diverged + guessing
    sampled = "sampled " if findings.sampled else ""
    share = (
        f"Of {runs:,} {sampled}runs {failed:,} ({percent(failed / runs if runs else 0.0)}) failed"
    )
    if not findings.chance_known:
        return f"{share}, as they diverged." if failed else ""
    return f"{share}: {diverged:,} diverged, {guessing:,} ended no better than guessing."


def _hardly_learned(runs: int, count: int) -> str:
    """The runs that did not fail, and are of no use either."""
    if count == 0:
        return ""
    return (
        f"Another {count:,} ({percent(count / runs)}) hardly learned: less than a tenth of the way "
        "from guessing to the best run."
    )


def _without_result(findings: Findings) -> str:
    """The runs that were recorded as failed: nothing is known of them but their number."""
    count = findings.failed
    if count == 0:
        return ""
    rest = "it is not among these" if count == 1 else "they are not among these"
    was = "was" if count == 1 else "were"
    return f"{count:,} more {was} recorded as failed, without a result: {rest}."


def name(findings: Findings, place: Place) -> str:
    """A parameter and its value: "activation ReLU"."""
    factor = findings.factors[place[0]]
    return f"{factor.parameter.spoken} {factor.levels[place[1]].label}"


def both(findings: Findings, each: Failures) -> str:
    """One value, or two: "activation ReLU with optimizer Adam"."""
    first = name(findings, each.first)
    return first if each.first == each.second else f"{first} with {name(findings, each.second)}"


def share(each: Failures) -> str:
    """98.3 % [95.1, 99.4] (n = 175)."""
    low, high = (f"{end * 100:.1f}" for end in (each.share.low, each.share.high))
    return f"{percent(each.share.value)} [{low}, {high}] (n = {each.n:,})"


def _verdict(findings: Findings, worse: Sequence[Failures], failed: int) -> str:
    if not failed:
        which = "run with a result" if findings.failed else "run"
        return f"No {'sampled ' if findings.sampled else ''}{which} fails"
    if not worse:
        return "No value fails clearly more often than the average"
    return f"Failures are most frequent with {name(findings, worse[0].first)}"


def _together(trained: Trained) -> list[Failures]:
    """The pairs that fail more often than either of their values, beyond both intervals."""
    alone = {each.first: each.share.high for each in trained.values}
    found = [
        each
        for each in trained.pairs
        if each.evident and each.share.low > max(alone[each.first], alone[each.second])
    ]
    return sorted(found, key=lambda each: -each.share.low)


def _listed(findings: Findings, found: Sequence[Failures]) -> tuple[str, ...]:
    named = [f"{both(findings, each)}: {share(each)}" for each in found[:MOST_NAMED]]
    left = len(found) - len(named)
    return (*named, f"and {left:,} more, see below") if left else tuple(named)

"""What matters for being good, what for being among the best, and what hardly: in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from build_site.evidence.importance import Importance
from build_site.evidence.multiplicity import benjamini_hochberg
from build_site.evidence.ped_anova import TopImportance
from build_site.evidence.squared_length import SquaredLength
from build_site.findings import Findings
from build_site.rendering import listing, percent
from build_site.statistics import CHANCE

Name = TypeVar("Name")
MOST_NAMED = 3
LITTLE_SHARE = 0.02  # of the variance: a parameter that surely explains less hardly matters
LITTLE_DIVERGENCE = 0.1  # the values of the best are surely less than 1.1 times as frequent
BEST = 0.1  # the share of the runs that are the best for that
DATASET = "data set"


@dataclass(frozen=True)
class Weight:
    """One sentence with its answer in front."""

    question: str
    answer: str


@dataclass(frozen=True)
class Shared:
    """What two explain together beyond what each does by itself, as a share of the variance."""

    name: str
    share: SquaredLength


def dependent_pairs(findings: Findings, found: Importance) -> list[Shared]:
    """The pairs of hyper-parameters that surely explain something together, the greatest first."""
    size = len(found.parameters)
    among = {pair: each for pair, each in found.anova.pairs.items() if max(pair) < size}
    return _clear_pairs(among, _spoken(findings, found))


def labels(findings: Findings, found: Importance) -> tuple[str, ...]:
    """Of what `found.anova` tells apart."""
    named = tuple(findings.factors[place].parameter.label for place in found.parameters)
    return (*named, DATASET) if found.with_dataset else named


def _spoken(findings: Findings, found: Importance) -> tuple[str, ...]:
    """The same within a sentence."""
    named = tuple(findings.factors[place].parameter.spoken for place in found.parameters)
    return (*named, DATASET) if found.with_dataset else named


def avoided(findings: Findings) -> str:
    """The values with which hardly any run is among the best: "initialization constant"."""
    return listing(
        f"{findings.factors[place].parameter.spoken} {findings.factors[place].levels[level].label}"
        for place, level in findings.never_best
    )


def weights(findings: Findings, found: Importance) -> tuple[Weight, ...]:
    """For being good, for being among the best, together, and hardly.

    Of all runs also for being good without the values that hardly any of the best runs has.
    """
    names = _spoken(findings, found)
    best = told_top(found)
    told = _weights(findings, found, best, names)
    without = findings.importance_without
    if without is None or found is not findings.importances[0]:
        return told
    answer = f"{_for_good(without, names)} Hardly any run with it is among the best tenth."
    return (told[0], Weight(f"For being good without {avoided(findings)}:", answer), *told[1:])


def _weights(
    findings: Findings, found: Importance, best: TopImportance | None, names: Sequence[str]
) -> tuple[Weight, ...]:
    return (
        Weight("For being good:", _for_good(found, names)),
        Weight(_best_question(best), _for_best(findings, found, best, names)),
        Weight("Together:", _together(found, names)),
        Weight("Hardly:", _hardly(found, names)),
    )


def told_top(found: Importance) -> TopImportance | None:
    """The smallest share of the best for which something is shown to matter, or else can be."""
    known = [top for top in reversed(found.tops) if top.known]
    telling = (top for top in known if _clear(dict(enumerate(top.divergences))))
    return next(telling, known[0] if known else None)


def share_words(each: SquaredLength) -> str:
    """31.2 % [28.0, 34.5], a share of the variance."""
    ends = f"{each.low * 100:.1f}, {each.high * 100:.1f}"
    return f"{percent(each.shown)} [{ends}]"


def divergence_words(each: SquaredLength) -> str:
    """1.31 [1.02, 1.63]."""
    return f"{each.shown:.2f} [{each.low:.2f}, {each.high:.2f}]"


def whole_percent(share: float) -> str:
    """10 %."""
    return f"{share * 100:.3g}\N{NO-BREAK SPACE}%"


def _for_good(found: Importance, names: Sequence[str]) -> str:
    size = len(found.parameters)
    alone = dict(zip(names[:size], found.anova.alone[:size], strict=True))
    if not any(each.known for each in alone.values()):
        return "too few runs to tell, or all runs are alike."
    clear = _clear(alone)
    if not clear:
        return "no hyper-parameter is shown to matter by itself."
    named = [f"{name} {share_words(each)}" for name, each in clear[:MOST_NAMED]]
    return f"{listing(named)} of the variance of the percentile, each by itself."


def _best_question(best: TopImportance | None) -> str:
    if best is None:
        return "For being among the best:"
    return f"For being among the best {whole_percent(best.share)}:"


def _for_best(
    findings: Findings, found: Importance, best: TopImportance | None, names: Sequence[str]
) -> str:
    if best is None:
        return "too few runs to tell."
    divergences = dict(zip(names, best.divergences, strict=False))
    clear = _clear(divergences)
    if not clear:
        return f"no hyper-parameter is shown to matter (n = {best.runs:,})."
    named = [f"{name} {divergence_words(each)}" for name, each in clear[:MOST_NAMED]]
    fewer = best.share > min(top.share for top in found.tops)
    return (
        f"{listing(named)}. So much more frequent are the values of the best among them than among "
        f"{findings.all_runs}, on average (0 is as frequent, 1 twice; n = {best.runs:,})."
        f"{' For fewer the runs are too few to tell.' if fewer else ''}"
    )


def _together(found: Importance, names: Sequence[str]) -> str:
    clear = _clear_pairs(found.anova.pairs, names)
    if not clear:
        return "no pair is shown to do more than its two do one by one."
    named = [f"{each.name} {share_words(each.share)}" for each in clear[:MOST_NAMED]]
    return f"{listing(named)} beyond what each does by itself."


def _clear_pairs(
    pairs: Mapping[tuple[int, int], SquaredLength], names: Sequence[str]
) -> list[Shared]:
    """Those beyond chance, the greatest first."""
    named = {
        f"{names[j]} \N{MULTIPLICATION SIGN} {names[k]}": each for (j, k), each in pairs.items()
    }
    return [Shared(name, each) for name, each in _clear(named)]


def _hardly(found: Importance, names: Sequence[str]) -> str:
    little = [names[place] for place in range(len(found.parameters)) if _is_little(found, place)]
    if not little:
        return "none is shown to be negligible."
    return (
        f"{listing(little)}: surely less than {whole_percent(LITTLE_SHARE)} of the variance, alone "
        "or in any pair, and of no weight among the best."
    )


def _is_little(found: Importance, place: int) -> bool:
    (best,) = (top for top in found.tops if top.share == BEST)
    shares = [
        found.anova.alone[place],
        *(each for pair, each in found.anova.pairs.items() if place in pair),
    ]
    small = all(each.known and each.high < LITTLE_SHARE for each in shares)
    return small and best.divergences[place].high < LITTLE_DIVERGENCE


def _clear(found: dict[Name, SquaredLength]) -> list[tuple[Name, SquaredLength]]:
    """Those beyond chance, the greatest first (several looked at: Benjamini & Hochberg 1995)."""
    known = [(name, each) for name, each in found.items() if each.known]
    adjusted = benjamini_hochberg(np.array([each.chance for _, each in known]))
    surely = [pair for pair, q in zip(known, adjusted, strict=True) if q <= CHANCE]
    return sorted(surely, key=lambda pair: -pair[1].value)

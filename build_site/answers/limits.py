"""What keeps the answers of a study from being general, in words."""

from build_site.answers.words import number
from build_site.evidence.comparison import fixed_parameters
from build_site.evidence.numbering import distinct
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics.effects import training_length
from build_site.rendering import counted, listing


def limits(findings: Findings) -> tuple[str, ...]:
    """A sentence for each limit; the most general first."""
    sentences = [_scope(findings), _tried(findings), _length(findings), _seeds(findings)]
    return tuple(sentence for sentence in [*sentences, _blocks(findings)] if sentence)


def _scope(findings: Findings) -> str:
    named = listing(each.label for each in findings.datasets)
    datasets = counted(len(findings.datasets), "data set") + (f" ({named})" if named else "")
    return (
        f"It has {counted(findings.runs, 'run')} on {datasets}. On others, and for anything unlike "
        "what was run here, what it finds need not hold."
    )


def _tried(findings: Findings) -> str:
    if not findings.factors:
        return ""
    tried = "; ".join(_values(factor) for factor in findings.factors)
    return f"Nothing is known of values that were not tried. These were: {tried}."


def _values(factor: Factor) -> str:
    levels = [level.label for level in factor.levels if not level.missing]
    if factor.parameter.kind == "numeric" and len(levels) > 1 and " to " in levels[0]:
        low, high = levels[0].split(" to ")[0], levels[-1].split(" to ")[1]
        return f"{factor.parameter.label} from {low} to {high}"
    return f"{factor.parameter.label}: {', '.join(levels)}"


def _length(findings: Findings) -> str:
    length = training_length(findings.study)
    if length.least is None:
        return "How many epochs its runs trained for is not recorded."
    span = (
        f"{length.least:,}"
        if length.least == length.most
        else f"{length.least:,} to {length.most:,}"
    )
    return (
        f"Its runs trained for {span} epochs. What learns slowly, as with a small learning rate or "
        "augmented images, might catch up later."
    )


def _seeds(findings: Findings) -> str:
    noise = findings.noise
    if noise.deviation is None:
        return (
            "No configuration was repeated with another seed, so that luck cannot be told from "
            "what hyper-parameters do together."
        )
    return (
        f"{counted(noise.configurations, 'configuration')} had other seeds too: the standard "
        f"deviation between such runs is {number(noise.deviation)} points of percentile."
    )


def fixed_by_blocks(findings: Findings) -> list[str]:
    """The hyper-parameters that are the same for all runs of a block, where others are not."""
    outcomes = findings.outcomes
    blocks = len(distinct(outcomes.block))
    if blocks == outcomes.runs or blocks < 2:
        return []
    fixed = fixed_parameters(outcomes)
    if len(fixed) == len(outcomes.factors):
        return []
    return [outcomes.factors[place].parameter.label for place in fixed]


def _blocks(findings: Findings) -> str:
    """Which hyper-parameters are the same within each block."""
    fixed = fixed_by_blocks(findings)
    if not fixed:
        return ""
    blocks = len(distinct(findings.outcomes.block))
    are, do = ("is", "it does") if len(fixed) == 1 else ("are", "they do")
    return (
        f"{listing(fixed)} {are} the same for all runs of a block, so what {do} rests on "
        f"{blocks:,} blocks, not on the number of runs."
    )

"""What an answer rests on, and what could turn it, in words."""

from build_site.answers.subject import Answer
from build_site.answers.words import number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise, TrainingLength
from build_site.rendering import counted


def what_would_change(
    findings: Findings, answer: Answer, noise: SeedNoise, length: TrainingLength
) -> list[str]:
    """What the answer rests on, and what could turn it."""
    sentences = []
    reach = (answer.effect.high - answer.effect.low) / 2
    if reach > 0:
        sentences.append(
            f"More runs: {counted(findings.shown, 'run')} leave the difference {answer.effect_of}, "
            f"over all of them, uncertain by \N{PLUS-MINUS SIGN}{number(reach)} points; four times "
            "as many would leave about half of that."
        )
    return [*sentences, _epochs(length), _seeds(findings, noise, answer)]


def _epochs(length: TrainingLength) -> str:
    if length.least is None:
        return "Longer training: the study does not record how many epochs its runs trained for."
    span = (
        counted(length.least, "epoch")
        if length.least == length.most
        else f"{length.least:,} to {length.most:,} epochs"
    )
    return f"Longer training: runs trained for {span}; values that learn slowly may catch up later."


def _seeds(findings: Findings, noise: SeedNoise, answer: Answer) -> str:
    if noise.deviation is None:
        return (
            "Seeds: no configuration was repeated with another seed, so how much of a difference "
            "between two single runs is luck is not known."
        )
    repeated = (
        f"{counted(noise.configurations, 'configuration')} repeated with other seeds "
        f"({counted(noise.runs, 'run')})"
    )
    sentence = "Seeds: the standard deviation between runs that differ in their seed alone is "
    sentence += f"{number(noise.deviation)} points, from {repeated}."
    if answer.effect.n and noise.deviation > 0:
        share = abs(answer.effect.value) / noise.deviation
        sentence += (
            f" The difference {answer.effect_of} over {findings.all_runs} is {share:.1f} times "
            "that."
        )
    return sentence

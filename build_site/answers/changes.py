"""What an answer rests on, and what could turn it, in words."""

from build_site.answers.subject import Answer
from build_site.answers.training import span
from build_site.answers.words import number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise
from build_site.rendering import counted


def what_would_change(findings: Findings, answer: Answer, noise: SeedNoise) -> list[str]:
    """What the answer rests on, and what could turn it."""
    sentences = []
    reach = (answer.effect.high - answer.effect.low) / 2
    if reach > 0:
        sentences.append(
            f"More runs: {counted(findings.shown, 'run')} leave the difference {answer.effect_of}, "
            f"over all of them, uncertain by \N{PLUS-MINUS SIGN}{number(reach)} points; four times "
            "as many would leave about half of that."
        )
    return [*sentences, _training(findings), _seeds(findings, noise, answer)]


def _training(findings: Findings) -> str:
    length = span(findings)
    if not length:
        return "Longer training: the study does not record how many epochs its runs trained for."
    more = " or more images" if "image" in length else ""
    return (
        f"Longer training{more}: runs trained {length}; values that learn slowly may catch up "
        "later."
    )


def _seeds(findings: Findings, noise: SeedNoise, answer: Answer) -> str:
    about = "Seeds" if findings.seeded else "Repetition"
    if noise.deviation is None:
        another = " with another seed" if findings.seeded else ""
        return (
            f"{about}: no configuration was repeated{another}, so how much of a difference "
            "between two single runs is luck is not known."
        )
    repeated = (
        f"{counted(noise.configurations, 'configuration')} repeated"
        f"{' with other seeds' if findings.seeded else ''} ({counted(noise.runs, 'run')})"
    )
    alike = "that differ in their seed alone" if findings.seeded else "of one configuration"
    sentence = f"{about}: the standard deviation between runs {alike} is "
    sentence += f"{number(noise.deviation)} points, from {repeated}."
    if answer.effect.n and noise.deviation > 0:
        share = abs(answer.effect.value) / noise.deviation
        sentence += (
            f" The difference {answer.effect_of} over {findings.all_runs} is {share:.1f} times "
            "that."
        )
    return sentence

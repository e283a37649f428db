"""How long the runs of a study trained, and with how many images, in words."""

from build_site.findings import Findings
from build_site.metrics.effects import training_length
from build_site.metrics.throughput import ordered
from build_site.rendering import counted


def training(findings: Findings) -> str:
    """How the runs were trained, and how many are still to come, as sentences; "" if unknown."""
    length = span(findings)
    sentences = [f"Each trained {length}."] if length else []
    planned = ordered(findings.study).trainings
    if planned is not None and findings.runs < planned:
        sentences.append(f"They are the first of {planned:,} that are planned.")
    return " ".join(sentences)


def span(findings: Findings) -> str:
    """Such as: for 10 epochs on 10,000 images. Nothing where epochs are not recorded."""
    length = training_length(findings.study)
    if length.least is None or length.most is None:
        return ""
    epochs = _between(length.least, length.most, "epoch")
    images = ordered(findings.study).images
    known = [images[each.name] for each in findings.datasets if each.name in images]
    if not known or len(known) < len(findings.datasets):
        return f"for {epochs}"
    return f"for {epochs} on {_between(min(known), max(known), 'image')}"


def _between(least: int, most: int, what: str) -> str:
    return counted(least, what) if least == most else f"{least:,} to {most:,} {what}s"

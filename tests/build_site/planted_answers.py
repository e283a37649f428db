"""Studies with a planted effect, and the answers to what may be asked of them, as plain text."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grids import write_grid

from build_site.answers.subject import Answer, Subject
from build_site.findings import Findings
from build_site.study import open_study

Effect = Callable[[dict[str, str]], float]
PARAMETERS = {
    "augmentation": ["off", "on"],
    "optimizer": ["adam", "rmsprop", "sgd"],
    "batch_size": ["32", "256"],
}


def planted(path: Path, effect: Effect, *, count: int = 12, noise: float = 0.05) -> Findings:
    """A study with `count` runs of each configuration on each data set."""
    generator = random.Random(11)  # noqa: S311 - no secret
    rows: list[dict[str, Any]] = []
    for dataset in ("easy", "hard"):
        for augmentation in PARAMETERS["augmentation"]:
            for optimizer in PARAMETERS["optimizer"]:
                for batch_size in PARAMETERS["batch_size"]:
                    row = {
                        "dataset": dataset,
                        "augmentation": augmentation,
                        "optimizer": optimizer,
                        "batch_size": batch_size,
                    }
                    base = (0.5 if dataset == "easy" else 0.3) + effect(row)
                    rows += [
                        {**row, "accuracy": base + generator.gauss(0, noise)} for _ in range(count)
                    ]
    return Findings(open_study(write_grid(path, PARAMETERS, rows)))


def subject(findings: Findings, name: str) -> Subject:
    return Subject(findings, next(f for f in findings.factors if f.parameter.name == name))


def text(answer: Answer) -> str:
    return " ".join([f"{answer.verdict}.", *answer.sentences])


def is_on(row: dict[str, str]) -> bool:
    return row["augmentation"] == "on"

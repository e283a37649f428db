"""A study like those of tuners: a hyper-parameter exists only with one value of another."""

import random
from pathlib import Path

from wide_studies import write_wide_study

RUNS = 400


def write_conditional_study(folder: Path) -> Path:
    """Adam is the best and has no momentum; the higher momentum helps SGD, a small batch both."""
    generator = random.Random(3)  # noqa: S311 - no secret
    optimizer = [generator.choice(["adam", "sgd"]) for _ in range(RUNS)]
    momentum = [None if name == "adam" else generator.choice(["0.5", "0.9"]) for name in optimizer]
    batch_size = [generator.choice(["32", "256"]) for _ in range(RUNS)]
    gain = {"adam": 0.3, "0.9": 0.2, "0.5": 0.0, "32": 0.05, "256": 0.0}
    accuracy = [
        0.5 + gain[extra or name] + gain[size] + generator.gauss(0, 0.02)
        for name, extra, size in zip(optimizer, momentum, batch_size, strict=True)
    ]
    return write_wide_study(
        folder / "conditional.duckdb",
        {"optimizer": optimizer, "momentum": momentum, "batch_size": batch_size},
        accuracy,
        configurations=[f"c{number}" for number in range(RUNS)],
    )

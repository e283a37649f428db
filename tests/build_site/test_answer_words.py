"""What answers say beside their verdict, in correct English whatever the numbers are."""

import json
from math import nan
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from grids import write_grid
from planted_answers import planted

from build_site.answers.changes import what_would_change
from build_site.answers.importance import taken_alone
from build_site.answers.subject import Answer
from build_site.answers.training import span, training
from build_site.answers.words import number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise, seed_noise
from build_site.statistics import Estimate
from build_site.study import open_study


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        ({"A": 0.01, "B": 0.02}, "They differ beyond chance on each of the 2 data sets"),
        ({"A": 0.01, "B": 0.5}, "they differ beyond chance on A, and not on B."),
        ({"A": 0.01, "B": nan}, "they differ beyond chance on A; B has too few runs to tell."),
        ({"A": 0.01, "B": 0.5, "C": nan, "D": nan}, "not on B; C and D have too few runs to tell."),
        ({"A": 0.5, "B": nan}, "do not differ beyond chance on A; B has too few runs to tell."),
        ({"A": 0.5, "B": 0.6}, "On no data set, taken alone, do they differ beyond chance."),
        ({"A": nan, "B": nan}, "No data set, taken alone, has runs enough to tell."),
    ],
)
def test_what_cannot_be_tested_is_not_called_absent(chances: dict[str, float], said: str) -> None:
    assert said in taken_alone(chances, "differ")


def test_seed_noise_is_the_pooled_deviation_of_repeated_configurations(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "optimizer": "adam", "config": config, "seed": seed, "accuracy": value}
        for config, values in (("a", [0.1, 0.5]), ("b", [0.2, 0.3, 0.9]), ("c", [0.6]))
        for seed, value in enumerate(values)
    ]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": ["adam", "sgd"]}, rows)
    found = seed_noise(open_study_scored(path))
    first, second = np.array([0, 3]) / 5, np.array([1, 2, 5]) / 5  # percentiles
    pooled = (first.var(ddof=1) + 2 * second.var(ddof=1)) / 3
    assert (found.configurations, found.runs) == (2, 5)
    assert found.deviation == pytest.approx(pooled**0.5, rel=1e-6)


def open_study_scored(path: Path) -> Any:  # noqa: ANN401 - a study with table scored
    return Findings(open_study(path)).study


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        (SeedNoise(1, 2, 0.05), "1 configuration repeated with other seeds"),
        (SeedNoise(7, 14, 0.05), "on - off over all runs is 2.0 times that."),
        (SeedNoise(0, 0, None), "no configuration was repeated"),
    ],
)
def test_what_would_change_the_answer(tmp_path: Path, noise: SeedNoise, said: str) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda _: 0.0, count=1)
    effect = Estimate(24, 0.1, 0.05, 0.15)
    answer = Answer("", (), (), effect, None, "on - off")
    sentences = what_would_change(findings, answer, noise)
    assert any(said in sentence for sentence in sentences)
    assert "24 runs leave the difference on - off" in sentences[0]
    assert "uncertain by \N{PLUS-MINUS SIGN}5.0 points" in sentences[0]
    assert sentences[1].startswith("Longer training: runs trained for 3 epochs; values that")


@pytest.mark.parametrize(
    ("epochs", "recorded", "said"),
    [
        ((None, None), [], ""),
        ((1, 1), [], "for 1 epoch"),
        ((2, 9), [], "for 2 to 9 epochs"),
        ((5, 5), [{"easy": 1000, "hard": 1000}], "for 5 epochs on 1,000 images"),
        ((5, 5), [{"easy": 900, "hard": 1000}], "for 5 epochs on 900 to 1,000 images"),
        ((5, 5), [{"easy": 900}], "for 5 epochs"),
        ((5, 5), [{"easy": 900, "hard": 9}, {"easy": 800, "hard": 9}], "for 5 epochs"),
    ],
)
def test_how_long_runs_trained_in_words(
    tmp_path: Path,
    epochs: tuple[int | None, int | None],
    recorded: list[dict[str, int]],
    said: str,
) -> None:
    study = write_grid(
        tmp_path / "s.duckdb",
        {"optimizer": ["adam"]},
        [
            {"dataset": dataset, "accuracy": 0.5, "optimizer": "adam", "epochs": each}
            for dataset, each in zip(("easy", "hard"), epochs, strict=True)
        ],
    )
    sweeps = [{"train_sizes": sizes, "trainings": 40} for sizes in recorded]
    with duckdb.connect(str(study)) as database:
        database.execute("UPDATE study SET provenance = ?", [json.dumps(sweeps)])
    findings = Findings(open_study(study))
    assert span(findings) == said
    planned = " They are the first of 40 that are planned." if recorded else ""
    assert training(findings) == (f"Each trained {said}.{planned}" if said else "")


def test_numbers_in_words() -> None:
    assert [number(n) for n in (0.1234, -0.1234, -0.0004, 0.0002, -0.00001)] == [
        "12.3",
        "\N{MINUS SIGN}12.3",
        "\N{MINUS SIGN}0.04",
        "0.02",
        "0.0",
    ]

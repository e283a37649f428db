"""Answers are decided by the runs: what was planted is found, and nothing else."""

import random
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from grids import write_grid
from planted_answers import is_on, planted, subject, text

from build_site.answers.benefit import benefit
from build_site.answers.dependence import dependence
from build_site.answers.importance import importance
from build_site.findings import Findings
from build_site.study import open_study


def test_opposite_effects_give_opposite_answers(tmp_path: Path) -> None:
    good = planted(tmp_path / "good.duckdb", lambda row: 0.1 * is_on(row))
    bad = planted(tmp_path / "bad.duckdb", lambda row: -0.1 * is_on(row))
    helps, hurts = (text(benefit(subject(each, "augmentation"))) for each in (good, bad))
    assert helps.startswith("Augmentation helps on average. Over all runs it helps: with on ")
    assert "the mean percentile rises by " in helps
    assert "It helps on Easy (+" in helps
    assert hurts.startswith("Augmentation hurts on average. Over all runs it hurts: with on ")
    assert "the mean percentile falls by " in hurts
    assert re.search(r"It hurts on Easy \(\N{MINUS SIGN}[\d.]+ \[", hurts)
    assert " and Hard (" in hurts
    assert "(n = 144 and 144)" in hurts


def test_effect_that_is_not_there_is_inconclusive(tmp_path: Path) -> None:
    found = text(benefit(subject(planted(tmp_path / "s.duckdb", lambda _: 0.0), "augmentation")))
    assert found.startswith("Whether augmentation helps is open. Over all runs it is inconclusive:")
    assert "That the effect differs between data sets is not shown (p = " in found
    assert "That it depends on another hyper-parameter is not shown; closest to it is " in found


def test_effect_of_one_data_set_only(tmp_path: Path) -> None:
    found = text(
        benefit(
            subject(
                planted(
                    tmp_path / "s.duckdb",
                    lambda row: 0.1 * is_on(row) * (1 if row["dataset"] == "hard" else -1),
                ),
                "augmentation",
            )
        )
    )
    assert re.search(r"It helps on Hard \(.*\); it hurts on Easy \(", found)
    assert "The effect differs between data sets beyond chance (p < 0.001)." in found


def test_effect_that_depends_on_another_parameter(tmp_path: Path) -> None:
    findings = planted(
        tmp_path / "s.duckdb",
        lambda row: 0.1 * is_on(row) * (1 if row["batch_size"] == "32" else -1),
    )
    found = text(benefit(subject(findings, "augmentation")))
    assert "It depends most on batch size, beyond chance (p < 0.001, the smallest of 2" in found
    assert re.search(r"By batch size: it helps at 32 \(.*\); it hurts at 256 \(", found)


def test_numbers_of_the_answer_are_those_of_scipy(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.05 * is_on(row))
    values = [
        np.array(
            findings.study.database.execute(
                "SELECT percentile FROM scored JOIN run USING (run_id) WHERE augmentation = ?",
                [value],
            ).fetchnumpy()["percentile"],
            dtype=np.float64,
        )
        for value in ("on", "off")
    ]
    effect = benefit(subject(findings, "augmentation")).effect
    assert effect.value == pytest.approx(values[0].mean() - values[1].mean(), abs=1e-12)
    # Each run is a block of its own here, so that Welch's interval is close.
    welch = scipy.stats.ttest_ind(*values, equal_var=False).confidence_interval()
    assert effect.low == pytest.approx(welch.low, abs=0.02)
    assert effect.high == pytest.approx(welch.high, abs=0.02)


def test_the_answer_has_the_interval_and_the_verdict_of_effects(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.05 * is_on(row))
    asked = subject(findings, "augmentation")
    first, second = asked.against_default
    overall, *each = benefit(asked).contrasts
    effects = [
        findings.effects.at(asked.place, first, second, place)
        for place in (None, *range(len(findings.datasets)))
    ]
    for shown, effect in zip([overall, *each], effects, strict=True):
        assert effect is not None
        assert (shown.difference, shown.verdict) == (effect.difference, effect.verdict)


def test_optimizer_that_matters_and_one_that_does_not(tmp_path: Path) -> None:
    matters = planted(tmp_path / "a.duckdb", lambda row: 0.1 * (row["optimizer"] == "sgd"))
    found = text(importance(subject(matters, "optimizer")))
    assert found.startswith(
        "Optimizer matters. Over all runs the values of optimizer differ beyond chance "
        "(p < 0.001, 3 values). sgd has a mean percentile of "
    )
    assert "They differ beyond chance on each of the 2 data sets taken alone." in found
    same = planted(tmp_path / "b.duckdb", lambda _: 0.0)
    found = text(importance(subject(same, "optimizer")))
    assert found.startswith("Optimizer is not shown to matter. Over all runs the values of ")
    assert "On no data set, taken alone, do they differ beyond chance." in found


def test_interaction_that_is_there_and_one_that_is_not(tmp_path: Path) -> None:
    def crossed(row: dict[str, str]) -> float:
        better = "adam" if row["batch_size"] == "32" else "sgd"
        return 0.1 * (row["optimizer"] == better)

    crossing = planted(tmp_path / "a.duckdb", crossed)
    found = text(dependence(subject(crossing, "optimizer"), subject(crossing, "batch_size")))
    assert found.startswith(
        "Optimizer and batch size interact. How far the values of optimizer lie apart changes with "
        "batch size, beyond chance (p < 0.001). The highest mean, by batch size: adam at 32; "
        "sgd at 256; everywhere it is clearly ahead of all others."
    )
    assert "They interact beyond chance on each of the 2 data sets taken alone." in found
    parallel = planted(tmp_path / "b.duckdb", lambda row: 0.1 * (row["optimizer"] == "adam"))
    found = text(dependence(subject(parallel, "optimizer"), subject(parallel, "batch_size")))
    assert found.startswith(
        "Optimizer and batch size are not shown to interact. The differences between values of "
        "optimizer are compatible with being the same at every value of batch size (p = "
    )
    assert "The highest mean, by batch size: adam at 32 and 256; everywhere it is" in found


def test_what_another_hyper_parameter_ruins_does_not_hide_an_interaction(tmp_path: Path) -> None:
    def crossed(row: dict[str, str]) -> float:
        better = "adam" if row["batch_size"] == "32" else "sgd"
        return 0.04 * (row["optimizer"] == better) - 0.3 * is_on(row)

    findings = planted(tmp_path / "s.duckdb", crossed, count=6, noise=0.02)
    found = text(dependence(subject(findings, "optimizer"), subject(findings, "batch_size")))
    assert found.startswith("Optimizer and batch size interact.")
    page = findings.importances[0].together(1, 2)  # what Importance says
    assert page.low > 0


def test_best_and_worst_of_many_are_no_evidence(tmp_path: Path) -> None:
    generator = random.Random(1)  # noqa: S311 - no secret
    values = [f"v{n}" for n in range(40)]
    rows = [
        {"dataset": "easy", "optimizer": value, "accuracy": generator.random()}
        for value in values
        for _ in range(12)
    ]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": values}, rows)
    found = text(importance(subject(Findings(open_study(path)), "optimizer")))
    assert found.startswith("Optimizer is not shown to matter.")
    assert "apart, no more than the best and the worst of 40 may be by chance." in found


def test_few_runs_give_no_verdict(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "augmentation": value, "optimizer": value, "accuracy": accuracy}
        for value, accuracy in (("on", 0.9), ("off", 0.1), ("on", 0.8), ("off", 0.2))
    ]
    parameters = {"augmentation": ["off", "on"], "optimizer": ["off", "on"]}
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", parameters, rows)))
    found = text(benefit(subject(findings, "augmentation")))
    assert "There are too few runs to tell what augmentation does (n = 2 and 2)." in found
    found = text(importance(subject(findings, "optimizer")))
    assert found.startswith("Too few runs to judge optimizer. There are too few runs, or they ")

"""Answers to the questions: decided by the runs, in correct English whatever they are."""

import json
import random
import re
from collections.abc import Callable, Iterable
from html import unescape
from math import nan
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import scipy.stats
from grids import write_grid

from build_site.answers.benefit import benefit
from build_site.answers.changes import what_would_change
from build_site.answers.dependence import dependence
from build_site.answers.importance import importance, taken_alone
from build_site.answers.subject import Answer, Subject
from build_site.answers.training import span, training
from build_site.answers.words import number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise, seed_noise
from build_site.statistics import Estimate
from build_site.study import open_study
from build_site.views import Page, questions
from build_site.views.question_picture import picture

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


@pytest.mark.parametrize(("effect", "explained"), [(0.0, False), (0.005, True), (0.2, False)])
def test_interval_beside_zero_without_a_verdict_is_explained(
    tmp_path: Path, effect: float, *, explained: bool
) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: effect * is_on(row))
    page = next(page for page in questions.pages(findings) if page.slug.endswith("augmentation"))
    assert ("the verdict allows for all the differences" in page.markdown) is explained


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


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_no_answer_has_a_gap_in_it(tmp_path: Path, count: int) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.1 * is_on(row), count=count)
    for page in questions.pages(findings):
        assert not re.search(r"\bnan\b|\bNone\b|  |\( |\(\)|,\.|\.\.|; it \.", visible(page)), page


def visible(page: Page) -> str:
    """The paragraphs and cells of a page, without its plots and templates' layout."""
    texts = re.findall(r"<(?:p|td|li)[^>]*>(.*?)</(?:p|td|li)>", page.markdown)
    return "\n".join(unescape(re.sub(r"<[^>]+>", "", each)) for each in texts)


def slugs(pages: Iterable[Page]) -> list[str]:
    return [page.slug for page in pages]


def test_questions_are_those_of_the_studys_parameters(tmp_path: Path) -> None:
    every = planted(tmp_path / "s.duckdb", lambda _: 0.0)
    assert slugs(questions.pages(every)) == [
        "questions/index",
        "questions/augmentation",
        "questions/optimizer",
        "questions/optimizer-batch-size",
    ]
    one = [{"dataset": "easy", "optimizer": "adam", "accuracy": n / 10} for n in range(9)]
    path = write_grid(tmp_path / "one.duckdb", {"optimizer": ["adam", "sgd"]}, one)
    assert questions.pages(Findings(open_study(path))) == ()


def test_index_gives_every_verdict(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.1 * is_on(row))
    index, *pages = questions.pages(findings)
    for page in pages:
        verdict = re.search(r"<strong>([^<]+)</strong>", page.markdown)
        assert verdict is not None
        assert verdict[1] in index.markdown
        assert f'href="{page.slug.removeprefix("questions/")}.html"' in index.markdown


def test_texts_from_data_are_escaped(tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    rows = [
        {"dataset": "easy", "optimizer": value, "accuracy": n / 50 + shift}
        for value, shift in (("adam", 0.0), (attack, 0.5))
        for n in range(20)
    ]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": ["adam", attack]}, rows)
    for page in questions.pages(Findings(open_study(path))):
        assert "<img" not in page.markdown
        assert "&lt;img" in page.markdown


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


def test_labels_in_a_picture_are_not_taken_for_tex(tmp_path: Path) -> None:
    tex = "$$x$$"
    rows = [
        {"dataset": "easy", "optimizer": value, "batch_size": size, "accuracy": n / 50 + shift}
        for value, shift in (("adam", 0.0), (tex, 0.5))
        for size in ("32", r"\(y\)")
        for n in range(20)
    ]
    parameters = {"optimizer": ["adam", tex, "sgd"], "batch_size": ["32", r"\(y\)"]}
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", parameters, rows)))
    answer = dependence(subject(findings, "optimizer"), subject(findings, "batch_size"))
    plot = picture(answer.contrasts, tex)
    drawn = [plot.yaxis.axis_label, *plot.yaxis.major_label_overrides.values()]
    assert [text.replace("\N{WORD JOINER}", "") for text in drawn] == [tex, "32", r"\(y\)"]
    assert not any("$$" in text or r"\(" in text for text in drawn)


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

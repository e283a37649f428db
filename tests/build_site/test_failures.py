"""Failures: what counts as one, and what the page says of them."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
import scipy.stats
from grids import write_grid
from studies import Run

from build_site.answers.failing import said
from build_site.findings import Findings
from build_site.metrics.failures import Failures, Trained, failures
from build_site.study import open_study
from build_site.views import failures as view
from build_site.views import home

WriteStudy = Callable[..., Path]
PARAMETERS = {"activation": ["relu", "tanh"], "initialization": ["good", "bad"]}


def trained(path: Path) -> tuple[Findings, Trained]:
    findings = Findings(open_study(path))
    return findings, failures(findings.study, is_share=findings.is_share)


def rows_of(share: dict[tuple[str, str], float], count: int = 40) -> list[dict[str, object]]:
    """So many runs of each combination, of which that share ends at chance."""
    return [
        {
            "dataset": "easy",
            "activation": activation,
            "initialization": initialization,
            "accuracy": 0.1 if number < round(failing * count) else 0.5 + number / 100,
        }
        for (activation, initialization), failing in share.items()
        for number in range(count)
    ]


def test_guessing_is_what_one_guesser_in_a_thousand_exceeds(write_study: WriteStudy) -> None:
    """Chance is 0.1 and there are 100 test images: up to 0.1 + 3.09 · 0.03 = 0.1927."""
    assert scipy.stats.norm.ppf(0.999) * np.sqrt(0.1 * 0.9 / 100) == pytest.approx(0.0927, abs=1e-4)
    runs = [Run(accuracy=a) for a in (0.05, 0.1, 0.192, 0.194, 0.9)]
    _, found = trained(write_study(*runs, Run(status="diverged", accuracy=None)))
    (easy,) = found.datasets
    assert (easy.runs, easy.diverged, easy.at_chance, easy.failed) == (6, 1, 3, 4)


def test_loss_fails_near_that_of_guessing(write_study: WriteStudy) -> None:
    """Guessing costs 2.3, the best run 0.3: within 2 % of the way are 2.26 and above."""
    runs = [Run(accuracy=a) for a in (0.3, 1.0, 2.2, 2.27, 2.3, 9.0)]
    _, found = trained(write_study(*runs, direction="minimize", chances={"easy": 2.3}))
    assert found.datasets[0].at_chance == 3


def test_without_a_chance_level_only_divergence_is_a_failure(write_study: WriteStudy) -> None:
    runs = [Run(accuracy=0.0), Run(accuracy=0.5), Run(status="diverged", accuracy=None)]
    _, found = trained(write_study(*runs, chances={"easy": None}))
    assert (found.datasets[0].diverged, found.datasets[0].at_chance) == (1, 0)


def test_counts_and_intervals_are_those_of_brute_force(tmp_path: Path) -> None:
    rows = rows_of({("relu", "good"): 0.1, ("relu", "bad"): 0.3, ("tanh", "bad"): 0.8})
    findings, found = trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows))
    outcomes = findings.outcomes
    accuracy = outcomes.raw
    assert len(found.values) == 4
    assert len(found.pairs) == 3  # tanh never meets good
    for each in (*found.values, *found.pairs):
        have = np.ones(outcomes.runs, np.bool_)
        for parameter, level in (each.first, each.second):
            have &= outcomes.levels[:, parameter] == level
        failed = have & (accuracy < 0.45)  # 9 test images: guessing goes that far
        assert (each.n, each.failed) == (have.sum(), failed.sum())
        wilson = scipy.stats.binomtest(int(failed.sum()), int(have.sum())).proportion_ci(
            method="wilson"
        )
        assert (each.share.low, each.share.high) == pytest.approx((wilson.low, wilson.high))
        assert each.rest.value == pytest.approx(outcomes.percentile[have & ~failed].mean())


def test_words_name_what_fails_and_what_does_not(tmp_path: Path) -> None:
    share = {
        ("relu", "good"): 0.0,
        ("tanh", "good"): 0.0,
        ("relu", "bad"): 0.2,
        ("tanh", "bad"): 0.9,
    }
    words = said(*trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows_of(share, 100))))
    assert words.verdict == "Failures are most frequent with initialization bad"
    assert words.summary == (
        "Of 400 runs 110 (27.5\N{NO-BREAK SPACE}%) failed: 0 diverged, 110 ended no better "
        "than guessing."
    )
    assert words.values[0].startswith("initialization bad: 55.0\N{NO-BREAK SPACE}% [")
    assert words.pairs[0].startswith("initialization bad with activation tanh: 90.0")
    assert words.safe[0].startswith("initialization good: 0.0")


def test_where_no_run_fails_it_is_said(tmp_path: Path) -> None:
    rows = rows_of({("relu", "good"): 0.0, ("tanh", "bad"): 0.0})
    words = said(*trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows)))
    assert words.verdict == "No run fails"
    assert (words.values, words.pairs, words.safe) == ((), (), ())


@pytest.mark.parametrize(
    ("failed", "end"),
    [
        (1, "1 more was recorded as failed, without a result: it is not among these."),
        (3, "3 more were recorded as failed, without a result: they are not among these."),
    ],
)
def test_runs_without_a_result_are_mentioned(failed: int, end: str, tmp_path: Path) -> None:
    crashed = {"dataset": "easy", "status": "failed", "accuracy": None, "activation": "relu"}
    for share, verdict in ((0.0, "No run with a result fails"), (1.0, "No value fails clearly")):
        rows = [*rows_of({("relu", "good"): share}), *[crashed] * failed]
        findings, found = trained(write_grid(tmp_path / f"{share}.duckdb", PARAMETERS, rows))
        words = said(findings, found)
        assert words.verdict.startswith(verdict)
        assert words.summary.endswith(end)


def test_few_runs_are_no_evidence(tmp_path: Path) -> None:
    rows = rows_of({("relu", "good"): 0.0}) + rows_of({("tanh", "bad"): 1.0}, 4)
    findings, found = trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows))
    assert said(findings, found).values == ()
    unsure: list[Failures] = [each for each in found.pairs if not each.evident]
    assert [each.n for each in unsure] == [4]


def test_maps_have_room_for_the_commonest_values(tmp_path: Path) -> None:
    values = [f"v{n:02}" for n in range(40)]
    rows = [
        {"dataset": "easy", "many": value, "accuracy": 0.9}
        for n, value in enumerate(values)
        for _ in range(n + 1)
    ]
    findings, found = trained(write_grid(tmp_path / "s.duckdb", {"many": values}, rows))
    assert view.drawn(found) == [(0, n) for n in range(40 - view.MOST_VALUES, 40)]
    (page,) = view.pages(findings)
    assert "The maps show at most 8 values" in page.markdown


def test_study_without_runs_has_no_page(write_study: WriteStudy) -> None:
    run = Run(status="failed", accuracy=None)
    assert view.pages(Findings(open_study(write_study(run)))) == ()


def test_runs_that_hardly_learned_are_counted_beside_those_that_failed(tmp_path: Path) -> None:
    """The best reaches 0.9, guessing 0.1: less than 0.18 is less than a tenth of the way."""
    rows = [
        {"dataset": "easy", "activation": "relu", "initialization": "good", "accuracy": accuracy}
        for accuracy in (0.05, 0.1, 0.15, 0.17, 0.5, 0.9)
    ]
    study = write_grid(tmp_path / "s.duckdb", PARAMETERS, rows, datasets=("easy",))
    with duckdb.connect(str(study)) as database:
        database.execute("UPDATE dataset SET test_size = 100000")
    findings, found = trained(study)
    (easy,) = found.datasets
    assert (easy.failed, easy.hardly_learned) == (2, 2)
    assert "Another 2 (33.3\N{NO-BREAK SPACE}%) hardly learned: less than a tenth of the way" in (
        said(findings, found).summary
    )


def test_a_mean_percentile_ends_where_percentiles_do(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "activation": each, "initialization": "good", "accuracy": accuracy}
        for each, accuracy in (("relu", 0.9), ("relu", 0.5), ("tanh", 0.8), ("tanh", 0.7))
    ]
    _, found = trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows, datasets=("easy",)))
    assert [(each.rest.low, each.rest.high) for each in found.values[:1]] == [(0.0, 1.0)]


def test_a_data_set_on_which_no_run_ended_is_named(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "activation": "relu", "initialization": "good", "accuracy": 0.5},
        *[
            {
                "dataset": "hard",
                "activation": "tanh",
                "initialization": "bad",
                "accuracy": None,
                "status": "failed",
            }
        ]
        * 3,
    ]
    findings, _ = trained(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows))
    assert findings.never_ended == (("Hard", 3),)
    assert findings.failed == 3
    assert "All 3 runs on Hard failed, without a result." in home.pages(findings)[0].markdown

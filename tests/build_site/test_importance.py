"""The page Importance: words that the runs decide, whatever the study is."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from edge_studies import write
from grids import write_grid

from build_site.answers.weight import weights
from build_site.claims.avoiding import without
from build_site.claims.ledger import read_ledger
from build_site.evidence.fine_levels import fine_levels
from build_site.evidence.importance import importances
from build_site.findings import Findings
from build_site.study import open_study
from build_site.views import importance
from build_site.views.importance_scopes import scope_of

# Where there is little or nothing to weigh; the others are opened in a browser.
DIFFERENT = (
    "one parameter of one value",
    "missing values, odd names",
    "all diverged",
    "few runs",
    "hostile labels",
)
PARAMETERS = {"optimizer": ["adam", "sgd"], "activation": ["relu", "tanh"], "batch": ["a", "b"]}


def planted(path: Path) -> Findings:
    """On the easy data set the optimizer matters; on the hard one it needs the right activation."""
    generator = np.random.default_rng(2)  # with one seed in twenty luck looks like influence
    rows = []
    for dataset, optimizer, activation, batch in product(("easy", "hard"), *PARAMETERS.values()):
        good = optimizer == "adam"
        if dataset == "hard":
            good = good == (activation == "relu")
        for _ in range(120):
            accuracy = 0.5 + 0.2 * good + 0.05 * generator.normal()
            row = {"dataset": dataset, "optimizer": optimizer, "activation": activation}
            rows.append({**row, "batch": batch, "accuracy": float(accuracy)})
    return Findings(open_study(write_grid(path, PARAMETERS, rows)))


def test_words_say_what_was_planted(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb")
    both, *each = importances(findings.study, findings.outcomes)
    assert both.dataset is None
    easy, hard = sorted(each, key=lambda found: str(found.dataset))
    good, best, together, hardly = (each.answer for each in weights(findings, easy))
    assert re.match(r"optimizer \d\d\.\d.% \[[\d.]+, [\d.]+\] of the variance", good)
    assert best.startswith(("optimizer 0.9", "optimizer 1.0"))
    assert together == "no pair is shown to do more than its two do one by one."
    assert "batch" in hardly
    good, _, together, _ = (each.answer for each in weights(findings, hard))
    assert good == "no hyper-parameter is shown to matter by itself."
    assert together.startswith("optimizer \N{MULTIPLICATION SIGN} activation ")
    together = weights(findings, both)[2].answer
    assert "optimizer \N{MULTIPLICATION SIGN} data set" in together


def test_what_matters_beside_a_value_that_ruins_every_run_is_told_too(tmp_path: Path) -> None:
    parameters = {
        "initialization": ["constant", "normal", "uniform"],
        "optimizer": ["adam", "momentum_sgd"],
    }
    generator = np.random.default_rng(5)
    rows = []
    for dataset, initialization, optimizer in product(("easy", "hard"), *parameters.values()):
        for _ in range(200):
            ruined = 0.6 * (initialization == "constant")
            accuracy = 0.8 - ruined + 0.03 * (optimizer == "adam") + 0.03 * generator.normal()
            row = {"dataset": dataset, "initialization": initialization, "optimizer": optimizer}
            rows.append({**row, "accuracy": float(accuracy)})
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", parameters, rows)))
    assert findings.never_best == ((0, 0),)
    whole, avoiding = findings.importances[0], findings.importance_without
    assert avoiding is not None
    assert whole.alone(0).low > 0.5
    assert avoiding.alone(0).high < 0.02
    assert avoiding.alone(1).low > whole.alone(1).high
    first, second, *_ = weights(findings, whole)
    assert first.answer.startswith("initialization ")
    assert second.question == "For being good without initialization constant:"
    assert second.answer.startswith("optimizer ")
    (page,) = importance.pages(findings)
    assert "All data sets without initialization constant</option>" in page.markdown
    named = {claim.id: claim for claim in read_ledger()}
    said = without(findings, named["optimizer-initialization"])
    assert re.match(r"Without initialization constant: initialization 0\.\d", said)
    assert not without(findings, named["initialization-top"])


def test_nothing_is_avoided_where_every_value_has_good_runs(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb")
    assert (findings.never_best, findings.importance_without) == ((), None)
    assert len(weights(findings, findings.importances[0])) == 4


@pytest.mark.parametrize("name", DIFFERENT)
def test_any_study_has_its_page(tmp_path: Path, name: str) -> None:
    findings = Findings(open_study(write(name, tmp_path / "s.duckdb")))
    (page,) = importance.pages(findings)
    assert "<img" not in page.markdown
    assert not re.search(r"\bNaN\b|\bnan\b|Infinity", page.markdown)
    for found in importances(findings.study, findings.outcomes):
        text = " ".join(each.answer for each in weights(findings, found))
        assert not re.search(r"\bnan\b|\bNone\b|  |, \.| and \.", text)


def test_intervals_that_go_beyond_the_axis_are_marked_there(tmp_path: Path) -> None:
    findings = Findings(open_study(write("forty values of a loss", tmp_path / "s.duckdb")))
    scope = scope_of(findings, findings.importances[0], ())
    bars = [scope.sources[name] for name in ("alone", "pairs")]
    intervals = [pair for bar in bars for pair in zip(bar["y"], bar["high"], strict=True)]
    end = scope.ends["bars"]
    beyond = [y for y, high in intervals if float(high) > end]
    assert len(intervals) > len(beyond) > 0
    assert scope.sources["beyond"]["y"] == beyond
    assert all(0.95 * end < float(x) < end for x in scope.sources["beyond"]["x"])


def test_study_without_runs_has_its_page(tmp_path: Path) -> None:
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", PARAMETERS, [])))
    (page,) = importance.pages(findings)
    assert "No hyper-parameter of this study varies." in page.markdown


def test_numbers_are_cut_into_eighths_and_missing_ones_are_a_level(tmp_path: Path) -> None:
    findings = Findings(open_study(write("missing values, odd names", tmp_path / "s.duckdb")))
    levels = fine_levels(findings.study, findings.outcomes)
    rates = findings.study.database.execute(
        "SELECT rate FROM scored JOIN run USING (run_id) ORDER BY position"
    ).fetchall()
    missing = np.array([rate is None for (rate,) in rates])
    assert set(levels[missing, 1]) == {8}
    counts = np.bincount(levels[~missing, 1])
    assert len(counts) == 8
    assert counts.max() < 2.5 * counts.min()
    order = np.argsort([rate for (rate,) in rates if rate is not None])
    assert (np.diff(levels[~missing, 1][order]) >= 0).all()
    assert (levels[:, 0] == findings.outcomes.levels[:, 0]).all()

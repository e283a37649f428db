"""What Home says about the values of a hyper-parameter."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import edge_studies
import numpy as np
import pytest
from studies import Run
from wide_studies import write_wide_study

from build_site.evidence.recommendation import recommend
from build_site.findings import Findings
from build_site.provenance import ROOT
from build_site.study import open_study
from build_site.views import home
from build_site.views.advisor import share
from build_site.views.start import Value, start
from build_site.views.top_shares import MOST_LEVELS, ShareRow, commonest

WriteStudy = Callable[..., Path]


def row(level: str, n: int, share: float, low: float, high: float) -> ShareRow:
    return ShareRow("Optimizer", level, n, share, low, high)


@pytest.fixture(scope="module")
def shipped() -> Findings:
    return Findings(open_study(ROOT / "data" / "cnn"))


def test_the_choice_comes_first_with_its_interval_and_a_program(shipped: Findings) -> None:
    (page,) = home.pages(shipped)
    fitted = shipped.advice
    assert fitted is not None
    advised = recommend(shipped.outcomes, fitted)
    assert page.markdown.index("Start here") < page.markdown.index("What reaches the top")
    assert f"Beats <strong>{share(advised.expected)}</strong> of random choices" in page.markdown
    found = start(shipped)
    assert found is not None
    assert [value.level for value in found.values] == [
        factor.levels[level].label
        for factor, level in zip(shipped.factors, advised.configuration, strict=True)
    ]
    configuration = json.loads(found.snippet)["configuration"]
    assert set(configuration) == {factor.parameter.name for factor in shipped.factors}
    assert isinstance(configuration["batch_size"], int)
    low, high = shipped.factors[5].spans[advised.configuration[5]]
    assert low < configuration["learning_rate"] < high


def test_every_data_set_has_its_choice(shipped: Findings) -> None:
    found = start(shipped)
    assert found is not None
    assert [row.dataset for row in found.datasets] == [each.label for each in shipped.datasets]
    for row in found.datasets:
        assert bool(row.different) == bool(row.cost)


def test_each_hyper_parameter_has_one_verdict(shipped: Findings) -> None:
    found = start(shipped)
    assert found is not None
    named = [row.parameter for rows in found.stakes.values() for row in rows]
    assert sorted(named) == sorted(factor.parameter.label for factor in shipped.factors)


def test_noise_is_not_advice(tmp_path: Path) -> None:
    study = edge_studies.write("forty values of a loss", tmp_path / "edge.duckdb")
    (page,) = home.pages(Findings(open_study(study)))
    assert "No configuration can be advised yet" in page.markdown


def test_planted_effect_is_found(tmp_path: Path) -> None:
    values = ["good", "bad", "worse", "worst"] * 60
    accuracy = [0.9 - values.index(value) / 5 + n / 5000 for n, value in enumerate(values)]
    other = [float(n % 5) for n in range(240)]
    path = write_wide_study(tmp_path / "s.duckdb", {"p": values, "q": other}, accuracy)
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE run SET config_id = run_id")
    found = start(Findings(open_study(path)))
    assert found is not None
    assert found.values[0] == Value("P", "good")
    assert found.stakes["matters"][0].parameter == "P"


def test_ways_in_lead_to_every_page(shipped: Findings) -> None:
    (page,) = home.pages(shipped)
    for name in ("overview", "combinations", "compare", "questions/index", "advisor", "runs"):
        assert f"({name}.md)" in page.markdown


def test_plot_has_room_for_the_commonest_values_only() -> None:
    rows = [row(str(n), n, 0.1, 0.0, 0.2) for n in range(1, 31)]
    assert [shown.n for shown in commonest(rows)] == list(range(31 - MOST_LEVELS, 31))
    ties = [row(str(n), 5, 0.1, 0.0, 0.2) for n in range(30)]
    most = row("most", 6, 0.1, 0.0, 0.2)
    assert commonest([*ties, most]) == [*ties[: MOST_LEVELS - 1], most]
    assert len(commonest([row(str(n), 5, 0.1, 0.0, 0.2) for n in range(30)])) == MOST_LEVELS


def test_runs_that_cannot_be_told_apart_give_no_advice(write_study: WriteStudy) -> None:
    (page,) = home.pages(Findings(open_study(write_study(*[Run()] * 8))))
    assert "No configuration can be advised yet" in page.markdown


def test_one_run_is_one(write_study: WriteStudy) -> None:
    (page,) = home.pages(Findings(open_study(write_study(Run()))))
    assert "Here is <strong>1 run</strong> on Easy." in page.markdown


def test_questions_are_linked_where_there_are_any(write_study: WriteStudy) -> None:
    link = "(questions/index.md)"
    varied = write_study(Run(optimizer="adam"), Run(optimizer="rmsprop"), name="varied")
    same = write_study(Run(optimizer="adam"), name="same")
    assert [link in home.pages(Findings(open_study(s)))[0].markdown for s in (varied, same)] == [
        True,
        False,
    ]


def test_runs_that_ended_badly_are_counted(write_study: WriteStudy) -> None:
    runs = [Run(), Run(accuracy=None, status="diverged"), Run(accuracy=None, status="failed")]
    (page,) = home.pages(Findings(open_study(write_study(*runs))))
    assert "2, 1 diverged, 1 failed" in page.markdown


@pytest.mark.parametrize(
    ("sign", "said"), [(1, "the highest quarter"), (-1, "the lowest quarter"), (0, "")]
)
def test_a_best_value_at_the_end_of_what_was_tried_is_named(
    tmp_path: Path, sign: int, said: str
) -> None:
    generator = np.random.default_rng(8)
    rates = [float(rate) for rate in generator.random(300)]
    sizes = [str(size) for size in generator.choice([1, 2], 300)]
    accuracy = [
        0.5 + 0.1 * (sign * rate if sign else -abs(rate - 0.5)) + 0.01 * (size == "2")
        for rate, size in zip(rates, sizes, strict=True)
    ]
    study = write_wide_study(
        tmp_path / "s.duckdb",
        {"rate": rates, "size": sizes},
        [each + 0.01 * float(generator.standard_normal()) for each in accuracy],
        configurations=[f"c{n}" for n in range(300)],
    )
    found = start(Findings(open_study(study)))
    assert found is not None
    expected = f"The best Rate is {said} of what was tried: what lies beyond may be better."
    assert found.edges == ((expected,) if said else ())


def test_ties_that_leave_the_best_tenth_empty_are_said_and_speak_against_no_value(
    tmp_path: Path,
) -> None:
    values = ["a", "b"] * 500
    accuracy = [0.99 if n % 10 < 3 else n / 2000 for n in range(1000)]  # as if rounded
    study = open_study(write_wide_study(tmp_path / "s.duckdb", {"p": values}, accuracy))
    findings = Findings(study)
    (page,) = home.pages(findings)
    assert "On Easy 300 of 1,000 runs share the best result" in page.markdown
    assert findings.top_shares[0].expected == 0
    assert findings.never_best == ()


@pytest.mark.parametrize("status", ["diverged", "completed"])
def test_runs_without_a_result_share_no_best_one(write_study: WriteStudy, status: str) -> None:
    runs = [Run(accuracy=None, status=status)] * 5
    assert Findings(open_study(write_study(*runs))).tied_best == ()


def test_data_sets_of_one_label_are_told_apart(write_study: WriteStudy) -> None:
    path = write_study(*[Run("easy", 0.9)] * 3, *[Run("hard", 0.9)] * 4)
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE dataset SET label = 'Same'")
    tied = Findings(open_study(path)).tied_best
    assert [(each.dataset, each.tied, each.runs) for each in tied] == [
        ("Same", 3, 3),
        ("Same", 4, 4),
    ]

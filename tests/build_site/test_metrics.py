"""The normalised metrics, against SciPy and NumPy."""

import math
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
import scipy.stats
from grids import write_grid
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import Run, StudyFile

from build_site import metrics
from build_site.findings import Findings
from build_site.metrics.queries import sql
from build_site.study import open_study

WriteStudy = Callable[..., Path]

# A coarse grid, so that ties happen; None is a run that diverged.
accuracies = st.lists(
    st.one_of(st.none(), st.integers(0, 20).map(lambda n: n / 20)), min_size=1, max_size=40
)


def scored(path: Path) -> dict[str, list[float | None]]:
    """The columns of table scored, in the order in which the runs were written."""
    database = Findings(open_study(path)).study.database
    columns = ("raw", "percentile", "relative")
    rows = database.execute(f"SELECT {', '.join(columns)} FROM scored ORDER BY run_id").fetchall()
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def completed_or_diverged(values: list[float | None], dataset: str = "easy") -> list[Run]:
    return [
        Run(dataset, accuracy=value, status="diverged" if value is None else "completed")
        for value in values
    ]


@given(lists=st.lists(accuracies, min_size=10, max_size=10), minimise=st.booleans())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_percentile_is_scipys_mid_rank_with_diverged_runs_last(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[float | None]], *, minimise: bool
) -> None:
    """Each list of accuracies is that of a data set: one study holds many examples."""
    sign = -1 if minimise else 1
    expected: list[float] = []
    for values in lists:
        ranks = scipy.stats.rankdata([-math.inf if v is None else sign * v for v in values])
        expected += [*(ranks - 1) / (len(values) - 1)] if len(values) > 1 else [0.5]
    runs = [run for n, values in enumerate(lists) for run in completed_or_diverged(values, f"d{n}")]
    path = tmp_path_factory.mktemp("study") / "study.duckdb"
    chances: dict[str, float | None] = {f"d{n}": 0.1 for n in range(len(lists))}
    direction = "minimize" if minimise else "maximize"
    StudyFile(runs, direction=direction, chances=chances).write(path)
    np.testing.assert_allclose(scored(path)["percentile"], expected, rtol=1e-6)


def test_percentile_does_not_depend_on_the_other_data_sets(write_study: WriteStudy) -> None:
    easy = completed_or_diverged([0.2, 0.9, 0.5])
    hard = completed_or_diverged([0.1, 0.3], dataset="hard")
    assert scored(write_study(*easy, *hard))["percentile"] == [0.0, 1.0, 0.5, 0.0, 1.0]


def test_relative_is_zero_for_guessing_and_one_for_the_best(write_study: WriteStudy) -> None:
    runs = completed_or_diverged([0.1, 0.5, 0.9, None])
    relative = scored(write_study(*runs))["relative"]
    assert relative[3] is None
    np.testing.assert_allclose(relative[:3], [0.0, 0.5, 1.0], atol=1e-7)


def test_accuracy_of_a_diverged_run_is_not_believed(write_study: WriteStudy) -> None:
    runs = [Run(accuracy=0.99, status="diverged"), Run(accuracy=0.3)]
    assert scored(write_study(*runs))["raw"] == [None, pytest.approx(0.3)]


def test_failed_runs_are_counted_and_not_ranked(write_study: WriteStudy) -> None:
    runs = [Run(accuracy=0.4), Run(accuracy=None, status="failed"), Run(accuracy=0.6)]
    findings = Findings(open_study(write_study(*runs)))
    assert [(d.runs, d.completed, d.failed) for d in findings.datasets] == [(2, 2, 1)]


def test_data_sets_are_ordered_by_difficulty(write_study: WriteStudy) -> None:
    runs = [
        *completed_or_diverged([0.3, 0.4, 0.5], dataset="hard"),
        *completed_or_diverged([0.7, 0.8, 0.9], dataset="easy"),
    ]
    datasets = Findings(open_study(write_study(*runs))).datasets
    assert [d.name for d in datasets] == ["easy", "hard"]
    assert [d.difficulty for d in datasets] == [
        pytest.approx(1 - (0.8 - 0.1) / 0.9),
        pytest.approx(1 - (0.4 - 0.1) / 0.9),
    ]


def test_diverged_runs_count_as_guessing_in_the_difficulty(write_study: WriteStudy) -> None:
    runs = completed_or_diverged([0.9, None, None])
    (dataset,) = Findings(open_study(write_study(*runs))).datasets
    assert dataset.difficulty == pytest.approx(1.0)


def test_data_set_without_a_chance_level_has_no_difficulty(write_study: WriteStudy) -> None:
    path = write_study(Run(), Run(accuracy=0.7), chances={"easy": None})
    (dataset,) = Findings(open_study(path)).datasets
    assert dataset.difficulty is None
    assert scored(path)["relative"] == [None, None]


def test_best_run_of_each_data_set_in_either_direction(write_study: WriteStudy) -> None:
    runs = completed_or_diverged([0.2, 0.9, None, 0.9])
    best = Findings(open_study(write_study(*runs))).best_runs
    assert best == {"easy": metrics.BestRun("easy", 1, pytest.approx(0.9))}
    path = write_study(*runs, name="loss", direction="minimize")
    assert Findings(open_study(path)).best_runs["easy"].position == 0


counts = st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(any)


@given(values=st.lists(counts, min_size=10, max_size=10))
@settings(max_examples=3, deadline=None)
def test_interval_of_reaching_the_top_is_scipys_wilson_interval(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[int, int]]
) -> None:
    """Each pair is of a value of the parameter: one study holds many examples."""
    # Of each value exactly so many runs are in the top: those of the last, which they beat, are
    # more than nine times as many.
    names = [f"v{n:02}" for n in range(len(values))]
    rows: list[dict[str, object]] = []
    for name, (hits, misses) in zip(names, values, strict=True):
        rows += [{"dataset": "easy", "choice": name, "accuracy": 0.9}] * hits
        rows += [{"dataset": "easy", "choice": name, "accuracy": 0.1}] * misses
    others = 12 * max(sum(hits for hits, _ in values), 1)
    rows += [{"dataset": "easy", "choice": "others", "accuracy": 0.5}] * others
    path = tmp_path_factory.mktemp("study") / "study.duckdb"
    write_grid(path, {"choice": [*names, "others"]}, rows)
    shares = {each.level: each for each in Findings(open_study(path)).top_shares}
    for level, (hits, misses) in enumerate(values):
        share = shares[level]
        expected = scipy.stats.binomtest(hits, hits + misses).proportion_ci(method="wilson")
        assert (share.n, share.share) == (hits + misses, pytest.approx(hits / (hits + misses)))
        assert (share.low, share.high) == (
            pytest.approx(expected.low, abs=1e-9),
            pytest.approx(expected.high, abs=1e-9),
        )


def test_numeric_parameter_is_cut_into_quarters_of_its_runs(write_study: WriteStudy) -> None:
    rates = [n * 1e-4 for n in range(1, 13)]
    findings = Findings(open_study(write_study(*(Run(learning_rate=rate) for rate in rates))))
    factor = findings.factors[1]
    assert [level.key for level in factor.levels] == [f"quarter-{n}" for n in (1, 2, 3, 4)]
    assert factor.levels[0].label == "0.0001 to 0.00038"
    assert [share.n for share in findings.top_shares if share.parameter == 1] == [3, 3, 3, 3]


def test_numeric_parameter_of_few_values_has_a_level_for_each(write_study: WriteStudy) -> None:
    runs = [Run(learning_rate=rate) for rate in (0.901, 0.9, 1000.0, 0.9, math.inf, math.nan)]
    findings = Findings(open_study(write_study(*runs)))
    labels = [level.label for level in findings.factors[1].levels]
    assert labels == ["0.9", "0.901", "1000", "missing"]
    assert [share.n for share in findings.top_shares if share.parameter == 1] == [2, 1, 1, 2]


def test_close_quarters_have_labels_that_differ(write_study: WriteStudy) -> None:
    runs = [Run(learning_rate=0.9 + n / 10_000) for n in range(20)]
    labels = [level.label for level in Findings(open_study(write_study(*runs))).factors[1].levels]
    assert len(set(labels)) == 4


@pytest.mark.parametrize("name", ["value", "position", "raw", "percentile", "measured"])
def test_parameter_may_have_any_name(write_study: WriteStudy, name: str) -> None:
    path = write_study(Run(accuracy=0.2, learning_rate=9.0), Run(accuracy=0.8, learning_rate=1.0))
    with duckdb.connect(str(path)) as database:
        database.execute(f"ALTER TABLE run RENAME learning_rate TO {name}")
        database.execute(f"UPDATE parameter SET name = '{name}' WHERE name = 'learning_rate'")
    assert scored(path)["percentile"] == [0.0, 1.0]
    assert Findings(open_study(path)).configuration(0)[0].value == "adam"


def test_metric_that_single_precision_cannot_hold_is_no_result(write_study: WriteStudy) -> None:
    path = write_study(Run(accuracy=1e40), Run(accuracy=0.5), Run(accuracy=0.4))
    assert scored(path)["percentile"] == [0.0, 1.0, 0.5]


def test_share_that_is_expected_at_the_top_is_that_of_all_runs(write_study: WriteStudy) -> None:
    runs = completed_or_diverged([1.0, 1.0, *(n / 30 for n in range(18))])
    shares = Findings(open_study(write_study(*runs))).top_shares
    assert {share.expected for share in shares} == {2 / 20}


def test_missing_value_is_a_level_of_its_own(write_study: WriteStudy) -> None:
    runs = [Run(), Run(optimizer=None), Run(learning_rate=None), Run(learning_rate=1e-3)]
    optimizer, learning_rate = Findings(open_study(write_study(*runs))).factors
    assert optimizer.levels[-1].label == "missing"
    assert learning_rate.levels[-1].label == "missing"


@pytest.mark.parametrize(("rate", "shown"), [(0.00123456, "0.00123"), (1276.0, "1276")])
def test_numeric_value_in_words(write_study: WriteStudy, rate: float, shown: str) -> None:
    findings = Findings(open_study(write_study(Run(learning_rate=rate))))
    assert findings.configuration(0)[1].value == shown


def test_chance_that_is_no_number_is_none(write_study: WriteStudy) -> None:
    path = write_study(Run(), chances={"easy": math.nan})
    (dataset,) = Findings(open_study(path)).datasets
    assert (dataset.chance, dataset.difficulty) == (None, None)


def test_configuration_of_a_run_in_words(write_study: WriteStudy) -> None:
    findings = Findings(
        open_study(write_study(Run(optimizer="momentum_sgd", learning_rate=0.00123456)))
    )
    assert [(s.label, s.value) for s in findings.configuration(0)] == [
        ("Optimizer", "momentum_sgd"),
        ("Learning rate", "0.00123"),
    ]


def test_sums_are_the_same_to_the_last_digit_whichever_thread_adds_what() -> None:
    database = duckdb.connect()
    macros = [part for part in sql("scored").split(";\n") if "CREATE MACRO" in part]
    database.execute(";\n".join(macros))
    database.execute(
        "CREATE TABLE drawn AS "
        "SELECT (hash(n) / 2::DOUBLE ** 64)::FLOAT AS x FROM range(400_000) AS all_n(n)"
    )
    steady = "steady_sum(x), steady_mean(x), steady_deviation(x)"
    found = {
        database.execute(f"SELECT {steady} FROM (FROM drawn ORDER BY hash(x, {turn}))").fetchone()
        for turn in range(5)
    }
    assert len(found) == 1
    values = database.execute("SELECT x FROM drawn").fetchnumpy()["x"].astype(np.float64)
    expected = [math.fsum(values), math.fsum(values) / len(values), values.std(ddof=1)]
    assert found.pop() == pytest.approx(expected, rel=1e-8)
    database.execute("CREATE OR REPLACE TABLE drawn AS SELECT 0.5::FLOAT AS x")
    assert database.execute(f"SELECT {steady} FROM drawn").fetchone() == (0.5, 0.5, None)
    assert database.execute(f"SELECT {steady} FROM drawn WHERE x > 1").fetchone() == (None,) * 3

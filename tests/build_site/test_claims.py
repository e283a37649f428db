"""Claims: sentences that the runs decide."""

import random
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pytest
from grids import write_grid

from build_site.claims import statistics
from build_site.claims.cells import Cells
from build_site.claims.estimation import estimate
from build_site.claims.judgement import Judgement
from build_site.claims.ledger import LedgerError, read_ledger
from build_site.findings import Findings
from build_site.provenance import ROOT
from build_site.study import open_study
from build_site.views import claims
from build_site.views.claims import prepared

PARAMETERS = {
    "augmentation": ["off", "on"],
    "optimizer": ["adam", "rmsprop", "momentum_sgd"],
    "activation": ["relu", "elu", "sigmoid", "tanh"],
    "initialization": ["constant", "random_normal", "glorot_uniform", "glorot_normal"],
    "batch_size": ["32", "64", "128", "256"],
}
DATASETS = ("easy", "middling", "hard")


def _grid(folder: Path, effects: Mapping[tuple[str, str], float], runs: int = 600) -> Path:
    """Runs of random values; each effect is what a value adds to the accuracy."""
    luck = random.Random(5)  # noqa: S311 - repeatable
    rows = []
    for number in range(runs):
        values = {name: luck.choice(levels) for name, levels in PARAMETERS.items()}
        accuracy = 0.5 + luck.gauss(0, 0.02)
        accuracy += sum(effects.get(setting, 0) for setting in values.items())
        rows.append({"dataset": DATASETS[number % 3], "accuracy": accuracy, **values})
    return write_grid(folder / "grid.duckdb", PARAMETERS, rows, datasets=DATASETS)


def _judged(path: Path) -> dict[str, Judgement]:
    return {each.claim.id: each for each in Findings(open_study(path)).judgements}


def test_planted_effects_are_found_and_others_are_not(tmp_path: Path) -> None:
    planted = {
        ("initialization", "constant"): -0.05,
        ("activation", "tanh"): 0.02,
        ("optimizer", "adam"): 0.02,
    }
    judged = _judged(_grid(tmp_path, planted))
    verdicts = {name: each.verdict for name, each in judged.items()}
    assert verdicts["constant-initialization"] == "supported"
    assert verdicts["tanh-sigmoid"] == "supported"
    assert verdicts["relu-tanh"] == "contradicted"
    assert verdicts["adam-rmsprop"] == "supported"
    assert verdicts["optimizer-initialization"] == "supported"
    assert verdicts["small-batches"] == "inconclusive"
    assert verdicts["glorot-saturating"] == "inconclusive"


def test_nothing_follows_from_results_that_were_shuffled(tmp_path: Path) -> None:
    database = duckdb.connect(str(tmp_path / "shuffled.duckdb"))
    with database:
        for table in ("study", "parameter", "dataset", "run", "epoch"):
            file = ROOT / "data" / "cnn" / f"{table}.parquet"
            database.execute(f"CREATE TABLE {table} AS FROM '{file}'")
        database.execute(
            "UPDATE run SET test_accuracy = other.test_accuracy FROM ("
            "SELECT a.run_id, b.test_accuracy FROM "
            "(SELECT run_id, dataset, row_number() OVER (PARTITION BY dataset ORDER BY run_id) AS "
            "place FROM run) AS a JOIN (SELECT test_accuracy, dataset, row_number() OVER "
            "(PARTITION BY dataset ORDER BY hash(run_id || 'shuffled')) AS place FROM run) AS b "
            "USING (dataset, place)) AS other WHERE run.run_id = other.run_id"
        )
    judged = _judged(tmp_path / "shuffled.duckdb")
    assert len(judged) > 12
    assert {each.verdict for each in judged.values()} == {"inconclusive"}


def test_a_trend_over_difficulty_is_found_where_it_was_planted(tmp_path: Path) -> None:
    luck = random.Random(3)  # noqa: S311 - repeatable
    base, gain = {"easy": 0.9, "middling": 0.7, "hard": 0.5}, {"easy": 0, "middling": 1, "hard": 2}
    rows = []
    for number in range(600):
        dataset, values = DATASETS[number % 3], {k: luck.choice(v) for k, v in PARAMETERS.items()}
        accuracy = base[dataset] + luck.gauss(0, 0.02)
        accuracy += 0.01 * gain[dataset] * (values["augmentation"] == "on")
        rows.append({"dataset": dataset, "accuracy": accuracy, **values})
    judged = _judged(write_grid(tmp_path / "grid.duckdb", PARAMETERS, rows, datasets=DATASETS))
    assert judged["augmentation-difficulty"].verdict == "supported"


@pytest.mark.parametrize("page_runs", [240, 150])
def test_the_query_shown_computes_the_effect_in_a_copy_of_the_study(
    tmp_path: Path, page_runs: int
) -> None:
    """Of a study of more runs than a page carries, the effect is that of the sample."""
    path = _grid(tmp_path, {("activation", "tanh"): 0.02}, runs=240)
    findings = Findings(open_study(path), page_runs)
    assert findings.sampled == (page_runs < 240)
    with duckdb.connect() as copy:
        copy.execute(f"ATTACH '{path}' AS source (READ_ONLY)")
        for table in ("study", "parameter", "dataset", "run", "epoch"):
            copy.execute(f"CREATE TABLE {table} AS FROM source.{table}")
        copy.execute(prepared(findings))
        assert {each.claim.statistic for each in findings.judgements} == {
            "contrast",
            "interaction",
            "trend",
            "importance",
        }
        for each in findings.judgements:
            (effect,) = copy.execute(each.query).fetchone() or (None,)
            assert effect == pytest.approx(each.effect, abs=1e-9), each.claim.id


def test_a_study_is_asked_only_what_it_can_tell(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "accuracy": n / 40, "optimizer": ("adam", "rmsprop")[n % 2]}
        for n in range(40)
    ]
    path = write_grid(tmp_path / "grid.duckdb", {"optimizer": ["adam", "rmsprop"]}, rows)
    assert set(_judged(path)) == {"adam-rmsprop"}


def test_a_claim_about_accuracy_is_not_asked_of_another_metric(tmp_path: Path) -> None:
    path = _grid(tmp_path, {}, runs=60)
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE run SET train_loss = test_accuracy")
        database.execute("UPDATE study SET metric = 'train_loss', direction = 'minimize'")
    assert _judged(path) == {}


def test_few_runs_decide_nothing(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "accuracy": accuracy, "optimizer": optimizer}
        for accuracy, optimizer in ((0.9, "adam"), (0.91, "adam"), (0.1, "rmsprop"))
    ]
    path = write_grid(tmp_path / "grid.duckdb", {"optimizer": ["adam", "rmsprop"]}, rows)
    judged = _judged(path)["adam-rmsprop"]
    assert judged.verdict == "inconclusive"
    assert np.isnan(judged.p)


@pytest.mark.parametrize("fixed_by_block", [False, True])
def test_intervals_hold_the_true_effect_as_often_as_they_say(*, fixed_by_block: bool) -> None:
    generator = np.random.default_rng(17)
    held = []
    for _ in range(400):
        cells = _simulated(generator, fixed_by_block=fixed_by_block)
        low, high = estimate([cells], lambda each: statistics.contrast(each[0])).interval(0.05)
        held.append(low <= 0.3 <= high)
    # Two standard errors of 400 draws are 2.2 points.
    assert 0.928 <= np.mean(held) <= 0.985


def _simulated(generator: np.random.Generator, *, fixed_by_block: bool) -> Cells:
    """Blocks of 16 runs on 3 data sets, with a luck of their own; the first arm is 0.3 better."""
    blocks, datasets = 48, 3
    n, total, squares = (np.zeros((blocks, datasets, 2)) for _ in range(3))
    for block in range(blocks):
        arms = np.full(16, block % 2) if fixed_by_block else generator.integers(0, 2, 16)
        values = generator.normal(0, 0.4) + generator.normal(0, 1, 16) + 0.3 * (arms == 0)
        place = block // 2 % datasets
        np.add.at(n[block, place], arms, 1)
        np.add.at(total[block, place], arms, values)
        np.add.at(squares[block, place], arms, values**2)
    return Cells(n, total, squares)


def test_what_is_explained_agrees_with_the_analysis_of_variance() -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    generator = np.random.default_rng(1)
    arms = generator.integers(0, 4, 200)
    values = generator.normal(0, 1, 200) + 0.3 * arms
    groups = [values[arms == arm] for arm in range(4)]
    cells = Cells(
        np.array([[len(group) for group in groups]], float),
        np.array([[group.sum() for group in groups]]),
        np.array([[(group**2).sum() for group in groups]]),
    )
    # F = (between / 3) / (within / 196), and epsilon squared = 3 (F - 1) / (3 F + 196).
    f = scipy_stats.f_oneway(*groups).statistic
    assert float(statistics.explained(cells)) == pytest.approx(3 * (f - 1) / (3 * f + 196))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[claim]", "cannot be read"),
        ("metrics = ['m']\n[[claim]]\nid = 'x'", "needs a text 'sentence'"),
        ("[[claim]]", "needs a list of texts 'metrics'"),
        ("statistic = 'median'", "statistic 'median' is none of"),
        ("statistic = 'contrast'\nfirst = { a = ['x'] }", "needs 'second'"),
        ("statistic = 'contrast'\nfirst = {a = 3}\nsecond = {a = ['x']}", "needs a list of values"),
        ("statistic = 'importance'\nthan = 'a'", "needs 'parameter'"),
        ("statistic = 'trend'\nfirst={a=['x']}\nsecond={a=['y']}\nagainst={}", "has no 'against'"),
        ("statistic = 'importance'\nparameter = 'a'\nthreshold = 'high'", "is no number"),
    ],
)
def test_a_ledger_that_cannot_be_understood_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    ledger = tmp_path / "claims.toml"
    if "[[claim" not in text:
        text = f"metrics = ['m']\n[[claim]]\nid='a'\nsentence='b'\nsource='c'\n{text}"
    ledger.write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError, match=complaint):
        read_ledger(ledger)


def test_the_page_tells_verdict_interval_and_way_for_each(tmp_path: Path) -> None:
    findings = Findings(open_study(_grid(tmp_path, {("activation", "tanh"): 0.02}, runs=240)))
    (page,) = claims.pages(findings)
    assert findings.judgements
    for each in findings.judgements:
        assert f'id="{each.claim.id}"' in page.markdown
    assert (
        'href="compare.html#v.parameter=activation&amp;v.first=tanh&amp;v.second=sigmoid"'
        in page.markdown
    )

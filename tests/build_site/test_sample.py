"""Of more runs than a page can carry: a fair sample of them, with what all runs say."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from grids import write_grid
from studies import Run

from build_site.__main__ import command
from build_site.findings import Findings
from build_site.sources import make_section
from build_site.study import open_study

WriteStudy = Callable[..., Path]

RUNS = 3_000
CARRIED = 1_000
# What is computed from a sample is not said of all runs.
CLAIMS_ALL = re.compile(
    r"(over|for|from|of|than|among) all runs(?! of the sample)"
    r"|(every|no|are|all) runs? of the study",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thirds of the runs are easy; b is better than a, and seldom tried."""
    draw = np.random.default_rng(1)
    rows = []
    for number in range(RUNS):
        choice = "b" if draw.random() < 0.2 else "a"
        rows.append(
            {
                "dataset": "hard" if number % 3 == 0 else "easy",
                "accuracy": 0.5 + 0.2 * (choice == "b") + 0.1 * draw.standard_normal(),
                "choice": choice,
            }
        )
    path = tmp_path_factory.mktemp("sample") / "grid.duckdb"
    return write_grid(path, {"choice": ("a", "b")}, rows)


@pytest.fixture(scope="module")
def whole(study: Path) -> Findings:
    return Findings(open_study(study))


@pytest.fixture(scope="module")
def sample(study: Path) -> Findings:
    return Findings(open_study(study), page_runs=CARRIED)


def scored(findings: Findings) -> dict[str, tuple[str, float]]:
    """Data set and percentile of each run that pages carry."""
    rows = findings.study.database.execute("SELECT run_id, dataset, percentile FROM scored")
    return {run: (dataset, percentile) for run, dataset, percentile in rows.fetchall()}


def test_a_study_that_pages_can_carry_is_shown_whole(study: Path, whole: Findings) -> None:
    assert (whole.shown, whole.sampled) == (RUNS, False)
    assert not Findings(open_study(study), page_runs=RUNS).sampled


def test_each_data_set_is_in_the_sample_by_its_share(sample: Findings) -> None:
    assert (sample.shown, sample.runs) == (pytest.approx(CARRIED, abs=1), RUNS)
    hard = [run for run, (dataset, _) in scored(sample).items() if dataset == "hard"]
    assert len(hard) == pytest.approx(CARRIED / 3, abs=1)


def test_a_data_set_of_few_runs_does_not_vanish(write_study: WriteStudy) -> None:
    path = write_study(Run("hard"), *[Run("easy")] * 50)
    findings = Findings(open_study(path), page_runs=10)
    assert {dataset for dataset, _ in scored(findings).values()} == {"easy", "hard"}


def test_positions_count_the_runs_of_the_sample(sample: Findings) -> None:
    rows = sample.study.database.execute(
        "SELECT run_id, position FROM scored ORDER BY position"
    ).fetchall()
    assert [position for _, position in rows] == list(range(sample.shown))
    assert [run for run, _ in rows] == sorted(run for run, _ in rows)


def test_levels_of_the_sample_are_those_of_its_runs(sample: Findings) -> None:
    (wrong,) = sample.study.database.execute(
        "SELECT count(*) FROM setting JOIN scored USING (position) JOIN run USING (run_id) "
        "WHERE ['a', 'b'][level + 1] <> choice"
    ).fetchone() or (None,)
    assert wrong == 0
    assert len(sample.outcomes.levels) == sample.shown


def test_percentiles_are_those_among_all_runs(whole: Findings, sample: Findings) -> None:
    every = scored(whole)
    assert all(every[run] == each for run, each in scored(sample).items())


def test_data_sets_best_runs_and_seed_noise_are_those_of_all(
    whole: Findings, sample: Findings
) -> None:
    assert sample.datasets == whole.datasets
    assert sample.best_runs == whole.best_runs
    assert sample.best_settings == whole.best_settings
    assert sample.noise == whole.noise
    assert sample.is_share == whole.is_share


def test_the_same_study_has_the_same_sample_and_a_smaller_one_is_part_of_it(
    study: Path, sample: Findings
) -> None:
    again = scored(Findings(open_study(study), page_runs=CARRIED))
    smaller = scored(Findings(open_study(study), page_runs=CARRIED // 2))
    assert again == scored(sample)
    assert smaller.keys() < again.keys()


def test_the_sample_agrees_with_all_runs_within_sampling_error(
    whole: Findings, sample: Findings
) -> None:
    """Four standard errors of a mean and of a share of so many, without replacement."""
    here, everywhere = sample.outcomes, whole.outcomes
    reach = 4 * np.sqrt((1 - sample.shown / RUNS) / sample.shown)
    assert abs(here.percentile.mean() - everywhere.percentile.mean()) < 0.29 * reach
    assert abs((here.percentile >= 0.9).mean() - 0.1) < 0.3 * reach
    top = [np.mean(each.levels[each.percentile >= 0.9, 0]) for each in (here, everywhere)]
    assert abs(top[0] - top[1]) < 0.5 * 4 * np.sqrt(1 / (0.1 * sample.shown))
    assert sample.effects.effects[0].difference.low < whole.effects.effects[0].difference.value
    assert sample.effects.effects[0].difference.high > whole.effects.effects[0].difference.value


def test_every_page_of_a_sampled_study_says_so(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    arguments = ["--study", str(study), "--page-runs", str(CARRIED), "--out", str(out)]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    pages = [*out.glob("*.html"), *(out / "questions").glob("*.html")]
    said = {page.name for page in pages if 'class="atlas-sample"' in page.read_text("utf-8")}
    assert {page.name for page in pages} - said == {"404.html", "methods.html", "data.html"}
    overview = (out / "overview.html").read_text(encoding="utf-8")
    assert re.search(r"3,000 runs, more than a page.*999 of them", overview)
    for page in pages:
        if page.name in said:
            text = re.sub('<p class="atlas-sample".*?</p>', "", page.read_text(encoding="utf-8"))
            assert not CLAIMS_ALL.search(text), page.name
    assert f'"sampledFrom":{RUNS}' in (out / "assets/data/grid.js").read_text(encoding="utf-8")


def test_a_study_shown_whole_says_nothing_of_samples(whole: Findings, tmp_path: Path) -> None:
    section = make_section(whole, tmp_path / "section")
    assert {"index", "overview", "effects", "runs"} <= {page.slug for page in section.pages}
    assert not [page.slug for page in section.pages if "atlas-sample" in page.markdown]
    assert "sampledFrom" not in (tmp_path / "section/data/grid.js").read_text(encoding="utf-8")

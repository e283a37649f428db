"""Pages of a study of more runs than they can carry say what is of the sample, and what of all."""

from pathlib import Path

import numpy as np
import pytest
from building import build
from checks import overflow
from grids import write_grid
from lending import WIDE
from once import Once
from playwright.sync_api import Page, expect
from watching import Watched

from build_site.findings import Findings
from build_site.study import open_study

pytestmark = pytest.mark.browser

RUNS, CARRIED = 400, 100


@pytest.fixture(scope="module")
def folder(once: Once) -> Path:
    """A study and its site."""

    def make(folder: Path) -> None:
        folder.mkdir()
        study = write_study(folder)
        build("--study", study, "--page-runs", CARRIED, "--out", folder / "site")

    return once("sampled", make)


def write_study(folder: Path) -> Path:
    """The best run is one that the sample does not have."""
    draw = np.random.default_rng(2)
    accuracies = np.round(0.2 + 0.6 * draw.random(RUNS), 4)
    rows = [
        {"dataset": ("hard", "easy")[n % 2], "accuracy": float(each), "choice": "ab"[n % 3 == 0]}
        for n, each in enumerate(accuracies)
    ]
    return write_grid(
        folder / "grid.duckdb", {"choice": ("a", "b")}, rows, datasets=("hard", "easy")
    )


@pytest.fixture(scope="module")
def study(folder: Path) -> Path:
    return folder / "grid.duckdb"


@pytest.fixture(scope="module")
def sampled_site(folder: Path) -> Path:
    return folder / "site"


def _best(study: Path, page_runs: int, where: str) -> str:
    """The best accuracy as the pages write it, of all runs or of those that pages carry."""
    database = Findings(open_study(study), page_runs).study.database
    (best,) = database.execute(
        f"SELECT max(raw) FROM scored JOIN run USING (run_id) WHERE {where}"
    ).fetchone() or (None,)
    return f"{best * 100:.1f}\u00a0%"


def test_the_best_is_that_of_all_runs_or_is_called_sampled(
    study: Path, sampled_site: Path, watched: Watched
) -> None:
    page = watched.open((sampled_site / "overview.html").as_uri())
    assert_note_fits_a_phone(page)
    summary = page.locator(".atlas-bar__summary")
    everywhere, hard = _best(study, RUNS, "true"), _best(study, RUNS, "scored.dataset = 'hard'")
    sampled = _best(study, CARRIED, "choice = 'b'")
    assert _best(study, CARRIED, "true") != everywhere  # otherwise nothing is tested
    expect(summary).to_contain_text(f"100 of 100 sampled runs \u00b7 best {everywhere}")
    page.locator('.atlas-bar button[data-name="hard"]').click()
    expect(summary).to_contain_text(f"sampled runs \u00b7 best {hard} (")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("+ Filter by hyper-parameter").click()
    page.locator('.atlas-bar button[data-level="b"]').click()
    expect(summary).to_contain_text(f"sampled runs \u00b7 best sampled {sampled}")
    row = page.locator('#overview-table tr[data-dataset="hard"]')
    expect(row.locator('td[data-label="Best sampled"]')).to_have_text(
        _best(study, CARRIED, "choice = 'b' AND scored.dataset = 'hard'")
    )


def test_what_is_compared_is_called_sampled(sampled_site: Path, watched: Watched) -> None:
    page = watched.open((sampled_site / "combinations.html").as_uri())
    assert_note_fits_a_phone(page)
    expect(page.locator("main")).to_contain_text(f"with {CARRIED} sampled runs of any performance")
    page = watched.open((sampled_site / "compare.html").as_uri())
    assert_note_fits_a_phone(page)
    expect(page.locator('[data-part="notes"]')).to_contain_text(f"{CARRIED} sampled runs compared")


@pytest.mark.parametrize("name", ["index", "runs"])
def test_the_note_fits_a_phone(sampled_site: Path, watched: Watched, name: str) -> None:
    assert_note_fits_a_phone(watched.open((sampled_site / f"{name}.html").as_uri()))


def assert_note_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".atlas-sample")).to_contain_text(f"This study has {RUNS} runs")
    assert overflow(page) == []
    page.set_viewport_size(WIDE)

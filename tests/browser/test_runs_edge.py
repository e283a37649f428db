"""Page Runs: studies at the edge of what is sensible."""

import re
from pathlib import Path
from typing import Any

import duckdb
import edge_studies
import pytest
from building import EdgeSite, build
from checks import overflow
from edge_pages import assert_whole_on_a_phone
from once import Once
from playwright.sync_api import expect
from runs_page import csv_rows, page_rows, programs, trained
from studies import Run, StudyFile
from watching import Watched, select, wait_until

pytestmark = pytest.mark.browser


HOSTILE = "<img src=x onerror=alert(1)>, =cmd()\n" + "long " * 30


def write_studies(folder: Path) -> list[Path]:
    def write(name: str, runs: list[Run], *statements: str, **options: Any) -> Path:  # noqa: ANN401
        path = StudyFile(runs, name=name, **options).write(folder / f"{name}.duckdb")
        with duckdb.connect(str(path)) as database:
            for statement in statements:
                database.execute(statement)
        return path

    some = [Run(accuracy=n / 40, learning_rate=1e-3 * (n + 1)) for n in range(30)]
    return [
        write("missing", [*some, Run(optimizer=None, learning_rate=None), Run(accuracy=None)]),
        write("single", [Run()]),
        write(
            "hostile",
            some,
            "UPDATE dataset SET label = '" + HOSTILE.replace("'", "''") + "' WHERE name = 'easy'",
            "UPDATE parameter SET label = '=\"<b>' || repeat('x', 80) WHERE name = 'optimizer'",
            "INSERT INTO epoch SELECT run_id, unnest([1, 2]), 1e9, 0.5, NULL FROM run",
        ),
    ]


@pytest.fixture(scope="module")
def joint_site(once: Once) -> Path:
    """One site of them all."""

    def make(folder: Path) -> None:
        folder.mkdir()
        studies = [f"--study={path}" for path in write_studies(folder)]
        build(*studies, "--out", folder / "site")

    return once("runs at the edge", make) / "site"


@pytest.mark.parametrize("name", edge_studies.EDGES)
def test_edge_study_shows_its_runs(edge_site: EdgeSite, watched: Watched, name: str) -> None:
    page = watched.open((edge_site(name) / "runs.html").as_uri())
    edge = edge_studies.EDGES[name]
    runs = edge.runs * len(edge.datasets)
    assert page.locator("#run-table tbody tr").count() == min(25, runs)
    assert overflow(page) == []
    assert_whole_on_a_phone(page)
    select(page, "")
    if runs:
        page.locator("#run-table tbody button").first.press("Enter")
        expect(page.locator("#run-dialog")).to_be_visible()
        wait_until(page, "hyperatlas.parts.curves !== undefined")
        expect(page.locator("#run-snippet")).to_contain_text("# Run")
        page.keyboard.press("Escape")
        expect(page.locator("#run-dialog")).to_be_hidden()
    select(page, "metric=raw&from=0.99&to=0.9901")
    expect(page.locator("#run-count")).to_have_text("0 runs")
    expect(page.get_by_role("button", name="Download CSV")).to_be_disabled()


@pytest.mark.parametrize("name", ["missing", "single"])
def test_a_study_without_curves_says_so(joint_site: Path, watched: Watched, name: str) -> None:
    page = watched.open((joint_site / name / "runs.html").as_uri())
    expect(page.get_by_text("This study has no learning curves").first).to_be_visible()
    page.locator("#run-table tbody button").first.press("Enter")
    expect(page.locator("#run-snippet")).to_contain_text("# Run")


def test_runs_without_a_value_come_last_either_way(joint_site: Path, watched: Watched) -> None:
    page = watched.open((joint_site / "missing" / "runs.html").as_uri())
    for column, run in (("p.optimizer", "run-0030"), ("p.learning_rate", "run-0030")):
        for sign in ("", "-"):
            select(page, f"v.sort={sign}{column}&v.rows=50")
            assert page_rows(page)[-1] == run
    select(page, "v.sort=-raw&v.rows=50")
    assert page_rows(page)[-1] == "run-0031"


def test_each_study_keeps_its_selection_through_pages_of_all(
    joint_site: Path, watched: Watched
) -> None:
    page = watched.open((joint_site / "missing" / "compare.html").as_uri() + "#dataset=easy")
    page.get_by_role("link", name="How this is computed").click()
    expect(page).to_have_url(re.compile(r"#dataset=easy&study=missing&at=comparing-values$"))
    expect(page.locator("#comparing-values")).to_be_focused()
    page.evaluate(
        """() => {
            for (const study of ["missing", "hostile"]) {
                const link = document.createElement("a");
                link.href = `${study}/overview.html`;
                link.textContent = `To ${study}`;
                document.querySelector("article").prepend(link);
            }
        }"""
    )
    page.get_by_role("link", name="To missing").click()
    expect(page).to_have_url(re.compile(r"missing/overview\.html#dataset=easy$"))
    page.go_back()
    page.evaluate(
        "(study) => { document.querySelector('article').innerHTML = "
        "`<a href='${study}/overview.html'>To ${study}</a>`; }",
        "hostile",
    )
    page.get_by_role("link", name="To hostile").click()
    expect(page).to_have_url(re.compile(r"hostile/overview\.html$"))


def test_least_comes_first_where_less_is_better(edge_site: EdgeSite, watched: Watched) -> None:
    site = edge_site("forty values of a loss")
    with duckdb.connect(str(site.parent / "edge.duckdb"), read_only=True) as database:
        least = database.execute(
            "SELECT arg_min(run_id, train_loss) FROM run GROUP BY dataset ORDER BY min(train_loss)"
        ).fetchall()
    page = watched.open((site / "runs.html").as_uri())
    assert (page_rows(page)[0],) in least  # by percentile, that is, of its data set
    page.locator("#run-table th", has_text="Training loss").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"v\.sort=raw$"))
    assert (page_rows(page)[0],) == least[0]


def test_hostile_texts_stay_texts(joint_site: Path, watched: Watched) -> None:
    page = watched.open((joint_site / "hostile" / "runs.html").as_uri())
    assert page.locator("article img[src='x']").count() == 0
    expect(page.locator("#run-table tbody td").first).to_contain_text("<img src=x")
    rows = csv_rows(page)
    assert rows[0]["Data set"] == HOSTILE
    assert next(name for name in rows[0] if "<b>" in name).startswith("'=")
    program = programs(page, [0])[0]
    assert trained(program)["BATCH_SIZE"] == 64

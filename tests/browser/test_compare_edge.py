"""Compare of studies at the edges: one value, forty, none that completed, a minimised metric."""

from pathlib import Path
from urllib.parse import urlencode

import checks
import edge_studies
import pytest
from building import EdgeSite, build
from compare_page import look_at
from edge_pages import PHONE, assert_whole_on_a_phone
from grids import write_grid
from playwright.sync_api import expect
from watching import Watched

pytestmark = pytest.mark.browser

VIEWS = ("", "&v.statistic=median", "&v.statistic=share", "&v.measure=raw")


@pytest.mark.parametrize("name", edge_studies.EDGES)
def test_edge_studies_are_drawn(name: str, edge_site: EdgeSite, watched: Watched) -> None:
    page = watched.open((edge_site(name) / "compare.html").as_uri())
    for view in VIEWS:
        for parameter in edge_studies.EDGES[name].parameters:
            look_at(page, f"{urlencode({'v.parameter': parameter.name})}{view}")
            expect(page.locator("[data-part='headline']")).not_to_be_empty()
        assert checks.overflow(page) == [], view
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert checks.overflow(page) == []
    assert_whole_on_a_phone(page)


def test_best_and_worst_of_many_are_no_evidence(edge_site: EdgeSite, watched: Watched) -> None:
    page = watched.open((edge_site("forty values of a loss") / "compare.html").as_uri())
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("Many makes no difference that these runs can show (p = ")
    # One value has a single run that ended, which no interval can be had from.
    expect(verdict).to_contain_text(", no more than the best and the worst of 39 may differ by")
    expect(page.locator("[data-part='notes']")).to_contain_text("8 of 40 values are drawn")


def test_lower_is_better_where_the_metric_is_minimised(tmp_path: Path, watched: Watched) -> None:
    rows = [
        {"dataset": "easy", "optimizer": name, "accuracy": 10 + shift + n / 10}
        for name, shift in (("low", 0), ("high", 5))
        for n in range(10)
    ]
    parameters = {"optimizer": ["low", "high"]}
    study = write_grid(tmp_path / "grid.duckdb", parameters, rows, direction="minimize")
    build("--study", study, "--out", tmp_path / "site")
    page = watched.open((tmp_path / "site" / "compare.html").as_uri())
    look_at(page, "v.parameter=optimizer&v.measure=raw")
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("The best value is low, with a mean Test accuracy of 10.45 [")
    expect(verdict).to_contain_text("it differs by \N{MINUS SIGN}5 [")
    look_at(page, "v.parameter=optimizer")
    expect(verdict).to_contain_text("The best value is low, with a mean percentile of 76.3")

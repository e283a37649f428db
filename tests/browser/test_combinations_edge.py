"""Combinations of studies at the edges: one parameter, forty values, none that completed."""

import random
import re
from pathlib import Path

import pytest
from building import EdgeSite, build
from combinations_page import cell_count, table
from playwright.sync_api import expect
from watching import Watched
from wide_studies import write_wide_study

from build_site.findings import Findings
from build_site.study import open_study

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("one parameter", 3),
        ("one value", 5 + 8),
        ("forty values of a loss", 49 + 386),
        # Missing is a value, of the optimizer and of the rate.
        ("missing values, odd names", 12 + 51),
        ("hostile labels", 12 + 48),
    ],
)
def test_edge_studies(name: str, cells: int, edge_site: EdgeSite, watched: Watched) -> None:
    page = watched.open((edge_site(name) / "combinations.html").as_uri())
    assert cell_count(page) == cells
    assert len(table(page)) == cells
    database = Findings(open_study(edge_site(name).parent / "edge.duckdb")).study.database
    top, runs = database.execute(
        "SELECT count(*) FILTER (percentile >= 0.9::FLOAT), count(*) FROM scored"
    ).fetchall()[0]
    said = f"{top} runs, with {runs} runs of any"
    expect(page.locator("#combinations-range")).to_contain_text(said)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_runs_diverged(edge_site: EdgeSite, watched: Watched) -> None:
    page = watched.open((edge_site("all diverged") / "combinations.html").as_uri())
    expect(page.locator("#combinations-range")).to_contain_text("No run is in this range")
    expect(page.locator("#combinations-single-list")).to_have_text("None with enough evidence.")


def test_lowest_metric_is_the_best_where_it_is_minimized(tmp_path: Path, watched: Watched) -> None:
    generator = random.Random(1)  # noqa: S311 - no secret
    optimizer = [generator.choice(("adam", "sgd", "rmsprop")) for _ in range(400)]
    loss = [0.1 if value == "adam" else 20.0 + n for n, value in enumerate(optimizer)]
    study = write_wide_study(
        tmp_path / "wide.duckdb", {"optimizer": optimizer}, loss, direction="minimize"
    )
    build("--study", study, "--out", tmp_path / "site")
    address = (tmp_path / "site" / "combinations.html").as_uri()
    page = watched.open(f"{address}#metric=percentile&from=0.7")
    expect(page.locator("#combinations-single-list")).to_contain_text("adam: ")
    lines = page.locator("#combinations-single-list").inner_text()
    assert re.search(r"adam: [23]\.\d. as often", lines)
    assert re.search(r"sgd: never", lines)

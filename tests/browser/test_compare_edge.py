"""Compare of studies at the edges: one value, forty, none that completed, a minimised metric."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from compare_page import look_at
from grids import write_grid
from playwright.sync_api import Page, expect
from watching import Watched

from build_site.__main__ import command

pytestmark = pytest.mark.browser


def rows_of(values: Sequence[str], count: int = 8, dataset: str = "easy") -> list[dict[str, Any]]:
    generator = random.Random(7)  # noqa: S311 - no secret
    return [
        {
            "dataset": dataset,
            "optimizer": value,
            "augmentation": generator.choice(["on", "off"]),
            "accuracy": generator.random(),
        }
        for value in values
        for _ in range(count)
    ]


ODDEST = "<b>of a name</b> that is much too long to be drawn below an axis"
MANY = [f"value {n}" for n in range(39)] + [ODDEST]
DIVERGED = [{**row, "accuracy": None, "status": "diverged"} for row in rows_of(["adam", "rmsprop"])]
EDGES = [
    pytest.param(rows_of(["adam", "rmsprop"]), ["adam", "rmsprop"], id="one data set"),
    pytest.param(rows_of(["adam"]), ["adam"], id="one value"),
    pytest.param(rows_of(MANY), MANY, id="40 values"),
    pytest.param(DIVERGED, ["adam", "rmsprop"], id="all diverged"),
    pytest.param([{**row, "optimizer": None} for row in rows_of(["adam"])], ["adam"], id="missing"),
    pytest.param([], ["adam"], id="no runs"),
]


@pytest.mark.parametrize(("rows", "values"), EDGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_edge_studies_are_drawn(
    tmp_path: Path, watched: Watched, rows: list[dict[str, Any]], values: list[str], width: int
) -> None:
    parameters = {"optimizer": values, "augmentation": ["off", "on"]}
    watched.page.set_viewport_size({"width": width, "height": 900})
    page = built(tmp_path, watched, parameters, rows)
    for view in ("", "&v.statistic=median", "&v.statistic=share", "&v.measure=raw"):
        for parameter in parameters:
            look_at(page, f"v.parameter={parameter}{view}")
            expect(page.locator("[data-part='headline']")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_best_and_worst_of_many_are_no_evidence(tmp_path: Path, watched: Watched) -> None:
    page = built(tmp_path, watched, {"optimizer": MANY}, rows_of(MANY))
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("Optimizer makes no difference that these runs can show (p = ")
    expect(verdict).to_contain_text(", no more than the best and the worst of 40 may differ by")
    expect(page.locator("[data-part='notes']")).to_contain_text("8 of 40 values are drawn")


def test_lower_is_better_where_the_metric_is_minimised(tmp_path: Path, watched: Watched) -> None:
    rows = [
        {"dataset": "easy", "optimizer": name, "accuracy": 10 + shift + n / 10}
        for name, shift in (("low", 0), ("high", 5))
        for n in range(10)
    ]
    page = built(tmp_path, watched, {"optimizer": ["low", "high"]}, rows, "minimize")
    look_at(page, "v.parameter=optimizer&v.measure=raw")
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("The best value is low, with a mean Test accuracy of 10.45 [")
    expect(verdict).to_contain_text("it differs by \N{MINUS SIGN}5 [")
    look_at(page, "v.parameter=optimizer")
    expect(verdict).to_contain_text("The best value is low, with a mean percentile of 76.3")


def built(
    tmp_path: Path,
    watched: Watched,
    parameters: dict[str, list[str]],
    rows: list[dict[str, Any]],
    direction: str = "maximize",
) -> Page:
    """Compare of a study made for the test."""
    study = write_grid(tmp_path / "grid.duckdb", parameters, rows, direction=direction)
    result = CliRunner().invoke(command, ["--study", str(study), "--out", str(tmp_path / "site")])
    assert result.exit_code == 0, result.output
    return watched.open((tmp_path / "site" / "compare.html").as_uri())

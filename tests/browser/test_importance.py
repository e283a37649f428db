"""Importance: words, curves and bars follow the data set chosen, which the address keeps."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from watching import Watched

from build_site.findings import Findings

pytestmark = pytest.mark.browser


def curves(page: Page) -> list[list[float]]:
    """The heights of all curves that are drawn."""
    found: list[list[float]] = page.evaluate(
        "hyperatlas.plots.view('importance-curves').model.renderers"
        ".filter(({ name }) => name?.startsWith('curve-'))"
        ".map(({ data_source }) => Array.from(data_source.data.y))"
    )
    return found


def test_words_and_curves_follow_the_data_set(
    site: Path, watched: Watched, findings: Findings
) -> None:
    dataset = findings.datasets[0]
    page = watched.open((site / "importance.html").as_uri() + "#metric=percentile&from=0.9")
    words = page.locator("#importance")
    expect(words).to_contain_text("For being good:")
    before, drawn = words.inner_text(), curves(page)
    assert len(drawn) == len(findings.factors)
    rows = page.locator("#importance-bar-table tbody tr").count()
    assert rows > len(findings.factors)

    page.get_by_label("Data set").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#importance-runs")).to_contain_text(f"{dataset.runs:,} runs")
    assert words.inner_text() != before
    assert curves(page) != drawn
    assert page.url.endswith(f"#metric=percentile&from=0.9&v.data={dataset.name}")

    page.reload()
    expect(page.get_by_label("Data set")).to_have_value(dataset.name)
    page.go_back()
    expect(words).to_have_text(before, use_inner_text=True)


def test_data_set_that_is_not_known_is_none(site: Path, watched: Watched) -> None:
    page = watched.open((site / "importance.html").as_uri() + "#v.data=nothing")
    expect(page.get_by_label("Data set")).to_have_value("")
    expect(page.locator("#importance")).to_contain_text("For being good:")

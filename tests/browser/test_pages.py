"""The site in a browser: follows light and dark, can be searched."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from watching import Watched, wait_until

pytestmark = pytest.mark.browser


def test_plots_follow_the_colour_scheme(site: Path, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="light")
    page = watched.open((site / "overview.html").as_uri())
    colour = "Bokeh.documents[0].roots()[0].below[0].major_label_text_color"
    light = page.evaluate(colour)
    watched.page.emulate_media(color_scheme="dark")
    wait_until(page, f"{colour} !== '{light}'")
    assert page.evaluate(colour) == page.evaluate(
        "getComputedStyle(document.body).getPropertyValue('--atlas-text').trim()"
    )


def test_search_works_from_disk(site: Path, watched: Watched) -> None:
    page = watched.open((site / "index.html").as_uri())
    page.get_by_placeholder("Search").click()
    page.keyboard.type("percentile")
    results = page.locator(".md-search-result")
    expect(results).to_contain_text("It does not depend on how hard the data set is")

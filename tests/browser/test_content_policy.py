"""A built page runs and loads nothing but what it was built with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from watching import NOTE_REFUSALS, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: Path) -> Iterator[Page]:
    """The overview, which notes what its policy refuses."""
    opened = browser.new_page()
    opened.goto((site / "overview.html").as_uri())
    opened.evaluate(NOTE_REFUSALS)
    yield opened
    opened.close()


def test_a_script_that_was_not_built_in_does_not_run(page: Page) -> None:
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.planted = true";
          document.body.append(script);
        }"""
    )
    wait_until(page, "window.refused.length === 1")
    assert page.evaluate("window.refused") == ["script-src-elem"]
    assert page.evaluate("window.planted") is None


def test_an_attribute_that_is_a_script_does_not_run(page: Page) -> None:
    page.evaluate(
        """() => {
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.planted = true");
          image.src = "data:,";
          document.body.append(image);
        }"""
    )
    wait_until(page, "window.refused.length === 1")
    assert page.evaluate("window.planted") is None


def test_nothing_is_fetched_from_another_host(page: Page) -> None:
    page.evaluate("() => fetch('http://127.0.0.1:9/').catch(() => null)")
    wait_until(page, "window.refused.length === 1")
    assert page.evaluate("window.refused") == ["connect-src"]

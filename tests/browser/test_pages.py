"""The site in a browser: works from a server too, follows light and dark, can be searched."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import checks
import pytest
from playwright.sync_api import expect
from watching import Watched, wait_until

pytestmark = pytest.mark.browser


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    """The address of a server that has the site under a path."""
    handler = partial(QuietHandler, directory=site.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{opened.server_address[1]}/{site.name}"
        opened.shutdown()


def test_every_page_works_under_a_path_of_a_server(
    site: Path, server: str, watched: Watched
) -> None:
    for page in checks.pages_of(site):
        opened = watched.open(f"{server}/{page.relative_to(site).as_posix()}")
        expect(opened.locator("h1")).to_be_visible()
        assert watched.problems == [], page.name


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

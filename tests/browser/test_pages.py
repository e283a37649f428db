"""Every page: opens from disk and from a server, fits a phone, follows light and dark."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect
from watching import Watched

PLOTS = {
    "index.html": 1,
    "overview.html": 1,
    "compare.html": 1,
    "questions/index.html": 0,
    "questions/augmentation.html": 2,
    "questions/optimizer.html": 2,
    "questions/optimizer-batch-size.html": 2,
    "questions/optimizer-activation.html": 2,
    "questions/initialization-activation.html": 2,
    "methods.html": 0,
}
PAGES = tuple(PLOTS)

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


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_page_opens_from_disk_and_fits(
    site: Path, watched: Watched, page: str, scheme: str, width: int
) -> None:
    watched.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    watched.page.set_viewport_size({"width": width, "height": 900})
    opened = watched.open((site / page).as_uri())
    expect(opened.locator("h1")).to_be_visible()
    assert opened.locator(".bk-Canvas").count() == PLOTS[page]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("page", PAGES)
def test_page_works_under_a_path_of_a_server(server: str, watched: Watched, page: str) -> None:
    opened = watched.open(f"{server}/{page}")
    expect(opened.locator("h1")).to_be_visible()
    assert opened.locator(".bk-Canvas").count() == PLOTS[page]


def test_every_page_of_the_site_is_listed_here(site: Path) -> None:
    found = {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    assert found == {*PAGES, "404.html"}


def test_plots_follow_the_colour_scheme(site: Path, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="light")
    page = watched.open((site / "overview.html").as_uri())
    colour = "Bokeh.documents[0].roots()[0].below[0].major_label_text_color"
    light = page.evaluate(colour)
    watched.page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{colour} !== '{light}'")
    assert page.evaluate(colour) == page.evaluate(
        "getComputedStyle(document.body).getPropertyValue('--atlas-text').trim()"
    )


def test_search_works_from_disk(site: Path, watched: Watched) -> None:
    page = watched.open((site / "index.html").as_uri())
    page.get_by_placeholder("Search").click()
    page.keyboard.type("percentile")
    results = page.locator(".md-search-result")
    expect(results).to_contain_text("It does not depend on how hard the data set is")

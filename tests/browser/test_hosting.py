"""The site where it is hosted: under any path, with a page for what is not found, on paper."""

from collections.abc import Iterator
from pathlib import Path

import checks
import pytest
from lending import WIDE
from playwright.sync_api import Browser, Page, expect
from saving import SELECTION, expect_drawing, expect_numbers, expect_picture, plots_of
from serving import SERVERS, advised_headers, served
from watching import NOTE_REFUSALS, Watched, watch

from build_site.content_policy import content_policy

pytestmark = pytest.mark.browser

PREFIX = "/a/b c/"
PAPER = 688  # A4 without its margins, in CSS pixels

# Notes what a page is like at the moment it is printed.
LOOK_AT_PAPER = """() => addEventListener("beforeprint", () => {
  const inked = (colour) => /^#[0-4]/.test(colour);
  const controls = document.querySelectorAll(".atlas-plot__tools, .atlas-bar__place, .md-header");
  window.paper = {
    scheme: document.body.dataset.mdColorScheme,
    dark_ink: inked(Bokeh.documents[0].roots()[0].below[0].major_label_text_color),
    plots: document.querySelectorAll(".atlas-plot__paper").length,
    shown: [...controls].filter((each) => matchMedia("print").matches && each.checkVisibility()),
  };
})"""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site under a path with a space, served with the headers that the documents advise."""
    with served(site, PREFIX, advised_headers("nginx.conf")) as opened:
        yield opened


@pytest.fixture
def own(browser: Browser) -> Iterator[Page]:
    """A page of the test's own, which may ask for what is not there."""
    page = browser.new_page()
    yield page
    page.close()


def test_documents_advise_the_same_headers_for_every_server() -> None:
    first, *others = [advised_headers(server) for server in SERVERS]
    assert len(first) == 5
    assert others == [first, first]


def test_advised_policy_is_that_of_the_pages_and_forbids_frames_elsewhere() -> None:
    advised = advised_headers("nginx.conf")["Content-Security-Policy"]
    # A page knows the hashes of its scripts; a browser enforces both policies.
    own = content_policy([]).replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    assert advised == f"{own}; frame-ancestors 'self'"


def test_every_kind_of_page_works_there_saves_its_plots_and_can_be_printed(
    site: Path, address: str, own: Page
) -> None:
    """Under a path, with the advised headers, which forbid to evaluate texts as scripts."""
    watched = watch(own)
    own.add_init_script(f"({NOTE_REFUSALS})()")
    for file in checks.kinds_of(site):
        way = file.relative_to(site).as_posix()
        own.emulate_media(media="screen")
        own.set_viewport_size(WIDE)
        page = watched.open(f"{address}{way}#{SELECTION}")
        expect(page.locator("h1")).to_be_visible()
        for plot in plots_of(page):
            expect_picture(page, plot)
            expect_drawing(page, plot)
            expect_numbers(page, plot)
        assert cut_off_on_paper(page) == [], way
        assert page.evaluate("window.refused") == [], way
        assert watched.problems == [], way


def cut_off_on_paper(page: Page) -> list[str]:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    return checks.overflow(page)


def test_search_works_under_a_path_with_the_advised_headers(address: str, watched: Watched) -> None:
    page = watched.open(f"{address}index.html")
    page.get_by_placeholder("Search").click()
    page.keyboard.type("percentile")
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def test_a_page_that_is_not_there_leads_back_from_any_depth(address: str, own: Page) -> None:
    for way in ("nothing.html", "questions/nothing.html", "x/y/z/"):
        own.goto(f"{address}{way}")
        expect(own.locator("h1")).to_have_text("There is no such page")
        home = own.get_by_role("link", name="Home")
        expect(home).to_have_attribute("href", f"{address}index.html")
        if way == "nothing.html":  # it is the same page at any depth
            assert checks.accessibility(own) == []
        own.get_by_role("link", name="Methods").click()
        expect(own.locator("h1")).to_contain_text("Methods")


def test_paper_shows_plots_and_no_controls_in_light_colours(site: Path, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="dark")
    page = watched.open((site / "overview.html").as_uri())
    page.evaluate(LOOK_AT_PAPER)
    assert page.pdf().startswith(b"%PDF")
    assert page.evaluate("window.paper") == {
        "scheme": "default",
        "dark_ink": True,
        "plots": 1,
        "shown": [],
    }
    # And the screen is what it was.
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.locator(".atlas-plot__paper").count() == 0

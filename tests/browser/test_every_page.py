"""Every page of the built site, whichever there are: for everyone, on any screen, in any light."""

from pathlib import Path

import checks
import pytest
from crawler import crawl
from playwright.sync_api import Page, expect
from watching import Watched, select

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 900}
TOP = "metric=percentile&from=0.9&to=1"
NOTHING = "metric=raw&from=2"  # no share is greater than 1


def test_every_page_is_for_everyone_and_every_link_leads_somewhere(
    site: Path, watched: Watched
) -> None:
    """Each page is loaded once, and looked at in all ways there."""
    # Colours that are on their way to others have no contrast to speak of.
    watched.page.emulate_media(reduced_motion="reduce")
    kinds = {kind.as_uri() for kind in checks.kinds_of(site)}
    first = (site / "index.html").as_uri()

    def examine(page: Page) -> list[str]:
        address = page.url.partition("#")[0]
        return _examined(page, is_new=address in kinds, is_first=address == first)

    visits = crawl(watched, first, examine)
    wrong = {
        visit.way: (*visit.found, *visit.problems, *visit.broken_links, *visit.broken_anchors)
        for visit in visits
    }
    assert {way: problems for way, problems in wrong.items() if problems} == {}
    ways = {page.relative_to(site).as_posix() for page in checks.pages_of(site)}
    assert {visit.way for visit in visits} == ways


def _examined(page: Page, *, is_new: bool, is_first: bool) -> list[str]:
    """What is wrong with a page; axe, which takes long, looks at some of those of one kind.

    At what is the same around every page it looks once.
    """
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    select(page, TOP)
    expect(page.locator("h1")).to_be_visible()
    found = checks.plots(page) + checks.overflow(page)
    found += checks.accessibility(page, frame=is_first) if is_new else []
    page.emulate_media(color_scheme="dark")
    found += checks.contrast(page, frame=is_first) if is_new else []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += checks.overflow(page)
    select(page, NOTHING)
    found += checks.overflow(page)
    if page.locator("#selection-bar").count():
        expect(page.locator(".atlas-bar__summary")).to_contain_text("0 of ")
    return found + _unmarked_stops(page)


def _unmarked_stops(page: Page) -> list[str]:
    """The first stops of the tab key in a page's content without a visible mark of focus."""
    page.evaluate("document.querySelector('.md-content').tabIndex = -1")
    page.evaluate("document.querySelector('.md-content').focus()")
    unmarked = []
    for _ in range(12):
        page.keyboard.press("Tab")
        unmarked.append(checks.lost_focus(page))
    return [f"no mark of focus: {stop}" for stop in unmarked if stop is not None]

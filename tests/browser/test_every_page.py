"""Every page of the built site, whichever there are: for everyone, on any screen, in any light."""

from pathlib import Path

import checks
import pytest
from playwright.sync_api import expect
from watching import Watched

pytestmark = pytest.mark.browser

TOP = "metric=percentile&from=0.9&to=1"
NOTHING = "metric=raw&from=2"  # no share is greater than 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_for_everyone(site: Path, watched: Watched, scheme: str, width: int) -> None:
    watched.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    watched.page.set_viewport_size({"width": width, "height": 900})
    problems = []
    for file in checks.pages_of(site):
        page = watched.open(f"{file.as_uri()}#{TOP}")
        expect(page.locator("h1")).to_be_visible()
        found = checks.accessibility(page) + checks.overflow(page)
        found += checks.plots(page) + checks.links(page)
        problems.append((file.name, found))
    assert [problem for problem in problems if problem[1]] == []


def test_every_page_says_when_nothing_is_selected(site: Path, watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 900})
    for file in checks.pages_of(site):
        page = watched.open(f"{file.as_uri()}#{NOTHING}")
        assert checks.overflow(page) == [], file.name
        assert watched.problems == [], file.name
        if page.locator("#selection-bar").count():
            expect(page.locator(".atlas-bar__summary")).to_contain_text("0 of ")


def test_every_page_opened_by_the_keyboard_shows_where_it_is(site: Path, watched: Watched) -> None:
    """The first stops of the tab key in a page's content have a visible mark of focus."""
    for file in checks.pages_of(site):
        page = watched.open(file.as_uri())
        page.evaluate("document.querySelector('.md-content').tabIndex = -1")
        page.evaluate("document.querySelector('.md-content').focus()")
        for _ in range(12):
            page.keyboard.press("Tab")
            assert checks.lost_focus(page) is None, file.name

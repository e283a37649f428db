"""What every page of a study of an unusual kind must bear."""

import checks
from playwright.sync_api import Page, expect
from watching import select

PHONE = {"width": 390, "height": 844}
SELECTIONS = ("", "metric=percentile&from=0.9&to=1", "metric=raw&from=1e29")


def assert_whole_on_a_phone(page: Page) -> None:
    """Whatever is selected, nothing sticks out, and texts have stayed texts."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(page.locator("h1")).to_be_visible()
    for selection in SELECTIONS:
        select(page, selection)
        assert checks.overflow(page) == [], (page.url, selection)
        assert checks.planted(page) == [], (page.url, selection)

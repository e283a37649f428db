"""One page of the browser for many tests, as good as new for each.

What the browser has compiled of Bokeh and the site's scripts serves the next test, which opens a
page in two thirds of the time that a new one takes.
"""

from playwright.sync_api import Browser, Error, Page, ViewportSize

WIDE = ViewportSize(width=1280, height=900)
MOMENT = 10  # milliseconds


class Lending:
    """Lends one page after the other; a new one when the last is not as good as new."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def take(self) -> Page:
        """An empty page, of a window of usual size."""
        if self._page is None:
            self._page = self._browser.new_context().new_page()
        self._page.set_viewport_size(WIDE)
        return self._page

    def tidy_up(self) -> None:
        """Make the page as good as new, or give it up."""
        assert self._page is not None
        try:
            _empty(self._page)
        except Error:
            self.throw_away()

    def throw_away(self) -> None:
        """Give the page up: the next one that is taken is new."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


def _empty(page: Page) -> None:
    page.wait_for_timeout(MOMENT)  # for what the test set going
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.mouse.up()
    if not page.url.startswith("about:"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
    page.context.clear_permissions()
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Page.resetNavigationHistory")  # which ends at 50 pages
    session.detach()

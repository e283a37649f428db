"""One page of the browser for many tests, as good as new for each.

What the browser has compiled of Bokeh and the site's scripts serves the next test, which opens a
page in two thirds of the time that a new one takes.
"""

from playwright.sync_api import Browser, Page, ViewportSize

WIDE = ViewportSize(width=1280, height=900)


class Lending:
    """Lends one page after the other; a new one when the last came back in disorder."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def take(self) -> Page:
        """An empty page, of a window of usual size."""
        if self._page is None:
            self._page = self._browser.new_context().new_page()
        self._page.set_viewport_size(WIDE)
        return self._page

    def give_back(self, *, in_order: bool) -> None:
        """End the use of the page, and throw it away unless it is in order."""
        page = self._page
        assert page is not None
        if not in_order:
            page.context.close()
            self._page = None
            return
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        if not page.url.startswith("about:"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
        session = page.context.new_cdp_session(page)
        session.send("Page.resetNavigationHistory")  # which ends at 50 pages
        session.detach()
        page.mouse.move(0, 0)
        page.emulate_media(media="null", color_scheme="null", reduced_motion="null")

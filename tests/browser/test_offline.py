"""Chromium reaches no other machine while tests run, even if a page asked it to."""

import pytest
from playwright.sync_api import Browser, Error

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1"])
def test_browser_finds_no_other_machine(browser: Browser, host: str) -> None:
    with (
        browser.new_context() as context,
        pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"),
    ):
        context.new_page().goto(f"http://{host}/")

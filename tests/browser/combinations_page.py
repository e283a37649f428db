"""How tests read page Combinations."""

from playwright.sync_api import Page

FIGURE = "Bokeh.documents[0].roots()[0]"


def cell_count(page: Page) -> int:
    return page.evaluate(
        f"['evident', 'muted'].map((name) => {FIGURE}.select_one(name).data_source)"
        ".reduce((sum, source) => sum + source.data.left.length, 0)"
    )


def table(page: Page) -> list[list[str]]:
    """The rows of the table twin."""
    details = page.locator("#combinations-details")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.wait_for_selector("#combinations-table tbody tr")
    return page.evaluate(
        "[...document.querySelectorAll('#combinations-table tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )

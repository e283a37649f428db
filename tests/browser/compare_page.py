"""How tests look at page Compare."""

from playwright.sync_api import Page
from watching import wait_until


def look_at(page: Page, fragment: str) -> list[list[str]]:
    """Follow the fragment; the cells of the page's table."""
    page.evaluate(
        """(fragment) => {
            const table = document.getElementById("compare-table");
            table.closest("details").open = true;
            table.tHead.replaceChildren();
            history.replaceState(null, "", `#${fragment}`);
            window.dispatchEvent(new PopStateEvent("popstate"));
        }""",
        fragment,
    )
    wait_until(page, "document.getElementById('compare-table').tHead.rows.length > 0")
    return page.evaluate(
        "[...document.getElementById('compare-table').tBodies[0].rows].map("
        "(row) => [...row.cells].map((cell) => cell.textContent))"
    )

"""What must hold on any page of any site: each check returns what is wrong, in words."""

import json
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
CHECKS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
SETTLING = 10_000  # milliseconds


def accessibility(page: Page, *, frame: bool = True) -> list[str]:
    """Serious and critical violations that axe finds, in what is around every page too or not."""
    return _axe(page, f"{{ frame: {json.dumps(frame)} }}")


def contrast(page: Page, *, frame: bool = True) -> list[str]:
    """Texts that axe finds too pale in the colours that the page has now."""
    return _axe(page, f"{{ frame: {json.dumps(frame)}, rules: ['color-contrast'] }}")


def overflow(page: Page) -> list[str]:
    """What sticks out of the screen sideways, unless inside a box that scrolls or clips.

    Plots follow a window that has been resized when the browser next draws.
    """
    return _settled(page, "overflow()")


def plots(page: Page) -> list[str]:
    """Plots without a caption, a filled table, tools, a hover, or names on their axes.

    Plots of dialogs that are closed are left out.
    """
    for plot in page.locator(".atlas-plot:visible").all():
        plot.scroll_into_view_if_needed()  # some get their data when the reader comes near
    page.locator("details.atlas-table").evaluate_all(
        "(tables) => tables.forEach((table) => { table.open = true; })"  # some are filled then
    )
    return _settled(page, "plots()")


def planted(page: Page) -> list[str]:
    """Elements that only a text of the study could have made, anywhere, in plots too."""
    return _check(page, "planted()")


def lost_focus(page: Page) -> str | None:
    """What has the focus, if a reader cannot see that it has."""
    return _check(page, "lostFocus()")


def pages_of(site: Path) -> list[Path]:
    """Every page of a site but the one for addresses that are not found."""
    return sorted(page for page in site.rglob("*.html") if page.name != "404.html")


def pages_of_study(site: Path) -> list[Path]:
    """Those of them that differ from study to study, in a site of one."""
    same = {site / "methods.html", *(site / "import").iterdir()}
    return [page for page in pages_of(site) if page not in same]


def kinds_of(site: Path) -> list[Path]:
    """A page of each kind: those of one folder, such as the questions, are of one or two kinds."""
    folders: dict[Path, list[Path]] = {}
    for page in pages_of(site):
        folders.setdefault(page.parent, []).append(page)
    return [
        page for folder, pages in folders.items() for page in pages[: None if folder == site else 2]
    ]


def _axe(page: Page, options: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = _check(page, f"accessibility({options})")
    return found


def _settled(page: Page, call: str) -> list[str]:
    """What a check still finds wrong when the page has had its time to put it right."""
    return _check(page, f"settled(() => checks.{call}, {SETTLING})")


def _check(page: Page, call: str):  # noqa: ANN202 - whatever the check returns
    return page.evaluate(f"{CHECKS}\nchecks.{call}")

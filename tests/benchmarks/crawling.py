"""Follow every link of built sites in Chromium, and print what is wrong with each page.

    python tests/benchmarks/crawling.py [SITE ...]    (default: the folder site)

Exits with 1 if anything is.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "browser"))

import checks
from chromium import launch
from crawler import Visit, crawl
from watching import Watched, watch

COLUMNS = ("page", "requests", "foreign", "errors", "links", "anchors", "axe")


def examined(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    return checks.accessibility(page)


def row(visit: Visit) -> tuple[str, ...]:
    """A line of the table: how many requests, and how many of each kind of fault."""
    foreign = [problem for problem in visit.problems if problem.startswith("http")]
    counts = (
        visit.requests,
        len(foreign),
        len(visit.problems) - len(foreign),
        len(visit.broken_links),
        len(visit.broken_anchors),
        len(visit.found),
    )
    return (visit.way, *map(str, counts))


def show(visits: Sequence[Visit]) -> None:
    """Print the table, its totals, and every fault in words."""
    rows = [row(visit) for visit in visits]
    totals = [sum(int(each[place]) for each in rows) for place in range(1, len(COLUMNS))]
    rows.append((f"{len(visits)} pages", *map(str, totals)))
    for way, *numbers in (COLUMNS, *rows):
        print(f"{way:44}" + "".join(f"{number:>10}" for number in numbers))
    for visit in visits:
        for fault in (*visit.problems, *visit.broken_links, *visit.broken_anchors, *visit.found):
            print(f"{visit.way}: {fault}")


def is_faultless(visit: Visit) -> bool:
    """Whether nothing is wrong with a page."""
    return not (visit.problems or visit.broken_links or visit.broken_anchors or visit.found)


def main(sites: Sequence[Path]) -> int:
    """Crawl the sites; returns the exit code."""
    visits: list[Visit] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for site in sites:
            watched: Watched = watch(browser.new_context(reduced_motion="reduce").new_page())
            visits += crawl(watched, (site.resolve() / "index.html").as_uri(), examined)
        browser.close()
    show(visits)
    return 0 if all(map(is_faultless, visits)) else 1


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or [Path("site")]))

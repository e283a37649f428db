"""The built site in a real Chromium, opened from disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import edge_studies
import pytest
from building import EdgeSite, build
from chromium import launch
from compiled_templates import compile_templates_once
from lending import MOMENT, Lending
from once import Once
from playwright.sync_api import Browser, Page, sync_playwright
from watching import Watched, watch

from build_site.findings import Findings
from build_site.provenance import ROOT
from build_site.study import open_study

STUDY = ROOT / "data" / "cnn"

compile_templates_once()


@pytest.fixture(scope="session")
def site(once: Once) -> Path:
    """The site of the shipped study; no test may change it."""
    return once("site", lambda out: build("--study", STUDY, "--out", out))


@pytest.fixture(scope="session")
def edge_site(once: Once) -> EdgeSite:
    """The site of one of edge_studies.EDGES; no test may change it."""

    def built(name: str) -> Path:
        def make(folder: Path) -> None:
            folder.mkdir()
            study = edge_studies.write(name, folder / "edge.duckdb")
            build("--study", study, "--out", folder / "site")

        return once(f"edge {name}", make) / "site"

    return built


@pytest.fixture(scope="session")
def hostile_site(edge_site: EdgeSite) -> Path:
    """The site of a study whose texts would be programs, if anything ran them."""
    return edge_site("hostile labels")


@pytest.fixture(scope="session")
def findings() -> Findings:
    """The shipped study as SQL sees it."""
    return Findings(open_study(STUDY))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def lending(browser: Browser) -> Lending:
    """The page that tests of a process use one after the other."""
    return Lending(browser)


@pytest.fixture
def watched(lending: Lending, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A page whose console errors and requests to other hosts fail the test."""
    failed = request.session.testsfailed
    watched = watch(lending.take())
    yield watched
    lending.tidy_up()
    watched.look_away()
    if watched.problems or request.session.testsfailed > failed:
        lending.throw_away()
    assert watched.problems == []


@pytest.fixture(scope="session")
def kept_open(browser: Browser, site: Path) -> Watched:
    """Page Runs of the shipped study."""
    watched = watch(browser.new_page())
    watched.open((site / "runs.html").as_uri())
    return watched


@pytest.fixture
def asked(kept_open: Watched) -> Iterator[Page]:
    """A page that stays open, for tests that only call functions of the site's scripts."""
    yield kept_open.page
    kept_open.page.wait_for_timeout(MOMENT)  # for what the test set going
    problems = [*kept_open.problems]
    kept_open.problems.clear()
    assert problems == []


@pytest.fixture
def runs(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open page Runs of the shipped study with a fragment."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "runs.html").as_uri() + f"#{fragment}")

    return opened

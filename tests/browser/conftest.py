"""The built site in a real Chromium, opened from disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import edge_studies
import pytest
from chromium import launch
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, sync_playwright
from watching import Watched, watch

from build_site.__main__ import command
from build_site.findings import Findings
from build_site.provenance import ROOT
from build_site.study import open_study

STUDY = ROOT / "data" / "cnn"


@pytest.fixture(scope="session")
def site(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The site of the shipped study; no test may change it."""

    def build(out: Path) -> None:
        result = CliRunner().invoke(command, ["--study", str(STUDY), "--out", str(out)])
        assert result.exit_code == 0, result.output

    return once("site", build)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a study whose texts would be programs, if anything ran them."""
    folder = tmp_path_factory.mktemp("hostile")
    study = edge_studies.write("hostile labels", folder / "edge.duckdb")
    out = folder / "site"
    result = CliRunner().invoke(command, ["--study", str(study), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


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


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page whose console errors and requests to other hosts fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = watch(context.new_page())
    yield watched
    context.close()
    assert watched.problems == []


@pytest.fixture
def runs(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open page Runs of the shipped study with a fragment."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "runs.html").as_uri() + f"#{fragment}")

    return opened

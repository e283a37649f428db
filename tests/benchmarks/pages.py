"""The built pages in Chromium, and those that HiPlot and Optuna export of the same runs.

    python tests/benchmarks/pages.py [RUNS ...]

All are opened from disk, each in a browser that was just started. A page counts as drawn, and a
filter as settled, with the last thing that is drawn (settled.js). Heap is what is left after a
collection of garbage, arrays included. Weight is all that a page loads. Optuna's pages take minutes
at the larger size and are measured at the smaller one alone; they have nothing to filter with.
"""

import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import samples
from measurement import Measurement, report, summary
from playwright.sync_api import BrowserType, Page, ViewportSize, sync_playwright

SETTLED = Path(__file__).with_name("settled.js")
ROUNDS = 3
SIZES = (13_000, 1_000_000)
PEER_SIZES = (13_000, 118_257)
VIEWS = ("overview", "combinations", "compare", "runs")
# The whole browser, as readers have it, rather than its shell.
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
WINDOW: ViewportSize = {"width": 1440, "height": 900}
PATIENCE = 300_000  # milliseconds
MEGABYTE = 1e6

# Filters the page in another way for each number, and returns when that was asked for, by the
# page's own clock.
Filter = Callable[[Page, int], float]


class NothingFilteredError(RuntimeError):
    """A filter that left the page as it was, so that its time means nothing."""


@dataclass(frozen=True)
class Exhibit:
    """A page to measure: what must be true before it counts as drawn, and how to filter it.

    `state` is what a filter changes: a page that did nothing would look very fast.
    """

    name: str
    file: Path
    drawn: str
    filter: Filter | None = None
    state: str = "null"


@dataclass(frozen=True)
class Visit:
    """What one visit of a page took; milliseconds and megabytes."""

    drawn: float
    filtered: float | None
    heap: float


def measure(sizes: Sequence[int], folder: Path) -> Iterator[Measurement]:
    """Our pages at several sizes, then beside those of other tools."""
    with sync_playwright() as playwright:
        for count in sizes:
            site = _site(samples.resampled(count, folder))
            for view in VIEWS:
                yield from _measured(playwright.chromium, [_ours(site, view, f"{count:,} runs")])
        if samples.NASBENCH.exists():
            for count in PEER_SIZES:
                yield from _measured(playwright.chromium, _beside_hiplot(count, folder))
            yield from _measured(playwright.chromium, _optuna(min(PEER_SIZES), folder))


def _ours(site: Path, view: str, what: str) -> Exhibit:
    drawn = "window.Bokeh && Bokeh.documents.length && Bokeh.documents.every((d) => d.is_idle)"
    state = "document.querySelector('.atlas-bar__summary').textContent"
    return Exhibit(f"{view}, {what}", site / f"{view}.html", drawn, _press, state)


def _beside_hiplot(count: int, folder: Path) -> list[Exhibit]:
    import peers  # noqa: PLC0415 - heavy, and needed for these pages alone

    study = samples.nasbench(count, folder)
    site, page = _site(study), folder / f"hiplot-{count}.html"
    peers.hiplot_page(study, page)
    what = f"NAS-Bench-201, {count:,} runs"
    drawn = "document.querySelector('table')"
    theirs = Exhibit(f"HiPlot, {what}", page, drawn, _drag(51, 150, 250), "document.body.innerText")
    return [*(_ours(site, view, what) for view in VIEWS), theirs]


def _optuna(count: int, folder: Path) -> list[Exhibit]:
    import peers  # noqa: PLC0415

    study = folder / f"nasbench-{count}.duckdb"
    parallel, slices = folder / "parallel.html", folder / "slice.html"
    peers.optuna_parallel_page(study, parallel)
    peers.optuna_slice_page(study, slices)
    what = f"NAS-Bench-201, {count:,} runs"
    drawn = "document.querySelector('.main-svg')"
    return [
        # Its parallel coordinates are lines of one trace a run, which nothing filters.
        Exhibit(f"Optuna parallel, {what}", parallel, drawn),
        Exhibit(f"Optuna slice, {what}", slices, drawn),
    ]


def _site(study: Path) -> Path:
    out = study.with_suffix(".site")
    command = [sys.executable, "-m", "build_site", "--study", str(study), "--out", str(out)]
    subprocess.run(command, check=True, cwd=samples.ROOT)
    return out


def _press(page: Page, number: int) -> float:
    """Press one of our presets."""
    label = ("Top 10 %", "Top half", "Bottom half")[number]
    button = page.get_by_role("button", name=label, exact=True)
    asked: float = button.evaluate(
        "(button) => { const asked = performance.now(); button.click(); return asked; }"
    )
    return asked


def _drag(x: int, top: int, bottom: int) -> Filter:
    """Brush an axis with the mouse; it stands there in a window of that size."""

    def drag(page: Page, number: int) -> float:
        page.mouse.move(x, top + 150 * number)
        page.mouse.down()
        page.mouse.move(x, bottom + 150 * number)
        asked: float = page.evaluate("performance.now()")
        page.mouse.up()
        return asked

    return drag


def _measured(chromium: BrowserType, exhibits: Sequence[Exhibit]) -> Iterator[Measurement]:
    """All exhibits in turn, so that each round finds the machine as busy for all."""
    visits = [[_visit(chromium, exhibit) for exhibit in exhibits] for _ in range(ROUNDS)]
    for exhibit, own in zip(exhibits, zip(*visits, strict=True), strict=True):
        yield summary(f"drawn: {exhibit.name}", "ms", [visit.drawn for visit in own])
        filtered = [visit.filtered for visit in own if visit.filtered is not None]
        if filtered:
            yield summary(f"filtered: {exhibit.name}", "ms", filtered)
        yield summary(f"heap: {exhibit.name}", "MB", [visit.heap for visit in own])
        whole, compressed = _weight(chromium, exhibit)
        yield summary(f"weight: {exhibit.name}", "MB", [whole])
        yield summary(f"weight, gzipped: {exhibit.name}", "MB", [compressed])


def _visit(chromium: BrowserType, exhibit: Exhibit) -> Visit:
    with _opened(chromium) as page:
        page.goto(exhibit.file.as_uri(), wait_until="commit", timeout=PATIENCE)
        page.wait_for_function(exhibit.drawn, timeout=PATIENCE)
        drawn = page.evaluate("settled()")
        times = []
        for number in range(3) if exhibit.filter else ():
            before = page.evaluate(exhibit.state)
            asked = exhibit.filter(page, number)
            times.append(page.evaluate("settled()") - asked)
            if page.evaluate(exhibit.state) == before:
                raise NothingFilteredError(f"{exhibit.name}: filter {number} changed nothing")
        # The first filter compiles what later ones find compiled.
        return Visit(drawn, statistics.median(times) if times else None, _heap(page))


def _heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return (usage["usedSize"] + usage.get("backingStorageSize", 0)) / MEGABYTE


def _weight(chromium: BrowserType, exhibit: Exhibit) -> tuple[float, float]:
    """All files that the page loads, as they are and compressed."""
    files = set()
    with _opened(chromium) as page:
        page.on("request", lambda request: files.add(unquote(urlparse(request.url).path)))
        page.goto(exhibit.file.as_uri(), timeout=PATIENCE)
        page.wait_for_function(exhibit.drawn, timeout=PATIENCE)
    contents = [Path(file).read_bytes() for file in files if Path(file).is_file()]
    return (
        sum(len(content) for content in contents) / MEGABYTE,
        sum(len(gzip.compress(content, mtime=0)) for content in contents) / MEGABYTE,
    )


@contextmanager
def _opened(chromium: BrowserType) -> Iterator[Page]:
    """An empty page of a browser that was just started."""
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    browser = chromium.launch(
        executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
    )
    page = browser.new_page(viewport=WINDOW, bypass_csp=True)  # to ask the page, by text
    page.add_init_script(path=SETTLED)
    page.set_default_timeout(PATIENCE)
    yield page
    browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        report(measure([int(count) for count in sys.argv[1:]] or SIZES, Path(scratch)))

"""The overview's plot: its marks are what SQL says, its texts fit, and a finger can drag on it."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from building import EdgeSite
from playwright.sync_api import Browser, Page, expect
from test_selection import random_selection
from watching import Watched, select, wait_until

from build_site.findings import Findings
from build_site.rendering import counted, percent

pytestmark = pytest.mark.browser

MARKS = "Bokeh.documents[0].roots()[0].select_one('marks').data_source.data"
LABELS = "Bokeh.documents[0].roots()[0].select_one('name-labels').data_source.data"


@pytest.fixture
def overview(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open the overview with a selection."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "overview.html").as_uri() + f"#{fragment}")

    return opened


def test_medians_and_bests_are_where_sql_says(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    generator = random.Random(1858)  # noqa: S311 - no secret
    for shown in ("raw", "percentile", "relative") * 12:
        selected = random_selection(findings, generator)
        select(page, f"{selected.fragment}&shown={shown}".lstrip("&"))
        rows = findings.study.database.execute(
            f"SELECT name, median({shown}), max({shown}), count(position), "
            "count(position) FILTER (scored.status = 'diverged') FROM dataset LEFT JOIN "
            f"(FROM scored WHERE {selected.condition}) AS scored ON scored.dataset = name "
            "GROUP BY name"
        ).fetchall()
        expected = {name: rest for name, *rest in rows}
        marks = page.evaluate(
            f"(({{ median, best, selected }}) => ({{ median: [...median], best: [...best], "
            f"selected: [...selected] }}))({MARKS})"
        )
        for place, dataset in enumerate(findings.datasets):
            median, best, runs, _ = expected[dataset.name]
            assert marks["selected"][place] == counted(runs, "run"), selected
            for found, value in ((marks["median"][place], median), (marks["best"][place], best)):
                if value is None:
                    assert found is None or found != found, selected  # noqa: PLR0124 - NaN
                else:
                    assert found == pytest.approx(value, abs=1e-7), selected


def test_page_and_build_write_a_share_alike(asked: Page) -> None:
    stored = [float(np.float32(number / 10_000)) for number in range(-500, 10_001)]
    assert asked.evaluate("(all) => all.map(hyperatlas.format.percent)", stored) == [
        percent(share) for share in stored
    ]


def test_share_that_diverged_is_said(edge_site: EdgeSite, watched: Watched) -> None:
    page = watched.open((edge_site("all diverged") / "overview.html").as_uri())
    diverged = page.locator("#overview-table [data-label=Diverged]").first
    expect(diverged).to_have_text("60 (100.0\N{NO-BREAK SPACE}%)")
    assert "100.0\N{NO-BREAK SPACE}% diverged" in page.evaluate(f"{LABELS}.numbers[0]")


def test_study_without_a_chance_level_has_no_relative_values(
    watched: Watched, edge_site: EdgeSite
) -> None:
    asked = "#metric=relative&from=0.5&to=0.9&shown=relative"
    page = watched.open((edge_site("forty values of a loss") / "overview.html").as_uri() + asked)
    expect(page.locator(".atlas-bar__summary")).to_contain_text(
        re.compile("^400 of 400 runs .* asks for relative values, of which this study has none")
    )
    expect(page.get_by_role("button", name="Training loss", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_role("button", name="Relative", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Top half", exact=True).click()
    expect(page.locator(".atlas-bar__summary")).not_to_contain_text("relative")
    # The best run, at the left end of the axis, is not cut; all ticks have as many digits.
    start, best, ticks = page.evaluate(
        """() => {
            const figure = Bokeh.documents[0].roots()[0];
            const { best } = figure.select_one("marks").data_source.data;
            return [figure.x_range.start, Math.min(...best), figure.below[0].formatter.format];
        }"""
    )
    assert start < best
    assert ticks == "0.0"


def test_long_labels_are_cut_to_the_plot(hostile_site: Path, watched: Watched) -> None:
    page = watched.open((hostile_site / "overview.html").as_uri())
    measured = f"""() => {{
        const ruler = document.createElement("canvas").getContext("2d");
        const widest = (texts, font) => {{
            ruler.font = font;
            return Math.max(...texts.map((text) => ruler.measureText(text).width));
        }};
        const {{ name, numbers }} = {LABELS};
        const room = document.getElementById("overview-plot").clientWidth - 14;
        return widest(name, "bold 13px helvetica") <= room
            && widest(numbers, "13px helvetica") <= room;
    }}"""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wait_until(page, measured)
        assert page.evaluate(f"{LABELS}.name.filter((name) => name.endsWith('…')).length") == 1


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move one finger over the screen."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    touch("touchStart", start)
    for step in range(1, 11):
        share = step / 10
        touch(
            "touchMove",
            (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            ),
        )
        page.wait_for_timeout(16)
    touch("touchEnd")


@pytest.fixture
def phone(browser: Browser, site: Path) -> Page:
    """The overview on a phone, its plot in sight."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = Watched(context.new_page()).open((site / "overview.html").as_uri())
    page.locator("#overview-plot").scroll_into_view_if_needed()
    return page


def test_finger_that_moves_sideways_selects_a_range(phone: Page) -> None:
    box = phone.locator("#overview-plot").bounding_box()
    assert box is not None
    y = box["y"] + 70
    drag(phone, (box["x"] + 0.5 * box["width"], y), (box["x"] + 0.8 * box["width"], y + 6))
    phone.wait_for_url("**#metric=raw&from=0.*&to=0.*")
    phone.context.close()


def test_finger_that_moves_up_scrolls(phone: Page) -> None:
    box = phone.locator("#overview-plot").bounding_box()
    assert box is not None
    x, before = box["x"] + 0.5 * box["width"], phone.evaluate("scrollY")
    drag(phone, (x, box["y"] + 200), (x + 4, box["y"] + 20))
    wait_until(phone, f"scrollY > {before} + 50")
    assert "#" not in phone.url
    phone.context.close()


def test_hover_is_legible(overview: Callable[[str], Page]) -> None:
    """The names in a hover have the contrast that WCAG AA asks of texts, 4.5 to 1."""
    page = overview("")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        box = page.locator("#overview-plot").bounding_box()
        assert box is not None
        page.mouse.move(10, 10)
        page.mouse.move(box["x"] + box["width"] * 0.955, box["y"] + 82, steps=3)
        wait_until(page, "document.querySelector('body > .bk-Tooltip')?.checkVisibility()")
        ratio = page.evaluate(
            """() => {
                const tooltip = document.querySelector("body > .bk-Tooltip");
                const label = tooltip.shadowRoot.querySelector(".bk-tooltip-row-label");
                const light = (colour) => {
                    const linear = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
                        const share = part / 255;
                        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
                    });
                    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
                };
                const [low, high] = [
                    light(getComputedStyle(label).color),
                    light(getComputedStyle(tooltip).backgroundColor),
                ].sort((a, b) => a - b);
                return (high + 0.05) / (low + 0.05);
            }"""
        )
        assert ratio >= 4.5, scheme

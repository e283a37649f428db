"""The selection bar: its presets and slider, what it says, and how little of a screen it takes."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from watching import Watched

from build_site.findings import Findings

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def overview(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open the overview with a selection."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "overview.html").as_uri() + f"#{fragment}")

    return opened


def count(findings: Findings, condition: str) -> int:
    row = findings.study.database.execute(
        f"SELECT count(*) FROM scored WHERE {condition}"
    ).fetchone()
    assert row is not None
    return row[0]


def summary(page: Page) -> Locator:
    return page.locator(".atlas-bar__summary")


PRESETS = {
    "Top 1 %": "percentile >= 0.99::FLOAT",
    "Top 10 %": "percentile >= 0.9::FLOAT",
    "Top half": "percentile >= 0.5::FLOAT",
    "Bottom half": "percentile <= 0.5::FLOAT",
    "Bottom 10 %": "percentile <= 0.1::FLOAT",
    "Any": "true",
}


def test_presets(overview: Callable[[str], Page], findings: Findings) -> None:
    page = overview("metric=raw&from=0.9")
    for name, condition in PRESETS.items():
        preset = page.get_by_role("button", name=name, exact=True)
        preset.click()
        expect(preset).to_have_attribute("aria-pressed", "true")
        expect(summary(page)).to_have_text(re.compile(rf"^{count(findings, condition):,} of "))
        assert page.locator(".atlas-bar__controls [aria-pressed=true]").count() == 2  # and "All"


def test_arrows_move_a_handle_of_the_slider(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    low = page.get_by_label("Lower end of the range")
    low.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(low).to_have_attribute("aria-valuetext", "2\N{NO-BREAK SPACE}%")
    expect(page).to_have_url(re.compile(r"#metric=percentile&from=0\.02$"))
    runs = count(findings, "percentile >= 0.02::FLOAT")
    expect(summary(page)).to_have_text(re.compile(rf"^{runs:,} of "))
    page.go_back()  # four strokes were one step
    expect(summary(page)).to_have_text(re.compile(rf"^{findings.runs:,} of "))
    expect(low).to_have_value("0")


def test_pointer_moves_a_handle_and_the_views_follow_at_once(
    overview: Callable[[str], Page],
) -> None:
    page = overview("metric=raw&from=0.1")
    handle = page.get_by_label("Upper end of the range")
    box = handle.bounding_box()
    assert box is not None
    steps = page.evaluate("history.length")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 6, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, y, steps=10)
    expect(page.get_by_label("At most")).to_have_value(re.compile(r"^(49|50|51)"))
    assert "to=" not in page.url  # not before the hand is taken off
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"#metric=raw&from=0\.1&to=0\.(49|5|51)\d*$"))
    assert page.evaluate("history.length") == steps + 1


def test_handles_meet_but_do_not_cross(overview: Callable[[str], Page]) -> None:
    page = overview("metric=percentile&from=0.4&to=0.5")
    low = page.get_by_label("Lower end of the range")
    low.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"from=0\.5&to=0\.5$"))
    # Both stand at one place now, and either can still be grasped.
    for name in ("Lower", "Upper"):
        expect(page.get_by_label(f"{name} end of the range")).to_have_value("100")


def test_leaving_a_handle_keeps_what_it_chose(overview: Callable[[str], Page]) -> None:
    page = overview("")
    page.get_by_label("Lower end of the range").focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("Shift+Tab")
    assert re.search(r"#metric=percentile&from=0\.\d+$", page.url)


@pytest.mark.parametrize("metric", ["percentile", "raw", "relative"])
def test_distribution_behind_the_slider_is_that_of_sql(
    asked: Page, findings: Findings, metric: str
) -> None:
    drawn = asked.evaluate(
        """(metric) => {
            const { performance, selection, study } = hyperatlas;
            const chosen = selection.parse(`dataset=mnist&metric=${metric}&from=0.5`, study);
            const { baseline, selected } = selection.mask(study, chosen);
            return {
                extent: performance.extent(study, metric),
                baseline: [...performance.histogram(study, metric, baseline)],
                selected: [...performance.histogram(study, metric, selected)],
            };
        }""",
        metric,
    )
    rows = findings.study.database.execute(
        f"SELECT {metric}::DOUBLE FROM scored WHERE dataset = 'mnist' AND {metric} IS NOT NULL"
    ).fetchall()
    values = np.array([value for (value,) in rows])
    low, high = drawn["extent"]
    bins = np.clip(np.floor((values - low) * (50 / (high - low))), 0, 49).astype(int)
    assert drawn["baseline"] == np.bincount(bins, minlength=50).tolist()
    assert drawn["selected"] == np.bincount(bins[values >= 0.5], minlength=50).tolist()


def test_everything_chosen_is_said_and_can_be_taken_out_but_on_paper(
    overview: Callable[[str], Page],
) -> None:
    page = overview("dataset=mnist&metric=percentile&from=0.9&to=1&p.optimizer=adam")
    page.emulate_media(media="print")
    for selector in (".atlas-bar__controls", ".atlas-plot__tools", ".atlas-bar__reset"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(summary(page)).to_be_visible()
    page.emulate_media(media="screen")
    chips = page.locator(".atlas-bar__chips .atlas-chip")
    expect(chips).to_have_text(
        [
            f"{label} \N{MULTIPLICATION SIGN}"
            for label in ("MNIST", "Top 10\N{NO-BREAK SPACE}%", "Optimizer: Adam")
        ]
    )
    page.get_by_role("button", name="Remove Top 10").click()
    expect(page).to_have_url(re.compile(r"#dataset=mnist&p\.optimizer=adam$"))
    page.get_by_role("button", name="Remove MNIST").press("Enter")
    expect(page).to_have_url(re.compile(r"#p\.optimizer=adam$"))
    assert page.evaluate("document.activeElement.textContent") == "Reset"


def test_screen_reader_is_told_once_when_all_is_quiet(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    heard = page.locator(".atlas-bar__state [role=status]")
    page.wait_for_timeout(1000)
    expect(heard).to_be_empty()  # opening the page is no news
    page.evaluate(
        """() => {
            window.told = 0;
            const status = document.querySelector(".atlas-bar__state [role=status]");
            new MutationObserver(() => { window.told += 1; }).observe(status, { childList: true });
        }"""
    )
    for name in ("Top 1 %", "Top half", "Top 10 %"):
        page.get_by_role("button", name=name, exact=True).click()
    runs = count(findings, "percentile >= 0.9::FLOAT")
    expect(heard).to_have_text(f"{runs:,} of {findings.runs:,} runs: Top 10\N{NO-BREAK SPACE}%")
    assert page.evaluate("told") == 1


def test_masks_are_computed_once_for_a_selection(asked: Page) -> None:
    assert asked.evaluate(
        """() => {
            const { mask, parse } = hyperatlas.selection;
            const of = (fragment) => mask(hyperatlas.study, parse(fragment, hyperatlas.study));
            const first = of("dataset=mnist&from=0.5");
            const again = of("dataset=mnist&from=0.5&v.mode=x&shown=relative");
            const range = of("dataset=mnist&from=0.6");
            const settings = of("from=0.6");
            return [again === first, range.baseline === first.baseline, range.count < first.count,
                    settings.baseline === range.baseline, settings.count > range.count];
        }"""
    ) == [True, True, True, False, True]


def test_line_stays_in_sight_and_opens_the_controls(overview: Callable[[str], Page]) -> None:
    page = overview("")
    page.set_viewport_size({"width": 1280, "height": 500})
    filters = page.get_by_role("button", name="Filters")
    expect(filters).to_be_hidden()
    page.evaluate("scrollTo(0, 600)")
    expect(filters).to_be_visible()
    expect(filters).to_have_attribute("aria-expanded", "false")
    before = page.evaluate("[scrollY, document.body.scrollHeight]")
    filters.press("Enter")
    expect(filters).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("[scrollY, document.body.scrollHeight]") == before
    page.get_by_role("button", name="MNIST", exact=True).click()
    expect(page).to_have_url(re.compile("#dataset=mnist$"))
    assert page.evaluate("scrollY") == before[0]
    page.keyboard.press("Escape")
    expect(filters).to_have_attribute("aria-expanded", "false")
    assert page.evaluate("document.activeElement.textContent") == "Filters"
    page.evaluate("scrollTo(0, 0)")
    expect(filters).to_be_hidden()


def test_bar_takes_at_most_a_third_of_a_phone_with_each_thing_chosen_in_sight(
    overview: Callable[[str], Page],
) -> None:
    page = overview("dataset=mnist&dataset=cifar10&metric=percentile&from=0.9&p.optimizer=adam")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    line = page.locator(".atlas-bar__state")
    controls = page.locator(".atlas-bar__controls")
    expect(controls).to_be_hidden()
    page.evaluate("scrollTo(0, 900)")
    height = "(bar) => bar.getBoundingClientRect().height"
    assert line.evaluate(height) < 80  # what is selected, and below it each thing chosen
    page.get_by_role("button", name="Filters").click()
    expect(controls).to_be_visible()
    assert line.evaluate(height) + controls.evaluate(height) <= PHONE["height"] / 3
    page.get_by_role("button", name="Filters").click()
    expect(controls).to_be_hidden()
    page.evaluate("scrollTo(0, 0)")
    chips = page.locator(".atlas-bar__chips .atlas-chip")
    expect(chips).to_have_count(4)
    for name in ("Optimizer: Adam", "Top 10", "MNIST", "CIFAR-10"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(chips).to_have_count(0)
    expect(page.locator(".atlas-bar__chips")).to_be_hidden()


def test_open_filters_can_be_used_on_a_low_screen(overview: Callable[[str], Page]) -> None:
    page = overview("dataset=mnist")
    page.set_viewport_size({"width": 844, "height": 390})
    page.evaluate("scrollTo(0, 600)")
    expect(page.locator(".atlas-bar--away")).to_be_attached()
    page.get_by_role("button", name="Filters").click()
    box = page.locator(".atlas-bar__controls").bounding_box()
    assert box is not None
    assert box["height"] > 150
    assert box["y"] + box["height"] <= 390

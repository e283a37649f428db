"""Page Runs: curves and lines are those of SQL, and axes can be brushed."""

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from runs_page import query
from test_selection import random_selection
from watching import select

from build_site.findings import Findings

pytestmark = pytest.mark.browser

METRICS = ("raw", "percentile", "relative")
MEASURES = ("test_accuracy", "validation_accuracy", "train_loss")
QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


def near_curves(page: Page) -> None:
    page.locator("#curves").scroll_into_view_if_needed()
    page.wait_for_selector("#curves-table tbody tr", state="attached")


def page_bands(page: Page) -> dict[str, list[float | None]]:
    return page.evaluate(
        "Object.fromEntries(Object.entries(Bokeh.documents.map((d) => d.roots()[0]"
        ".select_one('bands')).find(Boolean).data_source.data).map(([name, values]) => "
        "[name, [...values].map((v) => Number.isNaN(v) ? null : v)]))"
    )


def sql_bands(findings: Findings, measure: str, condition: str) -> list[tuple]:
    levels = ", ".join(map(str, QUANTILES.values()))
    return query(
        findings,
        f"SELECT count({measure}), quantile_cont({measure}, [{levels}]) FROM epoch "
        f"LEFT JOIN (FROM scored WHERE {condition}) AS chosen USING (run_id) "
        "WHERE chosen.run_id IS NOT NULL GROUP BY epoch ORDER BY epoch",
    )


def test_curves_are_the_quantiles_of_sql(runs: Callable[[str], Page], findings: Findings) -> None:
    page = runs("")
    near_curves(page)
    generator = random.Random(1996)  # noqa: S311 - no secret
    compared = 0
    epochs = len(sql_bands(findings, MEASURES[0], "true"))
    for turn in range(12):
        selected = random_selection(findings, generator)
        measure = MEASURES[turn % 3]
        select(page, f"{selected.fragment}&v.curve={measure}".lstrip("&"))
        found = page_bands(page)
        expected = sql_bands(findings, measure, selected.condition)
        if not expected:
            assert found["n"] == [0] * epochs, selected
            assert found["median"] == [None] * epochs, selected
            continue
        compared += 1
        baseline = sql_bands(findings, measure, baseline_of(selected.condition))
        for place, (n, quantiles) in enumerate(expected):
            assert found["n"][place] == n, selected
            shown = [found[name][place] for name in QUANTILES]
            # Shares are kept in steps of 1/65,534, losses in half precision.
            close = {"abs": 8e-6} if measure != "train_loss" else {"rel": 5e-4}
            assert shown == pytest.approx(quantiles, **close), selected
            assert found["baseline"][place] == pytest.approx(baseline[place][1][2], **close)
    assert compared >= 8


def baseline_of(condition: str) -> str:
    """The condition without the performance range."""
    parts = re.split(r" AND (?=\w+ (?:IN|BETWEEN))", condition)
    return " AND ".join(part for part in parts if "BETWEEN" not in part)


def test_curves_are_loaded_only_when_they_are_near(runs: Callable[[str], Page]) -> None:
    page = runs("")
    assert page.locator("script[src$='cnn.curves.js']").count() == 0
    near_curves(page)
    assert page.locator("script[src$='cnn.curves.js']").count() == 1


def test_curves_follow_the_button_and_the_back_button(runs: Callable[[str], Page]) -> None:
    page = runs("")
    near_curves(page)
    loss = page.get_by_role("button", name="Training loss")
    loss.click()
    expect(loss).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"#v\.curve=train_loss$"))
    page.go_back()
    expect(loss).to_have_attribute("aria-pressed", "false")


def twin_rows(page: Page) -> dict[tuple[str, str], list[str]]:
    page.evaluate("document.getElementById('parallel-table').closest('details').open = true")
    page.wait_for_selector("#parallel-table tbody tr")
    rows = page.evaluate(
        "[...document.querySelectorAll('#parallel-table tbody tr')].map((row) => "
        "[row.dataset.axis, row.dataset.key, [...row.cells].slice(2).map((c) => c.textContent)])"
    )
    return {(axis, key): cells for axis, key, cells in rows}


def test_counts_and_means_on_axes_are_those_of_sql(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("")
    generator = random.Random(1977)  # noqa: S311 - no secret
    for turn in range(12):
        selected = random_selection(findings, generator)
        measure = METRICS[turn % 3]
        select(page, f"{selected.fragment}&shown={measure}".lstrip("&"))
        rows = twin_rows(page)
        baseline = baseline_of(selected.condition)
        for place, factor in enumerate(findings.factors):
            expected = query(
                findings,
                f"SELECT level, count(*) FILTER ({baseline}), "
                f"count(*) FILTER ({selected.condition}), "
                f"avg({measure}::DOUBLE) FILTER ({selected.condition}) "
                f"FROM scored JOIN setting USING (position) WHERE parameter = {place} "
                "GROUP BY level",
            )
            for level, all_runs, chosen, mean in expected:
                key = (f"p.{factor.parameter.name}", factor.levels[level].key)
                assert rows[key][:2] == [str(all_runs), str(chosen)], selected
                if mean is not None:
                    shown = float(rows[key][2].split("\N{NO-BREAK SPACE}")[0])
                    assert shown == pytest.approx(mean * 100, abs=0.0501), selected


def test_image_holds_every_selected_run_once_a_gap(asked: Page) -> None:
    sums = asked.evaluate(
        """() => {
            const { densities, parallelAxes, parts, study } = hyperatlas;
            const axes = parallelAxes.build(study, parts.runs, "raw");
            const all = Uint32Array.from({ length: study.runs }, (_, run) => run);
            return densities.measuredPairs(axes, all, study.columns.raw).map(({ runs, sums }) =>
                [runs.reduce((a, b) => a + b, 0), sums.reduce((a, b) => a + b, 0)]);
        }"""
    )
    total = asked.evaluate("hyperatlas.study.columns.raw.reduce((a, b) => a + b, 0)")
    assert [n for n, _ in sums] == [asked.evaluate("hyperatlas.study.runs")] * 7
    assert [s for _, s in sums] == [pytest.approx(total, rel=1e-4)] * 7


def place_on_plot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Window coordinates of a point in the plot's own: axes are at 0, 1, …, heights from 0 to 1."""
    page.locator("#parallel-plot").evaluate(
        "(plot) => new Promise((resolve) => { "
        "plot.scrollIntoView({ behavior: 'instant', block: 'center' });"
        "requestAnimationFrame(() => requestAnimationFrame(resolve)); })"
    )
    box = page.locator("#parallel-plot").bounding_box()
    assert box is not None
    start, end, bottom, top, width, height = page.evaluate(
        """() => {
            const figure = Bokeh.documents[0].roots()[0];
            const { x_range: x, y_range: y } = figure;
            return [x.start, x.end, y.start, y.end, figure.inner_width, figure.inner_height];
        }"""
    )
    return (
        box["x"] + (x - start) / (end - start) * width,
        box["y"] + (top - y) / (top - bottom) * height,
    )


def drag(page: Page, x: float, low: float, high: float) -> None:
    start, end = place_on_plot(page, x - 0.05, low), place_on_plot(page, x + 0.05, high)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_dragging_on_the_last_axis_selects_a_range(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("shown=percentile")
    # Heights from 0.1 up are numbers: 0.55 is the middle of them.
    drag(page, len(findings.factors) + 1, 0.55, 1.05)  # beyond the upper end, which stays open
    expect(page).to_have_url(re.compile(r"metric=percentile&from=0\.\d+&shown=percentile$"))
    low = float(re.findall(r"from=([\d.]+)", page.url)[0])
    assert low == pytest.approx(0.5, abs=0.02)


def test_dragging_on_an_axis_selects_the_values_inside(runs: Callable[[str], Page]) -> None:
    page = runs("")
    drag(page, 1, 0.02, 0.4)  # batch size, ascending from the bottom
    expect(page).to_have_url(re.compile(r"#p\.batch_size=32&p\.batch_size=64$"))
    drag(page, 0, 0.97, 0.9)  # the easiest data set is on top
    expect(page).to_have_url(re.compile(r"#dataset=mnist&p\.batch_size=32&p\.batch_size=64$"))


def test_clicking_a_value_takes_it_in_and_out(runs: Callable[[str], Page]) -> None:
    page = runs("")
    spot = place_on_plot(page, 2.01, 0.75)  # augmentation: the first value is on top
    page.mouse.click(*spot)
    expect(page).to_have_url(re.compile(r"#p\.augmentation=off$"))
    page.wait_for_timeout(400)  # two clicks in quick succession are a double click
    page.mouse.click(*spot)
    expect(page).to_have_url(re.compile(r"runs\.html$"))


def test_values_can_be_chosen_by_key(runs: Callable[[str], Page]) -> None:
    page = runs("")
    page.get_by_text("The same as a table; its buttons").press("Enter")
    button = page.locator("#parallel-table").get_by_role("button", name="momentum SGD")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"#p\.optimizer=momentum_sgd$"))
    assert page.evaluate("document.activeElement.textContent") == "momentum SGD"


def lines_drawn(page: Page) -> list[int]:
    return page.evaluate(
        "['lines', 'selection'].map((name) => Bokeh.documents[0].roots()[0].select_one(name)"
        ".data_source.get_length())"
    )


def test_few_runs_are_lines_and_many_an_image(runs: Callable[[str], Page]) -> None:
    page = runs("")
    assert lines_drawn(page) == [0, 1]
    select(page, "metric=percentile&from=0.9")
    count = int(page.locator(".atlas-bar__summary").inner_text().split()[0])
    assert lines_drawn(page) == [count, 0]

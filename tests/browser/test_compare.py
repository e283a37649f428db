"""Compare: every number it shows is that of SQL and SciPy; the address; the keyboard."""

import math
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from compare_page import look_at
from compared import Estimate, difference, random_look, sql_estimates
from playwright.sync_api import Page, expect
from watching import Watched, select, wait_until

from build_site.findings import Findings

pytestmark = pytest.mark.browser

OpenCompare = Callable[[str], Page]


@pytest.fixture
def compare(site: Path, watched: Watched) -> OpenCompare:
    """Open Compare with a fragment."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "compare.html").as_uri() + f"#{fragment}")

    return opened


def number(text: str) -> float:
    words = text.replace("\N{MINUS SIGN}", "-").split()
    return float(words[0])


def assert_agrees(cells: Sequence[str], expected: Estimate, context: object) -> None:
    assert number(cells[0]) == pytest.approx(expected.value * 100, abs=0.0501), context
    if math.isnan(expected.low):
        assert cells[1] == "[too few runs]", context
        return
    low, high = (number(text) for text in cells[1].strip("[]").split(","))
    assert low == pytest.approx(expected.low * 100, abs=0.0501), context
    assert high == pytest.approx(expected.high * 100, abs=0.0501), context


def test_every_estimate_and_difference_is_that_of_sql(
    compare: OpenCompare, findings: Findings
) -> None:
    page = compare("")
    generator = random.Random("compare")  # noqa: S311 - no secret
    checked = 0
    for statistic in ("mean", "median", "share") * 5:
        look = random_look(findings, generator, statistic)
        expected = sql_estimates(findings, look)
        seen = set()
        for panel, level, dataset, value, n, *shown in look_at(page, look.fragment):
            if (panel, level, dataset, value) in expected:
                key = (panel, level, dataset, value)
                assert n == f"{expected[key].n:,}", (look, key)
                assert_agrees(shown, expected[key], (look, key))
                seen.add(key)
            else:
                first, second = value.split(" \N{MINUS SIGN} ")
                pair = [expected.get((panel, level, dataset, each)) for each in (first, second)]
                assert n == " and ".join("0" if p is None else f"{p.n:,}" for p in pair)
                if pair[0] and pair[1]:
                    assert_agrees(shown, difference(*pair), (look, panel, level, value))  # type: ignore[arg-type]
                else:
                    assert shown[0] == "\N{EN DASH}", (look, panel, level, value)
            checked += 1
        if len({key[3] for key in expected}) > 1:  # of one value nothing is compared
            assert seen == set(expected), look
    assert checked > 700


def test_verdict_names_the_best_value_of_sql(compare: OpenCompare, findings: Findings) -> None:
    page = compare("v.parameter=optimizer")
    rows = findings.study.database.execute(
        "SELECT optimizer, avg(percentile::DOUBLE) AS mean, count(*) FROM scored "
        "JOIN run USING (run_id) GROUP BY optimizer ORDER BY mean DESC"
    ).fetchall()
    labels = {level.key: level.label for level in findings.factors[2].levels}
    best, mean, n = rows[0]
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text(
        f"The best value is {labels[best]}, with a mean percentile of {mean * 100:.1f}"
    )
    expect(verdict).to_contain_text(f"(n = {n})")
    expect(verdict).to_contain_text("Optimizer matters")


def test_parameter_statistic_and_measure_live_in_the_address(compare: OpenCompare) -> None:
    page = compare("dataset=mnist")
    page.get_by_label("Hyper-parameter", exact=True).select_option(label="Activation")
    page.get_by_label("Statistic").select_option(label="Median")
    page.get_by_label("Measure of performance compared").select_option(label="Relative")
    expect(page).to_have_url(
        re.compile(
            r"#dataset=mnist&v\.parameter=activation&v\.statistic=median&v\.measure=relative$"
        )
    )
    expect(page.locator(".compare-verdict")).to_contain_text("with a median relative value of")
    page.go_back()
    page.go_back()
    expect(page.get_by_label("Statistic")).to_have_value("mean")
    page.get_by_label("Statistic").select_option(label="Share in the top 10 %")
    expect(page.get_by_label("Measure of performance compared")).to_be_disabled()


def test_pair_of_a_question_that_is_filtered_out_is_said_so(site: Path, watched: Watched) -> None:
    address = (site / "questions" / "optimizer.html").as_uri()
    page = watched.open(f"{address}#p.optimizer=adam&p.optimizer=rmsprop")
    notes = page.locator("[data-part=notes]")
    expect(notes).to_contain_text("The selection leaves no run with momentum SGD to compare ")
    expect(notes).to_contain_text(" are compared instead.")
    figure = "hyperatlas.plots.view('compare-plot').model"
    contrasts = f"{figure}.select_one('contrasts').data_source.data.x"
    assert page.evaluate(f"{contrasts}.length") > 0
    select(page, "p.optimizer=adam")
    expect(page.locator("[data-part=headline]")).to_have_text(
        "Nothing to compare: Optimizer is Adam in all these runs."
    )
    select(page, "")
    expect(notes).not_to_contain_text("The selection leaves")


def test_axis_label_stands_above_every_tick(compare: OpenCompare) -> None:
    page = compare("v.parameter=batch_size")
    page.set_viewport_size({"width": 390, "height": 900})
    overlaps = page.evaluate(
        """() => {
            const { data } = Bokeh.documents[0].roots()[0].select_one("labels").data_source;
            const { x, y, align } = data;
            const all = data.text.map((text, k) => ({ text, x: x[k], y: y[k], align: align[k] }));
            const heads = all.filter(({ text }) => text.endsWith(", %"));
            const ticks = all.filter(({ align }) => align === "right");
            const meets = (head) => ticks.some((tick) => Math.abs(tick.x - head.x) < 60
                && tick.y + 6 > head.y - 12 && tick.y < head.y);
            return { heads: heads.length, meet: heads.filter(meets).length };
        }"""
    )
    assert overlaps["heads"] > 3
    assert overlaps["meet"] == 0


def test_pair_that_is_contrasted_can_be_chosen(compare: OpenCompare) -> None:
    page = compare("v.parameter=optimizer")
    page.get_by_label("Difference", exact=True).select_option(label="momentum SGD")
    page.get_by_label("minus", exact=True).select_option(label="Adam")
    expect(page).to_have_url(re.compile(r"v\.first=momentum_sgd&v\.second=adam$"))
    labels = "Bokeh.documents[0].roots()[0].select_one('labels').data_source.data.text"
    texts = page.evaluate(labels)
    assert any(text.startswith("momentum SGD \N{MINUS SIGN} Adam, points") for text in texts)
    # The two are never the same.
    page.get_by_label("minus", exact=True).select_option(label="momentum SGD")
    expect(page.get_by_label("Difference", exact=True)).to_have_value("0")


def test_panel_opens_large_by_keyboard_and_closes_again(compare: OpenCompare) -> None:
    page = compare("v.parameter=optimizer")
    titles = "Bokeh.documents[0].roots()[0].select_one('titles').data_source.data.text"
    assert len(page.evaluate(titles)) == 6
    button = page.get_by_role("button", name="Enlarge Activation")
    button.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"v\.panel=p\.activation$"))
    assert page.evaluate(titles) == ["Activation"]
    expect(page.get_by_role("button", name="Show all panels")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Enlarge Activation")).to_be_focused()
    assert len(page.evaluate(titles)) == 6
    page.go_back()
    expect(page.get_by_role("button", name="Show all panels")).to_be_visible()
    page.get_by_role("button", name="Show all panels").click()
    expect(button).to_be_focused()


def test_data_sets_can_be_told_apart(compare: OpenCompare, findings: Findings) -> None:
    page = compare("v.parameter=optimizer")
    page.get_by_role("button", name="Split by data set").click()
    expect(page).to_have_url(re.compile(r"v\.facet=dataset$"))
    titles = "Bokeh.documents[0].roots()[0].select_one('titles').data_source.data.text"
    assert len(page.evaluate(titles)) == 5 * len(findings.datasets) + 1


def test_performance_range_is_applied_only_if_asked_for(
    compare: OpenCompare, findings: Findings
) -> None:
    page = compare("metric=percentile&from=0.9")
    notes = page.locator("[data-part='notes']")
    expect(notes).to_contain_text(f"{findings.runs:,} runs compared")
    page.get_by_role("button", name="Apply the range").click()
    expect(page).to_have_url(re.compile(r"v\.within=1$"))
    top = findings.study.database.execute(
        "SELECT count(*) FROM scored WHERE percentile >= 0.9::FLOAT"
    ).fetchone()
    assert top is not None
    expect(notes).to_contain_text(f"{top[0]:,} runs compared")


def test_nothing_to_compare_is_said(compare: OpenCompare) -> None:
    page = compare("v.parameter=optimizer&p.optimizer=adam")
    expect(page.locator(".compare-verdict")).to_contain_text("Optimizer is Adam in all these runs")
    look_at(page, "v.parameter=optimizer&from=2&v.within=1")
    expect(page.locator(".compare-verdict")).to_contain_text("No run to compare.")


def test_look_of_a_value_follows_the_scheme(compare: OpenCompare) -> None:
    page = compare("v.parameter=optimizer")
    colour = "Bokeh.documents[0].roots()[0].select_one('points').data_source.data.colour[0]"
    page.emulate_media(color_scheme="light")
    wait_until(page, f"{colour} === '#0050b0'")
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{colour} === '#3d82ff'")


def test_question_takes_the_selection_along(
    site: Path, watched: Watched, findings: Findings
) -> None:
    page = watched.open((site / "overview.html").as_uri() + "#dataset=mnist")
    page.get_by_role("link", name="Questions").first.click()
    expect(page).to_have_url(re.compile(r"questions/index\.html#dataset=mnist$"))
    page.wait_for_load_state()  # links take the selection along when the scripts have run
    page.get_by_role("link", name="Optimizer \N{MULTIPLICATION SIGN} batch size").last.click()
    expect(page).to_have_url(re.compile(r"questions/optimizer-batch-size\.html#dataset=mnist$"))
    (runs,) = findings.study.database.execute(
        "SELECT count(*) FROM run WHERE dataset = 'mnist'"
    ).fetchall()[0]
    expect(page.locator("[data-part='notes']")).to_contain_text(f"{runs:,} runs compared")
    page.get_by_role("link", name="Open this in Compare").click()
    expect(page).to_have_url(
        re.compile(r"/compare\.html#dataset=mnist&v\.parameter=optimizer&v\.panel=p\.batch_size")
    )
    expect(page.get_by_role("button", name="Show all panels")).to_be_visible()
    expect(page.get_by_label("Hyper-parameter", exact=True)).to_have_value("optimizer")


def test_question_is_about_its_own_parameter(site: Path, watched: Watched) -> None:
    address = (site / "questions" / "optimizer-batch-size.html").as_uri()
    page = watched.open(f"{address}#v.parameter=activation&v.panel=dataset")
    titles = "Bokeh.documents.map((d) => d.roots()[0].select_one('titles')).find(Boolean)"
    assert page.evaluate(f"{titles}.data_source.data.text") == ["Batch size"]
    expect(page.locator("[data-part='headline']")).to_contain_text("Optimizer")

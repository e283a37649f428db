"""Compare: every number it shows is that of SQL and SciPy; keyboard, edge studies."""

import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner
from grids import write_grid
from playwright.sync_api import Page, expect
from watching import Watched, select, wait_until

from build_site.__main__ import command
from build_site.findings import Findings

pytestmark = pytest.mark.browser

Key = tuple[str, str, str, str]
OpenCompare = Callable[[str], Page]


@dataclass(frozen=True)
class Estimate:
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Look:
    """A selection and a way to look at it: as a fragment, and for SQL."""

    fragment: str
    condition: str
    parameter: int
    statistic: str
    column: str
    facet: bool


@pytest.fixture
def compare(site: Path, watched: Watched) -> OpenCompare:
    """Open Compare with a fragment."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "compare.html").as_uri() + f"#{fragment}")

    return opened


def random_look(findings: Findings, generator: random.Random, statistic: str) -> Look:
    """Any data sets, values and range, the range applied or not; any parameter and measure."""
    conditions, query = ["true"], []
    datasets = [d.name for d in findings.datasets if generator.random() < 0.6]
    if datasets and generator.random() < 0.5:
        query += [("dataset", name) for name in datasets]
        conditions.append(f"dataset IN ({', '.join(map(repr, datasets))})")
    for place, factor in enumerate(findings.factors):
        levels = [n for n in range(len(factor.levels)) if generator.random() < 0.7]
        if levels and generator.random() < 0.3:
            query += [(f"p.{factor.parameter.name}", factor.levels[n].key) for n in levels]
            conditions.append(
                f"position IN (SELECT position FROM setting WHERE parameter = {place} "
                f"AND level IN ({', '.join(map(str, levels))}))"
            )
    if generator.random() < 0.5:
        query += [("metric", "percentile"), ("from", "0.25"), ("to", "0.95")]
        if generator.random() < 0.5:
            query.append(("v.within", "1"))
            conditions.append("percentile BETWEEN 0.25::FLOAT AND 0.95::FLOAT")
    parameter = generator.randrange(len(findings.factors))
    measure = generator.choice(["percentile", "raw", "relative"])
    facet = generator.random() < 0.3
    query += [
        ("v.parameter", findings.factors[parameter].parameter.name),
        ("v.statistic", statistic),
        ("v.measure", measure),
        *([("v.facet", "dataset")] if facet else []),
    ]
    column = "percentile" if statistic == "share" else measure
    return Look(urlencode(query), " AND ".join(conditions), parameter, statistic, column, facet)


def estimate(values: Sequence[float], statistic: str) -> Estimate:
    """What SciPy makes of the values of a cell."""
    numbers = np.array(values, dtype=np.float64)
    n = len(numbers)
    if statistic == "share":
        hits = int((numbers >= np.float64(np.float32(0.9))).sum())
        wilson = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
        return Estimate(n, hits / n, wilson.low, wilson.high)
    if statistic == "mean":
        reach = math.nan
        if n > 1:
            reach = scipy.stats.t.ppf(0.975, n - 1) * numbers.std(ddof=1) / math.sqrt(n)
        return Estimate(n, numbers.mean(), numbers.mean() - reach, numbers.mean() + reach)
    k = int(scipy.stats.binom.ppf(0.025, n, 0.5))  # the least k with P(B <= k) >= 2.5 %
    if scipy.stats.binom.cdf(k, n, 0.5) == 0.025:
        k += 1
    ends = (math.nan, math.nan) if k == 0 else (numbers[k - 1], numbers[n - k])
    return Estimate(n, float(np.median(numbers)), *ends)


def sql_estimates(findings: Findings, look: Look) -> dict[Key, Estimate]:
    """(panel, its value, data set, value) -> estimate; values of a cell come from SQL, sorted."""
    database = findings.study.database
    subject = findings.factors[look.parameter]
    found: dict[Key, Estimate] = {}
    datasets = {d.name: d.label for d in findings.datasets}
    axes: list[tuple[str, str, Callable[[Any], str]]] = [
        ("Data set", "SELECT position, dataset AS level FROM scored", datasets.__getitem__)
    ]
    for place, factor in enumerate(findings.factors):
        if place != look.parameter:
            query = f"SELECT position, level FROM setting WHERE parameter = {place}"
            labels = [level.label for level in factor.levels]
            axes.append((factor.parameter.label, query, labels.__getitem__))
    for label, query, name in axes:
        split = look.facet and label != "Data set"
        rows = database.execute(
            f"SELECT axis.level, first.level, {'dataset' if split else 'NULL'} AS part, "
            f"list_sort(list({look.column})) AS numbers, "
            f"avg({look.column}::DOUBLE), median({look.column}) "
            f"FROM (FROM scored WHERE {look.condition} AND {look.column} IS NOT NULL) "
            f"JOIN ({query}) AS axis USING (position) "
            f"JOIN setting AS first USING (position) WHERE first.parameter = {look.parameter} "
            "GROUP BY ALL"
        ).fetchall()
        for level, value, part, numbers, average, median in rows:
            made = estimate(numbers, look.statistic)
            if look.statistic != "share":
                expected = average if look.statistic == "mean" else median
                assert made.value == pytest.approx(expected, abs=1e-6)
            key = (label, name(level), datasets.get(part, "all"), subject.levels[value].label)
            found[key] = made
    return found


def difference(a: Estimate, b: Estimate) -> Estimate:
    """MOVER (Zou & Donner 2008)."""
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(min(a.n, b.n), value, low, high)


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


@pytest.mark.parametrize("statistic", ["mean", "median", "share"])
def test_every_estimate_and_difference_is_that_of_sql(
    compare: OpenCompare, findings: Findings, statistic: str
) -> None:
    page = compare("")
    generator = random.Random(f"compare {statistic}")  # noqa: S311 - no secret
    checked = 0
    for _ in range(24):
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
    assert checked > 1000


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


def rows_of(values: Sequence[str], count: int = 8, dataset: str = "easy") -> list[dict[str, Any]]:
    generator = random.Random(7)  # noqa: S311 - no secret
    return [
        {
            "dataset": dataset,
            "optimizer": value,
            "augmentation": generator.choice(["on", "off"]),
            "accuracy": generator.random(),
        }
        for value in values
        for _ in range(count)
    ]


ODDEST = "<b>of a name</b> that is much too long to be drawn below an axis"
MANY = [f"value {n}" for n in range(39)] + [ODDEST]
DIVERGED = [{**row, "accuracy": None, "status": "diverged"} for row in rows_of(["adam", "rmsprop"])]
EDGES = [
    pytest.param(rows_of(["adam", "rmsprop"]), ["adam", "rmsprop"], id="one data set"),
    pytest.param(rows_of(["adam"]), ["adam"], id="one value"),
    pytest.param(rows_of(MANY), MANY, id="40 values"),
    pytest.param(DIVERGED, ["adam", "rmsprop"], id="all diverged"),
    pytest.param([{**row, "optimizer": None} for row in rows_of(["adam"])], ["adam"], id="missing"),
    pytest.param([], ["adam"], id="no runs"),
]


@pytest.mark.parametrize(("rows", "values"), EDGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_edge_studies_are_drawn(
    tmp_path: Path, watched: Watched, rows: list[dict[str, Any]], values: list[str], width: int
) -> None:
    parameters = {"optimizer": values, "augmentation": ["off", "on"]}
    watched.page.set_viewport_size({"width": width, "height": 900})
    page = built(tmp_path, watched, parameters, rows)
    for view in ("", "&v.statistic=median", "&v.statistic=share", "&v.measure=raw"):
        for parameter in parameters:
            look_at(page, f"v.parameter={parameter}{view}")
            expect(page.locator("[data-part='headline']")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_best_and_worst_of_many_are_no_evidence(tmp_path: Path, watched: Watched) -> None:
    page = built(tmp_path, watched, {"optimizer": MANY}, rows_of(MANY))
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("Optimizer makes no difference that these runs can show (p = ")
    expect(verdict).to_contain_text(", no more than the best and the worst of 40 may differ by")
    expect(page.locator("[data-part='notes']")).to_contain_text("8 of 40 values are drawn")


def test_lower_is_better_where_the_metric_is_minimised(tmp_path: Path, watched: Watched) -> None:
    rows = [
        {"dataset": "easy", "optimizer": name, "accuracy": 10 + shift + n / 10}
        for name, shift in (("low", 0), ("high", 5))
        for n in range(10)
    ]
    page = built(tmp_path, watched, {"optimizer": ["low", "high"]}, rows, "minimize")
    look_at(page, "v.parameter=optimizer&v.measure=raw")
    verdict = page.locator(".compare-verdict")
    expect(verdict).to_contain_text("The best value is low, with a mean Test accuracy of 10.45 [")
    expect(verdict).to_contain_text("it differs by \N{MINUS SIGN}5 [")
    look_at(page, "v.parameter=optimizer")
    expect(verdict).to_contain_text("The best value is low, with a mean percentile of 76.3")


def built(
    tmp_path: Path,
    watched: Watched,
    parameters: dict[str, list[str]],
    rows: list[dict[str, Any]],
    direction: str = "maximize",
) -> Page:
    """Compare of a study made for the test."""
    study = write_grid(tmp_path / "grid.duckdb", parameters, rows, direction=direction)
    result = CliRunner().invoke(command, ["--study", str(study), "--out", str(tmp_path / "site")])
    assert result.exit_code == 0, result.output
    return watched.open((tmp_path / "site" / "compare.html").as_uri())

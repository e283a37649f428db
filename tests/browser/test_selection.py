"""The selection: what the page counts is what SQL counts, and it lives in the address."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from watching import Watched, select, wait_until

from build_site.findings import Findings
from build_site.naming import spoken
from build_site.plots import plain
from build_site.rendering import NOTHING

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Selected:
    """A selection: as the fragment of an address, and as a condition on table scored."""

    fragment: str
    condition: str


def random_selection(findings: Findings, generator: random.Random) -> Selected:
    """Any data sets, any range of any measure, any levels of any parameters."""
    query: list[tuple[str, str]] = []
    conditions = ["true"]
    datasets = [d.name for d in findings.datasets if generator.random() < 0.5]
    if datasets:
        query += [("dataset", name) for name in datasets]
        conditions.append(f"dataset IN ({', '.join(map(repr, datasets))})")
    if generator.random() < 0.7:
        metric = generator.choice(["raw", "percentile", "relative"])
        low, high = sorted(round(generator.random(), 2) for _ in range(2))
        query += [("metric", metric), ("from", str(low)), ("to", str(high))]
        conditions.append(f"{metric} BETWEEN {low}::FLOAT AND {high}::FLOAT")
    for place, factor in enumerate(findings.factors):
        levels = [n for n in range(len(factor.levels)) if generator.random() < 0.5]
        if levels and generator.random() < 0.4:
            name = factor.parameter.name
            query += [(f"p.{name}", factor.levels[level].key) for level in levels]
            conditions.append(
                f"position IN (SELECT position FROM setting WHERE parameter = {place} "
                f"AND level IN ({', '.join(map(str, levels))}))"
            )
    return Selected(urlencode(query), " AND ".join(conditions))


def sql_rows(
    findings: Findings, condition: str
) -> dict[str, tuple[int, float | None, float | None]]:
    """Data set -> (selected runs, median, best), as SQL has it."""
    rows = findings.study.database.execute(
        f"SELECT dataset.name, count(position), median(raw), max(raw) FROM dataset "
        f"LEFT JOIN (FROM scored WHERE {condition}) AS chosen ON chosen.dataset = dataset.name "
        "GROUP BY dataset.name"
    ).fetchall()
    return {name: (count, median, best) for name, count, median, best in rows}


def page_rows(page: Page) -> dict[str, list[str]]:
    """Data set -> the first cells of its row in the page's table."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#overview-table tbody tr')].map("
        "(row) => [row.dataset.dataset, [...row.cells].slice(1, 4).map((c) => c.textContent)]))"
    )


def shown(share: float | None) -> str:
    """A share in single precision as the decimal that was meant, rounded half up."""
    if share is None:
        return NOTHING
    decimal = Decimal(str(np.float32(share))) * 100
    return f"{decimal.quantize(Decimal('0.1'), ROUND_HALF_UP)}\N{NO-BREAK SPACE}%"


@pytest.fixture
def overview(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open the overview with a selection."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "overview.html").as_uri() + f"#{fragment}")

    return opened


def summary(page: Page) -> str:
    return page.locator(".atlas-bar__summary").inner_text()


def expect_count(page: Page, runs: int) -> None:
    """Wait until the page says that so many runs are selected."""
    expect(page.locator(".atlas-bar__summary")).to_have_text(re.compile(rf"^{runs:,} of "))


def test_counts_medians_and_bests_are_those_of_sql(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    generator = random.Random(2020)  # noqa: S311 - no secret
    for _ in range(24):
        selected = random_selection(findings, generator)
        select(page, selected.fragment)
        expected = sql_rows(findings, selected.condition)
        expect_count(page, sum(row[0] for row in expected.values()))
        for name, (runs, median, best) in page_rows(page).items():
            assert runs.split(" of ")[0] == f"{expected[name][0]:,}", selected
            assert best == shown(expected[name][2]), selected
            if expected[name][1] is not None:
                number = float(median.split("\N{NO-BREAK SPACE}")[0])
                assert number == pytest.approx(expected[name][1] * 100, abs=0.0501), selected


def test_choosing_a_data_set_and_a_value(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    expect_count(page, findings.runs)
    page.get_by_role("button", name="MNIST", exact=True).click()
    page.get_by_text("Filter by hyper-parameter").click()
    page.get_by_role("group", name="Optimizer").get_by_role("button", name="Adam").click()
    expect(page).to_have_url(re.compile(r"#dataset=mnist&p\.optimizer=adam$"))
    condition = "dataset = 'mnist' AND run_id IN (SELECT run_id FROM run WHERE optimizer = 'adam')"
    expect_count(page, sql_rows(findings, condition)["mnist"][0])
    page.get_by_role("button", name="Remove Optimizer: Adam").click()
    expect(page).to_have_url(re.compile(r"#dataset=mnist$"))


def test_typing_a_range(overview: Callable[[str], Page], findings: Findings) -> None:
    page = overview("")
    page.get_by_label("Measure of performance").select_option("raw")
    page.get_by_label("At least").fill("80")
    page.get_by_label("At least").press("Enter")
    expect(page).to_have_url(re.compile(r"#metric=raw&from=0\.8$"))
    rows = sql_rows(findings, "raw >= 0.8::FLOAT")
    expect_count(page, sum(row[0] for row in rows.values()))


def test_preset_reset_and_the_back_button(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    page.get_by_role("button", name="Top 10 %").click()
    rows = sql_rows(findings, "percentile >= 0.9::FLOAT")
    top = sum(row[0] for row in rows.values())
    expect(page.locator(".atlas-bar__summary")).to_contain_text(f"{top:,} of")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".atlas-bar__summary")).to_contain_text(f"{findings.runs:,} of")
    page.go_back()
    expect(page.locator(".atlas-bar__summary")).to_contain_text(f"{top:,} of")


def test_dragging_across_the_plot_selects_a_range(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("")
    box = page.locator("#overview-plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"#metric=raw&from=0\.\d+&to=0\.\d+$"))
    low, high = (float(text) for text in re.findall(r"(?:from|to)=([\d.]+)", page.url))
    assert (low, high) == (pytest.approx(0.5, abs=0.03), pytest.approx(0.9, abs=0.03))
    rows = sql_rows(findings, f"raw BETWEEN {low}::FLOAT AND {high}::FLOAT")
    expect_count(page, sum(row[0] for row in rows.values()))


def test_switching_the_measure_keeps_the_selection(overview: Callable[[str], Page]) -> None:
    page = overview("metric=percentile&from=0.9")
    before = summary(page)
    for name in ("Percentile", "Relative", "Test accuracy"):
        page.get_by_role("group", name="Measure on the x axis").get_by_role(
            "button", name=name
        ).click()
        axis = "Bokeh.documents[0].roots()[0].below[0].axis_label"
        wait_until(page, f"{axis}.startsWith('{name}')")
        assert summary(page) == before
    page.go_back()
    expect(page).to_have_url(re.compile("shown=relative$"))
    page.reload()
    page.wait_for_selector(".bk-Canvas")
    expect(page.get_by_role("button", name="Relative", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_selection_travels_with_the_navigation(overview: Callable[[str], Page]) -> None:
    page = overview("dataset=mnist")
    page.get_by_role("link", name="Home").first.click()
    expect(page).to_have_url(re.compile(r"index\.html#dataset=mnist$"))
    page.wait_for_load_state()
    page.get_by_role("link", name="Methods").first.click()
    expect(page).to_have_url(re.compile(r"methods\.html#dataset=mnist$"))
    page.get_by_role("link", name="Overview").first.click()
    expect(page).to_have_url(re.compile(r"overview\.html#dataset=mnist$"))
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("link", name="Home").first.click()
    expect(page).to_have_url(re.compile(r"index\.html#?$"))


def test_selection_travels_to_another_tab(overview: Callable[[str], Page]) -> None:
    page = overview("dataset=mnist")
    ways: tuple[dict[str, Any], ...] = ({"button": "middle"}, {"modifiers": ["Control"]})
    for way in ways:
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Combinations").first.click(**way)
        expect(opened.value).to_have_url(re.compile(r"combinations\.html#dataset=mnist$"))
        opened.value.close()


def test_links_to_places_on_a_page_keep_the_selection(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("dataset=mnist")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Skip to content
    expect(page).to_have_url(re.compile(r"overview\.html#dataset=mnist$"))
    page.get_by_role("link", name="Methods").first.click()
    page.get_by_role("link", name="How runs are compared").first.click()
    page.get_by_role("link", name="Overview").first.click()
    expect(page).to_have_url(re.compile(r"overview\.html#dataset=mnist$"))
    expect_count(page, findings.datasets[0].runs)


def test_emptying_the_selection_does_not_scroll(overview: Callable[[str], Page]) -> None:
    page = overview("from=0.9")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.mouse.wheel(0, 300)
    wait_until(page, "scrollY > 100")
    before = page.evaluate("scrollY")
    page.get_by_role("button", name="Reset").evaluate("(button) => button.click()")
    expect(page).to_have_url(re.compile(r"overview\.html$"))
    assert page.evaluate("scrollY") == before


def test_link_that_names_what_is_gone_still_opens(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("dataset=gone&metric=luck&from=x&to=1e308&p.optimizer=lion&p.gone=1&shown=x")
    expect_count(page, findings.runs)


def test_range_given_the_wrong_way_round_is_turned(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("from=0.9&to=0.5")
    rows = sql_rows(findings, "percentile BETWEEN 0.5::FLOAT AND 0.9::FLOAT")
    expect_count(page, sum(row[0] for row in rows.values()))


def test_inputs_follow_the_back_button(overview: Callable[[str], Page]) -> None:
    page = overview("from=0.9")
    page.get_by_label("At most").fill("95")
    page.get_by_label("At most").press("Enter")
    expect(page).to_have_url(re.compile("to=0.95$"))
    page.go_back()
    expect(page.get_by_label("At most")).to_have_value("")


def test_keyboard_alone_can_choose(overview: Callable[[str], Page]) -> None:
    page = overview("")
    page.get_by_role("button", name="MNIST", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#dataset=mnist$"))
    assert page.evaluate("document.activeElement.textContent") == "MNIST"


def view_of(page: Page) -> dict[str, str]:
    return page.evaluate("hyperatlas.selection.current().view")


def change(page: Page, parts: str) -> None:
    page.evaluate(f"hyperatlas.selection.change({parts})")


def test_view_of_a_page_lives_in_the_address(overview: Callable[[str], Page]) -> None:
    page = overview("dataset=mnist&v.mode=interaction&v.empty=&v.mode=second&other=1")
    assert view_of(page) == {"mode": "interaction"}
    change(page, "{ view: { parameter: 'a & b = c' } }")
    expect(page).to_have_url(
        re.compile(r"#dataset=mnist&v\.mode=interaction&v\.parameter=a\+%26\+b\+%3D\+c$")
    )
    assert view_of(page) == {"mode": "interaction", "parameter": "a & b = c"}
    change(page, "{ view: { mode: '' } }")
    assert view_of(page) == {"parameter": "a & b = c"}
    page.go_back()
    assert view_of(page) == {"mode": "interaction", "parameter": "a & b = c"}


def test_words_in_sentences_are_those_of_the_build(asked: Page) -> None:
    labels = ["Batch size", "L2 norm", "ReLU", "LR", "Optimizer", "x", "", "Élan vital"]
    found = asked.evaluate("(labels) => labels.map(hyperatlas.format.spoken)", labels)
    assert found == [spoken(label) for label in labels]
    texts = ["$$x$$", "$$$", "a $ b", r"\(x\)", r"\[x\]", r"\alpha"]
    assert asked.evaluate("(texts) => texts.map(hyperatlas.format.plain)", texts) == [
        plain(text) for text in texts
    ]


def test_view_survives_the_selection_and_its_reset(
    overview: Callable[[str], Page], findings: Findings
) -> None:
    page = overview("v.mode=interaction&shown=relative")
    page.get_by_role("button", name="MNIST", exact=True).click()
    expect(page).to_have_url(re.compile(r"#dataset=mnist&shown=relative&v\.mode=interaction$"))
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile(r"#shown=relative&v\.mode=interaction$"))
    expect_count(page, findings.runs)


def test_view_has_no_names_of_its_own(overview: Callable[[str], Page]) -> None:
    page = overview("")
    for name in ("__proto__", "constructor", "toString"):
        select(page, "v.mode=a")
        own = f"Object.hasOwn(hyperatlas.selection.current().view, '{name}')"
        assert page.evaluate(own) is False
        change(page, "{ view: JSON.parse('{\"" + name + '": "x"}\') }')
        expect(page).to_have_url(re.compile(rf"#v\.mode=a&v\.{name}=x$"))

"""The buttons under a plot: what they save is opened and looked into."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import edge_studies
import pytest
from playwright.sync_api import Page, expect
from saving import SELECTION, SVG, expect_drawing, expect_picture, plots_of, saved, words
from watching import Watched

from build_site.rendering import NOTHING

pytestmark = pytest.mark.browser


def test_a_plot_is_saved_in_the_colours_that_it_is_seen_in(site: Path, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="dark")
    page = watched.open(f"{(site / 'compare.html').as_uri()}#{SELECTION}")
    (plot,) = plots_of(page)
    expect_picture(page, plot)
    expect_drawing(page, plot)


def test_button_opens_the_folded_table(site: Path, watched: Watched) -> None:
    page = watched.open((site / "index.html").as_uri())
    table = page.locator("#top-share-table")
    expect(table).to_be_hidden()
    page.get_by_role("button", name="Table").focus()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_what_a_spreadsheet_would_run_is_a_text(asked: Page) -> None:
    cells = [
        "=1+1",
        "+a",
        "-b",
        "@c",
        "\td",
        "\re",
        "\uff1d1+1",
        "\uff0bf",
        "\uff0d1",
        "\uff20g",
        "-1.5",
        "+2e-3",
        "-3 %",
        'say "x"',
        "a,b",
        NOTHING,
        "",
    ]
    text = asked.evaluate("(cells) => hyperatlas.tableText.csv([cells, cells])", cells)
    safe = [*(f"'{cell}" for cell in cells[:10]), *cells[10:]]
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [safe, safe]


def test_cells_that_span_stand_in_each_row_and_column(asked: Page) -> None:
    rows = asked.evaluate(
        """() => {
            const template = document.createElement("template");
            template.innerHTML = "<table><tr><th rowspan=2>a</th><td colspan=2>b</td></tr>"
                + "<tr><td>c</td><td> d\\n e </td></tr></table>";
            return hyperatlas.tableText.texts(template.content.firstChild);
        }"""
    )
    assert rows == [["a", "b", "b"], ["a", "c", "d e"]]


def test_hostile_texts_are_saved_as_texts(hostile_site: Path, watched: Watched) -> None:
    page = watched.open((hostile_site / "overview.html").as_uri() + "#p.hostile=e&p.hostile=a")
    name, drawing = saved(page, "overview-plot", "svg")
    assert name == "edge-overview-plot.svg"
    root = ET.fromstring(drawing)  # noqa: S314 - written a moment ago
    assert edge_studies.ATTACK in words(root)
    assert [element.tag for element in root.iter() if element.tag.endswith("img")] == []
    widest = max(float(text.get("x", 0)) for text in root.findall(f"{SVG}text"))
    assert widest < float(root.get("width", 0))
    content = saved(page, "overview-plot", "csv")[1].decode()
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert f"'{edge_studies.FORMULA}" in [row[0] for row in rows]

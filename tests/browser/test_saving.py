"""The buttons under a plot: what they save is opened and looked into."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import checks
import edge_studies
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from serving import advised_headers, served
from watching import Watched

from build_site.rendering import NOTHING

pytestmark = pytest.mark.browser

SELECTION = "dataset=mnist&metric=percentile&from=0.9"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def strict_server(site: Path) -> Iterator[str]:
    """The address of a server whose pages may not evaluate texts as scripts."""
    with served(site, headers=advised_headers("nginx.conf")) as opened:
        yield opened


def plots_of(page: Page) -> list[str]:
    """The plots in sight."""
    return page.locator(".atlas-plot__canvas").evaluate_all(
        "(all) => all.filter((place) => place.checkVisibility()).map(({ id }) => id)"
    )


def saved(page: Page, plot: str, kind: str) -> tuple[str, bytes]:
    """The name and the content of what a button saves."""
    figure = page.locator(".atlas-plot").filter(has=page.locator(f"#{plot}"))
    with page.expect_download() as download:
        figure.locator(f"[data-save={kind}]").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def place(page: Page, plot: str) -> dict[str, float]:
    box = page.locator(f"#{plot}").bounding_box()
    assert box is not None
    return box  # type: ignore[return-value]


def caption(page: Page, plot: str) -> str:
    figure = page.locator(".atlas-plot").filter(has=page.locator(f"#{plot}"))
    return figure.locator("figcaption").inner_text()


def words(svg: ET.Element) -> str:
    return " ".join(element.text or "" for element in svg.iter(f"{SVG}text"))


def test_every_plot_of_every_kind_of_page_can_be_saved(site: Path, watched: Watched) -> None:
    for file in checks.kinds_of(site):
        page = watched.open(f"{file.as_uri()}#{SELECTION}")
        for plot in plots_of(page):
            expect_picture(page, plot)
            expect_drawing(page, plot)
            expect_numbers(page, plot)


def test_a_plot_is_saved_in_the_colours_that_it_is_seen_in(site: Path, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="dark")
    page = watched.open(f"{(site / 'compare.html').as_uri()}#{SELECTION}")
    (plot,) = plots_of(page)
    expect_picture(page, plot)
    expect_drawing(page, plot)


def expect_picture(page: Page, plot: str) -> None:
    """A PNG file, somewhat larger than the plot, all opaque on the colour of the page."""
    name, content = saved(page, plot, "png")
    assert name == f"cnn-{plot}.png"
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG"
    box = place(page, plot)
    assert picture.width >= box["width"]
    assert picture.height > box["height"]
    red, green, blue = re.findall(
        r"\d+", page.evaluate("getComputedStyle(document.body).background")
    )[:3]
    assert picture.convert("RGBA").getpixel((2, 2)) == (int(red), int(green), int(blue), 255)
    assert picture.convert("RGBA").getextrema()[3] == (255, 255)
    assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20, "nothing is drawn"


def expect_drawing(page: Page, plot: str) -> None:
    """An SVG file with the caption, the study and the plot's own texts as texts."""
    name, content = saved(page, plot, "svg")
    assert name == f"cnn-{plot}.svg"
    root = ET.fromstring(content)  # noqa: S314 - written a moment ago
    assert root.tag == f"{SVG}svg"
    assert "".join(root.findtext(f"{SVG}title", "").split()) == "".join(caption(page, plot).split())
    texts = words(root)
    assert page.evaluate("hyperatlas.study.title") in texts
    if page.locator("#selection-bar").count():
        assert page.locator(".atlas-bar__summary").inner_text().split(" ·")[0] in texts
        assert "MNIST · Top 10\N{NO-BREAK SPACE}%" in texts
    plotted = root.find(f"{SVG}svg")
    assert plotted is not None
    assert words(plotted), "the plot has no texts"
    assert all(float(text.get("stroke-opacity", 1)) for text in plotted.iter(f"{SVG}text"))
    ground = root.find(f"{SVG}rect")
    assert ground is not None
    assert ground.get("fill", "").startswith("rgb(")


def expect_numbers(page: Page, plot: str) -> None:
    """A CSV file with the cells of the plot's table."""
    name, content = saved(page, plot, "csv")
    assert name == f"cnn-{plot}.csv"
    assert content.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1, "rows of different lengths"
    table = page.locator(f"#{plot}").get_attribute("data-table")
    count = page.evaluate("(id) => document.getElementById(id).rows.length", table)
    assert len(rows) == count > 1
    last = page.evaluate(
        "(id) => [...[...document.getElementById(id).rows].at(-1).cells]"
        ".map((cell) => cell.textContent.replaceAll(/\\s+/g, ' ').trim())",
        table,
    )
    assert rows[-1][-len(last) :] == last


def test_saving_needs_no_eval(strict_server: str, watched: Watched) -> None:
    page = watched.open(f"{strict_server}overview.html")
    assert saved(page, "overview-plot", "png")[1].startswith(b"\x89PNG\r\n\x1a\n")
    assert saved(page, "overview-plot", "svg")[1].startswith(b"<svg")
    assert saved(page, "overview-plot", "csv")[1].startswith(b"Data set,")


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

"""What the buttons under a plot save, opened and looked into."""

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image
from playwright.sync_api import Page

SELECTION = "dataset=mnist&metric=percentile&from=0.9"
SVG = "{http://www.w3.org/2000/svg}"


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

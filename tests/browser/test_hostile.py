"""Whatever the texts of a study hold, a reader sees them as texts."""

import re
from pathlib import Path

import checks
import pytest
from edge_studies import ATTACK, FORMULA, MARKDOWN, SCRIPT
from playwright.sync_api import Page, expect
from watching import Watched, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def page(hostile_site: Path, watched: Watched) -> Page:
    """The overview; a script that runs would open a dialog."""
    return watched.open((hostile_site / "overview.html").as_uri())


def shown(page: Page) -> str:
    return " ".join(page.locator("body").inner_text().split())


def test_the_title_of_a_page_is_the_text(page: Page) -> None:
    title = " ".join(f"Overview - {ATTACK} {MARKDOWN} a name that never".split())
    assert page.title().startswith(title.replace("\x7f", ""))  # browsers drop it


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("index", [ATTACK, SCRIPT, MARKDOWN, "{{ 7 * 7 }}", "[here](javascript:alert(1))"]),
        ("data", [ATTACK, "[here](javascript:alert(1))"]),
        ("methods", [ATTACK]),
        ("advisor", [ATTACK]),
    ],
)
def test_pages_show_texts(
    name: str, texts: list[str], hostile_site: Path, watched: Watched
) -> None:
    page = watched.open((hostile_site / f"{name}.html").as_uri())
    for details in page.locator("details").all():
        details.evaluate("(each) => { each.open = true; }")
    for text in texts:
        assert " ".join(text.split()) in shown(page), text
    assert checks.planted(page) == []


def test_hovers_show_texts(page: Page) -> None:
    plot = page.locator("#overview-plot")
    box = plot.bounding_box()
    assert box is not None
    tip = page.locator(".bk-Tooltip")
    for step in range(5, 100, 3):
        page.mouse.move(box["x"] + box["width"] * step / 100, box["y"] + box["height"] * 0.2)
        page.wait_for_timeout(30)
        if tip.count() and ATTACK in tip.first.inner_text():
            break
    expect(tip.first).to_contain_text(ATTACK)
    assert checks.planted(page) == []


def test_the_search_shows_texts(page: Page) -> None:
    page.get_by_placeholder("Search").click()
    page.keyboard.type("onerror")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    wait_until(page, "document.querySelector('.md-search-result').innerText.includes('onerror')")
    assert checks.planted(page) == []


def test_a_program_to_copy_keeps_texts_in_strings_and_remarks(
    hostile_site: Path, watched: Watched
) -> None:
    page = watched.open((hostile_site / "index.html").as_uri())
    for program in page.locator("pre code").all_inner_texts():
        # The remark on top holds the title; nothing of it may stand on a line of its own.
        assert not re.search(r"^\s*(a name that never|<img|alert)", program, re.MULTILINE)
        compile(program, "snippet.py", "exec")


def test_files_are_named_by_the_study_alone(page: Page, hostile_site: Path) -> None:
    names = {file.name for file in hostile_site.rglob("*")}
    assert not [name for name in names if "<" in name or "onerror" in name]
    assert not (hostile_site.parent / "etc").exists()
    with page.expect_download() as download:
        page.locator("[data-save=csv]").first.click()
    assert re.fullmatch(r"edge-[\w.-]+\.csv", download.value.suggested_filename)
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert f'"\'{FORMULA.replace(chr(34), chr(34) * 2)}"' in saved

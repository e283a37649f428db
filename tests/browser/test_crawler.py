"""What is wrong with a page is told with its name, and the other pages are looked at as well."""

from pathlib import Path

import pytest
from crawler import crawl
from playwright.sync_api import Browser
from watching import watch

pytestmark = pytest.mark.browser

BROKEN = """<script>throw new Error("no such run")</script>
<div class="atlas-plot__canvas"></div><a href="last.html">on</a>"""


def test_page_whose_script_failed_is_named_with_its_error(browser: Browser, tmp_path: Path) -> None:
    for name, text in (
        ("index.html", '<a href="broken.html">on</a>'),
        ("broken.html", BROKEN),
        ("last.html", "the end"),
    ):
        (tmp_path / name).write_text(f"<!doctype html>{text}", encoding="utf-8")
    context = browser.new_context()
    watched = watch(context.new_page(), patience=200)
    visits = crawl(watched, (tmp_path / "index.html").as_uri(), lambda _: ())
    context.close()
    assert [(visit.way, visit.problems) for visit in visits] == [
        ("index.html", ()),
        ("broken.html", ("no such run", "not every plot was drawn within 0.2 s")),
        ("last.html", ()),
    ]

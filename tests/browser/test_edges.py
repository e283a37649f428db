"""Every page of a study of each unusual kind: no errors, nothing sticks out, texts stay texts."""

import checks
import edge_studies
import pytest
from building import EdgeSite
from playwright.sync_api import expect
from watching import Watched, select

pytestmark = pytest.mark.browser

SELECTIONS = ("", "metric=percentile&from=0.9&to=1", "metric=raw&from=1e29")


@pytest.mark.parametrize("name", edge_studies.EDGES)
def test_every_page_of_an_edge_study(name: str, edge_site: EdgeSite, watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    for file in checks.pages_of_study(edge_site(name)):
        page = watched.open(file.as_uri())
        for selection in SELECTIONS:
            select(page, selection)
            expect(page.locator("h1")).to_be_visible()
            assert checks.overflow(page) == [], (file.name, selection)
            assert checks.planted(page) == [], (file.name, selection)
        assert watched.problems == [], file.name


def test_parameters_may_be_named_like_what_every_object_has(
    edge_site: EdgeSite, watched: Watched
) -> None:
    page = watched.open((edge_site("names of JavaScript") / "overview.html").as_uri())
    page.get_by_text("+ Filter by hyper-parameter").click()
    for name, value in (("constructor", "a"), ("__proto__", "y")):
        page.locator(f'.atlas-bar button[data-parameter="{name}"][data-level="{value}"]').click()
    expect(page.locator(".atlas-bar")).to_contain_text("Constructor: a")
    expect(page.locator(".atlas-bar")).to_contain_text("Prototype: y")
    assert page.url.endswith("#p.constructor=a&p.__proto__=y")
    counted = page.locator(".atlas-bar__summary").text_content()
    page.reload()
    expect(page.locator(".atlas-bar__summary")).to_have_text(counted or "")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator(".atlas-bar__summary")).to_contain_text("20 of 20 runs")

"""Pages of a study of each unusual kind: no errors, nothing sticks out, texts stay texts.

All but Runs and Compare, which test_runs_edge and test_compare_edge open and look at longer.
"""

import checks
import edge_studies
import pytest
from building import EdgeSite
from edge_pages import assert_whole_on_a_phone
from playwright.sync_api import expect
from watching import Watched

pytestmark = pytest.mark.browser

OPENED_ELSEWHERE = ("compare.html", "runs.html")


@pytest.mark.parametrize("name", edge_studies.EDGES)
def test_other_pages_of_an_edge_study(name: str, edge_site: EdgeSite, watched: Watched) -> None:
    site = edge_site(name)
    elsewhere = {site / page for page in OPENED_ELSEWHERE}
    pages = set(checks.pages_of_study(site))
    assert pages > elsewhere
    for page in sorted(pages - elsewhere):
        assert_whole_on_a_phone(watched.open(page.as_uri()))
        assert watched.problems == [], page.name


def test_parameters_may_be_named_like_what_every_object_has(
    edge_site: EdgeSite, watched: Watched
) -> None:
    page = watched.open((edge_site("missing values, odd names") / "overview.html").as_uri())
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
    expect(page.locator(".atlas-bar__summary")).to_contain_text("60 of 60 runs")

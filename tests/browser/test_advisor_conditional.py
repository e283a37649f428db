"""The advisor of a study in which a hyper-parameter exists only with one value of another."""

import pytest
from click.testing import CliRunner
from conditional_studies import write_conditional_study
from playwright.sync_api import expect
from watching import Watched

from build_site.__main__ import command

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def advisor(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page."""
    folder = tmp_path_factory.mktemp("conditional")
    out = folder / "site"
    study = write_conditional_study(folder)
    result = CliRunner().invoke(command, ["--study", str(study), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return (out / "advisor.html").as_uri()


def test_a_value_is_advised_where_it_can_be_set_and_only_there(
    advisor: str, watched: Watched
) -> None:
    page = watched.open(advisor)
    best, values = page.locator("[data-part='best']"), page.locator("[data-part='values']")
    expect(best).to_have_text("Optimizer adamBatch_size 32")
    page.get_by_label("Optimizer", exact=True).select_option(label="adam")
    expect(values).to_contain_text("Batch_size")
    expect(values).not_to_contain_text("Momentum")
    page.get_by_label("Optimizer", exact=True).select_option(label="sgd")
    expect(best).to_contain_text("Momentum 0.9")
    expect(values).to_contain_text("Momentum: matters")


def test_what_excludes_each_other_is_named_until_one_is_freed(
    advisor: str, watched: Watched
) -> None:
    page = watched.open(f"{advisor}#v.fix.optimizer=adam&v.fix.momentum=0.9")
    refusal, answers = (
        page.locator("[data-part='impossible']"),
        page.locator("[data-part='answer']"),
    )
    expect(refusal).to_contain_text("excludes each other")
    for place in answers.all():
        expect(place).to_be_hidden()
    page.get_by_label("Optimizer", exact=True).select_option(label="free")
    expect(page.locator("[data-part='best']")).to_contain_text("Optimizer sgd")
    expect(refusal).to_be_hidden()

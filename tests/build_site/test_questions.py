"""The pages of questions: which there are, and that none has a gap or a foreign tag in it."""

import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path

import pytest
from grids import write_grid
from planted_answers import is_on, planted, subject

from build_site.answers.dependence import dependence
from build_site.findings import Findings
from build_site.study import open_study
from build_site.views import Page, questions
from build_site.views.question_picture import picture


@pytest.mark.parametrize(("effect", "explained"), [(0.0, False), (0.005, True), (0.2, False)])
def test_interval_beside_zero_without_a_verdict_is_explained(
    tmp_path: Path, effect: float, *, explained: bool
) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: effect * is_on(row))
    page = next(page for page in questions.pages(findings) if page.slug.endswith("augmentation"))
    assert ("the verdict allows for all the differences" in page.markdown) is explained


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_no_answer_has_a_gap_in_it(tmp_path: Path, count: int) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.1 * is_on(row), count=count)
    for page in questions.pages(findings):
        assert not re.search(r"\bnan\b|\bNone\b|  |\( |\(\)|,\.|\.\.|; it \.", visible(page)), page


def visible(page: Page) -> str:
    """The paragraphs and cells of a page, without its plots and templates' layout."""
    texts = re.findall(r"<(?:p|td|li)[^>]*>(.*?)</(?:p|td|li)>", page.markdown)
    return "\n".join(unescape(re.sub(r"<[^>]+>", "", each)) for each in texts)


def slugs(pages: Iterable[Page]) -> list[str]:
    return [page.slug for page in pages]


def test_questions_are_those_of_the_studys_parameters(tmp_path: Path) -> None:
    every = planted(tmp_path / "s.duckdb", lambda _: 0.0)
    assert slugs(questions.pages(every)) == [
        "questions/index",
        "questions/augmentation",
        "questions/optimizer",
        "questions/optimizer-batch-size",
    ]
    one = [{"dataset": "easy", "optimizer": "adam", "accuracy": n / 10} for n in range(9)]
    path = write_grid(tmp_path / "one.duckdb", {"optimizer": ["adam", "sgd"]}, one)
    assert questions.pages(Findings(open_study(path))) == ()


def test_index_gives_every_verdict(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", lambda row: 0.1 * is_on(row))
    index, *pages = questions.pages(findings)
    for page in pages:
        verdict = re.search(r"<strong>([^<]+)</strong>", page.markdown)
        assert verdict is not None
        assert verdict[1] in index.markdown
        assert f'href="{page.slug.removeprefix("questions/")}.html"' in index.markdown


def test_texts_from_data_are_escaped(tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    rows = [
        {"dataset": "easy", "optimizer": value, "accuracy": n / 50 + shift}
        for value, shift in (("adam", 0.0), (attack, 0.5))
        for n in range(20)
    ]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": ["adam", attack]}, rows)
    for page in questions.pages(Findings(open_study(path))):
        assert "<img" not in page.markdown
        assert "&lt;img" in page.markdown


def test_labels_in_a_picture_are_not_taken_for_tex(tmp_path: Path) -> None:
    tex = "$$x$$"
    rows = [
        {"dataset": "easy", "optimizer": value, "batch_size": size, "accuracy": n / 50 + shift}
        for value, shift in (("adam", 0.0), (tex, 0.5))
        for size in ("32", r"\(y\)")
        for n in range(20)
    ]
    parameters = {"optimizer": ["adam", tex, "sgd"], "batch_size": ["32", r"\(y\)"]}
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", parameters, rows)))
    answer = dependence(subject(findings, "optimizer"), subject(findings, "batch_size"))
    plot = picture(answer.contrasts, tex)
    drawn = [plot.yaxis.axis_label, *plot.yaxis.major_label_overrides.values()]
    assert [text.replace("\N{WORD JOINER}", "") for text in drawn] == [tex, "32", r"\(y\)"]
    assert not any("$$" in text or r"\(" in text for text in drawn)

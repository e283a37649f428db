"""The advisor: the same numbers as Python's, whatever a reader fixes, and a page that keeps up."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from watching import Watched

from build_site.evidence import recommendation
from build_site.evidence.choices import ROBUST, Chooser, Expected, Goal, on, on_new, on_similar
from build_site.findings import Findings

pytestmark = pytest.mark.browser

STATES = 24
CLOSE = 1e-9


@pytest.fixture(scope="module")
def page(site: Path, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto((site / "advisor.html").as_uri())
    opened.wait_for_function("hyperatlas.advisorAnswers")
    yield opened
    context.close()


@pytest.fixture(scope="module")
def chooser(findings: Findings) -> Chooser:
    fitted = findings.advice
    assert fitted is not None
    return Chooser(fitted.model)


def goals(findings: Findings) -> dict[str, Goal]:
    """Every goal by its key in an address."""
    count = len(findings.datasets)
    difficulties = [each.difficulty or 0.0 for each in findings.datasets]
    similar = {
        f"like:{each.name}": on_similar(difficulties, each.difficulty or 0.0) or ROBUST
        for each in findings.datasets
    }
    known = {f"on:{each.name}": on(d, count) for d, each in enumerate(findings.datasets)}
    return {"robust": ROBUST, "new": on_new(count), **similar, **known}


def draw_state(
    findings: Findings, chooser: Chooser, generator: random.Random
) -> tuple[str, Goal, list[list[int]]]:
    """An address, its goal, and the levels that it leaves."""
    name, goal = generator.choice(list(goals(findings).items()))
    query, allowed = {"v.goal": name}, []
    for factor, usable in zip(findings.factors, chooser.model.usable, strict=True):
        left = list(usable)
        mode = generator.choice(["free", "free", "fixed", "excluded"])
        if mode == "fixed":
            left = [generator.choice(left)]
            query[f"v.fix.{factor.parameter.name}"] = factor.levels[left[0]].key
        elif mode == "excluded" and len(left) > 1:
            out = left.pop(generator.randrange(len(left)))
            query[f"v.not.{factor.parameter.name}"] = f'["{factor.levels[out].key}"]'
        allowed.append(left)
    return urlencode(query), goal, allowed


def answered(page: Page, fragment: str) -> dict[str, Any]:
    return page.evaluate(
        """(fragment) => {
            const { advisorAnswers, advisorState, selection, study } = hyperatlas;
            return advisorAnswers.answer(advisorState.read(selection.parse(fragment, study)));
        }""",
        fragment,
    )


def same(found: dict[str, float], expected: Expected) -> bool:
    return all(
        abs(found[name] - getattr(expected, name)) < CLOSE for name in ("value", "low", "high")
    )


def test_answers_are_those_of_python(page: Page, findings: Findings, chooser: Chooser) -> None:
    generator = random.Random(4)  # noqa: S311 - no secret
    for _ in range(STATES):
        fragment, goal, allowed = draw_state(findings, chooser, generator)
        answer = answered(page, fragment)
        found = chooser.find(goal, allowed)
        best = found.best.configuration
        assert tuple(answer["configuration"]) == best, fragment
        assert same(answer["expected"], chooser.expected(best, goal)), fragment
        for parameter in answer["parameters"]:
            for value in parameter["ranked"]:
                choice = found.values[parameter["i"]][value["level"]]
                assert choice is not None
                assert same(value["expected"], chooser.expected(choice.configuration, goal))
                if value["loss"] is not None:
                    loss = chooser.difference(best, choice.configuration, goal)
                    assert same(value["loss"], loss), fragment


def test_verdicts_and_accuracies_are_those_of_python(
    page: Page, findings: Findings, chooser: Chooser
) -> None:
    answer = answered(page, "v.goal=robust")
    fitted = findings.advice
    assert fitted is not None
    advised = recommendation.recommend(findings.outcomes, fitted)
    stakes = {stake.parameter: stake.verdict for stake in advised.stakes}
    assert {each["i"]: each["verdict"] for each in answer["parameters"]} == stakes
    assert advised.usual is not None
    assert same(answer["usual"]["loss"], advised.usual)
    for found, each in zip(answer["perDataset"], advised.datasets, strict=True):
        assert same(found["expected"], each.robust)
        assert same(found["cost"], each.cost)
        expected = chooser.expected(advised.configuration, on(each.dataset, len(advised.datasets)))
        accuracy = recommendation.accuracy(findings.outcomes, each.dataset, expected)
        assert same(found["accuracy"], accuracy)


def test_climbing_in_the_browser_finds_the_same(page: Page) -> None:
    """The search for studies of too many configurations to try."""
    differing = page.evaluate(
        """() => {
            const { advice, advisorState, parts, study } = hyperatlas;
            const climber = advice.prepare({ ...parts.advice, mostTried: 1 }, study);
            const trier = advice.prepare(parts.advice, study);
            return advisorState.goals.filter((goal) => {
                const [one, other] = [climber, trier].map(
                    (model) => model.find(goal, parts.advice.usable));
                return JSON.stringify(one.best) !== JSON.stringify(other.best);
            }).map(({ key }) => key);
        }"""
    )
    assert differing == []


def test_page_follows_the_controls_and_the_address(site: Path, watched: Watched) -> None:
    page = watched.open((site / "advisor.html").as_uri())
    page.get_by_label("Activation", exact=True).select_option(label="tanh")
    best = page.locator("[data-part='best']")
    expect(best).to_contain_text("tanh")
    assert "v.fix.activation=tanh" in page.url
    page.locator("[data-part='goal']").select_option(label="MNIST")
    expect(page.locator("[data-part='beats']")).to_contain_text("on MNIST")
    expect(page.locator("[data-part='snippet'] code")).to_contain_text("nn.Tanh()")
    page.reload()
    expect(best).to_contain_text("tanh")
    page.get_by_role("button", name="Free everything").click()
    assert "v.fix" not in page.url
    page.go_back()
    expect(best).to_contain_text("tanh")
    assert watched.problems == []


def test_value_can_be_left_out_and_the_last_one_cannot(site: Path, watched: Watched) -> None:
    page = watched.open((site / "advisor.html").as_uri())
    control = page.locator(".advisor-control", has=page.locator("[data-parameter=augmentation]"))
    control.locator("summary").click()
    control.get_by_label("off").uncheck()
    expect(page.locator("[data-part='best']")).to_contain_text("Augmentation on")
    expect(control.get_by_role("checkbox", name="on")).to_be_disabled()
    expect(control.locator("summary")).to_have_text("consider 1 of 2")


def test_address_of_another_study_is_no_obstacle(site: Path, watched: Watched) -> None:
    fragment = "v.goal=on:nowhere&v.fix.optimizer=none&v.not.activation=[1,{&v.not.batch_size=7"
    page = watched.open(f"{(site / 'advisor.html').as_uri()}#{fragment}")
    expect(page.locator("[data-part='best']")).to_contain_text("Optimizer")
    assert watched.problems == []


def test_program_can_be_copied_from_home(site: Path, watched: Watched) -> None:
    page = watched.open((site / "index.html").as_uri())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator("[data-snippet]")
    block.get_by_role("button").click()
    expect(block.get_by_role("button")).to_have_text("Copied")
    code = block.locator("code").text_content() or ""
    assert page.evaluate("navigator.clipboard.readText()") == code
    compile(code, "snippet", "exec")

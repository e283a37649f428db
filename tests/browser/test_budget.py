"""The best of k random trials: exact, against counting all draws and against drawing at random."""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from watching import Watched

from build_site.findings import Findings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(site: Path, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto((site / "advisor.html").as_uri())
    opened.wait_for_function("hyperatlas.budget")
    yield opened
    context.close()


def best_of(page: Page, values: list[float], k: int) -> dict[str, float]:
    return page.evaluate(
        "([values, k]) => hyperatlas.budget.bestOf(values, k, 0.8)", [sorted(values), k]
    )


def test_it_is_the_mean_over_all_draws(page: Page) -> None:
    generator = np.random.default_rng(1)
    values = [*generator.random(9).tolist(), 0.5, 0.5]
    for k in range(1, len(values) + 1):
        draws = sorted(max(drawn) for drawn in itertools.combinations(values, k))
        found = best_of(page, values, k)
        assert found["mean"] == pytest.approx(np.mean(draws), abs=1e-12)
        assert found["low"] == draws[math.ceil(0.1 * len(draws) - 1e-9) - 1]
        assert found["high"] == draws[math.ceil(0.9 * len(draws) - 1e-9) - 1]


def test_it_is_what_random_trials_reach(page: Page) -> None:
    generator = np.random.default_rng(2)
    values = generator.beta(5, 2, 300)
    for k in (1, 7, 40, 100):
        tries = np.array([generator.choice(values, k, replace=False).max() for _ in range(4000)])
        found = best_of(page, values.tolist(), k)
        error = tries.std() / math.sqrt(len(tries))
        assert abs(found["mean"] - tries.mean()) < 4 * error
        assert (tries < found["low"]).mean() < 0.12 < (tries <= found["low"]).mean() + 0.04
        assert (tries > found["high"]).mean() < 0.12 < (tries >= found["high"]).mean() + 0.04


def test_it_never_falls_with_more_trials(page: Page) -> None:
    values = np.random.default_rng(3).random(150).tolist()
    means = [best_of(page, values, k)["mean"] for k in range(1, 101)]
    assert means == sorted(means)


def test_diverged_runs_count_as_guessing(page: Page) -> None:
    found = page.evaluate(
        """() => {
            const raw = Float32Array.of(0.5, NaN, 0.75);
            const columns = { raw, diverged: [0, 1, 0], dataset: [0, 0, 0] };
            const study = { runs: 3, direction: "maximize", datasets: [{ chance: 0.1 }], columns };
            const of = (study) => [...hyperatlas.budget.values(study, 0, () => true)];
            return [of(study), of({ ...study, datasets: [{ chance: null }] }),
                of({ ...study, direction: "minimize", datasets: [{ chance: null }] })];
        }"""
    )
    assert found == [[0.1, 0.5, 0.75], [0.5, 0.5, 0.75], [0.75, 0.75, 0.5]]


def test_curve_of_the_page_is_that_of_the_runs(
    site: Path, findings: Findings, watched: Watched
) -> None:
    dataset = findings.datasets[-1]
    page = watched.open(f"{(site / 'advisor.html').as_uri()}#v.budget={dataset.name}")
    row = page.locator("#budget-table tbody tr", has=page.locator("th", has_text="10")).first
    here = findings.outcomes.dataset == len(findings.datasets) - 1
    values = np.sort(findings.outcomes.raw[here])
    n = len(values)
    weights = [math.comb(i, 9) / math.comb(n, 10) for i in range(n)]
    expect(row.locator("td").first).to_contain_text(f"{100 * np.dot(weights, values):.1f}")
    assert page.locator("#budget-table thead th").count() == 2 + len(findings.factors)
    assert watched.problems == []


def test_what_is_given_holds_for_the_trials_too(
    site: Path, findings: Findings, watched: Watched
) -> None:
    page = watched.open(f"{(site / 'advisor.html').as_uri()}#v.fix.optimizer=adam")
    runs = int(((findings.outcomes.dataset == 0) & (findings.outcomes.levels[:, 2] == 0)).sum())
    head = page.locator("#budget-table thead th")
    expect(head.nth(1)).to_have_text(f"any configuration (n = {runs})")

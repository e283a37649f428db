"""Estimates and tests in the client, against SciPy and NumPy."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from playwright.sync_api import Browser, Page
from watching import watch

from build_site import statistics as built

pytestmark = pytest.mark.browser

FREEDOMS = [1, 2, 3, 4, 5, 7, 10, 23, 50, 99, 100, 101, 250, 1000, 50_000, 1_000_000]


@pytest.fixture(scope="module")
def page(site: Path, browser: Browser) -> Iterator[Page]:
    """The page whose functions are tested."""
    context = browser.new_context()
    watched = watch(context.new_page())
    yield watched.open((site / "compare.html").as_uri())
    context.close()
    assert watched.problems == []


def call(page: Page, function: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return page.evaluate(
        "([name, given]) => hyperatlas.statistics[name](...given)", [function, list(arguments)]
    )


def test_student_quantile_is_scipys(page: Page) -> None:
    found = [call(page, "studentQuantile", df) for df in FREEDOMS]
    expected = scipy.stats.t.ppf(0.975, FREEDOMS)
    np.testing.assert_allclose(found, expected, atol=1e-7, rtol=0)
    np.testing.assert_allclose([built.student_quantile(df) for df in FREEDOMS], expected, atol=1e-7)


def test_mean_and_its_interval_are_scipys(page: Page) -> None:
    values = np.random.default_rng(1).normal(1e6, 0.01, 37)  # far from 0, so that digits matter
    shifted = values - values[0]
    found = call(page, "mean", 37, shifted.sum(), (shifted**2).sum(), values[0])
    low, high = scipy.stats.t.interval(0.95, 36, values.mean(), scipy.stats.sem(values))
    assert found["value"] == pytest.approx(values.mean(), rel=1e-14)
    assert (found["low"], found["high"]) == (
        pytest.approx(low, rel=1e-12),
        pytest.approx(high, rel=1e-12),
    )
    built_low = built.mean_estimate(37, float(values.mean()), float(values.std(ddof=1))).low
    assert built_low == pytest.approx(low, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 8, 17, 40, 99, 1000, 1001, 99_999, 1_000_000])
def test_ranks_around_the_median_are_those_of_the_binomial(page: Page, n: int) -> None:
    found = call(page, "medianRank", n)
    binomial = scipy.stats.binom(n, 0.5)
    assert found == 0 or binomial.cdf(found - 1) <= 0.025 * (1 + 1e-9)
    assert binomial.cdf(found) > 0.025 * (1 - 1e-9)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 7), (7, 7), (1, 1000), (420, 1000)])
def test_share_has_wilsons_interval(page: Page, hits: int, n: int) -> None:
    found = call(page, "share", n, hits)
    expected = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert found["value"] == hits / n
    assert (found["low"], found["high"]) == (
        pytest.approx(expected.low, abs=1e-12),
        pytest.approx(expected.high, abs=1e-12),
    )


def test_difference_of_shares_is_the_example_of_newcombe(page: Page) -> None:
    # Newcombe (1998), table II, (a) method 10: 56/70 - 48/80, 0.2 from 0.0524 to 0.3339.
    apart = call(page, "difference", call(page, "share", 70, 56), call(page, "share", 80, 48))
    assert (round(apart["value"], 4), round(apart["low"], 4), round(apart["high"], 4)) == (
        0.2,
        0.0524,
        0.3339,
    )


def test_difference_of_means_of_large_samples_is_welchs(page: Page) -> None:
    generator = np.random.default_rng(2)
    samples = generator.normal(0, 1, 900), generator.normal(0.1, 2, 700)
    estimates = [call(page, "mean", len(s), s.sum(), (s**2).sum(), 0) for s in samples]
    apart = call(page, "difference", *estimates)
    welch = scipy.stats.ttest_ind(*samples, equal_var=False).confidence_interval(0.95)
    assert apart["low"] == pytest.approx(welch.low, abs=5e-4)
    assert apart["high"] == pytest.approx(welch.high, abs=5e-4)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 20, 39, 200])
def test_tail_of_chi_square_is_scipys(page: Page, df: int) -> None:
    for x in (0, 0.3, 1, 3.84, 9.5, 30, 55.0, 250, 900):
        expected = scipy.stats.chi2.sf(x, df)
        assert call(page, "chiSquareTail", x, df) == pytest.approx(expected, abs=1e-12), x
        assert built.chi_square_tail(x, df) == pytest.approx(expected, abs=1e-12), x


def test_heterogeneity_is_cochrans_q(page: Page) -> None:
    values, errors = np.array([0.1, 0.5, 0.35, 0.2]), np.array([0.05, 0.1, 0.07, 0.2])
    estimates = [
        {"n": 9, "value": v, "low": v - built.Z * e, "high": v + built.Z * e}
        for v, e in zip(values.tolist(), errors.tolist(), strict=True)
    ]
    few = {"n": 4, "value": 9, "low": 8.9, "high": 9.1}  # of too few runs to count
    weights = errors**-2
    q = (weights * (values - np.average(values, weights=weights)) ** 2).sum()
    spread = (q - 3) / (weights.sum() - (weights**2).sum() / weights.sum())
    found = call(page, "heterogeneity", [*estimates, few])
    assert found["q"] == pytest.approx(q)
    assert found["p"] == pytest.approx(scipy.stats.chi2.sf(q, 3))
    assert found["tau"] == pytest.approx(spread**0.5)


def test_a_value_whose_runs_are_all_tied_counts(page: Page) -> None:
    """Such as one with which every run diverged: its interval has no width, or almost none."""
    good = [{"n": 80, "value": v, "low": v - 0.06, "high": v + 0.06} for v in (0.6, 0.66)]
    for width in (0, 1e-9):
        tied = {"n": 80, "value": 0.16, "low": 0.16 - width, "high": 0.16 + width}
        p = call(page, "heterogeneity", [*good, tied])["p"]
        assert p < 1e-9
        assert built.heterogeneity(
            [built.Estimate(**each) for each in (*good, tied)]
        ) == pytest.approx(p, rel=1e-6)
    apart = [{"n": 9, "value": v, "low": v, "high": v} for v in (0.2, 0.4)]
    assert call(page, "heterogeneity", apart)["p"] == 0
    assert built.heterogeneity([built.Estimate(**each) for each in apart]) == 0


def test_nothing_to_test_is_no_number(page: Page) -> None:
    same = {"n": 9, "value": 0.5, "low": 0.5, "high": 0.5}
    assert np.isnan(call(page, "heterogeneity", [same, same])["p"])
    assert np.isnan(call(page, "heterogeneity", [])["p"])


def test_order_of_any_numbers_is_that_of_a_sort(page: Page) -> None:
    generator = random.Random(3)  # noqa: S311 - no secret
    numbers = [generator.gauss(0, 10.0 ** generator.randint(-6, 6)) for _ in range(500)]
    values = np.array([*numbers, *numbers[:50], 0, -0.0, np.nan, np.nan], dtype=np.float32)
    order = page.evaluate(
        "(values) => [...hyperatlas.cells.ordered(Float32Array.from(values, (v) => v ?? NaN))]",
        [None if np.isnan(v) else v for v in values.tolist()],
    )
    assert values[order].tolist() == sorted(values[:-2].tolist())

"""Lift, tests and q-values: what the page computes is what DuckDB and SciPy compute."""

import math
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from combined import sql_cells
from playwright.sync_api import Browser, Page
from scipy import special, stats
from test_selection import random_selection
from watching import wait_until

from build_site.findings import Findings

SELECTIONS = 16

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(site: Path, browser: Browser) -> Iterator[Page]:
    """The page whose functions are tested."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto((site / "combinations.html").as_uri())
    wait_until(opened, "hyperatlas.lift")
    yield opened
    context.close()


def counted(page: Page, fragment: str, mode: str = "lift") -> list[dict[str, Any]]:
    """The page's cells for a selection; NaN and infinities arrive as they are."""
    return page.evaluate(
        """([fragment, mode]) => {
            const { lift, selection, study } = hyperatlas;
            const masks = selection.mask(study, selection.parse(fragment, study));
            return lift.cells(lift.prepare(study)(masks), mode);
        }""",
        [fragment, mode],
    )


def close(found: float, expected: float | None) -> bool:
    if expected is None:
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=1e-9)


def test_counts_lifts_and_interactions_are_those_of_sql(page: Page, findings: Findings) -> None:
    generator = random.Random(4)  # noqa: S311 - no secret
    compared = 0
    for _ in range(SELECTIONS):
        selected = random_selection(findings, generator)
        expected = sql_cells(findings, selected.condition)
        lifts = counted(page, selected.fragment)
        interactions = counted(page, selected.fragment, "interaction")
        for lift, interaction in zip(lifts, interactions, strict=True):
            place = (lift["row"], lift["column"])
            if place not in expected:
                assert lift["runs"] == 0
                continue
            runs, together, ratio, pure = expected[place]
            assert (lift["runs"], lift["observed"]) == (runs, together), selected
            assert close(lift["ratio"], ratio), (selected, lift)
            assert close(interaction["ratio"], pure), (selected, interaction)
            compared += 1
        assert set(expected) <= {(lift["row"], lift["column"]) for lift in lifts}
    assert compared > 1000


def test_p_is_that_of_fisher_and_q_that_of_benjamini_and_hochberg(
    page: Page, findings: Findings
) -> None:
    generator = random.Random(5)  # noqa: S311 - no secret
    for _ in range(SELECTIONS):
        selected = random_selection(findings, generator)
        cells = [cell for cell in counted(page, selected.fragment) if cell["runs"] > 0]
        if not cells:
            continue
        every = [cell for cell in cells if cell["row"] == cell["column"] and cell["row"] < 4]
        drawn = sum(cell["observed"] for cell in every)  # over the levels of the first parameter
        total = sum(cell["runs"] for cell in every)
        for cell in cells:
            k, marked = cell["observed"], cell["runs"]
            table = [[k, marked - k], [drawn - k, total - marked - drawn + k]]
            assert cell["p"] == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-8)
        expected = stats.false_discovery_control([float(cell["p"]) for cell in cells])
        assert [cell["q"] for cell in cells] == pytest.approx(expected, rel=1e-12)


def test_p_of_random_tables(page: Page) -> None:
    generator = np.random.default_rng(6)
    cases = []
    for _ in range(400):
        total = int(10 ** generator.uniform(0.5, 6))
        marked, drawn = (int(n) for n in generator.integers(0, total + 1, 2))
        low, high = max(0, marked + drawn - total), min(marked, drawn)
        likely = int(generator.hypergeometric(marked, total - marked, drawn))
        spread = int(generator.normal(0, 3 * math.sqrt(high - low + 1)))
        observed = min(high, max(low, likely + (spread if generator.random() < 0.5 else 0)))
        cases.append({"observed": observed, "all": total, "marked": marked, "drawn": drawn})
    found = page.evaluate(
        "(cases) => cases.map((c) => hyperatlas.exact.hypergeometric(c.observed, c))", cases
    )
    for case, each in zip(cases, found, strict=True):
        k, total, marked, drawn = case["observed"], case["all"], case["marked"], case["drawn"]
        low, high = max(0, marked + drawn - total), min(marked, drawn)
        # By definition, over the whole range.
        logs = stats.hypergeom.logpmf(np.arange(low, high + 1), total, marked, drawn)
        rare = logs <= logs[k - low] + 1e-7
        expected = math.exp(special.logsumexp(logs[rare])) if not rare.all() else 1.0
        assert each["p"] == pytest.approx(expected, rel=1e-6, abs=1e-300), case
        mean = drawn * marked / total
        variance = mean * (total - marked) * (total - drawn) / (total * max(1, total - 1))
        assert each["mean"] == pytest.approx(mean, rel=1e-6, abs=1e-6), case
        assert each["variance"] == pytest.approx(variance, rel=1e-5, abs=1e-5), case


def test_p_of_zelens_test_is_its_definition(page: Page) -> None:
    generator = np.random.default_rng(7)
    cases = []
    for _ in range(300):
        size = int(10 ** generator.uniform(0.3, 4))
        strata = [int(n) for n in generator.integers(0, size + 1, 4)]
        chosen = [int(generator.integers(0, n + 1)) for n in strata]
        cases.append((strata, chosen))
    found = page.evaluate(
        """(cases) => cases.map(([[both, one, other, neither], [k, a, b, rest]]) =>
            hyperatlas.exact.interaction(k, {
              both, one, other, neither, drawn: k + a + b + rest, first: k + a, second: k + b,
            }))""",
        cases,
    )
    for (strata, chosen), each in zip(cases, found, strict=True):
        # All tables with the same numbers of selected runs with a, with b, and at all.
        moves = np.arange(-chosen[0], strata[0] - chosen[0] + 1)
        tables = np.array(
            [n + sign * moves for n, sign in zip(chosen, (1, -1, -1, 1), strict=True)]
        )
        allowed = np.all([(t >= 0) & (t <= n) for t, n in zip(tables, strata, strict=True)], axis=0)
        logs = sum(
            special.gammaln(n + 1) - special.gammaln(t + 1) - special.gammaln(n - t + 1)
            for t, n in zip(tables[:, allowed], strata, strict=True)
        )
        observed = logs[np.flatnonzero(moves[allowed] == 0)[0]]
        rare = logs <= observed + 1e-7
        expected = math.exp(special.logsumexp(logs[rare]) - special.logsumexp(logs))
        assert each["p"] == pytest.approx(expected, rel=1e-6, abs=1e-300), (strata, chosen)


def test_zelens_test_of_a_small_table_by_hand(page: Page) -> None:
    # Two runs in each of the four strata, four selected, two of them with a and two with b: the
    # runs with both can be 0, 1 or 2, with 1, 16 and 1 ways to choose them.
    found = page.evaluate(
        """[0, 1, 2].map((k) => hyperatlas.exact.interaction(k, {
            both: 2, one: 2, other: 2, neither: 2, drawn: 4, first: 2, second: 2 }).p)"""
    )
    assert found == pytest.approx([2 / 18, 1, 2 / 18])


def test_q_of_random_ps(page: Page) -> None:
    generator = np.random.default_rng(8)
    for size in [1, 2, 3, *generator.integers(4, 300, 30)]:
        ps = generator.beta(0.4, 2, size).round(2).tolist()  # with ties, zeros and ones
        found = page.evaluate("(ps) => [...hyperatlas.exact.falseDiscovery(ps)]", ps)
        assert found == pytest.approx(stats.false_discovery_control(ps), rel=1e-12)


def test_cells_are_muted_for_want_of_evidence(page: Page) -> None:
    muted = evident = 0
    for mode, low in product(["lift", "interaction"], [0.5, 0.7, 0.9]):
        for cell in counted(page, f"metric=percentile&from={low}", mode):
            if cell["runs"] < 5 or not cell["q"] <= 0.05:
                assert cell["muted"], cell
                muted += 1
            elif mode == "lift":
                assert not cell["muted"], cell
                evident += 1
    assert muted > 50
    assert evident > 50


def test_test_that_points_the_other_way_than_the_ratio_is_no_evidence(page: Page) -> None:
    """Of 1,000 runs with both values 980 are selected, 700 with either, 200 with neither.

    The ratio is 0.98 * 0.645 / 0.84² = 0.9, but b raises the odds by more with a than without it.
    """
    cells = page.evaluate(
        """() => {
            const kinds = [[1, 1, 980], [1, 0, 700], [0, 1, 700], [0, 0, 200]];
            const column = (level) => Uint8Array.from(
              kinds.flatMap((kind) => Array(1000).fill(kind[level])));
            const selected = Uint8Array.from(
              kinds.flatMap(([, , chosen]) => Array.from({ length: 1000 }, (_, i) => i < chosen)));
            const parameters = ["a", "b"].map((name) => ({ name, levels: [{}, {}] }));
            const columns = { "level:a": column(0), "level:b": column(1) };
            const count = hyperatlas.lift.prepare({ runs: 4000, columns, parameters });
            const baseline = new Uint8Array(4000).fill(1);
            return hyperatlas.lift.cells(count({ baseline, selected }), "interaction");
        }"""
    )
    (both,) = [cell for cell in cells if (cell["row"], cell["column"]) == (3, 1)]
    assert both["ratio"] == pytest.approx(0.98 * 0.645 / 0.84**2)
    assert both["mean"] < both["observed"]
    assert both["q"] < 0.01
    assert both["muted"]


def test_interval_and_exact_test_agree(page: Page) -> None:
    """With p well below 0.05 the 95 % interval leaves 1 out, with p well above it does not."""
    checked = 0
    for low in (0.3, 0.5, 0.7, 0.9):
        for cell in counted(page, f"metric=percentile&from={low}"):
            if math.isnan(cell["low"]) or 0.02 < cell["p"] < 0.12:
                continue
            assert (cell["low"] <= 1 <= cell["high"]) == (cell["p"] > 0.05), cell
            checked += 1
    assert checked > 300


def test_many_levels_are_counted_in_groups_as_well(page: Page) -> None:
    """More combinations than one group of codes holds: against counting pair by pair."""
    wrong = page.evaluate(
        """() => {
            const runs = 5000, sizes = [40, 3, 300, 1, 17, 600, 2], columns = {};
            let state = 1;
            const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
            const parameters = sizes.map((size, p) => {
              columns[`level:p${p}`] = Uint16Array.from({ length: runs }, () => random() * size);
              return { name: `p${p}`, levels: Array.from({ length: size }, () => ({})) };
            });
            const baseline = Uint8Array.from({ length: runs }, () => random() < 0.8);
            const selected = baseline.map((kept) => kept && random() < 0.3);
            const found = hyperatlas.lift.prepare({ runs, columns, parameters })(
              { baseline, selected });
            const starts = sizes.map((_, p) => sizes.slice(0, p).reduce((a, b) => a + b, 0));
            let wrong = 0;
            for (const [name, mask] of [["inBaseline", baseline], ["inSelection", selected]]) {
              const expected = new Uint32Array(found.size ** 2);
              for (let i = 0; i < runs; i++) {
                if (!mask[i]) continue;
                sizes.forEach((_, p) => sizes.forEach((_, q) => {
                  if (q > p) return;
                  const [row, column] = [p, q].map((at) => starts[at] + columns[`level:p${at}`][i]);
                  expected[row * found.size + column] += 1;
                }));
              }
              expected.forEach((n, at) => { wrong += n !== found[name][at]; });
            }
            return wrong;
        }"""
    )
    assert wrong == 0

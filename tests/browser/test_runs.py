"""Page Runs: the rows, their order and the CSV are those of SQL."""

import csv
import io
import random
import re
from collections.abc import Callable
from itertools import product
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from runs_page import csv_rows, page_rows, query
from test_selection import random_selection
from watching import select

from build_site.findings import Findings

pytestmark = pytest.mark.browser

METRICS = ("raw", "percentile", "relative")
WORDS = ("", "", "adam", "glorot", "normal", "on", "relu", "64", "cifar", "0.002", "MNIST", "compl")


def sort_expression(findings: Findings, column: str) -> str:
    """A column of the page's table as SQL orders it; NULL for what comes last."""
    names = ", ".join(repr(d.name) for d in findings.datasets)
    known = {
        "run": "position",
        "dataset": f"list_position([{names}], scored.dataset)",
        **{metric: f"scored.{metric}" for metric in METRICS},
        "status": "scored.status = 'diverged'",
        "seed": "run.seed",
    }
    if column in known:
        return known[column]
    place, factor = next(
        (place, factor)
        for place, factor in enumerate(findings.factors)
        if f"p.{factor.parameter.name}" == column
    )
    if factor.parameter.kind == "numeric":
        return f"run.{factor.parameter.name}::FLOAT"
    return f"(SELECT level FROM setting WHERE parameter = {place} AND position = scored.position)"


def search_condition(findings: Findings, text: str) -> str:
    """What the help beside the search field says, in SQL."""
    conditions = ["true"]
    for word in text.lower().split():
        begins = f"regexp_matches(lower({{}}::VARCHAR), '(^|[^a-z0-9]){re.escape(word)}')"
        named = begins.format("concat(name, chr(32), label)")
        found = [
            f"scored.dataset IN (SELECT name FROM dataset WHERE {named})",
            begins.format("scored.status"),
            f"(length('{word}') >= 4 AND starts_with(run_id, '{word}'))",
        ]
        for place, factor in enumerate(findings.factors):
            if factor.parameter.kind == "numeric":
                continue
            levels = [
                str(n)
                for n, level in enumerate(factor.levels)
                if any(
                    re.search(f"(^|[^a-z0-9]){re.escape(word)}", known.lower())
                    for known in (level.key, level.label)
                )
            ]
            if levels:
                found.append(
                    "position IN (SELECT position FROM setting "
                    f"WHERE parameter = {place} AND level IN ({', '.join(levels)}))"
                )
        if re.fullmatch(r"\d+(\.\d+)?", word):
            half = 10.0 ** -len(word.partition(".")[2]) / 2
            found.append(f"abs(learning_rate::FLOAT - {word}) <= {half!r} OR run.seed = {word}")
        conditions.append(f"({' OR '.join(found)})")
    return " AND ".join(conditions)


def sql_runs(findings: Findings, condition: str, order: str, text: str = "") -> list[str]:
    column, direction = order.removeprefix("-"), "DESC" if order.startswith("-") else "ASC"
    rows = query(
        findings,
        f"SELECT run_id FROM (FROM scored WHERE {condition}) AS scored "
        f"JOIN run USING (run_id) WHERE {search_condition(findings, text)} "
        f"ORDER BY {sort_expression(findings, column)} {direction} NULLS LAST, position",
    )
    return [run_id for (run_id,) in rows]


def every_page(page: Page) -> list[str]:
    """The rows of all pages of the table, turned one by one."""
    rows = page_rows(page)
    while page.locator("#run-next").is_enabled():
        page.locator("#run-next").evaluate("(button) => button.click()")
        rows += page_rows(page)
    return rows


def test_rows_and_their_order_are_those_of_sql(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("")
    generator = random.Random(1905)  # noqa: S311 - no secret
    columns = page.evaluate(
        "[...document.querySelectorAll('#run-table th[data-column]')].map((h) => h.dataset.column)"
    )
    ids = [run_id for (run_id,) in query(findings, "SELECT run_id FROM scored")]
    matched = 0
    for turn, (column, sign) in enumerate(product(columns, ("", "-"))):
        selected = random_selection(findings, generator)
        order = sign + column
        text = " ".join(generator.choice(WORDS) for _ in range(2)).strip()
        if turn % 10 == 9:
            text = generator.choice(ids)[:4]
        rows = generator.choice([25, 50, 100, 100, 100, 100])  # of 25 there are many to turn
        extra = urlencode({"v.sort": order, "v.rows": rows, **({"v.search": text} if text else {})})
        select(page, f"{selected.fragment}&{extra}".lstrip("&"))
        expected = sql_runs(findings, selected.condition, order, text)
        assert page_rows(page) == expected[:rows], (selected, order, text)
        assert every_page(page) == expected, (selected, order, text)
        unit = "run" if len(expected) == 1 else "runs"
        assert page.locator("#run-count").inner_text() == f"{len(expected)} {unit}"
        matched += len(expected) > 0
    assert matched >= len(columns)


def test_search_finds_what_sql_finds(runs: Callable[[str], Page], findings: Findings) -> None:
    page = runs("")
    seed, rate = query(findings, "SELECT seed, learning_rate FROM run ORDER BY run_id")[7]
    for text in (*filter(None, WORDS), str(seed), f"{rate:.3f}", f"{rate:.5f}", "adam on", "zzz"):
        select(page, urlencode({"v.search": text, "v.sort": "run"}))
        found = [row["Run"] for row in csv_rows(page)] if page_rows(page) else []
        assert found == sql_runs(findings, "true", "run", text), text


def test_csv_holds_exactly_what_the_study_holds(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("metric=percentile&from=0.3&p.optimizer=adam&v.sort=-p.learning_rate&v.search=relu")
    rows = csv_rows(page)
    expected = query(
        findings,
        "SELECT run_id, dataset.label, raw, percentile, relative, status, "
        "run.batch_size::VARCHAR, augmentation, learning_rate, run.seed FROM scored "
        "JOIN run USING (run_id, status, dataset) JOIN dataset ON dataset.name = run.dataset "
        "WHERE percentile >= 0.3::FLOAT AND optimizer = 'adam' AND activation = 'relu' "
        "ORDER BY learning_rate::FLOAT DESC, run_id",
    )
    assert len(rows) == len(expected) > 25
    for row, (run_id, label, raw, percentile, relative, *others) in zip(
        rows, expected, strict=True
    ):
        assert (row["Run"], row["Data set"]) == (run_id, label)
        for name, value in (
            ("Test accuracy", raw),
            ("Percentile", percentile),
            ("Relative", relative),
        ):
            assert np.float32(row[name]) == np.float32(value)
        status, batch_size, augmentation, learning_rate, seed = others
        assert (row["Status"], row["Batch size"], row["Augmentation"]) == (
            status,
            batch_size,
            augmentation,
        )
        assert float(row["Learning rate"]) == learning_rate
        assert (row["Optimizer"], row["Seed"]) == ("Adam", str(seed))


def test_formulas_and_quotes_in_csv(asked: Page) -> None:
    cells = ["=1+1", "+a", "-a", "@x", "\tx", "-0.5", 'a"b', "a,b", "a\nb", "plain"]
    text = asked.evaluate(
        """(cells) => {
            const columns = [{ label: "Value", exact: (row) => cells[row] }];
            const { csvHead, csvRows } = hyperatlas.runTable;
            return csvHead(columns) + csvRows(columns, cells.keys());
        }""",
        cells,
    )
    assert text.startswith("Value\r\n'=1+1\r\n")
    read = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
    assert read == [
        *("Value", "'=1+1", "'+a", "'-a", "'@x", "'\tx", "-0.5", 'a"b', "a,b", "a\nb", "plain")
    ]


def test_headings_sort_by_click_and_by_key(runs: Callable[[str], Page]) -> None:
    page = runs("")
    heading = page.locator("#run-table th", has_text="Test accuracy")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile(r"v\.sort=raw$"))
    assert page.evaluate("document.activeElement.textContent") == "Test accuracy"
    page.go_back()
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_typing_searches_and_keeps_the_place(runs: Callable[[str], Page]) -> None:
    page = runs("")
    page.get_by_label("Search", exact=True).nth(-1).click()
    page.keyboard.type("glorot uniform adam")
    expect(page).to_have_url(re.compile(r"v\.search=glorot\+uniform\+adam$"))
    assert page.evaluate("document.activeElement.id") == "run-search"
    assert page.locator("#run-table tbody tr").count() == 25


def test_resetting_the_selection_keeps_the_view(runs: Callable[[str], Page]) -> None:
    page = runs("dataset=mnist&v.sort=-seed&v.search=adam")
    expect(page.locator("#run-search")).to_have_value("adam")
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile(r"runs\.html#v\.sort=-seed$"))
    expect(page.locator("#run-search")).to_have_value("")  # it leaves runs out, so it goes


def test_only_the_rows_of_a_page_are_in_the_document(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("")
    page.get_by_label("Rows").select_option("100")
    expect(page.locator("#run-table tbody tr")).to_have_count(100)
    page.get_by_role("button", name="Last").click()
    expect(page.locator("#run-table tbody tr")).to_have_count(findings.runs % 100 or 100)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    # A button that is switched off hands its focus on.
    expect(page.get_by_role("button", name="Previous")).to_be_focused()
    page.get_by_role("button", name="First").press("Enter")
    expect(page.get_by_role("button", name="Next")).to_be_focused()

"""The page of combinations: the matrix, the lists, the table, and what one can do with them."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from combinations_page import FIGURE, cell_count, table
from combined import sql_cells
from playwright.sync_api import Page, expect
from test_selection import random_selection
from watching import Watched, select, wait_until

from build_site.findings import Findings
from build_site.rendering import NOTHING

pytestmark = pytest.mark.browser


@pytest.fixture
def combinations(site: Path, watched: Watched) -> Callable[[str], Page]:
    """Open the page with a selection."""

    def opened(fragment: str = "") -> Page:
        return watched.open((site / "combinations.html").as_uri() + f"#{fragment}")

    return opened


def chosen_values(page: Page) -> dict[str, list[str]]:
    query = parse_qs(urlsplit(page.url).fragment)
    return {name: keys for name, keys in query.items() if name.startswith("p.")}


def centre(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where the cell of that row and column is in the window."""
    place = page.locator("#combinations-plot").bounding_box()
    assert place is not None
    x, y = page.evaluate(
        f"""([row, column]) => {{
            const {{ x_range, y_range, inner_width, inner_height, height }} = {FIGURE};
            const {{ levels }} = hyperatlas.lift.prepare(hyperatlas.study)(
                hyperatlas.selection.mask(hyperatlas.study, hyperatlas.selection.open()));
            const x = column + 0.5 * levels[column].place + 0.5;
            const y = row + levels[row].place + 1.5;
            return [
                inner_width * (x - x_range.start) / (x_range.end - x_range.start),
                height - inner_height + inner_height * y / y_range.start,
            ];
        }}""",
        [row, column],
    )
    return place["x"] + x, place["y"] + y


def test_without_a_range_it_says_that_it_compares_the_best_tenth(
    combinations: Callable[[str], Page], findings: Findings
) -> None:
    page = combinations("dataset=mnist")
    row = findings.study.database.execute(
        "SELECT count(*) FILTER (percentile >= 0.9::FLOAT), count(*) "
        "FROM scored WHERE dataset = 'mnist'"
    ).fetchone()
    assert row is not None
    note = page.locator("#combinations-range")
    expect(note).to_contain_text(
        f"the best 10 % of each data set, {row[0]} runs, with {row[1]} runs of any"
    )
    before = table(page)
    page.get_by_role("button", name="Select the best 10 %").click()
    expect(page).to_have_url(re.compile(r"#dataset=mnist&metric=percentile&from=0\.9&to=1$"))
    expect(note).to_have_text(
        f"Compared: {row[0]} runs selected with {row[1]} runs of any performance."
    )
    assert table(page) == before


def test_table_counts_what_sql_counts(
    combinations: Callable[[str], Page], findings: Findings
) -> None:
    page = combinations("")
    table(page)
    names = [
        (factor.parameter.label, level.label)
        for factor in findings.factors
        for level in factor.levels
    ]
    generator = random.Random(9)  # noqa: S311 - no secret
    for _ in range(8):
        selected = random_selection(findings, generator)
        select(page, selected.fragment)
        expected = {
            # In the table the parameter that comes first comes first.
            (*names[column], *(names[row] if row != column else (NOTHING, NOTHING))): [
                f"{n:,}",
                f"{k:,}",
            ]
            for (row, column), (n, k, *_) in sql_cells(
                findings, selected.condition, without_range="percentile >= 0.9::FLOAT"
            ).items()
        }
        rows = {tuple(row[:4]): row[4:6] for row in table(page)}
        assert {place: counts for place, counts in rows.items() if counts[0] != "0"} == expected
        assert len(rows) == cell_count(page)


def test_table_has_the_strongest_first(combinations: Callable[[str], Page]) -> None:
    ratios = [row[7] for row in table(combinations("metric=percentile&from=0.5"))]
    known = [float(ratio) for ratio in ratios if ratio != NOTHING]
    # What is shown is rounded, so each strength lies between two.
    least = [max(ratio - 0.05, 1 / (ratio + 0.005)) for ratio in known]
    most = [max(ratio + 0.05, 1 / max(ratio - 0.005, 1e-9)) for ratio in known]
    assert all(high > low for high, low in zip(most[:-1], least[1:], strict=True))
    assert least[0] > 20
    assert max(least[-3:]) < 1.1
    assert all(ratio == NOTHING for ratio in ratios[len(known) :])


def test_lists_hold_the_clearest_and_a_click_adds_them(
    combinations: Callable[[str], Page],
) -> None:
    page = combinations("metric=percentile&from=0.5")
    over = page.get_by_role("region", name="Together more often").get_by_role("button")
    under = page.get_by_role("region", name="Together less often").get_by_role("button")
    single = page.get_by_role("region", name="One value alone").get_by_role("button")
    for listed, word in ((over, r"\d. as often"), (under, r"0\.\d+. as often|never")):
        assert 0 < listed.count() <= 10
        for text in listed.all_inner_texts():
            assert re.search(word, text)
            assert re.search(r"n = [\d,]+ of [\d,]+, q [<=] 0\.0", text)
            assert " + " in text
    lower_ends = [
        float(end) for text in over.all_inner_texts() for end in re.findall(r"\[([\d.]+),", text)
    ]
    assert lower_ends == sorted(lower_ends, reverse=True)
    constant = single.filter(has_text="constant")
    expect(constant).to_contain_text(
        re.compile(r"never, where [\d,]+ are expected, n = 0 of [\d,]+")
    )
    text = over.first.inner_text()
    runs = re.search(r"n = [\d,]+ of ([\d,]*\d)", text)
    assert runs
    over.first.click()
    values = chosen_values(page)
    assert len(values) == 2
    expect(page.locator("#combinations-range")).to_contain_text(f"with {runs[1]} runs of any")
    assert page.evaluate("document.activeElement.id") == "combinations-range"


def test_mode_is_in_the_address_and_changes_the_words(combinations: Callable[[str], Page]) -> None:
    page = combinations("metric=percentile&from=0.5")
    note = page.locator("#combinations-mode")
    expect(note).to_be_hidden()
    before = table(page)
    page.get_by_role("button", name="what its two values explain").click()
    expect(page).to_have_url(re.compile("v.mode=interaction$"))
    expect(note).to_be_visible()
    expect(page.locator("#combinations-over-list")).to_contain_text("as its two values explain")
    after = table(page)
    # The diagonal stays, but for the q, which is over all cells.
    single = [[row[:10] for row in rows if row[2] == NOTHING] for rows in (before, after)]
    assert sorted(single[0]) == sorted(single[1])
    assert sorted(before) != sorted(after)
    page.go_back()
    expect(note).to_be_hidden()
    assert table(page) == before


def test_keyboard_moves_a_cursor_that_says_its_cell(combinations: Callable[[str], Page]) -> None:
    page = combinations("metric=percentile&from=0.9")
    plot = page.locator("#combinations-plot")
    cursor = page.locator("#combinations-cursor")
    page.get_by_role("button", name="what its two values explain").focus()
    page.keyboard.press("Tab")
    expect(plot).to_be_focused()
    expect(cursor).to_contain_text("Batch size: 32: ")
    page.keyboard.press("ArrowDown")
    expect(cursor).to_contain_text("Batch size: 32 and Augmentation: off: ")
    page.keyboard.press("ArrowRight")
    expect(cursor).to_contain_text("Batch size: 64 and Augmentation: off: ")
    page.keyboard.press("End")
    expect(cursor).to_contain_text("Augmentation: off: ")
    page.keyboard.press("ArrowUp")  # there is nothing above the diagonal
    expect(cursor).to_contain_text("Augmentation: off: ")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_contain_text("Batch size: 32 and Augmentation: off: ")
    panel = page.get_by_role("region", name="The chosen cell")
    expect(panel).to_be_hidden()
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("Batch size: 32 + Augmentation: off")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(plot).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Select only these values")).to_be_focused()
    page.keyboard.press("Enter")
    assert chosen_values(page) == {"p.batch_size": ["32"], "p.augmentation": ["off"]}
    expect(plot).to_be_focused()
    expect(panel).to_be_hidden()


def test_phone_scrolls_the_matrix_in_its_box_and_the_cursor_into_sight(
    combinations: Callable[[str], Page],
) -> None:
    page = combinations("")
    page.set_viewport_size({"width": 390, "height": 700})
    wait_until(page, f"{FIGURE}.inner_width < 500")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)"
        "(document.getElementById('combinations-plot'))"
    )
    page.locator("#combinations-plot").focus()
    box = page.locator(".combinations-box")
    for key in ["ArrowDown"] * 30 + ["End"]:
        page.keyboard.press(key)
    expect(page.locator("#combinations-cursor")).to_contain_text("Learning rate: 0.0022 to 0.005")
    expect(box).to_be_in_viewport(ratio=1)


def test_click_on_a_cell_offers_to_add_it_or_to_compare(
    combinations: Callable[[str], Page],
) -> None:
    page = combinations("dataset=mnist&metric=percentile&from=0.5")
    page.set_viewport_size({"width": 1440, "height": 1800})
    page.mouse.click(*centre(page, 9, 4))  # ReLU, augmentation off
    panel = page.get_by_role("region", name="The chosen cell")
    expect(panel).to_contain_text("Augmentation: off + ReLU: ")
    link = panel.get_by_role("link", name="Open in Compare").get_attribute("href")
    assert link == (
        "compare.html#dataset=mnist&metric=percentile&from=0.5"
        "&v.parameter=augmentation&v.panel=p.activation"
    )
    panel.get_by_role("button", name="Select only these values").click()
    assert chosen_values(page) == {"p.augmentation": ["off"], "p.activation": ["relu"]}
    expect(panel).to_be_hidden()


def test_click_beside_the_cells_does_nothing(combinations: Callable[[str], Page]) -> None:
    page = combinations("")
    page.set_viewport_size({"width": 1440, "height": 1800})
    page.mouse.click(*centre(page, 4, 9))
    expect(page.get_by_role("region", name="The chosen cell")).to_be_hidden()


def test_hover_tells_the_numbers(combinations: Callable[[str], Page]) -> None:
    page = combinations("metric=percentile&from=0.5")
    page.set_viewport_size({"width": 1440, "height": 1800})
    tip = page.locator(".bk-Tooltip").filter(visible=True)
    for away in range(1, 50):  # until the plot has the size of the window
        x, y = centre(page, 9, 4)
        page.mouse.move(x - away % 3, y)
        if tip.count():
            break
        page.wait_for_timeout(50)
    expect(tip).to_contain_text("Augmentation: off")
    expect(tip).to_contain_text("Activation: ReLU")


def test_colours_follow_the_scheme(combinations: Callable[[str], Page]) -> None:
    page = combinations("")
    palette = f"{FIGURE}.select_one('legend').color_mapper.palette"
    page.emulate_media(color_scheme="light")
    wait_until(page, f"{palette}[32] === '#ffffff'")
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{palette}[32] === '#1e2129'")
    ends = page.evaluate(f"[{palette}[0], {palette}[64]]")
    assert ends == ["#4aa3e0", "#f09030"]


def test_empty_selection_says_so(combinations: Callable[[str], Page]) -> None:
    page = combinations("metric=raw&from=2&to=3")
    note = page.locator("#combinations-range")
    expect(note).to_contain_text("No run is in this range, so there is nothing to compare.")
    expect(page.locator("#combinations-over-list")).to_have_text("None with enough evidence.")
    select(page, "metric=percentile&from=0&to=1")
    expect(note).to_contain_text("every value is as often as expected")
    assert {row[7] for row in table(page)} == {"1.0"}


def test_what_is_saved_is_what_is_shown_also_while_the_table_is_folded(
    combinations: Callable[[str], Page], findings: Findings
) -> None:
    page = combinations("metric=percentile&from=0.9")
    select(page, "metric=percentile&from=0.5")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(lines[1:]))
    assert rows == table(page)
    single = [row for row in rows if row[0] == "Augmentation" and row[2] == NOTHING]
    (half,) = findings.study.database.execute(
        "SELECT count(*) FROM scored WHERE percentile >= 0.5::FLOAT"
    ).fetchall()[0]
    assert sum(int(row[5]) for row in single) == half

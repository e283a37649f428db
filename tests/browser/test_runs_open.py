"""Page Runs: a run opens, can be linked, and becomes a program that trains."""

import ast
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from runs_page import programs, query, trained
from watching import Watched, select

from build_site.findings import Findings

pytestmark = pytest.mark.browser


def test_run_opens_by_key_and_closes_with_escape(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    page = runs("")
    row = page.locator("#run-table tbody tr").nth(3)
    run_id = row.get_attribute("data-run")
    row.get_by_role("button").press("Enter")
    expect(page).to_have_url(re.compile(f"v\\.run={run_id}$"))
    dialog = page.locator("#run-dialog")
    expect(dialog.get_by_role("heading", name=f"Run {run_id}")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "run-close"
    # A point is there for each epoch, and is what the study has.
    expect(dialog.locator(".bk-Canvas")).to_have_count(2)
    dialog.get_by_text("The same as a table").click()
    points = dialog.locator("#run-curve-table tbody tr")
    expected = query(
        findings,
        "SELECT test_accuracy, train_loss FROM epoch WHERE run_id = ? ORDER BY epoch",
        [run_id],
    )
    expect(points).to_have_count(len(expected))
    for place, (accuracy, loss) in enumerate(expected):
        cells = points.nth(place).locator("td").all_inner_texts()
        shown = float(cells[0].split("\N{NO-BREAK SPACE}")[0])
        assert shown == pytest.approx(accuracy * 100, abs=0.06)
        assert float(cells[2]) == pytest.approx(loss, rel=1e-3)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(r"runs\.html$"))
    assert page.evaluate("document.activeElement.title") == run_id


def test_open_run_is_all_there_is_until_it_is_closed(runs: Callable[[str], Page]) -> None:
    page = runs("")
    page.set_viewport_size({"width": 1280, "height": 600})
    page.evaluate("scrollTo(0, 900)")
    page.get_by_role("button", name="Filters").click()
    page.locator(".runs-open").first.evaluate("(button) => button.click()")
    assert page.locator("#run-dialog:modal").count() == 1
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "!document.activeElement.closest('.md-main, .md-header')"
            " || document.activeElement.closest('dialog') !== null"
        )
    # The first press closes the run, the second what was open below it.
    page.keyboard.press("Escape")
    expect(page.locator("#run-dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Filters")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Filters")).to_have_attribute("aria-expanded", "false")


def test_click_beside_an_open_run_closes_it(runs: Callable[[str], Page]) -> None:
    page = runs("")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(".runs-open").first.click()
    expect(page.locator("#run-dialog")).to_be_visible()
    page.mouse.click(100, 400)
    expect(page.locator("#run-dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"runs\.html$"))


def test_hover_is_seen_over_an_open_run(runs: Callable[[str], Page]) -> None:
    page = runs("")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(".runs-open").first.click()
    plot = page.locator("#run-accuracy-plot")
    expect(plot.locator(".bk-Canvas")).to_have_count(1)
    place = plot.evaluate(
        """(plot) => {
            const view = hyperatlas.plots.view(plot.id);
            const { data } = view.model.select_one("test_accuracy").data_source;
            const { left, top } = plot.getBoundingClientRect();
            return [left + view.frame.x_scale.compute(data.epoch[3]),
                    top + view.frame.y_scale.compute(data.value[3])];
        }"""
    )
    page.mouse.move(place[0] - 2, place[1])
    page.mouse.move(*place)
    tip = page.locator(".bk-Tooltip").filter(visible=True)
    expect(tip).to_contain_text("epoch")
    assert tip.evaluate("(tip) => tip.matches(':popover-open')")  # above the dialog, as it is later


def test_curves_that_could_not_be_loaded_can_be_tried_again(
    runs: Callable[[str], Page], watched: Watched
) -> None:
    watched.page.route("**/*.curves.js", lambda route: route.abort())
    page = runs("")
    page.locator(".runs-open").first.click()
    expect(page.locator("#run-status")).to_contain_text("could not be loaded")
    page.keyboard.press("Escape")
    page.locator("#curves").scroll_into_view_if_needed()
    expect(page.locator("#curves-status")).to_contain_text("could not be loaded")
    watched.problems.clear()  # the failed requests
    page.unroute("**/*.curves.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#curves-table tbody tr")).not_to_have_count(0)
    expect(page.locator("#curves-status")).to_be_empty()


def test_program_says_where_the_number_of_classes_is_not_known(asked: Page) -> None:
    write = "(classes) => hyperatlas.snippet({ activation: 'relu' }, classes, 'A test')"
    assert "CLASSES = 43\n" in asked.evaluate(write, 43)
    unknown = asked.evaluate(write, None)
    assert "as many as your data set has" in unknown
    assert trained(unknown)["CLASSES"] == 10


def test_run_can_be_linked_and_survives_what_is_unknown(
    runs: Callable[[str], Page], findings: Findings
) -> None:
    (run_id, seconds), *_ = query(
        findings, "SELECT run_id, seconds FROM run ORDER BY run_id DESC LIMIT 1"
    )
    page = runs(f"v.run={run_id}")
    expect(page.get_by_role("heading", name=f"Run {run_id}")).to_be_visible()
    expect(page.locator("#run-configuration")).to_contain_text(
        f"Seconds{float(f'{seconds:.3g}'):g}"
    )
    select(page, "v.run=gone")
    expect(page.locator("#run-dialog")).to_be_hidden()


def test_program_of_a_run_trains_its_network(asked: Page, findings: Findings) -> None:
    positions = [int(n) for n in np.linspace(0, findings.runs - 1, 8)]
    for position, program in zip(positions, programs(asked, positions), strict=True):
        ((optimizer, activation, initialization, batch_size, rate, classes),) = query(
            findings,
            "SELECT optimizer, activation, initialization, batch_size, learning_rate, classes "
            "FROM scored JOIN run USING (run_id) JOIN dataset ON dataset.name = run.dataset "
            "WHERE position = ?",
            [position],
        )
        names = trained(program)
        network = names["network"]
        weights = sum(weight.numel() for weight in network.parameters())
        assert weights == 91_722 - 56 + 65 * (classes - 10)
        kinds = {"relu": "ReLU", "elu": "ELU", "sigmoid": "Sigmoid", "tanh": "Tanh"}
        assert sum(type(layer).__name__ == kinds[activation] for layer in network) == 5
        updates = {"adam": "Adam", "rmsprop": "RMSprop", "momentum_sgd": "SGD"}
        assert type(names["optimizer"]).__name__ == updates[optimizer]
        # One epoch has passed, after which the rate is a little lower.
        assert names["optimizer"].param_groups[0]["initial_lr"] == rate
        assert names["optimizer"].param_groups[0]["lr"] == pytest.approx(rate * 0.96)
        assert names["BATCH_SIZE"] == batch_size
        names["network"].apply(names["initialize"])
        spread = network[0].weight.std().item()
        fan_sum = (3 + 8) * 25
        expected = {
            "constant": 0.0,
            "random_normal": 0.05,
            "glorot_uniform": (2 / fan_sum) ** 0.5,
            "glorot_normal": (2 / fan_sum) ** 0.5,
        }[initialization]
        assert spread == pytest.approx(expected, rel=0.15, abs=1e-6)


@pytest.mark.parametrize(
    "architecture",
    [
        {"filter_size": 3, "conv_depth": 5, "conv_width": 4, "dense_depth": 4, "dense_width": 64},
        {"filter_size": 7, "conv_depth": 4, "conv_width": 12, "dense_depth": 3, "dense_width": 192},
    ],
    ids=str,
)
def test_program_has_the_architecture_of_the_run(asked: Page, architecture: dict[str, int]) -> None:
    pytest.importorskip("torch")
    from train.network import weight_shapes  # noqa: PLC0415 - needs torch
    from train.recipe import Architecture  # noqa: PLC0415

    configuration = {**architecture, "dropout": 0.25, "augmentation": "on", "momentum": 0.9}
    configuration["optimizer"] = "momentum_sgd"  # type: ignore[assignment]
    program = asked.evaluate(
        "(configuration) => hyperatlas.snippet(configuration, 43, 'A test')", configuration
    )
    names = trained(program)
    shapes = weight_shapes(Architecture(**architecture), 43)
    weights = sum(weight.numel() for weight in names["network"].parameters())
    assert weights == sum(int(np.prod(shape)) for shape in shapes.values())
    assert names["optimizer"].param_groups[0]["momentum"] == 0.9
    assert "p=0.25" in str(names["network"])


@pytest.mark.parametrize(
    "configuration",
    [
        {"kernel": "rbf", "C": 1.5, "shrinking": None},
        {"shrinking": True, "verbose": False, "word": "True story"},
        {"optimizer": "lion", "batch_size": 64},
        {"optimizer": None},
        {'"""\n': "\\' \u2028 é"},
    ],
    ids=["other names", "truth", "other value", "missing value", "hostile"],
)
def test_program_of_another_study_is_a_dictionary(
    asked: Page, configuration: dict[str, object]
) -> None:
    kept = {n: str(v) if isinstance(v, bool) else v for n, v in configuration.items()}
    program = asked.evaluate(
        "(configuration) => hyperatlas.snippet(configuration, 10, 'On x\\nimport os\\u2028y')",
        kept,  # a study keeps truth as text
    )
    (statement,) = ast.parse(program).body
    assert isinstance(statement, ast.Assign)
    assert ast.literal_eval(statement.value) == configuration

"""Which runs are taken as independent, and that a small complete grid is not too few of them."""

import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from grids import Row, write_grid

from build_site.answers.verdicts import chosen
from build_site.findings import Findings
from build_site.metrics.grouping import FEW, Group
from build_site.study import open_study

VALUES = {"optimizer": ("adam", "rmsprop", "sgd"), "batch_size": ("32", "256")}
GAIN = {"adam": 0.2, "rmsprop": 0.1, "sgd": 0.0}


def runs(repeated: int, values: dict[str, Sequence[str | None]] | None = None) -> list[Row]:
    """Every combination of the values on both data sets, so many times each."""
    given = values or dict(VALUES)
    generator = random.Random(1)  # noqa: S311 - no secret
    return [
        {
            "dataset": dataset,
            "config": repr(combination),
            "accuracy": 0.5 + GAIN.get(str(combination[0]), 0.0) + generator.gauss(0, 0.04),
            **dict(zip(given, combination, strict=True)),
        }
        for dataset in ("easy", "hard")
        for combination in itertools.product(*given.values())
        for _ in range(repeated)
    ]


@pytest.fixture
def findings(tmp_path: Path) -> Callable[[Sequence[Row]], Findings]:
    def found(rows: Sequence[Row]) -> Findings:
        names = [name for name in rows[0] if name not in {"dataset", "config", "accuracy"}]
        parameters = {
            name: sorted({str(row[name]) for row in rows if row[name] is not None})
            for name in names
        }
        return Findings(open_study(write_grid(tmp_path / "grid.duckdb", parameters, rows)))

    return found


COMPLETE = runs(2)
WITH_MISSING = runs(2, {"optimizer": ("adam", "sgd"), "momentum": ("0.9", None)})
MANY = runs(2, {"optimizer": ("adam", "sgd"), "width": [str(n) for n in range(FEW // 2 + 1)]})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(COMPLETE, "run", id="all combinations, twice"),
        pytest.param(WITH_MISSING, "run", id="a missing value is a value"),
        pytest.param(COMPLETE[2:], "configuration", id="one is missing on one data set"),
        pytest.param(runs(1), "configuration", id="each combination once"),
        pytest.param(MANY, "configuration", id="many combinations"),
        pytest.param(
            [{**row, "config": str(n)} for n, row in enumerate(COMPLETE)],
            "configuration",
            id="they differ in what was not recorded",
        ),
    ],
)
def test_runs_of_a_small_complete_grid_stand_for_themselves(
    findings: Callable[[Sequence[Row]], Findings], rows: Sequence[Row], expected: Group
) -> None:
    assert findings(rows).group == expected


def test_runs_of_a_recorded_block_are_together(tmp_path: Path) -> None:
    study = write_grid(tmp_path / "grid.duckdb", VALUES, runs(2))
    with duckdb.connect(str(study)) as database:
        database.execute("UPDATE run SET block_id = optimizer")
    assert Findings(open_study(study)).group == "block"


def test_blocks_that_repeat_each_other_are_one(tmp_path: Path) -> None:
    draws = [("a", "adam"), ("b", "sgd"), ("c", "adam"), ("d", "rmsprop")]
    rows: list[Row] = [
        {"dataset": dataset, "config": config, "accuracy": 0.5 + 0.01 * n, "optimizer": optimizer}
        for dataset in ("easy", "hard")
        for n, (config, optimizer) in enumerate(draws * 2)
    ]
    study = write_grid(tmp_path / "grid.duckdb", {"optimizer": VALUES["optimizer"]}, rows)
    # On "easy" the second four runs repeat the first two blocks; on "hard" one block is a part of
    # another, which holds more.
    blocks = ["e1", "e1", "e2", "e2", "e3", "e3", "e4", "e4"]
    blocks += ["h1", "h1", "h1", "h1", "h2", "h2", "h3", "h3"]
    with duckdb.connect(str(study)) as database:
        ids = database.execute("SELECT run_id FROM run ORDER BY run_id").fetchall()
        for (run,), block in zip(ids, blocks, strict=True):
            database.execute("UPDATE run SET block_id = ? WHERE run_id = ?", [block, run])
    found = Findings(open_study(study)).outcomes.block.tolist()
    named = dict.fromkeys(blocks)
    together = [{found[n] for n, each in enumerate(blocks) if each == block} for block in named]
    assert all(len(each) == 1 for each in together)
    e1, e2, e3, e4, h1, h2, h3 = (each.pop() for each in together)
    assert (e1, e2) == (e3, e4)
    assert e1 != e2
    assert len({e1, e2, h1}) == 3
    assert (h2, h3) == (e1, e2)  # the same configurations on another data set


def test_a_small_grid_tells_what_its_repetitions_show(
    findings: Callable[[Sequence[Row]], Findings],
) -> None:
    found = findings(runs(10))
    assert len(set(found.outcomes.block.tolist())) == found.runs == 120
    optimizer, batch_size = chosen(found)
    assert found.factors[optimizer.parameter].levels[optimizer.usual].key == "adam"
    assert [effect.verdict for effect in optimizer.effects] == ["hurts", "hurts"]
    assert [effect.verdict for effect in batch_size.effects] == ["inconclusive"]
    assert found.recommendation is not None

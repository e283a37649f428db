"""The data script holds what the study holds."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from grids import write_grid
from studies import Run

from build_site.columns import columns_script
from build_site.findings import Findings
from build_site.study import open_study

WriteStudy = Callable[..., Path]


def received(path: Path) -> dict[str, Any]:
    """What the page's `hyperatlas.receive` is called with."""
    script = columns_script(Findings(open_study(path)))
    return json.loads(script.removeprefix("hyperatlas.receive(").removesuffix(");\n"))


def decoded(column: dict[str, str]) -> list[float]:
    kinds = {"uint8": "<u1", "uint16": "<u2", "float32": "<f4"}
    return np.frombuffer(base64.b64decode(column["base64"]), kinds[column["kind"]]).tolist()


def test_every_run_is_there_with_its_codes_and_metrics(write_study: WriteStudy) -> None:
    study = received(
        write_study(
            Run("hard", 0.25, "momentum_sgd", 1e-3),
            Run("easy", 0.5, "adam", 2e-3),
            Run("easy", None, "adam", 4e-3, status="diverged"),
        )
    )
    columns = {name: decoded(column) for name, column in study["columns"].items()}
    assert [d["name"] for d in study["datasets"]] == ["easy", "hard"]
    assert columns["dataset"] == [1, 0, 0]
    assert columns["diverged"] == [0, 0, 1]
    assert columns["level:optimizer"] == [2, 0, 0]
    np.testing.assert_array_equal(columns["raw"], [0.25, 0.5, np.nan])
    np.testing.assert_array_equal(columns["percentile"], [0.5, 1.0, 0.0])
    np.testing.assert_allclose(columns["value:learning_rate"], [1e-3, 2e-3, 4e-3], rtol=1e-6)


def test_missing_value_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    values = ("", "missing", None, None)
    rows = [{"dataset": "easy", "optimizer": value, "accuracy": 0.5} for value in values]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": ["", "missing"]}, rows)
    study = received(path)
    levels = study["parameters"][0]["levels"]
    assert [(each["key"], each["label"], each["missing"]) for each in levels] == [
        ("", "(empty)", False),
        ("missing", "missing", False),
        ("~missing", "(missing)", True),
    ]
    assert sorted(decoded(study["columns"]["level:optimizer"])) == [0, 1, 2, 2]
    assert levels[2]["marker"] not in {levels[0]["marker"], levels[1]["marker"]}


def test_metric_that_is_no_share_says_so(write_study: WriteStudy) -> None:
    assert received(write_study(Run(accuracy=0.5)))["isShare"] is True
    assert received(write_study(Run(accuracy=12.5), name="loss"))["isShare"] is False

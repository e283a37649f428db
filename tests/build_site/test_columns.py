"""The data script holds what the study holds."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from grids import write_grid
from hypothesis import given
from hypothesis import strategies as st
from studies import Run

from build_site.columns import columns_script
from build_site.findings import Findings
from build_site.results import results
from build_site.study import open_study

WriteStudy = Callable[..., Path]


def received(path: Path) -> dict[str, Any]:
    """What the page's `hyperatlas.receive` is called with."""
    script = columns_script(Findings(open_study(path)))
    return json.loads(script.removeprefix("hyperatlas.receive(").removesuffix(");\n"))


def decoded(column: dict[str, str]) -> list[float]:
    kinds = {"uint8": "<u1", "uint16": "<u2", "uint32": "<u4", "float32": "<f4"}
    data = base64.b64decode(column["base64"])
    if column["kind"] == "steps":
        return np.cumsum(np.frombuffer(data, "<u4"), dtype="<u4").view("<f4").tolist()
    return np.frombuffer(data, kinds[column["kind"]]).tolist()


def columns_of(study: dict[str, Any]) -> dict[str, list[float]]:
    """The columns of a study as the page has them, each with one entry a run."""
    results = {name: decoded(column) for name, column in study["results"].items()}
    codes = [int(code) for code in results.pop("codes")]
    spread = {name: [values[code] for code in codes] for name, values in results.items()}
    return spread | {name: decoded(column) for name, column in study["columns"].items()}


def test_every_run_is_there_with_its_codes_and_metrics(write_study: WriteStudy) -> None:
    study = received(
        write_study(
            Run("hard", 0.25, "momentum_sgd", 1e-3),
            Run("easy", 0.5, "adam", 2e-3),
            Run("easy", None, "adam", 4e-3, status="diverged"),
        )
    )
    columns = columns_of(study)
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


def test_runs_of_one_result_share_it(write_study: WriteStudy) -> None:
    study = received(
        write_study(*(Run("easy", accuracy) for accuracy in (0.5, 0.75, 0.5)), Run("hard", 0.5))
    )
    assert len(decoded(study["results"]["raw"])) == 3
    columns = columns_of(study)
    assert columns["raw"] == [0.5, 0.75, 0.5, 0.5]
    assert columns["percentile"] == [0.25, 1.0, 0.25, 0.5]


@given(st.lists(st.tuples(st.integers(0, 3), *[st.floats(width=32)] * 3)))
def test_results_are_those_of_the_runs_to_the_bit(runs: list[tuple[float, ...]]) -> None:
    dataset = np.array([run[0] for run in runs], dtype=np.int64)
    metrics = [np.array([run[place] for run in runs], dtype=np.float32) for place in (1, 2, 3)]
    found = {name: decoded(column) for name, column in asdict(results(dataset, *metrics)).items()}
    codes = np.array(found["codes"], dtype=int)
    assert np.array(found["dataset"])[codes].tolist() == dataset.tolist()
    for name, values in zip(("raw", "percentile", "relative"), metrics, strict=True):
        there = np.array(found[name], dtype=np.float32)[codes]
        np.testing.assert_array_equal(there, values)

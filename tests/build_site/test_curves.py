"""The script of part "curves": points as codes, how runs went, and exact values."""

import base64
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import Run

from build_site import curves
from build_site.curves import NOTHING, STEPS, curves_of, curves_script, half_codes, share_codes
from build_site.findings import Findings
from build_site.study import open_study

WriteStudy = Callable[..., Path]


def with_epochs(path: Path, *rows: tuple[str, int, float | None, float | None]) -> Path:
    """Add (run, epoch, training loss, test accuracy)."""
    with duckdb.connect(str(path)) as database:
        for run, epoch, loss, accuracy in rows:
            database.execute(
                "INSERT INTO epoch VALUES (?, ?, ?, NULL, ?)", [run, epoch, loss, accuracy]
            )
    return path


def received(path: Path) -> dict[str, Any]:
    script = curves_script(Findings(open_study(path)))
    return json.loads(script.removeprefix('hyperatlas.receivePart("curves",').removesuffix(");\n"))


def decoded(column: dict[str, str]) -> list[float]:
    kinds = {"uint8": "<u1", "uint16": "<u2", "float32": "<f4", "float64": "<f8"}
    return np.frombuffer(base64.b64decode(column["base64"]), kinds[column["kind"]]).tolist()


@given(st.floats(0, 1))
def test_share_is_kept_to_eight_millionths(share: float) -> None:
    (code,) = share_codes(np.array([share])).tolist()
    assert abs(code / STEPS - share) <= 7.7e-6


@given(st.lists(st.floats(-65504, 65504), min_size=2))
def test_codes_of_other_numbers_stand_in_their_order(numbers: list[float]) -> None:
    ascending = np.array(sorted(numbers))
    codes = half_codes(ascending).tolist()
    assert codes == sorted(codes)
    assert max(codes) < NOTHING


def test_what_is_no_number_has_the_code_of_nothing() -> None:
    assert half_codes(np.array([math.nan])).tolist() == [NOTHING]
    assert share_codes(np.array([math.nan, math.inf])).tolist() == [NOTHING, NOTHING]
    assert half_codes(np.array([1e9])).tolist() == half_codes(np.array([65504.0])).tolist()


def test_points_stand_epoch_by_epoch(write_study: WriteStudy) -> None:
    part = received(
        with_epochs(
            write_study(Run(), Run()),
            ("run-0000", 1, 2.0, 0.0),
            ("run-0001", 1, 1.0, 0.5),
            ("run-0001", 3, 0.5, 1.0),
        )
    )
    assert part["epochs"] == [1, 3]
    assert decoded(part["columns"]["test_accuracy"]) == [0, STEPS / 2, NOTHING, STEPS]
    assert part["shares"] == {"test_accuracy": True, "train_loss": False}


def test_loss_is_no_share_however_small(write_study: WriteStudy) -> None:
    part = received(with_epochs(write_study(Run()), ("run-0000", 1, 0.25, None)))
    assert part["shares"] == {"train_loss": False}


def test_study_without_epochs_has_no_measures(write_study: WriteStudy) -> None:
    part = received(write_study(Run()))
    assert (part["epochs"], part["shares"]) == ([], {})


def test_epochs_of_failed_runs_do_not_count(write_study: WriteStudy) -> None:
    path = with_epochs(
        write_study(Run(), Run(accuracy=None, status="failed")),
        ("run-0000", 1, 1.0, 0.5),
        ("run-0001", 2, 1.0, 0.5),
    )
    assert curves_of(Findings(open_study(path))).epochs == (1,)


def test_of_too_many_epochs_some_are_kept(
    write_study: WriteStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "MOST_POINTS", 5)
    rows = [("run-0000", epoch, 1.0, epoch / 100) for epoch in range(1, 101)]
    path = with_epochs(write_study(Run()), *rows)
    found = curves_of(Findings(open_study(path)))
    assert (found.epochs, found.recorded) == ((1, 26, 51, 75, 100), 100)
    assert len(decoded(received(path)["columns"]["test_accuracy"])) == 5


def test_values_that_single_precision_reads_otherwise_are_there_exactly(
    write_study: WriteStudy,
) -> None:
    exact = 0.001631691863494060
    part = received(write_study(Run(learning_rate=exact), Run(learning_rate=None)))
    assert decoded(part["columns"]["value:learning_rate"])[0] == exact
    short = received(write_study(Run(learning_rate=0.001632), name="short"))
    assert "value:learning_rate" not in short["columns"]


def test_how_a_run_went(write_study: WriteStudy) -> None:
    path = write_study(Run(), Run())
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE run SET seconds = 1.5, device = 'H100' WHERE run_id = 'run-0001'")
    part = received(path)
    assert decoded(part["columns"]["run:device"]) == [1, 0]
    assert part["words"] == {"device": ["H100"]}
    seconds = decoded(part["columns"]["run:seconds"])
    assert math.isnan(seconds[0])
    assert seconds[1] == 1.5

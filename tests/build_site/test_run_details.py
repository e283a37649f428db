"""The script of part "runs": ids and seeds."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from studies import Run

from build_site.findings import Findings
from build_site.run_details import NO_SEED, run_details_script
from build_site.study import open_study

WriteStudy = Callable[..., Path]


def received(path: Path) -> dict[str, Any]:
    script = run_details_script(Findings(open_study(path)))
    assert script.startswith('hyperatlas.receivePart("runs",')
    return json.loads(script.removeprefix('hyperatlas.receivePart("runs",').removesuffix(");\n"))


def change(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as database:
        for statement in statements:
            database.execute(statement)
    return path


def seeds(path: Path) -> tuple[str, list[int]]:
    column = received(path)["columns"]["seed"]
    kinds = {"uint32": "<u4", "int64": "<i8"}
    values = np.frombuffer(base64.b64decode(column["base64"]), kinds[column["kind"]])
    return column["kind"], values.tolist()


def test_hexadecimal_ids_are_bytes_in_the_order_of_runs(write_study: WriteStudy) -> None:
    path = change(
        write_study(Run(), Run(), Run()),
        "UPDATE run SET run_id = left(md5(run_id), 16)",
    )
    ids = received(path)["ids"]
    expected = duckdb.connect(str(path)).execute("SELECT run_id FROM run ORDER BY 1").fetchall()
    assert ids["bytes"] == 8
    assert base64.b64decode(ids["base64"]).hex() == "".join(run_id for (run_id,) in expected)


@pytest.mark.parametrize("odd", ["abc", "ABCD", "abcd12", "é", ""])
def test_other_ids_are_texts(write_study: WriteStudy, odd: str) -> None:
    path = write_study(Run(), Run())
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE run SET run_id = 'abcd' WHERE run_id = 'run-0000'")
        database.execute("UPDATE run SET run_id = ? WHERE run_id = 'run-0001'", [odd])
    assert received(path)["ids"] == {"texts": sorted(["abcd", odd])}


def test_study_without_runs_has_no_ids(write_study: WriteStudy) -> None:
    assert received(write_study())["ids"] == {"texts": []}


def test_study_without_seeds_has_no_such_column(write_study: WriteStudy) -> None:
    assert "seed" not in received(write_study(Run()))["columns"]


def test_small_seeds_take_four_bytes(write_study: WriteStudy) -> None:
    path = change(write_study(Run(), Run()), "UPDATE run SET seed = 4294967295")
    assert seeds(path) == ("uint32", [4294967295, 4294967295])


@pytest.mark.parametrize("seed", [-1, 2**32, 2**53 + 1])
def test_other_seeds_are_exact_too(write_study: WriteStudy, seed: int) -> None:
    path = change(
        write_study(Run(), Run()), f"UPDATE run SET seed = {seed} WHERE run_id = 'run-0001'"
    )
    assert seeds(path) == ("int64", [NO_SEED, seed])

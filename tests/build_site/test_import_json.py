"""JSON of whatever shape, of which somebody's script made a table."""

import json
from pathlib import Path

import pytest
from importing import imported
from messy_tables import LR, RATES, ROWS, accuracy

RECORDS = [{"lr": RATES[n % 3], "aug": bool(n % 2), "acc": accuracy(n)} for n in range(ROWS)]
SHAPES = {
    "records in an object": {"sweep": "mine", "runs": RECORDS},
    "columns of values by row": {
        name: {str(n): record[name] for n, record in enumerate(RECORDS)} for name in RECORDS[0]
    },
    "columns and data": {
        "columns": list(RECORDS[0]),
        "index": list(range(ROWS)),
        "data": [list(record.values()) for record in RECORDS],
    },
    "lists": {name: [record[name] for record in RECORDS] for name in RECORDS[0]},
    "rows by name": {f"run-{n}": record for n, record in enumerate(RECORDS)},
    "objects inside objects": [
        {"config": r, "results": {"val": {"acc": r["acc"]}}} for r in RECORDS
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_json_of_any_shape_is_a_table(shape: str, tmp_path: Path) -> None:
    file = tmp_path / "runs.json"
    file.write_text(json.dumps(SHAPES[shape]), encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", file)
    parameters = {label.rpartition(".")[2]: p for label, p in study.parameters.items()}
    assert parameters["lr"]["values"] == LR[1]
    assert parameters["aug"]["values"] == ["False", "True"]
    assert sorted(study.column(study.study["metric"])) == sorted(map(accuracy, range(ROWS)))


def test_lists_of_columns_and_rows_are_told_apart_where_both_are_as_long(tmp_path: Path) -> None:
    file = tmp_path / "runs.json"
    split = {"columns": ["lr", "accuracy"], "index": [0, 1], "data": [[1, 0.5], [2, 0.6]]}
    file.write_text(json.dumps(split), encoding="utf-8")
    assert imported(tmp_path / "s.duckdb", file).column("accuracy") == [0.5, 0.6]

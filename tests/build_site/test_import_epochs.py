"""Tables with a row for each epoch: which row of a run counts."""

from pathlib import Path

from importing import imported


def test_last_epoch_with_a_value_of_the_metric_counts(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    measured = {"a": ["0.1", "0.2", ""], "b": ["0.3", "nan", ""], "c": ["", "", ""]}
    rows = [
        f"{run},{epoch},{lr},{value}"
        for lr, (run, values) in enumerate(measured.items())
        for epoch, value in enumerate(values)
    ]
    file.write_text("\n".join(["run_id,epoch,lr,accuracy", *rows]), encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", file)
    found = [(r["run_id"], r["epochs"], r["status"], r["accuracy"]) for r in study.runs]
    assert found == [("a", 1, "completed", 0.2), ("b", 1, "diverged", None)]
    assert study.provenance["left out"] == {
        "another epoch, or budget, of a run": 6,
        "without a value of the metric": 1,
    }


def test_run_that_failed_in_the_end_has_failed(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    rows = ["a,0,1,running,0.1", "a,1,1,failed,", "b,0,2,running,0.2", "b,1,2,finished,0.3"]
    file.write_text("\n".join(["run_id,epoch,lr,status,accuracy", *rows]), encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", file)
    assert study.column("status") == ["failed", "completed"]


def test_of_an_epoch_that_is_there_twice_the_later_row_counts(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    rows = [
        f"{run},{epoch},{run},0.{place}"
        for run in (1, 2)
        for place, epoch in enumerate([0, 1, 2, 3, 3])
    ]
    file.write_text("\n".join(["run_id,epoch,lr,accuracy", *rows]), encoding="utf-8")
    assert imported(tmp_path / "s.duckdb", file).column("accuracy") == [0.4, 0.4]


def test_column_of_epochs_is_a_parameter_for_who_says_that_there_is_none(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    rows = "".join(f"{[10, 20][n % 2]},0.{n}\n" for n in range(1, 10))
    file.write_text(f"epoch,accuracy\n{rows}", encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", file, "--epoch", "")
    assert study.parameters["epoch"]["values"] == ["10", "20"]

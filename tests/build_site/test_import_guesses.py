"""What columns are is guessed from names and values, shown, and asked for where it cannot be."""

from pathlib import Path

import pytest
from importing import imported, refusal
from sweep_table import ROWS, write_sweep_table

from build_site.importers.vocabulary import direction_of, verdict


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_sweep_table(tmp_path / "sweep.csv")


def test_columns_are_guessed(table: Path, tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", table)
    kinds = {label: (p["kind"], p["scale"]) for label, p in study.parameters.items()}
    assert kinds == {
        "lr": ("numeric", "log"),
        "batch size": ("ordinal", "log"),
        "optimizer": ("categorical", "linear"),
        "size": ("ordinal", "linear"),
        "dropout": ("numeric", "linear"),
    }
    assert study.parameters["size"]["values"] == ["small", "medium", "large"]
    assert study.parameters["batch size"]["values"] == ["16", "32", "64", "128"]
    assert study.parameters["batch size"]["name"] == "batch_size"
    assert study.study["metric_label"] == "Val acc"
    assert study.study["direction"] == "maximize"
    assert study.datasets == ["mnist", "svhn"]
    assert set(study.column("seed")) == {0, 1, 2}
    assert set(study.column("seconds")) == {3.5}
    assert study.runs[0]["run_id"] == "run-0"


def test_guess_is_shown(table: Path, tmp_path: Path) -> None:
    said = imported(tmp_path / "s.duckdb", table).said
    for part in ("val_acc", "more is better", "numeric, log scale", "24 runs.", "s.map.toml"):
        assert part in said


def test_percent_becomes_a_share(table: Path, tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", table)
    assert sorted(study.column(study.study["metric"])) == pytest.approx(
        [(50 + n) / 100 for n in range(ROWS)]
    )


def test_runs_of_one_configuration_share_its_id(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("lr,seed,accuracy\n0.1,1,0.5\n0.1,2,0.6\n0.2,1,0.7\n", encoding="utf-8")
    ids = imported(tmp_path / "s.duckdb", table).column("config_id")
    assert ids[0] == ids[1] != ids[2]


def test_what_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "s.duckdb"
    table.write_text("lr,test_mse,test_mae\n0.1,1.5,1.5\n0.2,2.5,2.5\n", encoding="utf-8")
    message = refusal("import", table, "--out", out)
    assert "say --metric with one of 'test_mse', 'test_mae'" in message
    assert imported(out, table, "--metric", "test_mse").study["direction"] == "minimize"
    table.write_text("lr,quality\n0.1,1.5\n0.2,2.5\n", encoding="utf-8")
    assert "no column is a metric by its name" in refusal("import", table, "--out", out)
    message = refusal("import", table, "--out", out, "--metric", "quality")
    assert "say --direction maximize or --direction minimize" in message


def test_unknown_words_of_a_status_are_asked_for(tmp_path: Path) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "told.toml"
    rows = "0.1,fertig,0.5\n0.2,kaputt,0.5\n0.3,fertig,0.7\n"
    table.write_text(f"lr,status,accuracy\n{rows}", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    asked = refusal("import", table, "--out", out, "--status", "status")
    assert "words that are not understood, 'fertig', 'kaputt'" in asked
    told.write_text(
        "[columns]\nstatus = 'status'\n[status]\ncompleted = ['fertig']\nfailed = ['kaputt']",
        encoding="utf-8",
    )
    study = imported(out, table, "--map", told)
    assert study.column("status") == ["completed", "failed", "completed"]


def test_status_with_some_unknown_words_is_no_parameter(tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "s.duckdb"
    rows = "0.1,ok,0.5\n0.2,kaputt,0.5\n0.3,ok,0.7\n"
    table.write_text(f"lr,state,accuracy\n{rows}", encoding="utf-8")
    asked = refusal("import", table, "--out", out)
    assert "column 'state' has words that are not understood, 'kaputt'; list them" in asked
    assert asked.endswith("or say --status '' if it tells something else\n")
    study = imported(out, table, "--status", "")
    assert study.parameters["state"]["values"] == ["kaputt", "ok"]


def test_several_files_are_data_sets_or_parts(tmp_path: Path) -> None:
    for name in ("mnist", "svhn", "part-1", "part-2"):
        (tmp_path / f"{name}.csv").write_text("lr,accuracy\n0.1,0.5\n0.2,0.6\n", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    study = imported(out, tmp_path / "mnist.csv", tmp_path / "svhn.csv")
    assert study.datasets == ["mnist", "svhn"]
    study = imported(out, tmp_path / "part-1.csv", tmp_path / "part-2.csv")
    assert len(study.datasets) == 1
    assert len(study.runs) == 4


def test_runs_may_be_numbered_anew_in_each_file(tmp_path: Path) -> None:
    files = [tmp_path / f"part-{n}.csv" for n in (1, 2)]
    for file in files:
        rows = "".join(f"{1 + n},{n % 3},{n / 30}\n" for n in range(30))
        file.write_text(f"order,depth,accuracy\n{rows}", encoding="utf-8")
    assert list(imported(tmp_path / "s.duckdb", *files).parameters) == ["depth"]


def test_rare_values_are_put_together(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{'common' if n % 2 else f'rare {n}'},{n / 1000}\n" for n in range(600))
    table.write_text(f"augmentation,accuracy\n{rows}", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    study = imported(out, table, "--parameter", "augmentation")
    values = study.parameters["augmentation"]["values"]
    assert len(values) == 100
    assert values[-1] == "(other)"
    assert study.column("augmentation").count("(other)") == 300 - 98


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("val_accuracy", "maximize"),
        ("testAcc", "maximize"),
        ("error_rate", "minimize"),
        ("neg_mean_squared_error", "maximize"),
        ("latency (ms)", "minimize"),
        ("F1", "maximize"),
        ("neg_log_likelihood", "minimize"),
        ("Negative log-likelihood", "minimize"),
        ("recall_negative", None),
        ("value", None),
        ("x", None),
    ],
)
def test_direction_is_in_the_name(name: str, direction: str | None) -> None:
    assert direction_of(name) == direction


def test_a_latency_is_compared_where_there_is_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{1 + n % 4},{9 + n / 10},{50 + n % 9}" for n in range(40)]
    table.write_text("\n".join(["threads,latency_ms,width", *lines]), encoding="utf-8")
    study = imported(tmp_path / "alone.duckdb", table)
    assert (study.study["metric_label"], study.study["direction"]) == ("Latency ms", "minimize")
    beside = [f"{line},{n / 40}" for n, line in enumerate(lines)]
    table.write_text("\n".join(["threads,latency_ms,width,accuracy", *beside]), encoding="utf-8")
    assert imported(tmp_path / "beside.duckdb", table).study["metric_label"] == "Accuracy"


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("COMPLETE", "completed"),
        ("TrialState.COMPLETE", "completed"),
        ("FINISHED", "completed"),
        ("PRUNED", "unfinished"),
        ("crashed", "failed"),
        ("NaN", "diverged"),
        ("purple", None),
    ],
)
def test_words_for_the_end_of_a_run(word: str, meaning: str | None) -> None:
    assert verdict(word) == meaning


def test_too_many_data_sets_are_not_taken_for_one(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"task-{n},{n % 7},{n / 100}\n" for n in range(99))
    table.write_text(f"dataset,depth,accuracy\n{rows}", encoding="utf-8")
    message = refusal("import", table, "--out", tmp_path / "s.duckdb")
    assert "column 'dataset' has 99 values, too many for data sets" in message

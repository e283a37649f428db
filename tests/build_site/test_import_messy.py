"""Untidy tables are understood, and what is not used of them is told."""

from pathlib import Path

import pytest
from importing import imported, refusal
from messy_tables import CASES, ROWS, accuracy, table, usual


@pytest.mark.parametrize("case", CASES)
def test_messy_table_is_understood(case: str, tmp_path: Path) -> None:
    messy, file = CASES[case], tmp_path / "runs.csv"
    file.write_text(messy.text, encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", file)
    assert study.study["metric_label"] == messy.metric
    found = {label: (row["kind"], row["values"]) for label, row in study.parameters.items()}
    assert found == messy.parameters
    assert len(study.runs) == messy.runs
    assert messy.says in " ".join(study.said.split())
    measured = sorted(value for value in study.column(study.study["metric"]) if value is not None)
    assert set(measured) <= {accuracy(n) for n in range(ROWS)}
    assert measured


def sweep(folder: Path, count: int, bad: int, word: str = "error") -> Path:
    """A table of `count` runs, `bad` of them with a word for a metric."""
    rows = [f"{n % 7},{accuracy(n)}" for n in range(count - bad)] + [f"1,{word}"] * bad
    path = folder / "runs.csv"
    path.write_text("\n".join(["depth,accuracy", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("count", "bad"), [(10, 1), (30, 3), (400, 4)])
def test_few_cells_that_are_no_numbers_hide_no_metric(count: int, bad: int, tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", sweep(tmp_path, count, bad))
    assert len(study.runs) == count - bad
    assert study.provenance["left out"] == {"with a metric that is no number": bad}
    assert f"{bad} with a metric that is no number" in study.study["description"]


@pytest.mark.parametrize(("count", "bad"), [(9, 1), (29, 3), (399, 4)])
def test_many_cells_that_are_no_numbers_are_asked_about(
    count: int, bad: int, tmp_path: Path
) -> None:
    file, out = sweep(tmp_path, count, bad), tmp_path / "s.duckdb"
    message = refusal("import", file, "--out", out)
    assert f"{bad} of {count} values of column 'accuracy' are no numbers" in message
    assert len(imported(out, file, "--metric", "accuracy").runs) == count - bad


def test_columns_that_are_not_used_are_listed_with_the_reason(tmp_path: Path) -> None:
    names = [f"val_loss_{n}" for n in range(12)]
    file = tmp_path / "runs.csv"
    file.write_text(
        table(
            f"lr,opt,accuracy,{','.join(names)},seed_note,long,framework",
            lambda n: f"{usual(n)},{','.join('1' for _ in names)},note {n},{'x' * 300}{n},torch",
        ),
        encoding="utf-8",
    )
    study = imported(tmp_path / "s.duckdb", file)
    said = " ".join(study.said.split())
    assert "15 columns are not used:" in said
    assert "another result: val_loss_0, val_loss_1" in said
    assert "and 4 more" in said
    assert "text that is different in each run: seed_note, long" in said
    assert "the same in all runs: framework" in said
    assert study.provenance["the same in all runs"] == {"framework": "torch"}
    assert any("'val_loss_0'" in each for each in study.provenance["columns not used"])


def test_seeds_of_64_bits_keep_their_digits(tmp_path: Path) -> None:
    seeds = [2**63 - 1 - 7 * n for n in range(ROWS)]
    file = tmp_path / "runs.csv"
    file.write_text(table("seed,lr,opt,accuracy", lambda n: f"{seeds[n]},{usual(n)}"))
    study = imported(tmp_path / "s.duckdb", file)
    assert sorted(study.column("seed")) == sorted(seeds)
    assert list(study.parameters) == ["lr", "opt"]


def test_one_column_cannot_have_two_uses(tmp_path: Path) -> None:
    file, out = sweep(tmp_path, 20, 0), tmp_path / "s.duckdb"
    for options, uses in (
        (["--metric", "accuracy", "--parameter", "accuracy"], "metric and parameter"),
        (["--parameter", "depth", "--parameter", "depth"], "a parameter twice"),
        (["--dataset", "depth", "--parameter", "depth"], "dataset and parameter"),
    ):
        assert f"cannot be {uses}" in refusal("import", file, "--out", out, *options)

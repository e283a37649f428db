"""A study is exported whole, to the same bytes for the same rows, and never over anything else."""

from dataclasses import replace
from pathlib import Path

import duckdb
import examples
import pytest
from examples import change, rows

from train import store
from train.database import TABLES, StoreError, reading
from train.export import export_study, restore_study

BLOCKS = examples.plan(trainings=20)
RESULTS = [examples.finished(block, diverged=[1]) for block in BLOCKS]


def exported(study: Path, folder: Path) -> dict[str, bytes]:
    export_study(study, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_export_holds_every_row_of_every_table(study: Path, tmp_path: Path) -> None:
    store.collect(study, RESULTS)
    files = exported(study, tmp_path / "out")
    assert sorted(files) == [
        "dataset.parquet",
        "epoch.parquet",
        "load.sql",
        "parameter.parquet",
        "run.parquet",
        "schema.sql",
        "study.parquet",
    ]
    for table, order in TABLES.items():
        parquet = tmp_path / "out" / f"{table}.parquet"
        kept = duckdb.sql(f"FROM '{parquet}'").fetchall()
        assert kept == rows(study, f"FROM {table} ORDER BY {order}")
    assert [path.name for path in tmp_path.iterdir() if path.name != "studies"] == ["out"]


def test_the_same_rows_export_to_the_same_bytes(study: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    other.write_bytes(study.read_bytes())
    store.collect(study, RESULTS)
    for result in reversed(RESULTS):
        store.collect(other, [replace(result, runs=result.runs[::-1])])
    assert exported(study, tmp_path / "one") == exported(other, tmp_path / "two")


def test_an_earlier_export_is_replaced(study: Path, tmp_path: Path) -> None:
    before = exported(study, tmp_path / "out")
    store.collect(study, RESULTS)
    after = exported(study, tmp_path / "out")
    assert before["study.parquet"] == after["study.parquet"]
    assert before["run.parquet"] != after["run.parquet"]


def test_a_folder_with_anything_else_in_it_is_not_replaced(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("Years of work.")
    monkeypatch.chdir(home)
    for folder in (home, Path(), Path("../home")):
        with pytest.raises(StoreError) as caught:
            export_study(study, folder)
        assert str(caught.value) == (
            f"{home} holds more than an exported study; choose another folder"
        )
    assert [path.name for path in home.iterdir()] == ["thesis.tex"]
    (home / "thesis.tex").unlink()
    export_study(study, Path())
    assert len(list(home.iterdir())) == len(TABLES) + 2  # the scripts for IMPORT DATABASE


def test_an_export_that_cannot_be_written_is_one_sentence(study: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        export_study(study, tmp_path / "file" / "out")
    assert str(caught.value) == f"cannot write {tmp_path / 'file' / 'out'}: Not a directory"


def test_duckdb_makes_a_study_file_of_an_export_again(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.collect(study, RESULTS)
    export_study(study, tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    change(tmp_path / "again.duckdb", "IMPORT DATABASE '.'")
    assert exported(tmp_path / "again.duckdb", tmp_path / "twice") == exported(
        study, tmp_path / "once"
    )


def test_a_study_is_restored_from_its_export(study: Path, tmp_path: Path) -> None:
    store.collect(study, RESULTS[:1])
    before = exported(study, tmp_path / "once")
    again = tmp_path / "again.duckdb"
    restore_study(tmp_path / "once", again)
    assert exported(again, tmp_path / "twice") == before
    assert store.finished_blocks(again) == {RESULTS[0].block_id}
    store.collect(again, RESULTS)  # what is there already is passed over
    store.collect(study, RESULTS)
    assert exported(again, tmp_path / "on") == exported(study, tmp_path / "whole")


def test_a_folder_on_the_way_to_an_export_is_no_value_of_its_rows(
    study: Path, tmp_path: Path
) -> None:
    store.collect(study, RESULTS)
    folder = tmp_path / "seed=7" / "dataset=cifar10" / "out"
    export_study(study, folder)
    restore_study(folder, tmp_path / "again.duckdb")
    query = "SELECT run_id, seed, dataset FROM run ORDER BY run_id"
    with reading(folder) as database:
        assert database.execute(query).fetchall() == rows(study, query)
    assert rows(tmp_path / "again.duckdb", query) == rows(study, query)


def test_a_study_that_is_there_is_not_restored_over(study: Path, tmp_path: Path) -> None:
    export_study(study, tmp_path / "out")
    before = study.read_bytes()
    with pytest.raises(StoreError, match=r"small.duckdb is there already; name a file that is not"):
        restore_study(tmp_path / "out", study)
    assert study.read_bytes() == before


def test_scripts_of_an_export_are_not_run(study: Path, tmp_path: Path) -> None:
    export_study(study, tmp_path / "out")
    for script in ("schema.sql", "load.sql"):
        (tmp_path / "out" / script).write_text(f"COPY (SELECT 1) TO '{tmp_path / 'stolen'}';")
    restore_study(tmp_path / "out", tmp_path / "again.duckdb")
    assert not (tmp_path / "stolen").exists()


@pytest.mark.parametrize("damage", ["no export", "no runs", "torn"])
def test_what_is_no_export_is_not_restored(study: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "out"
    export_study(study, folder)
    if damage == "no export":
        folder = tmp_path / "nowhere"
    elif damage == "no runs":
        (folder / "run.parquet").unlink()
    else:
        (folder / "epoch.parquet").write_bytes((folder / "epoch.parquet").read_bytes()[:50])
    with pytest.raises(StoreError, match=r"out|nowhere"):
        restore_study(folder, tmp_path / "again.duckdb")
    assert not list(tmp_path.glob("again*"))

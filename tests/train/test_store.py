"""A study is never seen half-written, takes every run once, and exports to the same bytes."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import examples
import pytest
from examples import change, prepare, rows

from train import store
from train.database import StoreError
from train.export import export_study
from train.records import BlockResult
from train.summary import DatasetCount, Summary, summarise

BLOCKS = examples.plan(trainings=20)
RESULTS = [examples.finished(block, diverged=[1]) for block in BLOCKS]


# Creating and extending


def test_a_new_study_describes_its_space_and_data_sets(study: Path) -> None:
    ((*fixed, created, provenance),) = rows(study, "FROM study")
    assert fixed == [
        1,
        "small",
        "Small networks",
        "Three hyper-parameters.",
        "test_accuracy",
        "Test accuracy",
        "maximize",
    ]
    assert isinstance(created, datetime)
    assert json.loads(str(provenance)) == [
        {
            "space": "small",
            "datasets": {"shapes": "c0ffee"},
            "train_sizes": {"shapes": 90},
            "epochs": 2,
            "seed": 0,
            "trainings": 20,
            "design": "independent",
            "replicates": 0.0,
            "device": "a processor",
            "versions": {"hyperatlas": "0.1.0"},
            "started_at": "2026-02-03T04:05:06",
            "operations_per_image": 1000,
            "peak_operations_per_second": 1e9,
        }
    ]
    assert rows(study, "FROM parameter ORDER BY position") == [
        (
            0,
            "batch_size",
            "Batch size",
            "ordinal",
            "linear",
            ["32", "64"],
            ["32", "64"],
            "64",
            "Images in a mini-batch.",
        ),
        (
            1,
            "optimizer",
            "Optimizer",
            "categorical",
            "linear",
            ["adam", "momentum_sgd"],
            ["Adam", "momentum SGD"],
            None,
            "How gradients become steps.",
        ),
        (2, "learning_rate", "Learning rate", "numeric", "log", None, None, "0.001", "Step size."),
    ]
    assert rows(study, "FROM dataset") == [
        ("shapes", "Shapes", 2, 0.5, 100, 20, [32, 32, 3], "Nowhere.", "c0ffee")
    ]
    columns = rows(
        study, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'run'"
    )
    assert columns[-3:] == [
        ("batch_size", "BIGINT"),
        ("optimizer", "VARCHAR"),
        ("learning_rate", "DOUBLE"),
    ]
    assert rows(study, "FROM run") == rows(study, "FROM epoch") == []


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run nine hours ahead of UTC."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_a_study_is_dated_in_utc(tmp_path: Path) -> None:
    prepare(tmp_path / "small.duckdb")
    ((created,),) = rows(tmp_path / "small.duckdb", "SELECT created FROM study")
    assert isinstance(created, datetime)
    assert abs((datetime.now(UTC).replace(tzinfo=None) - created).total_seconds()) < 600


def test_the_same_sweep_is_recorded_once_and_another_is_added(study: Path) -> None:
    prepare(study, provenance=replace(examples.PROVENANCE, started_at="2026-09-09T09:09:09"))
    prepare(study, provenance=replace(examples.PROVENANCE, trainings=40))
    ((recorded,),) = rows(study, "SELECT provenance FROM study")
    sweeps = [(sweep["trainings"], sweep["started_at"]) for sweep in json.loads(str(recorded))]
    assert sweeps == [(20, "2026-02-03T04:05:06"), (40, "2026-02-03T04:05:06")]


def test_a_sweep_may_add_data_sets(study: Path) -> None:
    prepare(study, datasets=[replace(examples.shapes("decaf"), name="colours", label="Colours")])
    assert rows(study, "SELECT name, checksum FROM dataset ORDER BY name") == [
        ("colours", "decaf"),
        ("shapes", "c0ffee"),
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        (examples.BATCH_SIZE, examples.OPTIMIZER),
        (examples.OPTIMIZER, examples.BATCH_SIZE, examples.LEARNING_RATE),
        (
            replace(examples.BATCH_SIZE, values=(32, 128), value_labels=("32", "128")),
            examples.OPTIMIZER,
            examples.LEARNING_RATE,
        ),
    ],
    ids=["fewer", "in another order", "with other values"],
)
def test_a_space_of_other_parameters_is_refused(study: Path, parameters: tuple[object]) -> None:
    before = study.read_bytes()
    space = replace(examples.SPACE, name="other", parameters=parameters)
    with pytest.raises(StoreError) as caught:
        prepare(study, space=space)
    assert str(caught.value) == (
        f"{study} has other hyper-parameters than space 'other'; "
        "choose another --out or the space it was made from"
    )
    assert_untouched(study, before)


def test_other_images_of_the_same_name_are_refused(study: Path) -> None:
    before = study.read_bytes()
    with pytest.raises(StoreError) as caught:
        prepare(study, datasets=[examples.shapes("decaf")])
    assert str(caught.value) == (
        f"{study} has results on other images named 'shapes'; choose another --out or another name"
    )
    assert_untouched(study, before)


def assert_untouched(study: Path, before: bytes) -> None:
    """Assert that a file is as it was, and that nothing was left beside it."""
    assert study.read_bytes() == before
    assert [path.name for path in study.parent.iterdir()] == [study.name]


# Files that are no study of ours


def use_all_ways(study: Path) -> Iterator[str]:
    """The message of each way to use a study."""
    ways = (
        lambda: prepare(study),
        lambda: store.collect(study, RESULTS),
        lambda: store.finished_blocks(study),
        lambda: summarise(study),
        lambda: export_study(study, study.parent / "export"),
    )
    for way in ways:
        with pytest.raises(StoreError) as caught:
            way()
        yield str(caught.value)


def test_a_study_of_a_newer_schema_is_refused(study: Path) -> None:
    change(study, "UPDATE study SET schema_version = 2")
    before = study.read_bytes()
    for message in use_all_ways(study):
        assert message == (
            f"{study} has schema version 2, this program knows 1; "
            "use the version of Hyperatlas that made it"
        )
    assert_untouched(study, before)


def test_a_file_that_is_no_duckdb_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"not a database " * 1000)
    before = path.read_bytes()
    for message in use_all_ways(path):
        assert message.startswith((f"cannot read {path}: ", f"cannot write {path}: "))
        assert "not a valid DuckDB database file" in message
        assert "\n" not in message
    assert_untouched(path, before)


def test_a_duckdb_file_that_is_no_study_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "holiday.duckdb"
    change(path, "CREATE TABLE beach (towels INTEGER)")
    before = path.read_bytes()
    assert set(use_all_ways(path)) == {f"{path} is a DuckDB file but no study"}
    assert_untouched(path, before)


def test_a_study_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "none.duckdb"
    for read in (store.finished_blocks, summarise):
        with pytest.raises(StoreError) as caught:
            read(path)
        assert str(caught.value) == f"there is no study {path}"


# Collecting


def test_collected_runs_are_whole_rows(study: Path) -> None:
    store.collect(study, RESULTS)
    completed, diverged = RESULTS[1].runs[2], RESULTS[1].runs[1]
    started = datetime.fromisoformat("2026-02-03T04:05:06")
    block = (2.0, "a processor", BLOCKS[1].block_id, "0.1.0", started)  # 8 seconds for 4 runs
    query = f"FROM run WHERE run_id IN ('{completed.run_id}', '{diverged.run_id}') ORDER BY status"
    assert rows(study, query) == [
        (
            completed.run_id,
            completed.config_id,
            "shapes",
            completed.seed,
            "completed",
            0.02,
            0.03,
            0.04,
            0.25,
            2,
            *block,
            completed.recipe.batch_size,
            completed.recipe.optimizer,
            completed.recipe.learning_rate,
        ),
        (
            diverged.run_id,
            diverged.config_id,
            "shapes",
            diverged.seed,
            "diverged",
            None,
            None,
            None,
            None,
            1,
            *block,
            diverged.recipe.batch_size,
            diverged.recipe.optimizer,
            diverged.recipe.learning_rate,
        ),
    ]
    query = query.replace("run WHERE", "epoch WHERE").replace("status", "epoch, train_loss")
    assert rows(study, query) == [
        (completed.run_id, 1, 0.5, 0.125, 0.0625),
        (diverged.run_id, 1, 30.0, 0.125, 0.0625),
        (completed.run_id, 2, 0.25, 0.03, 0.02),
    ]
    assert store.finished_blocks(study) == {block.block_id for block in BLOCKS}


def test_a_block_in_which_every_model_diverged_at_once_is_collected(study: Path) -> None:
    result = examples.finished(BLOCKS[1], diverged=range(4))
    runs = tuple(replace(run, curve=()) for run in result.runs)
    store.collect(study, [replace(result, runs=runs)])
    assert rows(study, "SELECT DISTINCT status, epochs FROM run") == [("diverged", 0)]
    assert rows(study, "FROM epoch") == []


def test_collecting_again_changes_nothing(study: Path) -> None:
    store.collect(study, RESULTS[:1])
    store.collect(study, [*RESULTS, *RESULTS])
    store.collect(study, RESULTS)
    assert rows(study, "SELECT count(*), count(DISTINCT run_id) FROM run") == [(20, 20)]
    # Of 20 runs, one of each block diverged after one epoch.
    assert rows(study, "SELECT count(*) FROM epoch") == [(2 * 20 - 2,)]


def test_whole_numbers_among_fractions_keep_their_column(tmp_path: Path) -> None:
    rates = replace(
        examples.LEARNING_RATE,
        kind="ordinal",
        values=(1, 0.5),
        value_labels=("1", "0.5"),
        bounds=None,
    )
    path = tmp_path / "rates.duckdb"
    prepare(path, space=replace(examples.SPACE, parameters=(rates,)))
    runs = tuple(
        replace(run, recipe=replace(run.recipe, learning_rate=rate))
        for run, rate in zip(RESULTS[1].runs, (1, 0.5, 1, 0.5), strict=True)
    )
    store.collect(path, [replace(RESULTS[1], runs=runs)])
    drawn = rows(path, "SELECT learning_rate, typeof(learning_rate) FROM run")
    assert sorted(drawn) == [(0.5, "DOUBLE"), (0.5, "DOUBLE"), (1.0, "DOUBLE"), (1.0, "DOUBLE")]


def test_a_study_can_be_read_while_it_is_written(study: Path) -> None:
    with duckdb.connect(str(study), read_only=True) as reader:
        store.collect(study, RESULTS)
        assert reader.execute("FROM run").fetchall() == []
    assert rows(study, "SELECT count(*) FROM run") == [(20,)]


@pytest.mark.parametrize("reason", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_collector_leaves_the_study_as_it_was(
    study: Path, reason: type[BaseException]
) -> None:
    store.collect(study, RESULTS[:1])
    before = study.read_bytes()

    def interrupted() -> Iterator[BlockResult]:
        yield RESULTS[1]
        raise reason

    with pytest.raises(reason):
        store.collect(study, interrupted())
    assert_untouched(study, before)


KILLED_BETWEEN_COMMIT_AND_RENAME = """
import os, shutil, signal, sys
import duckdb
study = sys.argv[1]
shutil.copyfile(study, study + ".next")
database = duckdb.connect(study + ".next")
database.begin()
database.execute("INSERT INTO epoch VALUES ('a ghost', 1, 0, 0, 0)")
database.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_collector_left_beside_the_study_is_never_used(study: Path) -> None:
    program = [sys.executable, "-c", KILLED_BETWEEN_COMMIT_AND_RENAME, str(study)]
    assert subprocess.run(program, check=False).returncode == -signal.SIGKILL
    left = {path.name for path in study.parent.iterdir()}
    assert left == {"small.duckdb", "small.duckdb.next", "small.duckdb.next.wal"}
    store.collect(study, RESULTS)
    assert rows(study, "FROM epoch WHERE run_id = 'a ghost'") == []
    assert rows(study, "SELECT count(*) FROM run") == [(20,)]
    assert [path.name for path in study.parent.iterdir()] == ["small.duckdb"]


# Summaries


def test_a_summary_counts_data_set_by_data_set(study: Path) -> None:
    colours = replace(examples.shapes("decaf"), name="colours", label="Shapes")  # a label twice
    prepare(study, datasets=[colours])
    store.collect(study, [RESULTS[0], replace(RESULTS[1], dataset="colours")])
    assert summarise(study) == Summary(
        title="Small networks",
        runs=20,
        blocks=2,
        last_started="2026-02-03 04:05:06",
        datasets=(
            # Accuracies 0, 0.02, 0.03 … 0.15, and 0, 0.02, 0.03: the second model diverged.
            DatasetCount("Shapes", completed=15, diverged=1, failed=0, median=0.08, best=0.15),
            DatasetCount("Shapes", completed=3, diverged=1, failed=0, median=0.02, best=0.03),
        ),
    )


def test_a_summary_of_nothing_is_empty(study: Path) -> None:
    assert summarise(study) == Summary("Small networks", 0, 0, None, ())

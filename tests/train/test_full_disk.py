"""A full disk ends a command in one sentence, and costs nothing that was acknowledged before.

The disk is a limit that the system sets on the size of any file. What does not fit is then as
unwritable as on a full disk, at the same byte, to Python and to DuckDB alike.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import examples
import numpy as np
import pytest
from click.testing import CliRunner, Result
from examples import most_cores, room_for, rows, wait_until

from train import store
from train.__main__ import commands
from train.database import StoreError
from train.journal import journal_path, open_journal, read
from train.plan import Settings, make_plan
from train.records import Block, BlockResult
from train.space import load_space

ROOT = Path(__file__).parents[2]
TRAIN_SIZE = 64
SPACE = """
[fixed]
conv_depth = 1
conv_width = 1
batch_size = 32

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop"]
"""
MANY = 6400


@dataclass(frozen=True)
class Sweep:
    """A folder with images, a space and a study."""

    folder: Path
    trainings: int

    @property
    def study(self) -> Path:
        return self.folder / "study.duckdb"

    @property
    def arguments(self) -> list[str]:
        return [
            "sweep",
            *("--space", str(self.folder / "tiny.toml"), "--trainings", str(self.trainings)),
            *("--datasets", "shapes", "--data-dir", str(self.folder)),
            *("--train-size", str(TRAIN_SIZE), "--epochs", "1", "--device", "cpu"),
            *("--out", str(self.study)),
        ]

    @cached_property
    def plan(self) -> list[Block]:
        settings = Settings(self.trainings, {"shapes": TRAIN_SIZE}, epochs=1, seed=0)
        return make_plan(load_space(str(self.folder / "tiny.toml")), settings)

    def acknowledge(self, blocks: Sequence[Block]) -> None:
        """Journal blocks as if they had been trained."""
        with open_journal(self.study) as journal:
            for block in blocks:
                journal.append(examples.finished(block))

    def start(self, *, room: int) -> subprocess.Popen[str]:
        """Start the command where no file can grow beyond `room` bytes."""
        with room_for(room), most_cores(1):
            return subprocess.Popen(
                [sys.executable, "-m", "train", *self.arguments],
                cwd=ROOT,
                env={**os.environ, "COLUMNS": "500"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def run(self) -> Result:
        """Run the command to its end where there is room."""
        with most_cores(1):
            return run(*self.arguments)

    def recorded(self) -> list[tuple[object, ...]]:
        return rows(self.study, "SELECT run_id FROM run ORDER BY run_id")

    def planned(self) -> list[tuple[object, ...]]:
        return sorted((run.run_id,) for block in self.plan for run in block.runs)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in arguments])


def sweep_of(folder: Path, trainings: int) -> Sweep:
    """A sweep over a few noisy images in two classes."""
    (folder / "tiny.toml").write_text(SPACE)
    images = np.random.default_rng(0).integers(256, size=(100, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(100) % 2
    np.savez(folder / "shapes.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    return Sweep(folder, trainings)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# Sweeps


def test_a_block_that_does_not_fit_into_the_journal_is_trained_again(tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, trainings=48)
    sweep.acknowledge(sweep.plan[:-1])
    # The limit is the same for all files: the journal has to be larger than the study.
    acknowledged = journal_path(sweep.study).read_bytes().replace(b"\n", b" " * 2**21 + b"\n")
    journal_path(sweep.study).write_bytes(acknowledged)
    process = sweep.start(room=len(acknowledged) + 1000)  # the last block is a longer line
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert output.endswith(
        f"\nError: cannot write {sweep.study}.journal: File too large; "
        "all finished blocks are kept, run the command again\n"
    )
    assert "Traceback" not in output
    assert journal_path(sweep.study).read_bytes() == acknowledged
    assert len(sweep.recorded()) == 32
    continued = sweep.run()
    assert (continued.exit_code, "48/48" in continued.output) == (0, True)
    assert sweep.recorded() == sweep.planned()
    assert journal_path(sweep.study).read_bytes().startswith(acknowledged)


def test_a_study_that_does_not_fit_is_collected_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples.prepare(tmp_path / "empty.duckdb")
    sweep = sweep_of(tmp_path, trainings=20)
    # DuckDB grows in steps of more than that: there is room for the first version alone.
    process = sweep.start(room=(tmp_path / "empty.duckdb").stat().st_size + 1000)
    wait_until(sweep.study.exists)
    before = files(tmp_path)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    *_, last_line = output.splitlines()
    assert last_line.startswith(f"Error: cannot write {sweep.study}: ")
    assert "File too large" in last_line
    assert "Traceback" not in output
    journal = f"{sweep.study.name}.journal"
    assert files(tmp_path) == {**before, journal: journal_path(sweep.study).read_bytes()}
    assert sweep.recorded() == []
    acknowledged = [result.block_id for result in read(journal_path(sweep.study))]
    assert sorted(acknowledged) == sorted(block.block_id for block in sweep.plan)
    assert "20 more runs are finished and not collected yet" in run("status", sweep.study).output

    monkeypatch.setattr("train.local.ProcessPoolExecutor", None)  # no worker can be started
    assert sweep.run().exit_code == 0
    assert sweep.recorded() == sweep.planned()


def test_a_sweep_that_has_no_room_to_begin(tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, trainings=20)
    with room_for(0):
        refused = sweep.run()
    assert refused.exit_code == 2
    assert refused.output.startswith(f"Error: cannot write {sweep.study}: ")
    assert refused.output.count("\n") == 1
    assert set(files(tmp_path)) == {"tiny.toml", "shapes.npz", "study.duckdb.journal"}


# Studies and exports


@pytest.fixture(scope="module")
def results() -> list[BlockResult]:
    """Those of many runs, which take longer to draw than to collect."""
    return [examples.finished(block) for block in examples.plan(trainings=MANY)]


@pytest.fixture(scope="module")
def grown(results: list[BlockResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with the results, to copy."""
    path = tmp_path_factory.mktemp("grown") / "small.duckdb"
    examples.prepare(path)
    store.collect(path, results)
    return path


@pytest.mark.parametrize("room", [0, 1_000_000, 1_590_000, 2_000_000, 2_600_000])
def test_a_collector_without_room_leaves_the_study_as_it_was(
    study: Path, results: list[BlockResult], room: int
) -> None:
    before = files(study.parent)
    with room_for(room), pytest.raises(StoreError) as caught:
        store.collect(study, results)
    assert str(caught.value).startswith(f"cannot write {study}: ")
    assert "File too large" in str(caught.value)
    assert files(study.parent) == before
    store.collect(study, results)
    assert rows(study, "SELECT count(*) FROM run") == [(MANY,)]
    assert set(files(study.parent)) == {study.name}


@pytest.mark.parametrize("room", [0, 100, 2000, 20_000])
def test_an_export_without_room_leaves_the_earlier_one(
    study: Path, grown: Path, tmp_path: Path, room: int
) -> None:
    folder = tmp_path / "export"
    assert run("export", study, folder).exit_code == 0
    before = files(folder)
    shutil.copy(grown, study)
    with room_for(room):
        refused = run("export", study, folder)
    sentence = f"Error: cannot export {study} to {folder}: File too large\n"
    assert (refused.exit_code, refused.output) == (2, sentence)
    assert files(folder) == before
    assert {path.name for path in tmp_path.iterdir()} == {"export", study.parent.name}
    assert run("export", study, folder).exit_code == 0
    assert files(folder) != before


def test_a_first_export_without_room_leaves_nothing(study: Path, tmp_path: Path) -> None:
    with room_for(2000):
        assert run("export", study, tmp_path / "export").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [study.parent.name]


# Folders that may only be read


@pytest.fixture
def read_only(study: Path) -> Path:
    """A study in such a folder."""
    study.parent.chmod(0o555)
    if os.access(study.parent, os.W_OK):
        pytest.skip("this user may write anywhere")
    return study


def test_a_sweep_into_a_read_only_folder(tmp_path: Path, read_only: Path) -> None:
    sweep = sweep_of(tmp_path, trainings=20)
    refused = run(*sweep.arguments, "--out", read_only)
    sentence = f"Error: cannot write {read_only}.journal: Permission denied\n"
    assert (refused.exit_code, refused.output) == (2, sentence)
    assert set(files(read_only.parent)) == {read_only.name}


def test_a_read_only_study_can_be_looked_at_and_exported(tmp_path: Path, read_only: Path) -> None:
    assert run("status", read_only).exit_code == 0
    assert run("export", read_only, tmp_path / "export").exit_code == 0
    refused = run("export", read_only, read_only.parent / "export")
    sentence = f"Error: cannot write {read_only.parent / 'export'}: Permission denied\n"
    assert (refused.exit_code, refused.output) == (2, sentence)

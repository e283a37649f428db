"""A study is made from its file by one command, which goes on until all of it is exported."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from examples import rows

from train import session, study_command
from train.__main__ import commands
from train.block import train_blocks
from train.datasets import load
from train.export import exported_runs
from train.formulation import PLAIN
from train.local import Local
from train.order import OrderError, read_study_file
from train.records import Block, BlockResult
from train.speed import Speed
from train.split import split

SPACE = """
[fixed]
conv_depth = 1
conv_width = 1

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop"]
"""
FILE = """
name = "tiny"
space = "{folder}/tiny.toml"
datasets = ["digits"]
train_size = 64
trainings = 40
replicates = 0.5
seed = 3

[cpu]
epochs = 1

[cuda]
epochs = 2
trainings = 80
"""

Make = Callable[..., Result]


class Here(Local):
    """Trains in this process: what other processes do is tested elsewhere."""

    def speeds(self, sizes: Sequence[int]) -> list[Speed]:
        return [Speed(size, PLAIN, 8, 1e3) for size in sizes]

    def peak(self) -> float:
        return 1e9

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult, None, None]:
        for block in blocks:
            parts = split(load(block.dataset, self.data_dir), block.train_size, torch.device("cpu"))
            yield from train_blocks([block], parts, models=16)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make the study of a folder, on the CPU."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session, "Local", Here)
    (tmp_path / "tiny.toml").write_text(SPACE)
    (tmp_path / "tiny.study.toml").write_text(FILE.format(folder=tmp_path))

    def make(*options: str) -> Result:
        arguments = ["study", "tiny.study.toml", "--device", "cpu", *options]
        return CliRunner(env={"COLUMNS": "500"}).invoke(commands, arguments)

    return make


def test_a_study_is_made_in_as_many_sittings_as_it_takes(make: Make, tmp_path: Path) -> None:
    nothing = make("--hours", "0")
    assert nothing.exit_code == 0
    assert nothing.stdout == (
        "0 of 40 trainings are finished; tiny holds 0 and stays as it is. "
        "The same command goes on.\n"
    )
    assert exported_runs(tmp_path / "tiny") == 0
    part = make("--hours", "1e-9")
    finished = len(rows(tmp_path / "tiny.duckdb", "FROM run"))
    assert (part.exit_code, finished < 40) == (0, True)
    whole = make()
    assert (whole.exit_code, exported_runs(tmp_path / "tiny")) == (0, 40)
    assert whole.stdout == (
        "tiny holds 40 runs in 0.0 MB: 40 of the 40 trainings of tiny.study.toml.\n"
    )
    before = {each.name: each.read_bytes() for each in (tmp_path / "tiny").iterdir()}
    assert make("--hours", "0").exit_code == 0
    assert {each.name: each.read_bytes() for each in (tmp_path / "tiny").iterdir()} == before


def test_a_study_does_not_shrink(make: Make, tmp_path: Path) -> None:
    assert make().exit_code == 0
    said = make("--hours", "0", "--out", "again.duckdb").stdout
    assert said.startswith("0 of 40 trainings are finished; tiny holds 40 and stays as it is.")
    assert exported_runs(tmp_path / "tiny") == 40


def test_a_study_goes_on_from_its_export_alone(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "tiny.study.toml"
    file.write_text(file.read_text().replace("trainings = 40", "trainings = 16"))
    assert make().exit_code == 0
    first = rows(tmp_path / "tiny.duckdb", "SELECT run_id, started_at FROM run")
    (tmp_path / "tiny.duckdb").unlink()
    restored = CliRunner().invoke(commands, ["restore", "tiny", "tiny.duckdb"])
    assert restored.stdout == "tiny.duckdb holds 16 runs.\n"
    file.write_text(file.read_text().replace("trainings = 16", "trainings = 40"))
    assert make().exit_code == 0
    runs = rows(tmp_path / "tiny.duckdb", "SELECT run_id, started_at FROM run")
    assert len(runs) == 40
    assert set(first) <= set(runs)


def test_trainings_of_other_lengths_are_not_mixed(make: Make, tmp_path: Path) -> None:
    assert make("--hours", "0").exit_code == 0
    file = tmp_path / "tiny.study.toml"
    file.write_text(file.read_text().replace("epochs = 1", "epochs = 3"))
    refused = make()
    assert refused.exit_code == 2
    assert refused.stderr == (
        "Error: tiny.duckdb holds a sweep of 1 epochs, this one would have 3; "
        "choose another --out\n"
    )


def test_a_study_too_large_for_git_is_not_exported(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_command, "MOST_BYTES", 100)
    refused = make()
    assert (refused.exit_code, (tmp_path / "tiny").exists()) == (2, False)
    assert "more than the 0 MB that are kept in git" in refused.stderr


def test_what_is_trained_depends_on_the_device(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(FILE.format(folder=tmp_path))
    on = {kind: read_study_file(file, kind).order for kind in ("cpu", "cuda")}  # type: ignore[arg-type]
    assert [(each.trainings, each.epochs) for each in on.values()] == [(40, 1), (80, 2)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("seed = 3", "sead = 3"), "'sead' is not a key of a study file"),
        (("seed = 3", ""), "it needs a whole number 'seed' of at least 0"),
        (("trainings = 40", "trainings = 0"), "it needs a whole number 'trainings' of at least 1"),
        (('["digits"]', '"digits"'), "it needs a list of names 'datasets'"),
        (('name = "tiny"', ""), "it needs a text 'name'"),
        (("[cpu]\nepochs = 1", "epochs = 1\ncpu = 3"), "cpu is a table headed [cpu]"),
        (("0.5", "true"), "replicates True is not a number"),
        (("seed = 3", 'seed = 3\ndesign = "odd"'), "design 'odd' is none of independent, common"),
    ],
)
def test_a_study_file_that_cannot_be_used(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(FILE.format(folder=tmp_path).replace(*change))
    with pytest.raises(OrderError) as caught:
        read_study_file(file, "cpu")
    assert str(caught.value) == f"{file}: {sentence}"


def test_the_shipped_study_can_be_made_on_either_device() -> None:
    shipped = Path(__file__).parents[2] / "data" / "cnn.study.toml"
    on_gpu, on_cpu = (read_study_file(shipped, kind).order for kind in ("cuda", "cpu"))  # type: ignore[arg-type]
    assert (on_gpu.trainings, on_gpu.epochs) >= (13_000, 20)
    assert (on_cpu.trainings, on_cpu.epochs) >= (2_000, 10)
    assert on_gpu.datasets == on_cpu.datasets

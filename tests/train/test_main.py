"""A command that cannot do what it is asked says so in one sentence, with exit code 2."""

import multiprocessing
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import examples
import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result

from train import downloads, store
from train.__main__ import commands
from train.journal import journal_path
from train.machine import usable_cores
from train.summary import summarise

ROOT = Path(__file__).parents[2]
SPACE = """
[fixed]
conv_depth = 1
conv_width = 1

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop"]
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "500"}).invoke(commands, [str(word) for word in arguments])


def sweep(folder: Path, *arguments: str | Path) -> Result:
    """Sweep over a tiny space; the last of an option given twice counts."""
    space = folder / "tiny.toml"
    space.write_text(SPACE)
    usual = ["--space", space, "--datasets", "digits", "--data-dir", folder, "--device", "cpu"]
    usual += ["--trainings", "40", "--train-size", "64", "--epochs", "1"]
    return run("sweep", *usual, "--out", folder / "study.duckdb", *arguments)


def assert_refused(result: Result, sentence: str) -> None:
    assert (result.exit_code, result.output) == (2, f"Error: {sentence}\n")


def test_an_unknown_space(tmp_path: Path) -> None:
    result = sweep(tmp_path, "--space", "sead")
    assert_refused(result, "there is no space 'sead': name one of nws, seed, or a TOML file")


def test_a_data_set_that_is_not_there(tmp_path: Path) -> None:
    assert_refused(
        sweep(tmp_path, "--datasets", "digits,svhn", "--dry-run"),
        f"SVHN is not in {tmp_path}: run `python -m train download svhn --data-dir {tmp_path}`.",
    )


def test_a_data_set_is_fetched_when_it_is_first_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, data_dir: Path, report: Callable[[str], None]) -> Path:
        report(f"fetching {name}")
        pixels = np.zeros((100, 28, 28), np.uint8)
        labels = np.arange(100) % 10
        target = data_dir / f"{name}.npz"
        np.savez(target, x_train=pixels, y_train=labels, x_test=pixels, y_test=labels)
        return target

    monkeypatch.setattr(downloads, "download", fetch)
    arguments = ("--datasets", "svhn", "--trainings", "2")
    result = sweep(tmp_path, *arguments)
    assert (result.exit_code, "fetching svhn" in result.output) == (0, True)
    assert "fetching" not in sweep(tmp_path, *arguments).output
    assert [row.label for row in summarise(tmp_path / "study.duckdb").datasets] == ["SVHN"]


def test_fewer_images_than_a_mini_batch(tmp_path: Path) -> None:
    assert_refused(
        sweep(tmp_path, "--train-size", "32"),
        "digits has 32 training images for batches of 64; "
        "choose a larger --train-size, or a space with smaller batches",
    )


def test_a_study_whose_name_the_site_would_refuse(tmp_path: Path) -> None:
    assert_refused(
        sweep(tmp_path, "--out", tmp_path / "my study.duckdb"),
        "a study cannot be named 'my study', because its name becomes part of addresses: "
        "name the --out file with letters, digits, - and _ only",
    )


def test_no_data_set(tmp_path: Path) -> None:
    result = sweep(tmp_path, "--datasets", " ,")
    assert_refused(result, f"no data set is named; {tmp_path} has digits")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_where_there_is_none(tmp_path: Path) -> None:
    result = sweep(tmp_path, "--device", "cuda")
    assert_refused(result, "no CUDA device is usable here; use --device cpu, or auto")


def test_a_study_of_another_space(tmp_path: Path) -> None:
    study = tmp_path / "small.duckdb"
    store.prepare(study, examples.SPACE, [examples.shapes()], examples.PROVENANCE)
    assert_refused(
        sweep(tmp_path, "--out", study),
        f"{study} has other hyper-parameters than space 'tiny'; "
        "choose another --out or the space it was made from",
    )


def test_a_study_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    study = tmp_path / "nowhere" / "study.duckdb"
    result = sweep(tmp_path, "--out", study)
    assert_refused(result, f"cannot write {study}.journal: No such file or directory")


@pytest.mark.parametrize("command", [["status"], ["export"]])
def test_a_study_that_is_not_there(tmp_path: Path, command: list[str]) -> None:
    study = tmp_path / "study.duckdb"
    arguments = [study] if command == ["status"] else [study, tmp_path / "out"]
    assert_refused(run(*command, *arguments), f"there is no study {study}")


def test_a_damaged_journal(tmp_path: Path) -> None:
    study = tmp_path / "small.duckdb"
    store.prepare(study, examples.SPACE, [examples.shapes()], examples.PROVENANCE)
    journal_path(study).write_text("not a block\n")
    assert_refused(
        run("status", study),
        f"line 1 of {study}.journal is no finished block; "
        "delete it, and its block is trained again",
    )


def test_an_unknown_download(tmp_path: Path) -> None:
    assert_refused(
        run("download", "birds", "--data-dir", tmp_path),
        "'birds' has no download, only mnist, fashion_mnist, cifar10, svhn, stl10, "
        "emnist_letters, gtsrb have: "
        f"put its images into {tmp_path} as birds.npz.",
    )


def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    workers = min(2, usable_cores())

    def kill_one() -> None:
        # Python's own pool prints a traceback if one dies while another is being started.
        examples.wait_until(lambda: len(multiprocessing.active_children()) == workers)
        multiprocessing.active_children()[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    with examples.most_cores(workers):
        result = sweep(tmp_path)
    killer.join()
    assert result.exit_code == 2
    assert result.output.endswith(
        "Error: a worker process died (out of memory?); "
        "all finished blocks are kept, run the command again\n"
    )
    assert store.finished_blocks(tmp_path / "study.duckdb") == set()


def test_a_dry_run_shows_the_plan_and_its_time_and_writes_nothing(tmp_path: Path) -> None:
    result = sweep(tmp_path, "--dry-run")
    assert re.search(
        r"^About \d+ (s|min) on (one process|\d+ processes)\.$", result.output, re.MULTILINE
    )
    cells = [[cell.strip() for cell in line.split("│")] for line in result.output.splitlines()]
    assert ["", "digits", "3", "40", "2", "64", "1", ""] in cells
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.toml"]


def test_a_smaller_data_set_gives_all_that_validation_leaves(tmp_path: Path) -> None:
    result = sweep(tmp_path, "--dry-run", "--train-size", "10000")
    cells = [[cell.strip() for cell in line.split("│")] for line in result.output.splitlines()]
    assert ["", "digits", "3", "40", "2", "1,294", "1", ""] in cells  # of 1,437, 143 are held out


def test_the_command_line_has_no_traceback_and_status_needs_no_torch(tmp_path: Path) -> None:
    study = tmp_path / "study.duckdb"
    program = (
        "import sys; sys.modules['torch'] = None; from train.__main__ import commands; commands()"
    )
    for command in (["-m", "train"], ["-c", program]):
        finished = subprocess.run(
            [sys.executable, *command, "status", str(study)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr == f"Error: there is no study {study}\n"

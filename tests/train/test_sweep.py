"""A sweep that is interrupted at any moment ends, continued, with every planned run, once.

One real sweep on scikit-learn's digits is told to stop, continued, killed, and continued to its
end, once for all test processes; the tests look at what each part left behind. Those that read the
study itself do so when it is complete.
"""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click.testing
import duckdb
import pytest
from examples import most_cores, save_digits, wait_until
from once import Once

from train import journal, sweep
from train.__main__ import commands
from train.plan import Settings, make_plan
from train.records import Block
from train.space import load_space

ROOT = Path(__file__).parents[2]
TRAININGS, EPOCHS, TRAIN_SIZE = 300, 2, 128
SPACE = """
[fixed]
filter_size = 3
conv_depth = 2
conv_width = 2
dense_depth = 1
dense_width = 8

[[parameter]]
name = "batch_size"
kind = "ordinal"
values = [32, 64]

[[parameter]]
name = "optimizer"
values = ["adam", "momentum_sgd"]

[[parameter]]
name = "learning_rate"
scale = "log"
range = [1e-3, 1e-2]
"""
Row = tuple[object, ...]


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    exit_code: int
    output: str


@dataclass(frozen=True)
class Sweep:
    """A folder with images, a space and a study."""

    folder: Path

    @property
    def study(self) -> Path:
        return self.folder / "study.duckdb"

    @property
    def arguments(self) -> list[str]:
        return [
            "sweep",
            *("--space", str(self.folder / "tiny.toml")),
            *("--datasets", "digits", "--data-dir", str(self.folder)),
            *("--trainings", str(TRAININGS), "--epochs", str(EPOCHS)),
            *("--train-size", str(TRAIN_SIZE)),
            *("--device", "cpu", "--out", str(self.study)),
        ]

    def start(self, *, workers: int) -> subprocess.Popen[str]:
        """Start the command in a process group of its own, as a terminal would."""
        # With a worker for each block it would end all at once.
        with most_cores(workers):
            return subprocess.Popen(
                [sys.executable, "-m", "train", *self.arguments],
                cwd=ROOT,
                env={**os.environ, "COLUMNS": "500"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
                # A shell that starts the tests in the background has them ignore Ctrl-C.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
            )

    def plan(self) -> list[Block]:
        settings = Settings(TRAININGS, {"digits": TRAIN_SIZE}, epochs=EPOCHS, seed=0)
        return make_plan(load_space(str(self.folder / "tiny.toml")), settings)

    def planned(self) -> list[str]:
        """The ids of all runs, sorted."""
        return sorted(run.run_id for block in self.plan() for run in block.runs)

    def acknowledged(self) -> list[str]:
        """The ids of the runs in the journal, sorted."""
        results = journal.read(journal.journal_path(self.study))
        return sorted(run.run_id for result in results for run in result.runs)

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.study), read_only=True) as database:
            return database.execute(query).fetchall()

    def wait_for(self, *, more_than: int) -> None:
        """Wait until the journal holds more than so many runs."""
        wait_until(lambda: len(self.acknowledged()) > more_than)

    def command(self, *arguments: str) -> Said:
        """Run a command in this process."""
        result = click.testing.CliRunner(env={"COLUMNS": "500"}).invoke(commands, arguments)
        return Said(result.exit_code, result.output)


@dataclass(frozen=True)
class Left:
    """What a part of the sweep left behind."""

    code: int
    output: str
    acknowledged: list[str]
    runs: list[Row]
    status: str
    meanwhile: tuple[Said, ...] = ()


def left(sweep: Sweep, process: subprocess.Popen[str]) -> Left:
    # The output ends when the last process that could write to it has ended, workers included.
    output, _ = process.communicate(timeout=120)
    return Left(
        code=process.returncode,
        output=output,
        acknowledged=sweep.acknowledged(),
        runs=sweep.rows("FROM run ORDER BY run_id"),
        status=sweep.command("status", str(sweep.study)).output,
    )


@pytest.fixture(scope="module")
def tiny(once: Once) -> Sweep:
    return Sweep(once("sweep", prepare))


def prepare(folder: Path) -> None:
    folder.mkdir()
    (folder / "tiny.toml").write_text(SPACE)
    save_digits(folder)


def left_once(once: Once, name: str, sweep: Callable[[], Left]) -> Left:
    """What a part of the sweep left behind, in whichever process it was made."""
    file = once(f"sweep-{name}", lambda path: path.write_bytes(pickle.dumps(sweep())))
    left: Left = pickle.loads(file.read_bytes())  # noqa: S301 - written above
    return left


@contextmanager
def started(sweep: Sweep, *, workers: int) -> Iterator[subprocess.Popen[str]]:
    """A sweep that does not outlive what is done with it, also where that fails."""
    process = sweep.start(workers=workers)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def stopped(tiny: Sweep, once: Once) -> Left:
    """The sweep after Ctrl-C in its middle, and what other commands said when it had started."""
    return left_once(once, "stopped", lambda: stop(tiny))


def stop(tiny: Sweep) -> Left:
    with started(tiny, workers=2) as process:
        wait_until(tiny.study.exists)
        status = tiny.command("status", str(tiny.study))
        second_sweep = tiny.command(*tiny.arguments, "--trainings", "999")
        tiny.wait_for(more_than=0)
        os.killpg(process.pid, signal.SIGINT)
        return replace(left(tiny, process), meanwhile=(status, second_sweep))


@pytest.fixture(scope="module")
def killed(tiny: Sweep, stopped: Left, once: Once) -> Left:
    """The sweep, continued, after kill -9 in its middle."""
    return left_once(once, "killed", lambda: kill(tiny, stopped))


def kill(tiny: Sweep, stopped: Left) -> Left:
    with started(tiny, workers=2) as process:
        tiny.wait_for(more_than=len(stopped.acknowledged))
        process.kill()
        return left(tiny, process)


@pytest.fixture(scope="module")
def complete(tiny: Sweep, killed: Left, once: Once) -> Left:
    """The sweep, continued to its end."""
    assert killed.code
    return left_once(once, "complete", lambda: go_on(tiny))


def go_on(tiny: Sweep) -> Left:
    with started(tiny, workers=1) as process:
        return left(tiny, process)


def ids(part: Left) -> list[object]:
    return [row[0] for row in part.runs]


def test_ctrl_c_keeps_all_finished_blocks(tiny: Sweep, stopped: Left) -> None:
    assert stopped.code == 130
    assert stopped.output.endswith(
        f"Stopped. {tiny.study} holds all finished blocks; run the same command to go on.\n"
    )
    assert "Traceback" not in stopped.output
    assert 0 < len(stopped.acknowledged) < TRAININGS
    assert ids(stopped) == stopped.acknowledged


def test_a_second_sweep_of_the_same_study_is_refused(
    tiny: Sweep, stopped: Left, complete: Left
) -> None:
    _, refused = stopped.meanwhile
    assert complete.code == 0
    sentence = f"Error: another sweep is writing {tiny.study}; wait for it, or stop it\n"
    assert (refused.exit_code, refused.output) == (2, sentence)
    assert tiny.rows("SELECT DISTINCT json_extract(provenance, '$[*].trainings') FROM study") == [
        ([str(TRAININGS)],)
    ]


def test_status_works_while_a_sweep_runs(stopped: Left) -> None:
    status, _ = stopped.meanwhile
    assert status.exit_code == 0
    assert "tiny: 0 runs in 0 blocks" in status.output


def test_kill_9_loses_nothing_acknowledged(stopped: Left, killed: Left) -> None:
    assert killed.code == -signal.SIGKILL
    assert len(stopped.acknowledged) < len(killed.acknowledged) < TRAININGS
    assert set(stopped.acknowledged) < set(killed.acknowledged)
    assert killed.runs == stopped.runs  # the study lags behind, and is whole
    waiting = len(killed.acknowledged) - len(killed.runs)
    assert f"{waiting} more runs are finished and not collected yet." in killed.status


def test_a_continued_sweep_ends_with_every_planned_run_once(tiny: Sweep, complete: Left) -> None:
    assert complete.code == 0
    assert f"{TRAININGS}/{TRAININGS}" in complete.output
    assert ids(complete) == tiny.planned()
    assert complete.acknowledged == tiny.planned()


def test_what_was_finished_is_not_trained_again(stopped: Left, complete: Left) -> None:
    assert set(stopped.runs) < set(complete.runs)


def test_every_run_is_recorded_with_its_curve(tiny: Sweep, complete: Left) -> None:
    assert complete.code == 0
    recorded = {
        run.run_id: (run, result)
        for result in journal.read(journal.journal_path(tiny.study))
        for run in result.runs
    }
    shared = "batch_size, optimizer, learning_rate, seed, config_id, dataset"
    outcome = "status, epochs, test_accuracy, block_id"
    for run_id, *row in tiny.rows(f"SELECT run_id, {shared}, {outcome} FROM run"):
        run, result = recorded[str(run_id)]
        assert row == [
            run.recipe.batch_size,
            run.recipe.optimizer,
            run.recipe.learning_rate,
            run.seed,
            run.config_id,
            "digits",
            "completed",
            EPOCHS,
            run.test_accuracy,
            result.block_id,
        ]
    curves = tiny.rows("SELECT run_id, list(epoch ORDER BY epoch) FROM epoch GROUP BY run_id")
    assert sorted(curves) == [(run_id, [1, 2]) for run_id in tiny.planned()]
    unequal = """
        SELECT count(*) FROM run JOIN epoch ON run.run_id = epoch.run_id AND epochs = epoch
        WHERE run.test_accuracy != epoch.test_accuracy OR run.train_loss != epoch.train_loss
    """
    assert tiny.rows(unequal) == [(0,)]


def test_one_sweep_in_three_parts_is_one_sweep_in_the_provenance(
    tiny: Sweep, complete: Left
) -> None:
    assert complete.code == 0
    ((sweeps,),) = tiny.rows("SELECT json_array_length(provenance) FROM study")
    assert sweeps == 1


def test_running_it_again_trains_nothing(
    tiny: Sweep, complete: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Sweep(shutil.copytree(tiny.folder, tmp_path / "copy"))  # others read the first
    written = journal.journal_path(copy.study).read_bytes()
    monkeypatch.setattr("train.local.ProcessPoolExecutor", None)  # no worker can be started
    again = copy.command(*copy.arguments)
    assert again.exit_code == 0
    assert f"{TRAININGS}/{TRAININGS}" in again.output
    assert copy.rows("FROM run ORDER BY run_id") == complete.runs
    assert journal.journal_path(copy.study).read_bytes() == written


def test_status_counts_what_the_study_holds(tiny: Sweep, complete: Left) -> None:
    median, best = tiny.rows("SELECT median(test_accuracy), max(test_accuracy) FROM run")[0]
    title, *table = complete.status.splitlines()
    blocks = len(tiny.plan())
    assert title.strip() == f"tiny: {TRAININGS} runs in {blocks} blocks"
    cells = [[cell.strip() for cell in line.split("│")][1:-1] for line in table]
    assert ["Digits", str(TRAININGS), "0", "0", f"{median:.1%}", f"{best:.1%}"] in cells
    assert "not collected yet" not in complete.status
    assert table[-1].startswith("The last block started at 20")


def test_a_complete_study_exports(tiny: Sweep, complete: Left, tmp_path: Path) -> None:
    folder = tmp_path / "exported"
    done = tiny.command("export", str(tiny.study), str(folder))
    assert (done.exit_code, done.output) == (0, "")
    assert duckdb.sql(f"FROM '{folder}/run.parquet' ORDER BY run_id").fetchall() == complete.runs


def test_progress_tells_speed_and_time_left() -> None:
    start = sweep.Progress(finished=60, trained_now=0, total=100, seconds=0.0)
    assert (start.models_per_hour, start.seconds_left) == (None, None)
    later = sweep.Progress(finished=80, trained_now=20, total=100, seconds=10.0)
    assert (later.models_per_hour, later.seconds_left) == (7200.0, 10.0)

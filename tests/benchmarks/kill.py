"""Kill a real sweep again and again, and see that nothing it acknowledged is lost or doubled.

    python tests/benchmarks/kill.py [TIMES]

Each round continues the same sweep in a new process and, at a random moment, kills either the sweep
or one of its workers with SIGKILL. What the sweep had reported as finished by then must be in the
journal or in the study, once; at the end the study must hold every block exactly once.
"""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from train import journal, store

MODELS = 16
SPACE = """
[fixed]
conv_depth = 1
conv_width = 1
batch_size = 32

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop", "momentum_sgd"]
"""


def start(folder: Path, trainings: int) -> subprocess.Popen[str]:
    """The same sweep, in a process group of its own."""
    command = [sys.executable, "-m", "train", "sweep", "--space", str(folder / "tiny.toml")]
    command += ["--trainings", str(trainings), "--datasets", "digits", "--train-size", "64"]
    command += ["--epochs", "1", "--device", "cpu", "--data-dir", str(folder)]
    command += ["--out", str(folder / "study.duckdb")]
    log = (folder / "log").open("w")
    return subprocess.Popen(command, stderr=log, text=True, start_new_session=True)


def workers(sweep: int) -> list[int]:
    """Process ids of the sweep's children."""
    children = Path(f"/proc/{sweep}/task/{sweep}/children")
    try:
        return [int(child) for child in children.read_text().split()]
    except OSError:
        return []


def kill_at_random(sweep: subprocess.Popen[str], generator: random.Random) -> str:
    """Wait a while, kill one process of the sweep, and wait until all of them are gone."""
    time.sleep(generator.uniform(3, 13))  # from its imports to well into its training
    children = workers(sweep.pid)
    victim = generator.choice(children) if children and generator.random() < 0.3 else sweep.pid
    if sweep.poll() is not None:
        return "finished before"
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    sweep.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(sweep.pid, signal.SIGKILL)
    return "sweep" if victim == sweep.pid else "worker"


def held(study: Path) -> set[str]:
    """Blocks that the journal or the study holds."""
    blocks = [result.block_id for result in journal.read(journal.journal_path(study))]
    assert len(blocks) == len(set(blocks)), "a block is in the journal twice"
    return set(blocks) | (store.finished_blocks(study) if study.exists() else set())


def reported(folder: Path) -> int:
    """How many trainings the sweep's output says are finished."""
    counts = re.findall(r"^(\d+)/\d+ ", (folder / "log").read_text(), flags=re.MULTILINE)
    return int(counts[-1]) if counts else 0


def main(times: int) -> None:
    """Kill `times` times, then let the sweep finish."""
    generator = random.Random(0)  # noqa: S311 - no secret
    trainings = MODELS * 24 * times  # more than is finished before the last kill
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tiny.toml").write_text(SPACE)
        study = folder / "study.duckdb"
        before: set[str] = set()
        victims: dict[str, int] = {}
        for number in range(times):
            victim = kill_at_random(start(folder, trainings), generator)
            victims[victim] = victims.get(victim, 0) + 1
            now = held(study)
            assert before <= now, f"kill {number} lost {len(before - now)} blocks"
            assert len(now) * MODELS >= reported(folder), f"kill {number} lost a reported block"
            before = now
        assert start(folder, trainings).wait() == 0
        with duckdb.connect(str(study), read_only=True) as database:
            (runs, distinct, epochs) = database.execute(
                "SELECT count(*), count(DISTINCT run_id), (SELECT count(*) FROM epoch) FROM run"
            ).fetchone() or (0, 0, 0)
        assert runs == distinct == epochs == trainings, (runs, distinct, epochs, trainings)
        blocks = trainings // MODELS
        print(
            f"{times} kills {victims}; {len(before)} of {blocks} blocks were finished by the last"
        )
        print(f"none lost, none twice; the finished study holds {runs:,} runs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

"""Kill a real sweep again and again, and see that nothing it acknowledged is lost or doubled.

    python tests/benchmarks/kill.py [TIMES]

Each round goes on with the same sweep in a new process and kills it, or one of its workers, with
SIGKILL: mostly at a random moment of its training, sometimes while it imports, prepares or writes
the study. The plan grows ahead of the sweep, so every kill strikes one that is not finished.

What was acknowledged must then be there: the journal begins with the bytes that it held before the
round and has as many runs as the sweep reported, none twice; the study holds a part of them, with
the same results. In the end the sweep may finish, and the study holds each planned run once.
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
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from train import journal
from train.plan import MODELS_PER_BLOCK, Settings, make_plan
from train.records import Block
from train.space import load_space

ROOT = Path(__file__).parents[2]
TRAIN_SIZE, EPOCHS = 64, 2
SPACE = """
[fixed]
conv_depth = 1
conv_width = 1
dense_depth = 1
dense_width = 8
batch_size = 32

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop", "momentum_sgd"]
"""
AHEAD = 100  # blocks, more than two workers train in a round
WORKER_SHARE = 0.25  # of the victims
# What the kills of five rounds aim at, and for how many seconds from its beginning.
AIMS = ("training", "any moment", "training", "writing", "training")
LONGEST = {"training": 1.5, "any moment": 5.0, "writing": 0.1}
WORKER_DIED = "Error: a worker process died (out of memory?); "
Outcome = tuple[float | None, int]  # accuracy, and points of the learning curve


@dataclass(frozen=True)
class Sweep:
    """A sweep that grows, in a folder of its own."""

    folder: Path

    @property
    def study(self) -> Path:
        return self.folder / "study.duckdb"

    @property
    def journal(self) -> Path:
        return journal.journal_path(self.study)

    @property
    def space(self) -> Path:
        return self.folder / "tiny.toml"

    def half_written(self) -> float:
        """When a version of the study that is not in place yet was last written to, or 0."""
        try:
            return (self.folder / "study.duckdb.next").stat().st_ctime
        except FileNotFoundError:
            return 0

    def acknowledged(self) -> bytes:
        """The whole lines of the journal."""
        content = self.journal.read_bytes() if self.journal.exists() else b""
        return content[: content.rfind(b"\n") + 1]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def plan(self, blocks: int) -> list[Block]:
        sizes = {"noise": TRAIN_SIZE}
        return make_plan(
            load_space(str(self.space)), Settings(blocks * MODELS_PER_BLOCK, sizes, EPOCHS, seed=0)
        )

    def start(self, blocks: int, *options: str) -> subprocess.Popen[str]:
        """Go on with it, in a process group of its own."""
        command = [sys.executable, "-m", "train", "sweep", "--space", str(self.space)]
        command += ["--trainings", str(blocks * MODELS_PER_BLOCK), "--epochs", str(EPOCHS)]
        command += ["--datasets", "noise", "--data-dir", str(self.folder)]
        command += ["--train-size", str(TRAIN_SIZE), "--device", "cpu", "--out", str(self.study)]
        # Compiled once: what a round costs is three processes that import torch.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(self.folder / "pyc")}
        with (self.folder / "log").open("w") as log:
            return subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env={**os.environ, **compiled, "COLUMNS": "500"},
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def reported(self) -> list[int]:
        """How many runs the sweep said are finished: once before it trains, then after each block.

        The last line may be torn: only counts that are followed by the total are whole.
        """
        return [int(n) for n in re.findall(r"^(\d+)/\d+ ", self.log, flags=re.MULTILINE)]

    def journalled(self) -> dict[str, Outcome]:
        """The acknowledged runs."""
        runs = [run for result in journal.read(self.journal) for run in result.runs]
        outcomes = {run.run_id: (run.test_accuracy, len(run.curve)) for run in runs}
        assert len(runs) == len(outcomes), "a run is in the journal twice"
        return outcomes

    def collected(self) -> dict[str, Outcome]:
        """The runs in the study."""
        if not self.study.exists():
            return {}
        with duckdb.connect(str(self.study), read_only=True) as database:
            rows = database.execute(
                "SELECT run_id, test_accuracy, "
                "(SELECT count(*) FROM epoch WHERE epoch.run_id = run.run_id) FROM run"
            ).fetchall()
        outcomes = {run_id: (accuracy, points) for run_id, accuracy, points in rows}
        assert len(rows) == len(outcomes), "a run is in the study twice"
        return outcomes


def tiny_sweep(folder: Path) -> Sweep:
    """A sweep of networks that train in no time, on noise."""
    sweep = Sweep(folder)
    sweep.space.write_text(SPACE)
    images = np.random.default_rng(0).integers(256, size=(100, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(100) % 2
    np.savez(folder / "noise.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    assert sweep.start(1, "--dry-run").wait() == 0, sweep.log  # compiles all there is to import
    return sweep


def workers(process: int) -> list[int]:
    """Process ids of the sweep's workers, which are not all of its children."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [
            int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()
        ]
    except OSError:
        return []


def kill(sweep: Sweep, blocks: int, aim: str) -> tuple[str, str]:
    """Go on with a sweep and kill one of its processes; returns which, and what it was doing."""
    left = sweep.half_written()  # what an earlier kill left is no sign of this sweep
    process = sweep.start(blocks)
    wait_for(sweep, process, aim, left)
    children = workers(process.pid)
    victim = "worker" if children and random.random() < WORKER_SHARE else "sweep"  # noqa: S311
    target = random.choice(children) if victim == "worker" else process.pid  # noqa: S311
    assert process.poll() is None, f"the sweep ended by itself:\n{sweep.log}"
    os.kill(target, signal.SIGKILL)
    code = process.wait(timeout=60)
    # Workers without a parent end by themselves; not waiting for it saves time.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if victim == "sweep":
        assert code == -signal.SIGKILL, (code, sweep.log)
    else:
        assert code == 2, (code, sweep.log)
        assert sweep.log.splitlines()[-1].startswith(WORKER_DIED), sweep.log
    return victim, phase(sweep, left)


def wait_for(sweep: Sweep, process: subprocess.Popen[str], aim: str, left: float) -> None:
    """Wait for a random moment of what is aimed at."""
    deadline = time.monotonic() + 60
    while process.poll() is None and not begun(sweep, aim, left):
        assert time.monotonic() < deadline, f"the sweep gets nowhere:\n{sweep.log}"
        time.sleep(0.01)
    time.sleep(random.uniform(0, LONGEST[aim]))  # noqa: S311


def begun(sweep: Sweep, aim: str, left: float) -> bool:
    if aim == "training":
        return len(sweep.reported()) > 1
    return aim == "any moment" or sweep.half_written() > left


def phase(sweep: Sweep, left: float) -> str:
    """What a killed sweep was doing, by what it left behind."""
    if sweep.half_written() > left:
        return "writing the study"
    said = len(sweep.reported())
    return ("starting", "waiting for its workers")[said] if said < 2 else "training"


def check(
    sweep: Sweep, victim: str, acknowledged: bytes, collected: dict[str, Outcome]
) -> dict[str, Outcome]:
    """Check what a kill left behind against what was there before; returns the study's runs."""
    assert sweep.acknowledged().startswith(acknowledged), "the journal lost a block"
    journalled, now = sweep.journalled(), sweep.collected()
    assert len(journalled) >= max(sweep.reported(), default=0), "a reported block is lost"
    assert collected.items() <= now.items() <= journalled.items(), "the study lost a run"
    if victim == "worker":  # the sweep itself ended in good order
        assert now == journalled, "a run was not collected"
    return now


def main(times: int) -> None:
    """Kill a sweep so many times, then let it finish."""
    started = time.monotonic()
    victims: Counter[str] = Counter()
    phases: Counter[str] = Counter()
    if hasattr(os, "sched_setaffinity"):  # more workers would run out of plan
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as name:
        sweep = tiny_sweep(Path(name))
        acknowledged, collected = b"", dict[str, Outcome]()
        for number in range(times):
            finished = acknowledged.count(b"\n")
            blocks = (finished // AHEAD + 2) * AHEAD
            victim, doing = kill(sweep, blocks, AIMS[number % len(AIMS)])
            collected = check(sweep, victim, acknowledged, collected)
            acknowledged = sweep.acknowledged()
            victims[victim] += 1
            phases[doing] += 1
        finished = acknowledged.count(b"\n")
        seconds = time.monotonic() - started
        print(f"{times} kills of a running sweep in {seconds:.0f} s: {listed(victims)}")
        print(f"what the sweep was doing: {listed(phases)}")
        print(f"{finished} blocks were finished meanwhile; none lost, none twice")
        complete(sweep, finished + AHEAD // 10)
        runs = len(sweep.collected())
        print(f"continued to its end, the study holds each of {runs:,} planned runs once")


def complete(sweep: Sweep, blocks: int) -> None:
    """Let the sweep finish with so many blocks, and look for each planned run."""
    before = sweep.journalled()
    assert sweep.start(blocks).wait() == 0, sweep.log
    after = sweep.collected()
    assert before.items() <= after.items() == sweep.journalled().items()
    assert sorted(after) == sorted(r.run_id for block in sweep.plan(blocks) for r in block.runs)
    assert not sweep.half_written()


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

"""A small space, its plan and made-up results, for the tests of what is done with them."""

import os
import resource
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np

from train import store
from train.datasets import Dataset, load
from train.plan import Settings, make_plan
from train.recipe import Recipe
from train.records import Block, BlockResult, EpochResult, PlannedRun, RunResult
from train.space import Parameter, Space
from train.store import Provenance

BATCH_SIZE = Parameter(
    name="batch_size",
    label="Batch size",
    kind="ordinal",
    scale="linear",
    values=(32, 64),
    value_labels=("32", "64"),
    bounds=None,
    default=64,
    description="Images in a mini-batch.",
)
OPTIMIZER = Parameter(
    name="optimizer",
    label="Optimizer",
    kind="categorical",
    scale="linear",
    values=("adam", "momentum_sgd"),
    value_labels=("Adam", "momentum SGD"),
    bounds=None,
    default=None,
    description="How gradients become steps.",
)
LEARNING_RATE = Parameter(
    name="learning_rate",
    label="Learning rate",
    kind="numeric",
    scale="log",
    values=(),
    value_labels=(),
    bounds=(1e-4, 1e-2),
    default=1e-3,
    description="Step size.",
)
SPACE = Space(
    name="small",
    title="Small networks",
    description="Three hyper-parameters.",
    parameters=(BATCH_SIZE, OPTIMIZER, LEARNING_RATE),
    base=Recipe(),
)
PROVENANCE = Provenance(
    space="small",
    datasets={"shapes": "c0ffee"},
    train_sizes={"shapes": 90},
    epochs=2,
    seed=0,
    trainings=20,
    design="independent",
    replicates=0.0,
    device="a processor",
    versions={"hyperatlas": "0.1.0"},
    started_at="2026-02-03T04:05:06",
    operations_per_image=1000,
    peak_operations_per_second=1e9,
)


def shapes(checksum: str = "c0ffee") -> Dataset:
    """A data set of 100 + 20 black images in two classes."""
    return Dataset(
        name="shapes",
        label="Shapes",
        classes=2,
        x_train=np.zeros((100, 32, 32, 3), np.uint8),
        y_train=np.arange(100) % 2,
        x_test=np.zeros((20, 32, 32, 3), np.uint8),
        y_test=np.arange(20) % 2,
        source="Nowhere.",
        checksum=checksum,
    )


def plan(trainings: int = 20) -> list[Block]:
    """Blocks of 16 on the shapes, the last with what is left; two epochs each."""
    return make_plan(SPACE, Settings(trainings, {"shapes": 90}, epochs=2, seed=0))


def finished(block: Block, diverged: Collection[int] = ()) -> BlockResult:
    """The results of a block whose k-th run is right k times in 100, or diverges in epoch 2."""
    return BlockResult(
        block_id=block.block_id,
        dataset=block.dataset,
        device="a processor",
        code_version="0.1.0",
        started_at="2026-02-03T04:05:06",
        seconds=8.0,
        runs=tuple(
            _diverged(run) if k in diverged else _completed(run, k / 100)
            for k, run in enumerate(block.runs)
        ),
    )


def _completed(run: PlannedRun, accuracy: float) -> RunResult:
    return RunResult(
        run_id=run.run_id,
        config_id=run.config_id,
        seed=run.seed,
        recipe=run.recipe,
        status="completed",
        test_accuracy=accuracy,
        validation_accuracy=accuracy + 0.01,
        train_accuracy=accuracy + 0.02,
        train_loss=0.25,
        curve=(EpochResult(1, 0.5, 0.125, 0.0625), EpochResult(2, 0.25, accuracy + 0.01, accuracy)),
    )


def _diverged(run: PlannedRun) -> RunResult:
    return RunResult(
        run_id=run.run_id,
        config_id=run.config_id,
        seed=run.seed,
        recipe=run.recipe,
        status="diverged",
        test_accuracy=None,
        validation_accuracy=None,
        train_accuracy=None,
        train_loss=None,
        curve=(EpochResult(1, 30.0, 0.125, 0.0625),),
    )


def prepare(path: Path, **changes: object) -> None:
    """Create the study, or add to it."""
    arguments = {
        "space": SPACE,
        "datasets": [shapes()],
        "provenance": PROVENANCE,
        **changes,
    }
    store.prepare(path, **arguments)  # type: ignore[arg-type]


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a query finds in a study file."""
    with duckdb.connect(str(path), read_only=True) as database:
        return database.execute(query).fetchall()


def change(path: Path, statement: str) -> None:
    """Run a statement on a study file."""
    with duckdb.connect(str(path)) as database:
        database.execute(statement)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def most_cores(count: int) -> Iterator[None]:
    """What is started meanwhile has so many cores at most, and as many workers."""
    if not hasattr(os, "sched_setaffinity"):  # macOS
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(cores)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def save_digits(folder: Path) -> None:
    """Write scikit-learn's digits as a file, so that no worker has to import scikit-learn."""
    digits = load("digits", folder)
    np.savez(
        folder / "digits.npz",
        x_train=digits.x_train,
        y_train=digits.y_train,
        x_test=digits.x_test,
        y_test=digits.y_test,
    )


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what a sweep in another process does."""
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline, "the sweep gets nowhere"
        time.sleep(0.02)

"""Blocks are trained in processes of their own, and what goes wrong there is one sentence."""

import multiprocessing
import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import pytest
import torch

from train.local import Local, WorkerError, explained_death, undisturbed
from train.plan import Settings, make_plan
from train.records import Block
from train.space import load_space
from train.speed import is_remembered
from train.sweep import TrainingError


def plan(**train_sizes: int) -> list[Block]:
    settings = Settings(2 * len(train_sizes), train_sizes, epochs=1, seed=0)
    return make_plan(load_space("seed"), settings)


def test_a_block_that_cannot_be_trained_is_named_and_does_not_keep_the_others(
    tmp_path: Path,
) -> None:
    blocks = plan(gone=512, digits=256, missing=512)
    results = Local("cpu", tmp_path).run(blocks)
    assert next(results).dataset == "digits"
    with pytest.raises(TrainingError, match=r", and 1 more failed$") as caught:
        next(results)
    # Which of the two fails first is up to the workers.
    sentences = tuple(
        f"block {block.block_id} on {block.dataset} could not be trained: "
        f"There is no data set '{block.dataset}'"
        for block in blocks
        if block.dataset != "digits"
    )
    assert str(caught.value).startswith(sentences)


def test_ctrl_c_reaches_no_worker_not_even_one_that_starts(tmp_path: Path) -> None:
    others = {*multiprocessing.active_children()}
    interrupted = set[int]()
    trained = Event()

    def press_ctrl_c() -> None:
        while not trained.wait(0.02):
            for worker in {*multiprocessing.active_children()} - others:
                os.kill(worker.pid or 0, signal.SIGINT)
                interrupted.add(worker.pid or 0)

    # Whoever started the tests in the background may have them ignore it.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    pressing = Thread(target=press_ctrl_c)
    pressing.start()
    try:
        (result,) = Local("cpu", tmp_path).run(plan(digits=256))
    finally:
        trained.set()
        pressing.join()
        signal.signal(signal.SIGINT, handler)
    assert result.dataset == "digits"
    assert interrupted


def test_ctrl_c_while_workers_start_leaves_it_as_it_was() -> None:
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for _ in range(100):
            with suppress(KeyboardInterrupt):
                Timer(0.001, os.kill, (os.getpid(), signal.SIGINT)).start()
                while True:
                    undisturbed(int)
            assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize(
    "error",
    [
        OSError("handle is closed"),
        TypeError("NoneType"),
        OSError(9),
        ValueError("bad value(s) in fds_to_keep"),
    ],
)
def test_a_pool_that_closes_while_a_block_is_handed_over_is_a_dead_worker(error: Exception) -> None:
    with pytest.raises(WorkerError, match="a worker process died"), explained_death(BrokenPool()):
        raise error


def test_an_error_of_a_pool_that_lives_stays_what_it_is() -> None:
    with pytest.raises(OSError, match="no image"), explained_death(LivingPool()):
        raise OSError("no image")


class BrokenPool(ProcessPoolExecutor):
    """One whose workers are gone."""

    def submit(self, *_: object) -> Future[Any]:  # type: ignore[override]
        raise BrokenProcessPool


class LivingPool(ProcessPoolExecutor):
    """One that takes tasks, and starts no process for them."""

    def submit(self, *_: object) -> Future[Any]:  # type: ignore[override]
        return Future()


def test_speeds_are_measured_in_a_process_of_its_own_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    computer = Local("cpu", tmp_path)
    (measured,) = computer.speeds([32])
    assert measured.samples_per_second > 0
    assert is_remembered(torch.device("cpu"), 32)
    monkeypatch.setattr("train.local.ProcessPoolExecutor", None)  # no process can be started
    assert computer.speeds([32]) == [measured]

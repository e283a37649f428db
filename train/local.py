"""Run blocks on this machine: one process a core on a CPU, one process on a GPU."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import torch

from train.block import train_blocks
from train.datasets import load
from train.fusion import batch_sizes, fused
from train.machine import (
    code_version,
    device_label,
    keep_freed_memory,
    usable_cores,
    use_full_precision,
)
from train.peak import peak, recalled_peak
from train.records import Block, BlockResult
from train.speed import Speed, is_remembered, speeds
from train.split import Split, split
from train.sweep import EngineError, Failures

DEATH = "a worker process died (out of memory?)"
# What a pool may raise while it closes the pipes to its broken half, depending on how far it is:
# of a pipe that is closed, of a handle that is None, of a new worker that is to inherit it.
CLOSING = (OSError, TypeError, ValueError)

Result = TypeVar("Result")


class WorkerError(EngineError):
    """A worker process died."""


@contextmanager
def explained_death(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Turn the death of a worker, whenever it comes to light, into a WorkerError."""
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerError(DEATH) from error
    except CLOSING as error:
        # A block was handed to the pool in the very moment in which it gave itself up.
        if not is_broken(pool):
            raise
        raise WorkerError(DEATH) from error


def undisturbed(start: Callable[[], Result]) -> Result:
    """What `start` returns; processes that it starts never hear of Ctrl-C.

    It reaches the whole process group, and the parent alone decides what it means. A new process
    inherits what is blocked in the thread that starts it, which is one that has no other task: in
    the main thread, Ctrl-C could leave it blocked.
    """
    block = signal.pthread_sigmask
    with ThreadPoolExecutor(1, "start", block, (signal.SIG_BLOCK, {signal.SIGINT})) as thread:
        return thread.submit(start).result()


def is_broken(pool: ProcessPoolExecutor) -> bool:
    """Whether a worker of the pool has died; if none has, the pool gets a task of no weight."""
    try:
        undisturbed(lambda: pool.submit(int))
    except (BrokenProcessPool, *CLOSING):
        return True
    except RuntimeError:  # it was shut down
        return False
    return False


@dataclass(frozen=True)
class Local:
    """This machine. `device` is "cpu" or "cuda"; data sets are read from `data_dir`."""

    device: str
    data_dir: Path

    @property
    def workers(self) -> int:
        """How many processes train at the same time."""
        return 1 if self.device == "cuda" else usable_cores()

    def label(self) -> str:
        """The name of the device, to record."""
        return device_label(torch.device(self.device))

    def speeds(self, sizes: Sequence[int]) -> list[Speed]:
        """How each batch size is trained fastest; takes some seconds for each new one.

        Raises:
            WorkerError: if the process that measures was killed, or nothing can be trained here.
        """
        if all(is_remembered(torch.device(self.device), size) for size in sizes):
            return speeds(torch.device(self.device), sizes)
        try:
            with self._pool(1) as pool, explained_death(pool):
                task = undisturbed(lambda: pool.submit(speeds, torch.device(self.device), sizes))
                return task.result()
        except WorkerError:
            raise
        except (RuntimeError, OSError) as error:
            raise WorkerError(f"nothing can be trained here: {error}") from error

    def peak(self) -> float | None:
        """Floating-point operations a second that the device can do at most; see peak.py.

        Raises:
            WorkerError: if the process that measures was killed.
        """
        device = torch.device(self.device)
        known = recalled_peak(device)
        if known is None:
            with self._pool(1) as pool, explained_death(pool):
                known = undisturbed(lambda: pool.submit(peak, device)).result()
        return known

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult, None, None]:
        """Train all blocks; yields each result as soon as it is there, in any order.

        Closing the iterator (or an exception, Ctrl-C included) stops the workers at once.

        Raises:
            WorkerError: if a worker was killed.
            TrainingError: at the end, if blocks could not be trained.
        """
        measured = {speed.batch_size: speed for speed in self.speeds(batch_sizes(blocks))}
        groups = fused(blocks, {size: speed.models for size, speed in measured.items()})
        failures = Failures()
        with self._pool(min(self.workers, len(groups))) as pool:
            futures = undisturbed(lambda: self._submit(pool, groups, measured))
            for future in as_completed(futures):
                try:
                    with explained_death(pool):
                        results = future.result()
                except WorkerError:
                    raise
                except Exception as error:  # noqa: BLE001 - the other blocks go on
                    failures.add(futures[future], error)
                else:
                    yield from results
        failures.report()

    @contextmanager
    def _pool(self, workers: int) -> Iterator[ProcessPoolExecutor]:
        """So many worker processes, which are stopped at once in the end, whatever they do."""
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(self.workers,),
        )
        try:
            yield pool
        finally:
            with suppress(OSError):  # a broken pool may have closed what it is told by
                pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()

    def _submit(
        self,
        pool: ProcessPoolExecutor,
        groups: Sequence[tuple[Block, ...]],
        measured: dict[int, Speed],
    ) -> dict[Future[list[BlockResult]], tuple[Block, ...]]:
        with explained_death(pool):  # a worker can die before the last block is handed out
            return {
                pool.submit(_train, group, measured[size], self.device, self.data_dir): group
                for group in groups
                for size in batch_sizes(group)
            }


def _start_worker(workers: int) -> None:
    code_version()  # of what is imported now: a checkout may move on while blocks train
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()
    use_full_precision()
    torch.set_num_threads(max(1, usable_cores() // workers))


def _end_with_parent() -> None:
    """Workers of a parent that was killed would train on, then wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _train(
    blocks: tuple[Block, ...], speed: Speed, device: str, data_dir: Path
) -> list[BlockResult]:
    parts = _split(blocks[0].dataset, blocks[0].train_size, device, data_dir)
    return train_blocks(blocks, parts, speed.models, speed.formulation)


@lru_cache(maxsize=16)  # the data sets take turns: each is loaded once a worker
def _split(dataset: str, train_size: int, device: str, data_dir: Path) -> Split:
    return split(load(dataset, data_dir), train_size, torch.device(device))

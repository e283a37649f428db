"""Run blocks on this machine: one process a core on a CPU, one process on a GPU."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from train.block import train_block
from train.datasets import load
from train.machine import keep_freed_memory, usable_cores
from train.records import Block, BlockResult
from train.split import Split, split

WORKER_DIED = "a worker process died (out of memory?)"


class WorkerError(RuntimeError):
    """A worker process died, or could not train its block."""


@dataclass(frozen=True)
class Local:
    """This machine. `device` is "cpu" or "cuda"; data sets are read from `data_dir`."""

    device: str
    data_dir: Path

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult, None, None]:
        """Train all blocks; yields each result as soon as it is there, in any order.

        Closing the iterator (or an exception, Ctrl-C included) stops the workers at once.

        Raises:
            WorkerError: if a worker was killed, or a block could not be trained.
        """
        workers = 1 if self.device == "cuda" else min(usable_cores(), len(blocks))
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(workers,),
        )
        try:
            futures = self._submit(pool, blocks)
            for future in as_completed(futures):
                yield _result(future, futures[future])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()

    def _submit(
        self, pool: ProcessPoolExecutor, blocks: Sequence[Block]
    ) -> dict[Future[BlockResult], Block]:
        try:
            return {
                pool.submit(_train, block, self.device, self.data_dir): block for block in blocks
            }
        except BrokenProcessPool as error:  # a worker can die before the last block is handed out
            raise WorkerError(WORKER_DIED) from error


def _result(future: Future[BlockResult], block: Block) -> BlockResult:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerError(WORKER_DIED) from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise WorkerError(
            f"block {block.block_id} on {block.dataset} could not be trained: {reason}"
        ) from error


def _start_worker(workers: int) -> None:
    # Ctrl-C reaches the whole process group; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()
    torch.set_num_threads(max(1, usable_cores() // workers))


def _end_with_parent() -> None:
    """Workers of a parent that was killed would train on, then wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _train(block: Block, device: str, data_dir: Path) -> BlockResult:
    return train_block(block, _split(block.dataset, block.train_size, device, data_dir))


@lru_cache(maxsize=16)  # the data sets take turns: each is loaded once a worker
def _split(dataset: str, train_size: int, device: str, data_dir: Path) -> Split:
    return split(load(dataset, data_dir), train_size, torch.device(device))

"""A sweep from plan to study: skip what is finished, train the rest, collect, resume at will."""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from train import journal, store
from train.journal import Journal
from train.records import Block, BlockResult

COLLECT_SECONDS = 60.0  # how far the study may lag behind its journal while a sweep runs


class EngineError(RuntimeError):
    """What trains the blocks cannot be used, or broke down; another try may go better."""


class TrainingError(RuntimeError):
    """Blocks could not be trained; all others were."""


class Engine(Protocol):
    """Where blocks are trained."""

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult, None, None]:
        """Yield each block's result as soon as it is there, in any order.

        What keeps one block from being trained does not keep the others.

        Raises:
            EngineError: if nothing can be trained any more.
            TrainingError: at the end, if blocks could not be trained.
        """


class Failures:
    """The blocks that could not be trained, for one sentence at the end of a sweep."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._first: Exception | None = None

    def add(self, blocks: Sequence[Block], error: Exception) -> None:
        """Note that `blocks` failed together."""
        self._blocks.extend(blocks)
        self._first = self._first or error

    def report(self) -> None:
        """Do nothing if all went well.

        Raises:
            TrainingError: names the first block that failed, and why.
        """
        if self._first is None:
            return
        first, others = self._blocks[0], len(self._blocks) - 1
        reason = " ".join(str(self._first).split()) or type(self._first).__name__
        more = f", and {others:,} more failed" if others else ""
        raise TrainingError(
            f"block {first.block_id} on {first.dataset} could not be trained: {reason}{more}"
        ) from self._first


@dataclass(frozen=True)
class Progress:
    """How far a sweep has come; `seconds` counts this call alone."""

    finished: int
    trained_now: int
    total: int
    seconds: float

    @property
    def models_per_hour(self) -> float | None:
        """Trainings finished an hour in this call; None before the first."""
        return self.trained_now / self.seconds * 3600 if self.trained_now else None

    @property
    def seconds_left(self) -> float | None:
        """Until the sweep is finished, at the speed so far; None before the first block."""
        rate = self.models_per_hour
        return (self.total - self.finished) / rate * 3600 if rate else None


def run(
    plan: Sequence[Block], engine: Engine, study: Path, opened: Journal
) -> Generator[Progress, None, None]:
    """Train what is left of `plan` into a prepared `study`; yields after each finished block.

    A block counts as finished once its line is in `opened`, the journal of the study. Closing the
    iterator, Ctrl-C or a crash lose only blocks under way; calling again goes on with the rest.

    Raises:
        JournalError: if the journal cannot be written.
        StoreError: if the study cannot be written.
    """
    collect(study)
    finished = store.finished_blocks(study)
    left = [block for block in plan if block.block_id not in finished]
    try:
        yield from _train(plan, left, engine, study, opened)
    finally:
        collect(study)


def collect(study: Path) -> None:
    """Bring into the study what the journal alone holds."""
    held = store.finished_blocks(study)
    read = journal.read(journal.journal_path(study))
    results = [result for result in read if result.block_id not in held]
    if results:
        store.collect(study, results)


def waiting_runs(study: Path) -> int:
    """How many finished runs are in the journal but not in the study yet."""
    blocks = {r.block_id: len(r.runs) for r in journal.read(journal.journal_path(study))}
    for block_id in store.finished_blocks(study):
        blocks.pop(block_id, None)
    return sum(blocks.values())


def _train(
    plan: Sequence[Block], left: Sequence[Block], engine: Engine, study: Path, opened: Journal
) -> Generator[Progress, None, None]:
    total = sum(len(block.runs) for block in plan)
    before = total - sum(len(block.runs) for block in left)
    trained, started = 0, time.monotonic()
    yield Progress(before, 0, total, 0.0)
    if not left:
        return
    collected = started
    for result in engine.run(left):
        opened.append(result)
        trained += len(result.runs)
        now = time.monotonic()
        if now - collected > COLLECT_SECONDS:
            collect(study)
            collected = now
        yield Progress(before + trained, trained, total, now - started)

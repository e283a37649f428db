"""The journal of a sweep: one line of JSON a finished block, on disk before it counts as done.

Workers never open the study. What the journal holds is acknowledged; the collector (store.py)
brings it into the study whenever it likes, and doing so twice changes nothing.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from train.recipe import Recipe
from train.records import BlockResult, EpochResult, RunResult


class JournalError(RuntimeError):
    """The journal cannot be written, or another sweep is writing it."""


class Journal:
    """An open journal that only this process appends to."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path

    def append(self, result: BlockResult) -> None:
        """Acknowledge a block: when this returns, its results are on disk.

        Raises:
            JournalError: if they could not be written; what was acknowledged before stays.
        """
        end = self._file.seek(0, os.SEEK_END)
        left = memoryview(json.dumps(asdict(result), separators=(",", ":")).encode() + b"\n")
        try:
            while left:  # a disk that is nearly full takes a part of the line without complaint
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):  # a piece that stays is cut off when the journal is next opened
                self._file.truncate(end)
            raise JournalError(f"cannot write {self._path}: {error.strerror}") from error


def journal_path(study: Path) -> Path:
    """Where the journal of a study file lies."""
    return study.with_name(study.name + ".journal")


def read(path: Path) -> Iterator[BlockResult]:
    """The acknowledged blocks, in order; none if there is no journal.

    A last line without its line end was torn by a crash before it was acknowledged: it is left out.

    Raises:
        JournalError: if another line is no finished block, or the journal cannot be read.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield _parsed(line, f"line {number} of {path}")


@contextmanager
def open_journal(study: Path) -> Iterator[Journal]:
    """Open the journal of `study` for appending, and keep every other sweep out meanwhile.

    A torn last line is cut off.

    Raises:
        JournalError: if another sweep has it open, or it cannot be written here.
    """
    path = journal_path(study)
    try:
        file = path.open("ab+", buffering=0)
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(
                f"another sweep is writing {study}; wait for it, or stop it"
            ) from None
        _cut_torn_line(file)
        yield Journal(file, path)


def _cut_torn_line(file: Any) -> None:  # noqa: ANN401 - an unbuffered binary file
    file.seek(0)
    content = file.read()
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)


def _parsed(line: bytes, where: str) -> BlockResult:
    record = None
    try:
        record = json.loads(line)
        return _block_result(dict(record))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(record, dict) and "code_version" in record:
            raise JournalError(
                f"{where} was written by Hyperatlas {record['code_version']}, "
                "which records other things than this version; use that one"
            ) from error
        raise JournalError(
            f"{where} is no finished block; delete it, and its block is trained again"
        ) from error


def _block_result(record: dict[str, Any]) -> BlockResult:
    runs = tuple(_run_result(run) for run in record.pop("runs"))
    return BlockResult(**record, runs=runs)


def _run_result(record: dict[str, Any]) -> RunResult:
    recipe = Recipe(**record.pop("recipe"))
    curve = tuple(EpochResult(**point) for point in record.pop("curve"))
    return RunResult(**record, recipe=recipe, curve=curve)

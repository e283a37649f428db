"""Ctrl-C during queries is Ctrl-C, and leaves the study as it was."""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Timer

import duckdb
import examples
import pytest

from train.database import next_version, reading

BRIEF = "SELECT sum(hash(range)) FROM range(10_000_000)"  # a longer one may not be broken off


@pytest.mark.parametrize("opened", [reading, next_version])
def test_ctrl_c_during_a_query_is_ctrl_c(
    tmp_path: Path, opened: Callable[[Path], AbstractContextManager[duckdb.DuckDBPyConnection]]
) -> None:
    study = tmp_path / "small.duckdb"
    examples.prepare(study)
    before = study.read_bytes()
    # Whoever started the tests in the background may have them ignore it.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), opened(study) as database:
            _interrupted(database)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert study.read_bytes() == before
    assert list(tmp_path.iterdir()) == [study]


def _interrupted(database: duckdb.DuckDBPyConnection) -> None:
    Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    for _ in range(1000):
        database.execute(BRIEF)

"""Time and memory of importing a table of runs, and of building its site, at growing sizes.

    python tests/benchmarks/importing.py [RUNS ...]

The table is a CSV file of nine hyper-parameters on five data sets, of which no two runs are alike.
Each command is a process of its own; memory is the most that it held at once. Growth is how many
times as much processor time, which other programs take nothing of, a table takes as the one before
it: for ten times the rows 10 if it grows in proportion, less while the start still counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from measurement import Measurement, report, summary

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).parent / "studies" / "sweep.sql"
SIZES = (10_000, 100_000, 1_000_000)
MEGABYTE = 1024  # kilobytes, which wait4 counts in on Linux


@dataclass(frozen=True)
class Took:
    """What a command took: seconds by the clock and of the processor, and megabytes of memory."""

    seconds: float
    processor: float
    megabytes: float


def measure(sizes: Sequence[int], folder: Path) -> Iterator[Measurement]:
    """Import, then build, at each size; the growth from the size before."""
    before: dict[str, tuple[int, Took]] = {}
    for count in sizes:
        table, study = folder / f"{count}.csv", folder / f"{count}.duckdb"
        _write(table, count)
        site = ["--study", study, "--out", folder / f"{count}.site"]
        for what, arguments in (("import", ["import", table, "--out", study]), ("build", site)):
            took = _run([str(argument) for argument in arguments])
            yield summary(f"{what}: {count:,} runs", "s", [took.seconds])
            yield summary(f"{what}: {count:,} runs, of the processor", "s", [took.processor])
            yield summary(f"{what}: {count:,} runs, memory", "MB", [took.megabytes])
            if what in before:
                fewer, less = before[what]
                growth = took.processor / less.processor
                name = f"{what}: growth from {fewer:,} to {count:,} runs"
                yield summary(name, "ratio", [growth], f"{count / fewer:g}, in proportion")
            before[what] = count, took


def _write(table: Path, count: int) -> None:
    with duckdb.connect() as database:
        database.execute("SET VARIABLE count = $1", [count])
        database.execute(TABLE.read_text(encoding="utf-8").replace("TARGET", str(table)))


def _run(arguments: list[str]) -> Took:
    command = [sys.executable, "-m", "build_site", *arguments]
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    processor = usage.ru_utime + usage.ru_stime
    return Took(time.perf_counter() - start, processor, usage.ru_maxrss / MEGABYTE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [int(count) for count in sys.argv[1:]] or SIZES
        report(measure(sizes, Path(scratch)))

"""What a site offers to take away, and what it says it was built from."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
from studies import Run

from build_site.downloads import write_downloads
from build_site.provenance import ROOT, is_recorded, provenance
from build_site.study import open_study

WriteStudy = Callable[..., Path]
RUNS = [Run("easy", 0.9), Run("easy", 0.7, "rmsprop"), Run("hard", 0.4)]


def test_the_files_hold_the_tables_of_the_study(write_study: WriteStudy, tmp_path: Path) -> None:
    study = write_study(*RUNS)
    files = write_downloads(open_study(study), tmp_path / "files")
    assert [file.name for file in files] == [
        "study.parquet",
        "parameter.parquet",
        "dataset.parquet",
        "run.parquet",
        "epoch.parquet",
    ]
    run = tmp_path / "files" / "run.parquet"
    written = duckdb.sql(f"FROM '{run}'").fetchall()
    with duckdb.connect(str(study), read_only=True) as database:
        assert written == database.execute("FROM run ORDER BY run_id").fetchall()
    listed = next(file for file in files if file.name == "run.parquet")
    assert (listed.rows, listed.size) == (3, run.stat().st_size)
    assert listed.checksum == hashlib.sha256(run.read_bytes()).hexdigest()


def test_a_site_offers_files_that_are_a_study_again(small: Path) -> None:
    site = small / "site"
    assert open_study(site / "downloads" / "tiny").name == "tiny"
    assert 'href="downloads/tiny/run.parquet"' in (site / "data.html").read_text(encoding="utf-8")


def test_a_site_remembers_what_it_was_built_from(small: Path, tmp_path: Path) -> None:
    study = Path(shutil.copy(small / "tiny.duckdb", tmp_path))
    assert is_recorded(small / "site", provenance([study]))
    with duckdb.connect(str(study)) as database:
        database.execute("UPDATE run SET test_accuracy = 0.1 WHERE dataset = 'hard'")
    assert not is_recorded(small / "site", provenance([study]))


# Builds a site as it would be built on another day.
ANOTHER_DAY = """
import datetime, runpy, time
import mkdocs.utils

class LaterDay(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

mkdocs.utils.datetime = LaterDay
time.time = lambda: LaterDay.now(datetime.UTC).timestamp()
runpy.run_module("build_site", run_name="__main__", alter_sys=True)
"""


def test_the_same_study_gives_the_same_site_to_the_byte(small: Path, tmp_path: Path) -> None:
    study, elsewhere = small / "tiny.duckdb", tmp_path / "somewhere" / "else"
    subprocess.run(
        [sys.executable, "-c", ANOTHER_DAY, "--study", str(study), "--out", str(elsewhere)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4", "TZ": "Asia/Tokyo"},
    )
    sites = [
        {
            file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in out.rglob("*")
            if file.is_file()
        }
        for out in (small / "site", elsewhere)
    ]
    assert sites[0] == sites[1]

"""What is published is the old site or the new one, whatever happens."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from studies import Run

from build_site import publishing
from build_site.commands import command
from build_site.exchange import exchange
from build_site.provenance import ROOT
from build_site.publishing import (
    BusyError,
    SiteError,
    built_files,
    check_replaceable,
    is_whole,
    workshop,
    write_manifest,
)

WriteStudy = Callable[..., Path]
MEGABYTE = 2**20


def site(folder: Path, text: str) -> Path:
    """A site of one page, as a build would leave it."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    write_manifest(folder)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What does not fit is as unwritable as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_folders_trade_places(tmp_path: Path) -> None:
    one, other = site(tmp_path / "one", "1"), site(tmp_path / "other", "2")
    if not exchange(one, other):
        pytest.skip("this system exchanges nothing")
    assert (one / "index.html").read_text(encoding="utf-8") == "2"
    assert (other / "index.html").read_text(encoding="utf-8") == "1"
    with pytest.raises(FileNotFoundError):
        exchange(one, tmp_path / "missing")


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_publication_killed_before_any_of_its_steps(tmp_path: Path, how: str) -> None:
    if how == "exchange" and not exchange(site(tmp_path / "a", ""), site(tmp_path / "b", "")):
        pytest.skip("this system exchanges nothing")
    folder = tmp_path / "www"
    folder.mkdir()
    driver = Path(__file__).parent / "killed_publishing.py"
    done = subprocess.run(
        [sys.executable, driver, folder, how],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kills, old, new = map(int, done.stdout.split())
    assert kills == old + new
    assert min(old, new) > 3


def test_one_process_builds_at_a_time(tmp_path: Path) -> None:
    with workshop(tmp_path / "site"), pytest.raises(BusyError), workshop(tmp_path / "site"):
        pass
    with workshop(tmp_path / "site"), workshop(tmp_path / "another"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_site_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = site(tmp_path / "site", "old")
    monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    with workshop(out) as place, pytest.raises(FileNotFoundError):
        place.publish(place.scratch / "never built")
    assert (out / "index.html").read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("size", [100, MEGABYTE], ids=["the first file", "BokehJS"])
def test_disk_that_gets_full_leaves_the_old_site(
    write_study: WriteStudy, tmp_path: Path, size: int
) -> None:
    study, out = write_study(Run("easy", 0.9), Run("easy", 0.7)), site(tmp_path / "site", "old")
    before = content(out)
    with no_file_larger_than(size):
        result = CliRunner().invoke(command, ["--study", str(study), "--out", str(out)])
    assert (result.exit_code, result.output) == (2, f"Error: cannot write {out}: File too large\n")
    assert content(out) == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"site", study.name}


def test_file_system_that_gets_full_leaves_the_old_site(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    study, disk = write_study(Run("easy", 0.9), Run("easy", 0.7)), tmp_path / "disk"
    disk.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", f"size={4 * MEGABYTE}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        out = site(disk / "site", "old")
        result = CliRunner().invoke(command, ["--study", str(study), "--out", str(out)])
        assert result.exit_code == 2, result.output
        assert result.output == f"Error: cannot write {out}: No space left on device\n"
        assert (out / "index.html").read_text(encoding="utf-8") == "old"
        assert [entry.name for entry in disk.iterdir()] == ["site"]
    finally:
        subprocess.run(["/bin/umount", str(disk)], check=True)


@pytest.mark.parametrize("way", ["notes.txt", "assets/notes.txt", "assets/more/notes.txt"])
def test_a_file_that_no_build_wrote_is_never_replaced(tmp_path: Path, way: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "style.css").write_text("", encoding="utf-8")
    (tmp_path / "assets" / ".DS_Store").write_text("", encoding="utf-8")
    write_manifest(tmp_path)
    check_replaceable(tmp_path)
    (tmp_path / way).parent.mkdir(exist_ok=True)
    (tmp_path / way).write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match="which no build wrote"):
        check_replaceable(tmp_path)


def test_a_list_of_files_without_checksums_still_says_which_were_built(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("", encoding="utf-8")
    (tmp_path / "built-files.txt").write_text("built-files.txt\nindex.html\n", encoding="utf-8")
    check_replaceable(tmp_path)
    assert not is_whole(tmp_path)


def test_a_list_of_files_cannot_name_what_lies_outside_the_site(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("", encoding="utf-8")
    out = site(tmp_path / "site", "")
    with (out / "built-files.txt").open("a", encoding="utf-8") as manifest:
        manifest.write(f"{'0' * 64}  ../secret\n{'0' * 64}  {tmp_path / 'secret'}\n")
    assert built_files(out) == [out / "built-files.txt", out / "index.html"]

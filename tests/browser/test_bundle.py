"""The site in one file: the same bytes for the same site, and at home on any stick."""

import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from click.testing import CliRunner
from playwright.sync_api import expect
from watching import Watched

from build_site.__main__ import command
from build_site.findings import Findings
from build_site.publishing import write_manifest

pytestmark = pytest.mark.browser


def bundled(site: Path, out: Path) -> Path:
    result = CliRunner().invoke(command, ["bundle", str(site), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return Path(result.output.strip())


def test_a_bundle_opens_from_any_folder_and_can_be_searched(
    site: Path, watched: Watched, tmp_path: Path
) -> None:
    file = bundled(site, tmp_path)
    stick = tmp_path / "Übung, größer & 100 % [neu] #1"
    with ZipFile(file) as archive:
        archive.extractall(stick)
    (top,) = stick.iterdir()
    assert top.name == file.stem
    page = watched.open((top / "index.html").as_uri())
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.locator("#overview-plot canvas").first).to_be_visible()
    page.get_by_placeholder("Search").click()
    page.keyboard.type("functional ANOVA")
    page.locator(".md-search-result__link").first.click()
    expect(page.locator("article")).to_contain_text("functional ANOVA", ignore_case=True)


def test_a_bundle_holds_the_site_and_nothing_of_the_day_it_was_made(
    site: Path, findings: Findings, tmp_path: Path
) -> None:
    first = bundled(site, tmp_path / "first")
    copy = shutil.copytree(site, tmp_path / "copy")
    (copy / ".DS_Store").write_bytes(b"litter")
    (copy / "assets" / "diary.txt").write_bytes(b"not ours")
    for path in copy.rglob("*"):
        os.utime(path, (0, 0))
    second = bundled(copy, tmp_path / "second")
    day = findings.study.created[:10]
    assert first.name == second.name == f"hyperatlas-{version('hyperatlas')}-{day}.zip"
    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as archive:
        packed = {
            entry.filename.partition("/")[2]: hashlib.sha256(archive.read(entry)).digest()
            for entry in archive.infolist()
        }
    files = {path for path in site.rglob("*") if path.is_file()}
    assert packed == {
        file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).digest()
        for file in files
    }


def test_a_folder_that_is_no_site_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["bundle", str(tmp_path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "is no built site; build one first" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("created", "day"),
    [("infinity", "2107-12-31"), ("2200-06-01", "2107-12-31"), ("1912-06-23", "1980-01-01")],
)
def test_a_day_that_no_archive_can_tell_is_the_nearest_that_it_can(
    tmp_path: Path, created: str, day: str
) -> None:
    site = tmp_path / "created=2026-01-01" / "site [new]"
    files = site / "downloads" / "tiny"
    files.mkdir(parents=True)
    for name in ("index.html", "built-from.json"):
        (site / name).touch()
    file = files / "study.parquet"
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT '{created}'::TIMESTAMP AS created) TO '{file}'")
    write_manifest(site)
    assert bundled(site, tmp_path).stem.endswith(f"-{day}")


def test_a_site_that_lost_a_page_is_not_packed(site: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(site, tmp_path / "copy")
    (copy / "runs.html").unlink()
    result = CliRunner().invoke(command, ["bundle", str(copy), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "is not as it was built; build it again" in result.output
    assert not (tmp_path / "out").exists()

"""Pages that were rendered before are taken as they were, and only where they still belong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from build_site.kept_pages import RenderedPage, keep_pages, kept_pages
from build_site.pages import Rendered, render_pages
from build_site.provenance import ROOT
from build_site.section import PAGES

NAVIGATION = '[{"Home": "index.md"}]'
HOME = RenderedPage("cnn/index.html", "<p>Größe\r\n</p>", '[{"title": "Home"}]')


def test_pages_come_back_as_they_were(tmp_path: Path) -> None:
    keep_pages(tmp_path, NAVIGATION, [HOME])
    assert kept_pages(tmp_path, NAVIGATION) == (HOME,)


def test_pages_beside_which_other_pages_stood_are_not_taken(tmp_path: Path) -> None:
    keep_pages(tmp_path, NAVIGATION, [HOME])
    assert kept_pages(tmp_path, '[{"Start": "index.md"}]') == ()


@pytest.mark.parametrize(
    "damaged",
    [
        lambda _: b"",
        lambda _: b"no checksum",
        lambda _: b"\xff\n{}",
        lambda content: content[:-1],
        lambda content: content.replace("Größe".encode(), b"Stand"),
    ],
)
def test_damaged_pages_are_not_taken(tmp_path: Path, damaged: Callable[[bytes], bytes]) -> None:
    keep_pages(tmp_path, NAVIGATION, [HOME])
    file = tmp_path / PAGES
    file.write_bytes(damaged(file.read_bytes()))
    assert kept_pages(tmp_path, NAVIGATION) == ()


def test_there_are_none_at_first(tmp_path: Path) -> None:
    assert kept_pages(tmp_path, NAVIGATION) == ()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a site, of which one links to a place on another."""
    folder = tmp_path_factory.mktemp("rendering") / "sources"
    shutil.copytree(ROOT / "site_src", folder)
    (folder / "cnn").mkdir()
    (folder / "assets" / "site.css").touch()
    for name in ("data.md", "methods.md"):
        (folder / name).write_text("# Words\n", encoding="utf-8")
    (folder / "index.md").write_text("# Start\n\n[There](cnn/index.md#place)\n", encoding="utf-8")
    (folder / "cnn" / "index.md").write_text("# Study\n\n## Place\n\nFound.\n", encoding="utf-8")
    return folder


def rendered(sources: Path, out: Path, *kept: RenderedPage) -> Rendered:
    return render_pages(
        sources,
        out,
        navigation=[{"Home": "index.md"}, {"Study": [{"Home": "cnn/index.md"}]}],
        site_url="",
        kept=kept,
    )


def test_a_site_of_kept_pages_is_the_same_to_the_byte(sources: Path, tmp_path: Path) -> None:
    first = rendered(sources, tmp_path / "first")
    (page,) = first.below("cnn")
    again = rendered(sources, tmp_path / "again", page)
    assert again.pages == first.pages
    for file in (tmp_path / "first").rglob("*"):
        if file.is_file():
            other = tmp_path / "again" / file.relative_to(tmp_path / "first")
            assert other.read_bytes() == file.read_bytes(), file


def test_kept_pages_are_not_rendered(sources: Path, tmp_path: Path) -> None:
    kept = RenderedPage("cnn/index.html", "as it was", '[{"title": "what was found"}]')
    assert rendered(sources, tmp_path / "site", kept).below("cnn") == (kept,)
    assert (tmp_path / "site" / "cnn" / "index.html").read_text(encoding="utf-8") == "as it was"
    index = (tmp_path / "site" / "search" / "search_index.json").read_text(encoding="utf-8")
    assert index.count("what was found") == 1
    assert "Place" not in index

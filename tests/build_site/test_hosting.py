"""What a hosted site says about itself: titles, previews, sitemap, and what is not found."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from hosted import ADDRESS, TITLE

from build_site.__main__ import command
from build_site.address import site_address
from build_site.hosting import write_hosting_files


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """The way from the site's folder to each page, and its text."""
    for file in sorted(site.rglob("*.html")):
        if file.name != "404.html":
            yield file.relative_to(site).as_posix(), file.read_text(encoding="utf-8")


def said(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text)
    return unescape(found)


def test_every_page_has_a_title_of_its_own_that_names_its_study(joint_site: Path) -> None:
    titles = {way: said("<title>(.*)</title>", text) for way, text in pages(joint_site)}
    assert len(set(titles.values())) == len(titles)
    assert titles["few/overview.html"] == f"Overview - {TITLE} - Hyperatlas"
    assert titles["few/index.html"] == f"{TITLE} - Hyperatlas"
    assert titles["index.html"] == "Which hyper-parameters should I choose? - Hyperatlas"


def test_every_page_has_a_description_that_a_preview_shows_too(joint_site: Path) -> None:
    for way, text in pages(joint_site):
        description = said('<meta name="description" content="([^"]*)">', text)
        assert description == said('<meta property="og:description" content="([^"]*)">', text), way
        assert said('<meta property="og:title" content="([^"]*)">', text), way
        assert said('<meta property="og:url" content="([^"]*)">', text) == ADDRESS + way
        picture = said('<meta property="og:image" content="([^"]*)">', text)
        assert (joint_site / picture.removeprefix(ADDRESS)).is_file()


def test_the_sitemap_lists_every_page_as_old_as_its_study(joint_site: Path) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    written = (joint_site / "sitemap.xml").read_bytes()
    root = ET.fromstring(written)  # noqa: S314 - by us
    listed = [entry.findtext(f"{space}loc", "") for entry in root]
    assert listed == sorted(ADDRESS + way for way, _ in pages(joint_site))
    assert {entry.findtext(f"{space}lastmod") for entry in root} == {"2026-01-01"}
    robots = (joint_site / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in robots.splitlines()


def test_what_is_not_found_needs_no_other_file(joint_site: Path) -> None:
    text = (joint_site / "404.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:link|img|script [^>]*src)", text) == []
    assert f'href="{ADDRESS}few/index.html"' in text
    assert "<b>bold</b>" not in text


def test_a_site_that_does_not_know_its_address_claims_none(small: Path) -> None:
    out = small / "site"
    assert not list(out.glob("sitemap*")) + list(out.glob("robots*"))
    for way, text in pages(out):
        assert not re.search('og:(url|image)|rel="canonical"', text), way


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        ("https://example.org", "https://example.org/"),
        ("http://localhost:8000/a/b", "http://localhost:8000/a/b/"),
        ("https://example.org/a%20b/", "https://example.org/a%20b/"),
    ],
)
def test_the_address_of_a_site_ends_with_a_slash(text: str, address: str) -> None:
    assert site_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("example.org", "ftp://example.org", "https://", "javascript:alert(1)"),
        *('https://example.org/"><script>', "https://example.org/a b", "https://example.org/?a"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--out", str(tmp_path / "site"), "--site-url", text])
    assert result.exit_code == 2
    assert "is no address of a site" in result.output


def test_a_study_made_on_no_day_of_the_calendar_is_of_no_age(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    write_hosting_files(
        tmp_path,
        site_name="Atlas",
        site_url=ADDRESS,
        navigation=[],
        created={"tiny": "infinity"},
    )
    listed = (tmp_path / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<url><loc>{ADDRESS}index.html</loc></url>" in listed

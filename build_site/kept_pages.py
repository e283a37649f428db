"""HTML pages of a section as they were rendered, for as long as the site around them stays."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from build_site.records import from_json, to_json
from build_site.section import PAGES


@dataclass(frozen=True)
class RenderedPage:
    """A page: its way from the site's folder, its HTML, and what a search finds on it, as JSON."""

    address: str
    html: str
    search: str


@dataclass(frozen=True)
class _Kept:
    """Pages, and the navigation that all of them show."""

    navigation: str
    pages: tuple[RenderedPage, ...]


def keep_pages(section: Path, navigation: str, pages: Sequence[RenderedPage]) -> None:
    """Write the pages of a section, which lies in that folder, and the site's navigation."""
    text = to_json(_Kept(navigation, tuple(pages)))
    (section / PAGES).write_text(f"{_checksum(text)}\n{text}", encoding="utf-8")


def kept_pages(section: Path, navigation: str) -> tuple[RenderedPage, ...]:
    """The pages of the section in that folder; none if damaged, or if the navigation is another."""
    try:
        checksum, text = (section / PAGES).read_text(encoding="utf-8").split("\n", 1)
        kept = from_json(_Kept, text) if checksum == _checksum(text) else None
    except (OSError, ValueError):
        return ()
    return kept.pages if kept and kept.navigation == navigation else ()


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""What a hosted site needs beside its pages: one for what is not found, and a sitemap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from build_site.content_policy import with_content_policy
from build_site.rendering import render

NOT_FOUND = "404.html"
NOT_FOUND_SCRIPT = Path(__file__).parent / "client" / "not_found.js"


@dataclass(frozen=True)
class Entry:
    """A link of the page for what is not found: a label as HTML, the way from the site's folder."""

    label: Markup
    address: str


@dataclass(frozen=True)
class Location:
    """A page of the sitemap: its whole address, and the day (ISO 8601) its study was made, if any.

    A study may claim to be made on no day of the calendar: "" then.
    """

    address: str
    changed: str


def write_hosting_files(
    built: Path,
    *,
    site_name: str,
    site_url: str,
    navigation: Sequence[Mapping[str, object]],
    created: Mapping[str, str],
) -> None:
    """Write 404.html into the folder `built`, and, where the address is known, its sitemap.

    They replace those of MkDocs, which hold the date of the build and links that lead to the root
    of the server.

    Args:
        built: the folder of the built site.
        site_name: what the site is called.
        site_url: its address, with a slash at the end; "" if nobody said.
        navigation: of the site, as MkDocs has it; labels are HTML.
        created: when (ISO 8601) each study was made, by the name of its folder.
    """
    page = render(
        "not_found.html",
        site_name=site_name,
        site_url=site_url,
        pages=[entry for item in navigation for entry in _entries(item)],
        script=Markup(NOT_FOUND_SCRIPT.read_text(encoding="utf-8")),  # noqa: S704 - ours
    )
    (built / NOT_FOUND).write_text(with_content_policy(page), encoding="utf-8")
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (built / name).unlink(missing_ok=True)
    if site_url:
        pages = _locations(built, site_url, created)
        (built / "sitemap.xml").write_text(render("sitemap.xml", pages=pages), encoding="utf-8")
        (built / "robots.txt").write_text(render("robots.txt", site_url=site_url), encoding="utf-8")


def _entries(item: Mapping[str, object]) -> list[Entry]:
    """One entry of the navigation as a link to its first page."""
    return [
        Entry(Markup(label), Path(first).with_suffix(".html").as_posix())  # noqa: S704 - escaped
        for label, target in item.items()
        if (first := _first(target))
    ]


def _first(target: object) -> str:
    while not isinstance(target, str):
        if isinstance(target, Mapping):
            target = next(iter(target.values()), "")
        elif isinstance(target, Sequence):
            target = target[0] if target else ""
        else:
            return ""
    return target


def _locations(built: Path, site_url: str, created: Mapping[str, str]) -> list[Location]:
    """All pages, each as old as its study; those of no study are as old as the youngest."""
    latest = max(created.values())
    ways = sorted(page.relative_to(built) for page in built.rglob("*.html"))
    return [
        Location(site_url + quote(way.as_posix()), _day(created.get(way.parts[0], latest)))
        for way in ways
        if way.name != NOT_FOUND
    ]


def _day(created: str) -> str:
    try:
        return datetime.fromisoformat(created).date().isoformat()
    except ValueError:
        return ""

"""A study's section of a site, as it was computed: pages, scripts and files in a folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from build_site.answers.pace import PaceRow
from build_site.downloads import Download
from build_site.records import from_json, to_json
from build_site.views import Page
from build_site.views.start import Start

# What lies in the folder: scripts of the study's data, files to take away, what holds the rest, and
# the pages as they were rendered, which know by themselves whether they are whole.
DATA, DOWNLOADS, RECORD, PAGES = "data", "downloads", "section.json", "pages.txt"


@dataclass(frozen=True)
class Source:
    """Where the images of a data set are from."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """What one study contributes to a site.

    `created` is when the study was made (ISO 8601), `runs` how many ended, `start` what it
    recommends, `limits` a sentence each for what it cannot tell, `paces` how fast it was trained on
    each kind of device, `example` the columns of a query
    that it can answer, and `files` are those to take away.
    """

    name: str
    title: str
    description: str
    created: str
    runs: int
    start: Start | None
    limits: tuple[str, ...]
    paces: tuple[PaceRow, ...]
    sources: tuple[Source, ...]
    files: tuple[Download, ...]
    example: str
    pages: tuple[Page, ...]


def write_section(folder: Path, section: Section) -> None:
    """Write the record of a section whose scripts and files are in the folder already."""
    text = to_json(section)
    record = {"files": _checksums(folder), "checksum": _checksum(text.encode()), "section": text}
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")


def read_section(folder: Path) -> Section:
    """The section in the folder.

    Raises:
        OSError: if there is none.
        ValueError: if it is damaged.
    """
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    text = str(record["section"]) if isinstance(record, dict) and "section" in record else ""
    found = {"files": _checksums(folder), "checksum": _checksum(text.encode()), "section": text}
    if record != found:
        raise ValueError(f"{folder} is damaged")
    return from_json(Section, text)


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a section but the record, by its way from the folder."""
    return {
        file.relative_to(folder).as_posix(): _checksum(file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file not in (folder / RECORD, folder / PAGES)
    }


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Sections that were computed before, for sites of several studies of which one changed."""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from json import dumps
from pathlib import Path

from build_site.provenance import Provenance
from build_site.section import Section, read_section, write_section


@dataclass(frozen=True)
class SectionCache:
    """A folder of sections, each in a folder named by what it was made from."""

    folder: Path

    def find(self, key: str) -> Section | None:
        """The section of that key; None if it is not there, or damaged."""
        try:
            return read_section(self.folder / key)
        except (OSError, ValueError):
            return None

    def keep(self, key: str, section: Section, made: Path) -> Path:
        """Take in a section, made in the folder `made`; returns where it lies from now on."""
        write_section(made, section)
        place = self.folder / key
        self.folder.mkdir(exist_ok=True)
        if place.exists():
            shutil.rmtree(place)
        return made.rename(place)

    def prune(self, keys: Iterable[str]) -> None:
        """Keep the sections of these keys alone, and without any, no folder."""
        kept = set(keys)
        if not kept:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for place in self.folder.iterdir():
            if place.name not in kept:
                shutil.rmtree(place, ignore_errors=True)


def section_keys(built_from: Provenance) -> list[str]:
    """For each study of a site: a checksum of all that its section is made from."""
    return [
        hashlib.sha256(dumps(asdict(replace(built_from, studies=(study,)))).encode()).hexdigest()
        for study in built_from.studies
    ]

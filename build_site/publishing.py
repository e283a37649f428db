"""A site takes the place of the published one: whole, in one step, and never two at a time.

Beside a site SITE lies the hidden folder .SITE-build while it is built. It holds the lock, the
unfinished site, and what may be used again next time. Whatever a build that was killed left in it
is removed by the next.
"""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from build_site.exchange import exchange
from build_site.refusals import Refused

if sys.platform != "win32":
    import fcntl

# Lists the files that the build wrote into the site's folder: only those may be replaced. The
# checksum of each stands before it, as `sha256sum --check` reads it.
MANIFEST = "built-files.txt"
LISTED = re.compile(r"(?:([0-9a-f]{64})  )?(.+)")
# What file managers leave in any folder they show.
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


class SiteError(Refused, RuntimeError):
    """The site cannot be built or written; the message says why."""


class BusyError(SiteError):
    """Another process builds the same site."""


@dataclass(frozen=True)
class Workshop:
    """Where a site is built, by one process at a time: beside the place it is for."""

    out: Path

    @property
    def folder(self) -> Path:
        """What holds everything else, on the file system of the site."""
        return self.out.with_name(f".{self.out.name}-build")

    @property
    def scratch(self) -> Path:
        """What is empty at first and gone in the end."""
        return self.folder / "scratch"

    @property
    def kept(self) -> Path:
        """What may stay for the next build."""
        return self.folder / "cache"

    @property
    def lock(self) -> Path:
        """The file that is locked by the process that builds."""
        return self.folder / "lock"

    @property
    def outgoing(self) -> Path:
        """The old site, while there is no other, where two cannot trade places in one step."""
        return self.folder / "outgoing"

    def publish(self, built: Path, previous: Path | None = None) -> None:
        """Put the folder `built` into its place.

        Args:
            built: a whole site, in the scratch folder.
            previous: where the site that is replaced stays, if it is whole: what is there is worth
                more than one that was damaged. Without it, it is removed.

        Raises:
            OSError: if it cannot be put there, or the old one not be kept; all is as it was then.
        """
        if previous is None or not is_whole(self.out):
            self._put(built, self.out)
            return
        # Killed between the two steps, it leaves the old site published and the new one beside it.
        replaces = self._put(built, previous)
        try:
            self.trade(previous)
        except OSError:
            if replaces:
                self._trade(built, previous)
            else:
                previous.rename(built)
            raise

    def trade(self, other: Path) -> None:
        """Let the site and another folder trade places.

        Raises:
            OSError: if they cannot; all is as it was then.
        """
        self._trade(other, self.out)

    def _put(self, folder: Path, place: Path) -> bool:
        """Put a folder into its place; whether another was there, which is where it was then."""
        if not place.exists():
            folder.rename(place)
            return False
        self._trade(folder, place)
        return True

    def _trade(self, folder: Path, place: Path) -> None:
        if exchange(folder, place):
            return
        place.rename(self.outgoing)
        try:
            folder.rename(place)
        except OSError:
            self.outgoing.rename(place)
            raise
        self.outgoing.rename(folder)


@contextmanager
def workshop(out: Path) -> Iterator[Workshop]:
    """The workshop for the site `out`, with an empty scratch folder, locked meanwhile.

    Raises:
        BusyError: if another process is in it.
        OSError: if it cannot be written.
    """
    place = Workshop(out)
    lock = _locked(place)
    try:
        _heal(place)
        place.scratch.mkdir()
        yield place
    finally:
        _clear(place)
        os.close(lock)


def _clear(place: Workshop) -> None:
    """Leave nothing but what is kept; what cannot be removed is left to the next build."""
    shutil.rmtree(place.scratch, ignore_errors=True)
    if not place.kept.exists():
        with suppress(OSError):
            place.lock.unlink()
            place.folder.rmdir()


def _locked(place: Workshop) -> int:
    """The open lock file, which nobody else has."""
    while True:
        place.folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:  # the process that was here before took its folder along
            continue
        try:
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise BusyError(f"another process builds {place.out} right now") from error
        if _is_at(lock, place.lock):
            return lock
        os.close(lock)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _heal(place: Workshop) -> None:
    """Mend what a build that was killed left."""
    if place.outgoing.exists() and not place.out.exists():
        place.outgoing.rename(place.out)
    for left in (place.outgoing, place.scratch):
        if left.exists():
            shutil.rmtree(left)


def check_replaceable(out: Path) -> None:
    """Refuse a folder with anything in it that an earlier build did not write.

    Raises:
        SiteError: if there is something to lose.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise SiteError(f"{out} is a file; choose another --out")
    known = {out / name for name in (MANIFEST, *_listed(out)) if (out / MANIFEST).is_file()}
    foreign = next(
        _foreign(out, known, {folder for file in known for folder in file.parents}), None
    )
    if foreign is not None:
        name = foreign.relative_to(out)
        raise SiteError(f"{out} holds {name}, which no build wrote; choose another --out")


def _foreign(folder: Path, files: Collection[Path], folders: Collection[Path]) -> Iterator[Path]:
    """What lies in a folder, at any depth, and is none of the known files and folders."""
    for entry in sorted(folder.iterdir()):
        if entry in folders and entry.is_dir() and not entry.is_symlink():
            yield from _foreign(entry, files, folders)
        elif entry not in files and entry.name not in LITTER:
            yield entry


def write_manifest(built: Path) -> None:
    """List the files of a site in it, with the checksum of each."""
    files = sorted(path for path in built.rglob("*") if path.is_file() and path.name != MANIFEST)
    text = "".join(f"{_checksum(file)}  {file.relative_to(built).as_posix()}\n" for file in files)
    (built / MANIFEST).write_text(text, encoding="utf-8")


def is_whole(out: Path) -> bool:
    """Whether all files that the build wrote into the folder `out` are there, as it wrote them.

    Raises:
        OSError: if one of them cannot be read.
    """
    listed = _listed(out)
    return bool(listed) and all(
        (out / name).is_file() and _checksum(out / name) == checksum
        for name, checksum in listed.items()
    )


def built_files(out: Path) -> list[Path]:
    """The files that the build wrote into the folder `out`, and no others, in order."""
    return sorted(out / name for name in (MANIFEST, *_listed(out)))


def _listed(out: Path) -> dict[str, str]:
    """The files that the build wrote, and their checksums; earlier versions wrote none: "".

    A list that somebody changed may name others: those outside the folder do not count.
    """
    manifest = out / MANIFEST
    text = manifest.read_text(encoding="utf-8", errors="replace") if manifest.is_file() else ""
    found = [match for line in text.splitlines() if (match := LISTED.fullmatch(line))]
    listed = {match[2]: match[1] or "" for match in found}
    return {name: checksum for name, checksum in listed.items() if _is_inside(Path(name))}


def _is_inside(way: Path) -> bool:
    return not way.is_absolute() and ".." not in way.parts


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

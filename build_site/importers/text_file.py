"""Text files of any encoding, compressed or not."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from build_site.importers.columns import ImportRefusal
from build_site.importers.staging import Staging

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
LONGEST_LINE = 64 * CHUNK
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def raw_start(path: Path) -> bytes:
    """The first bytes as they are on disk."""
    with path.open("rb") as file:
        return file.read(4096)


def text_start(path: Path) -> str:
    """The first characters, decompressed; empty if that fails."""
    with _opened(path) as file:
        try:
            start = file.read(4096)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return ""
    encoding = "utf-16" if start[:2] in UTF_16 else "utf-8"
    return start.decode(encoding, errors="replace").removeprefix("\ufeff")


def growing_start(path: Path) -> Iterator[str]:
    """The text from its start, each time a piece longer, up to LONGEST_LINE characters.

    Raises:
        ImportRefusal: if it is compressed and damaged.
    """
    decoder = codecs.getincrementaldecoder(_encoding(path))(errors="replace")
    start = ""
    with _opened(path) as file:
        for chunk in _chunks(file):
            start += decoder.decode(chunk)
            yield start.removeprefix("\ufeff")
            if len(start) > LONGEST_LINE:
                return


def as_utf8(staging: Staging, path: Path) -> Path:
    """The file itself, under a safe name, or a decoded copy of one that is not UTF-8.

    Raises:
        ImportRefusal: if it is compressed and damaged.
    """
    encoding = _encoding(path)
    if encoding == "utf-8" and not raw_start(path).startswith(GZIP):
        return Path(staging.safe(path))
    copy = staging.folder / f"decoded-{len(list(staging.folder.iterdir()))}.txt"
    with _opened(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for chunk in _chunks(source):
            target.write(decoder.decode(chunk))
        target.write(decoder.decode(b"", final=True))
    return copy


def with_one_line_end(staging: Staging, path: Path) -> Path:
    """A copy of a UTF-8 file in which all lines end as in Unix."""
    copy = staging.folder / f"mended-{len(list(staging.folder.iterdir()))}.txt"
    with (
        path.open(encoding="utf-8", errors="replace") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        while chunk := source.read(CHUNK):
            target.write(chunk)
    return copy


def _encoding(path: Path) -> str:
    """UTF-8 if all of the file is, UTF-16 if it says so; else what Windows writes in the West.

    UTF-8 with a mark is another encoding, since not all who read the text would skip the mark.
    """
    with _opened(path) as file:
        start = next(_chunks(file), b"")
    if start[:2] in UTF_16:
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(path) as file:
        try:
            for chunk in _chunks(file):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportRefusal("it is compressed and damaged; compress it again") from error


def _opened(path: Path) -> BinaryIO:
    if raw_start(path).startswith(GZIP):
        return cast("BinaryIO", gzip.open(path))
    return path.open("rb")

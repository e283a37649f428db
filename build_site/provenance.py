"""What a site was built from: its studies, this program, and the packages that it uses."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Whatever can change a page, beside the studies.
SOURCES = ("build_site", "site_src", "data/schema.sql", "data/claims.toml", "mkdocs.yml")
PACKAGES = ("hyperatlas", "bokeh", "duckdb", "mkdocs", "mkdocs-material", "numpy", "scipy")
RECORD = "built-from.json"


@dataclass(frozen=True)
class Provenance:
    """Checksums (SHA-256) of the studies' files and of this program, and versions of packages.

    `site_url` is the address that the site was built for, "" for any. Sites of equal provenance are
    equal.
    """

    studies: tuple[str, ...]
    code: str
    packages: tuple[tuple[str, str], ...]
    site_url: str = ""


def provenance(studies: Sequence[Path], site_url: str = "") -> Provenance:
    """Of a site of these studies, in their order, built now for that address."""
    return Provenance(
        studies=tuple(_checksum([study]) for study in studies),
        code=_code(),
        packages=tuple((name, version(name)) for name in PACKAGES),
        site_url=site_url,
    )


def write_record(built: Path, found: Provenance) -> None:
    """Keep the provenance with the site."""
    text = json.dumps(asdict(found), indent=2)
    (built / RECORD).write_text(f"{text}\n", encoding="utf-8")


def is_recorded(built: Path, found: Provenance) -> bool:
    """Whether the site in the folder `built` says that it was built from the same."""
    try:
        recorded = json.loads((built / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(recorded == json.loads(json.dumps(asdict(found))))


@cache
def _code() -> str:
    return _checksum([ROOT / name for name in SOURCES])


def _checksum(paths: Iterable[Path]) -> str:
    """Of the names and contents of files, and of those below folders."""
    total = hashlib.sha256()
    for path in paths:
        for file in _files(path):
            name = file.relative_to(path.parent).as_posix() if path.is_dir() else path.suffix
            total.update(f"{name}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as content:
                total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    )

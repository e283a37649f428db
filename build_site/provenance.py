"""What a site was built from: its studies, this program, and the packages that it uses."""

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Whatever can change a page, beside the studies.
SOURCES = ("build_site", "site_src", "data/schema.sql", "data/claims.toml", "mkdocs.yml")
# The packages that the lock names, and what they need in turn.
LOCK = ROOT / "requirements" / "site.txt"
RECORD = "built-from.json"
# The option that says where a site will be.
SITE_URL = "SITE_URL"


@dataclass(frozen=True)
class Provenance:
    """Checksums (SHA-256) of the studies' files and of this program, and versions of packages.

    `options` are those that change pages, by name. Sites of equal provenance are equal.
    """

    studies: tuple[str, ...]
    code: str
    packages: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...] = ()


def provenance(
    studies: Sequence[Path], options: Sequence[tuple[str, str]] = (), code: str | None = None
) -> Provenance:
    """Of a site of these studies, in their order, built now with these options.

    Args:
        studies: .duckdb files, or folders exported from them.
        options: those that change pages, by name.
        code: the checksum of the program, if it was taken before; it may have changed since.

    Raises:
        OSError: if a study cannot be read.
    """
    return Provenance(
        studies=tuple(study_checksum(study) for study in studies),
        code=program_checksum() if code is None else code,
        packages=(("python", platform.python_version()), *_packages()),
        options=tuple(sorted(options)),
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


def study_checksum(study: Path) -> str:
    """SHA-256 of all that DuckDB reads of a study, wherever it lies.

    A file of changes that are not in the database yet may lie beside it.

    Raises:
        OSError: if the study cannot be read.
    """
    if study.is_dir():
        return _checksum((file.name, file) for file in sorted(study.glob("*.parquet")))
    changes = study.with_name(f"{study.name}.wal")
    files = [study, changes] if changes.is_file() else [study]
    return _checksum((file.suffix, file) for file in files)


def program_checksum() -> str:
    """SHA-256 of all that can change a page, beside the studies and the packages."""
    return _checksum(
        (file.relative_to(ROOT).as_posix(), file)
        for name in SOURCES
        for file in _files(ROOT / name)
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    )


def _checksum(files: Iterable[tuple[str, Path]]) -> str:
    """Of the contents of files, and of the names that they have here."""
    total = hashlib.sha256()
    for name, file in files:
        total.update(os.fsencode(f"{name}\0{file.stat().st_size}\0"))
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()


def _packages() -> Iterable[tuple[str, str]]:
    """Name and version of this package, and of those that the lock names and that are installed."""
    locked = re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    for name in dict.fromkeys(("hyperatlas", *locked)):
        try:
            yield name, version(name)
        except PackageNotFoundError:  # the lock serves several systems
            continue

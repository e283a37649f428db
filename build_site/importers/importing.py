"""Import files: all of it, or nothing."""

import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from build_site.importers import detection, map_file, notation, staging
from build_site.importers.columns import ImportRefusal
from build_site.importers.described import Table, Wishes
from build_site.importers.exporting import FILES, export_study
from build_site.importers.formats import without_secrets
from build_site.importers.guessing import guess
from build_site.importers.inference import profiles
from build_site.importers.judging import Outcome
from build_site.importers.mapping import Mapping, slug
from build_site.importers.writing import write_study
from build_site.site_names import is_taken

DATABASE = ".duckdb"
DUCKDB_MAGIC = slice(8, 12)
NAMED = 3  # files that a sentence names


@dataclass(frozen=True)
class Request:
    """What to import, into which study; `out` is a .duckdb file, or a folder of Parquet files."""

    files: tuple[str, ...]
    out: Path
    format: str | None = None
    map: Path | None = None
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True)
class Imported:
    """What was imported as what, and where the map of it is, if one was written."""

    format: str
    mapping: Mapping
    outcome: Outcome
    map: Path | None
    kept_map: Path | None = None


def import_study(request: Request, say: Callable[[str], None] = lambda _: None) -> Imported:
    """Import files into a study and write the map beside it.

    Raises:
        ImportRefusal: if a file cannot be read, a column cannot be told, or the study cannot be
            written; nothing is written then.
    """
    out = request.out
    try:
        _check_replaceable(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
            return _import(request, Path(scratch), say)
    except OSError as error:
        raise ImportRefusal(f"cannot write {out}: {error.strerror}") from error
    except (duckdb.Error, MemoryError) as error:
        files = ", ".join(request.files)
        raise ImportRefusal(f"{files} cannot be imported: {detection.reason(error)}") from error


def _import(request: Request, scratch: Path, say: Callable[[str], None]) -> Imported:
    known = None if request.map is None else map_file.read_map(request.map)
    wishes = request.wishes if known is None else _joined(request.wishes, map_file.wishes(known))
    inputs = scratch / "staging"
    inputs.mkdir()
    study = scratch / f"study{DATABASE}"
    with staging.opened(inputs, wishes.named) as stage:
        title, gathered = _gather(stage, request, say)
        table = Table(stage, *notation.rewrite(stage, gathered, profiles(stage, gathered)))
        with _naming(request.files):
            mapping = guess(table, wishes)
        mapping = replace(mapping, name=_name(request.out) or mapping.name)
        if known is not None and request.map is not None:
            with _naming([str(request.map)]):
                mapping = map_file.apply(known, mapping, table)
        with _naming(request.files):
            outcome = write_study(table, mapping, study, title)
    written = study
    if request.out.suffix != DATABASE:
        written = scratch / "export"
        export_study(study, written)
    _swap(written, request.out, scratch / "previous")
    beside = _map_beside(request.out)
    if request.map is not None:
        return Imported(title, mapping, outcome, None)
    text = map_file.written(mapping, _command(request, beside))
    if beside.exists() and beside.read_text(encoding="utf-8", errors="replace") != text:
        return Imported(title, mapping, outcome, None, beside)
    (scratch / "map").write_text(text, encoding="utf-8")
    (scratch / "map").replace(beside)
    return Imported(title, mapping, outcome, beside)


def _gather(
    stage: staging.Staging, request: Request, say: Callable[[str], None]
) -> tuple[str, staging.Gathered]:
    """All files as one table, and what wrote them."""
    tables, titles = [], []
    for place, where in enumerate(request.files):
        say(f"reading {where}")
        format_, staged, columns = detection.read(stage, where, f"file_{place}", request.format)
        titles.append(format_.title)
        tables.append((without_secrets(where), staged, columns))
    return " and ".join(dict.fromkeys(titles)), staging.gather(stage, tables)


@contextmanager
def _naming(files: Sequence[str]) -> Iterator[None]:
    """Put the names of the files in question before what is refused."""
    more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
    try:
        yield
    except ImportRefusal as error:
        raise ImportRefusal(f"{', '.join(files[:NAMED])}{more}: {error}") from error


def _joined(said: Wishes, mapped: Wishes) -> Wishes:
    """The map, where options say nothing else."""
    return Wishes(
        said.metric or mapped.metric,
        said.direction or mapped.direction,
        mapped.parameters or said.parameters,
        tuple({**dict(mapped.columns), **dict(said.columns)}.items()),
        mapped.percent,
    )


def _name(out: Path) -> str:
    """The study's name: that of its file, unless a folder of the site has it."""
    name = slug(out.name.removesuffix(DATABASE))
    return f"{name}_study" if is_taken(name) else name


def _map_beside(out: Path) -> Path:
    return out.with_name(f"{out.name.removesuffix(DATABASE)}.map.toml")


def _command(request: Request, beside: Path) -> str:
    """The command that reads the map, on one line, for a shell to take as it is.

    Of a URL, who asks and the password are left out: the map is kept beside the study.
    """
    said = [*map(without_secrets, request.files), "--out", str(request.out), "--map", str(beside)]
    return " ".join(["python -m build_site import", *map(_shell_quoted, said)])


def _shell_quoted(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    # A comment ends where its line does, so that line ends and the like are escaped.
    escaped = "".join(c if c.isprintable() and c not in "'\\" else _escaped(c) for c in word)
    return f"$'{escaped}'"


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def _check_replaceable(out: Path) -> None:
    """Refuse to replace anything but a study.

    Raises:
        ImportRefusal: if something else is there.
    """
    if not out.exists():
        return
    if out.is_dir():
        foreign = {entry.name for entry in out.iterdir()} - FILES
        if foreign or out.suffix == DATABASE:
            raise ImportRefusal(f"{out} holds more than an exported study; choose another --out")
        return
    with out.open("rb") as file:
        magic = file.read(DUCKDB_MAGIC.stop)[DUCKDB_MAGIC]
    if magic != b"DUCK" or out.suffix != DATABASE:
        raise ImportRefusal(f"{out} is no study; choose another --out, such as STUDY{DATABASE}")


def _swap(written: Path, out: Path, previous: Path) -> None:
    """Put what was written in its place; what was there is back if that fails."""
    if out.exists():
        out.rename(previous)
    try:
        written.rename(out)
    except OSError:
        if previous.exists():
            previous.rename(out)
        raise

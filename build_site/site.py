"""Build the site: all of it, or nothing."""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from build_site.findings import Findings
from build_site.sources import ROOT, Navigation, write_sources

# A file that every site has and hardly anything else: what lacks it is not ours to replace.
SIGNATURE = Path("assets", "scripts", "selection_bar.js")


class SiteError(RuntimeError):
    """The site cannot be built or written; the message says why."""


def build_site(studies: Sequence[Findings], out: Path) -> None:
    """Write the site of `studies` to the folder `out`, replacing what is there when complete.

    Raises:
        SourceError: if two studies have one name.
        SiteError: if MkDocs refuses a page, or the folder cannot be written or holds anything but
            an earlier site.
    """
    if out.exists() and not _replaceable(out):
        raise SiteError(f"{out} holds something else than a site; choose another --out")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
            sources, built = Path(scratch, "pages"), Path(scratch, "site")
            navigation = write_sources(studies, sources)
            _run_mkdocs(sources, built, navigation)
            _swap(built, out, Path(scratch, "previous"))
    except OSError as error:
        raise SiteError(f"cannot write {out}: {error.strerror}") from error


def _swap(built: Path, out: Path, previous: Path) -> None:
    """Put `built` in the place of `out`; the old site is back if that fails."""
    if out.exists():
        out.rename(previous)
    try:
        built.rename(out)
    except OSError:
        if previous.exists():
            previous.rename(out)
        raise


def _replaceable(out: Path) -> bool:
    """Whether `out` is an empty folder or one that an earlier build wrote."""
    return out.is_dir() and (not any(out.iterdir()) or (out / SIGNATURE).is_file())


def _run_mkdocs(sources: Path, out: Path, navigation: Navigation) -> None:
    # What it says below a warning is noise; a warning is an error.
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(
            str(ROOT / "mkdocs.yml"), docs_dir=str(sources), site_dir=str(out), strict=True
        )
        config.nav = [*navigation, *(config.nav or [])]
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except MkDocsException as error:
        raise SiteError(f"MkDocs refused the pages: {error}") from error

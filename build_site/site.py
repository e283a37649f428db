"""Build the site: all of it, or nothing."""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from build_site.content_policy import add_content_policy
from build_site.findings import Findings
from build_site.hosting import write_hosting_files
from build_site.provenance import provenance, write_record
from build_site.sources import ROOT, Navigation, write_sources

# Lists what the build wrote into the site's folder: only that may be replaced.
MANIFEST = "built-files.txt"
# What file managers leave in any folder they show.
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


class SiteError(RuntimeError):
    """The site cannot be built or written; the message says why."""


def build_site(studies: Sequence[Findings], out: Path, site_url: str = "") -> None:
    """Write the site of `studies` to the folder `out`, replacing what is there when complete.

    Args:
        studies: what it shows.
        out: where it is written.
        site_url: the address it will have, with a slash at the end, for its sitemap and previews;
            without one it works under any.

    Raises:
        SourceError: if two studies have one name.
        SiteError: if MkDocs refuses a page, or the folder cannot be written or holds anything but
            an earlier site.
    """
    _check_replaceable(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
            sources, built = Path(scratch, "pages"), Path(scratch, "site")
            navigation = write_sources(studies, sources)
            config = _run_mkdocs(sources, built, navigation, site_url)
            write_hosting_files(
                built,
                site_name=config.site_name,
                site_url=site_url,
                navigation=config.nav or [],
                created={each.study.name: each.study.created for each in studies},
            )
            add_content_policy(built)
            write_record(built, provenance([each.study.path for each in studies], site_url))
            _write_manifest(built)
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


def _check_replaceable(out: Path) -> None:
    """Refuse a folder with anything in it that an earlier build did not write."""
    if not out.exists():
        return
    if not out.is_dir():
        raise SiteError(f"{out} is a file; choose another --out")
    found = {entry.name for entry in out.iterdir()} - LITTER
    manifest = out / MANIFEST
    known = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else []
    foreign = found.difference(known)
    if foreign:
        raise SiteError(f"{out} holds {min(foreign)}, which no build wrote; choose another --out")


def _write_manifest(built: Path) -> None:
    names = sorted([MANIFEST, *(entry.name for entry in built.iterdir())])
    (built / MANIFEST).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def _run_mkdocs(sources: Path, out: Path, navigation: Navigation, site_url: str) -> MkDocsConfig:
    """Build the pages; returns the configuration that they were built with."""
    # What it says below a warning is noise; a warning is an error.
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            docs_dir=str(sources),
            site_dir=str(out),
            site_url=site_url,
            strict=True,
        )
        config.nav = [*navigation, *(config.nav or [])]
        config.theme.static_templates.discard("404.html")  # hosting.py writes it
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except MkDocsException as error:
        raise SiteError(f"MkDocs refused the pages: {error}") from error
    return config

"""A built site as one file to carry away: unpacked, it opens by double-click, without a network."""

import glob
import os
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click
import duckdb

from build_site.data_page import DOWNLOADS
from build_site.inputs import check_paths
from build_site.provenance import RECORD
from build_site.publishing import built_files, is_whole
from build_site.refusals import Refused
from build_site.study_tables import WITHOUT_EXTENSIONS

# What a ZIP archive says of every file: its owner may write it, all may read it; made on Unix.
MODE = 0o100644 << 16
UNIX = 3
# The days that it can tell; a study may claim any other, or that it was made at infinity.
EARLIEST, LATEST = "1980-01-01", "2107-12-31"


class BundleError(Refused, RuntimeError):
    """The site cannot be bundled; the message says why."""


def write_bundle(site: Path, folder: Path) -> Path:
    """Write the built site `site` as hyperatlas-VERSION-DATE.zip into `folder`; returns the file.

    DATE is the day on which the youngest of its studies was made, of those that a ZIP archive can
    tell. The same site gives the same bytes, whenever and wherever it was built.

    Raises:
        InputError: if a path is not UTF-8.
        BundleError: if `site` is no built site or lost some of it, or the file cannot be written.
    """
    check_paths(site, folder)
    if not (site / "index.html").is_file() or not (site / RECORD).is_file():
        raise BundleError(f"{site} is no built site; build one first")
    if not is_whole(site):
        raise BundleError(f"{site} is not as it was built; build it again")
    date = _date(site)
    stem = f"hyperatlas-{version('hyperatlas')}-{date}"
    bundle = folder / f"{stem}.zip"
    unfinished = folder / f".{stem}.{os.getpid()}.zip"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(site, unfinished, stem, date)
            unfinished.replace(bundle)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise BundleError(f"cannot write {bundle}: {error.strerror}") from error
    return bundle


def _write(site: Path, file: Path, top: str, date: str) -> None:
    year, month, day = map(int, date.split("-"))
    with ZipFile(file, "w") as archive:
        for path in built_files(site):
            entry = ZipInfo(
                f"{top}/{path.relative_to(site).as_posix()}", (year, month, day, 0, 0, 0)
            )
            entry.external_attr, entry.create_system = MODE, UNIX
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED, 9)


def _date(site: Path) -> str:
    """The day (ISO 8601) of the youngest study, from the files that the site offers."""
    files = [glob.escape(str(file)) for file in sorted((site / DOWNLOADS).glob("*/study.parquet"))]
    try:
        with duckdb.connect(config=WITHOUT_EXTENSIONS) as database:
            row = database.execute(
                "SELECT strftime(least(greatest(max(created), $2::TIMESTAMP), $3::TIMESTAMP), "
                "'%Y-%m-%d') FROM read_parquet($1, hive_partitioning = false)",
                [files, EARLIEST, LATEST],
            ).fetchone()
    except duckdb.Error as error:
        raise BundleError(f"{site} lacks the files of its studies; build it again") from error
    if row is None or row[0] is None:
        raise BundleError(f"{site} lacks the files of its studies; build it again")
    return str(row[0])


@click.command("bundle")
@click.argument("site", type=click.Path(path_type=Path), default=Path("site"))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist"),
    show_default=True,
    help="The folder to write the file into.",
)
def bundle_command(site: Path, out: Path) -> None:
    """Pack a built SITE (the folder site, if none is named) into one ZIP file to carry away.

    Unpacked anywhere, its index.html opens by double-click, without a network or a server.
    """
    click.echo(write_bundle(site, out))

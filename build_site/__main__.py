"""The site's command: python -m build_site [--study PATH]... [--out DIR]."""

from pathlib import Path

import click

from build_site.claims.ledger import LedgerError
from build_site.findings import Findings
from build_site.rendering import counted
from build_site.site import SiteError, build_site
from build_site.sources import ROOT, SourceError
from build_site.study import StudyError, explained, open_study


class Refusal(click.ClickException):
    """One clear sentence, exit code 2."""

    exit_code = 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--study",
    "studies",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="A study: a .duckdb file or a folder exported from one.  [default: all under data/]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="The folder to write; it is replaced when the new site is complete.",
)
@click.version_option(package_name="hyperatlas")
def command(studies: tuple[Path, ...], out: Path) -> None:
    """Build the static site of one or more studies."""
    try:
        findings = [_findings(path) for path in studies or shipped_studies()]
        build_site(findings, out.resolve())
    except (StudyError, SourceError, LedgerError, SiteError) as error:
        raise Refusal(str(error)) from error
    for each in findings:
        click.echo(f"{each.study.name}: {counted(each.runs, 'run')}")
    click.echo(out / "index.html")


def _findings(path: Path) -> Findings:
    with explained(path):
        return Findings(open_study(path))


def shipped_studies() -> list[Path]:
    """The studies under data/, by name.

    Raises:
        StudyError: if there is none.
    """
    found = sorted(path.parent for path in (ROOT / "data").glob("*/study.parquet"))
    if not found:
        raise StudyError(f"there is no study under {ROOT / 'data'}; name one with --study PATH")
    return found


if __name__ == "__main__":
    command(prog_name="python -m build_site")

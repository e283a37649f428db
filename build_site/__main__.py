"""The site's commands: build the site of studies, import runs, or both at once."""

import tempfile
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from build_site.bundling import bundle_command
from build_site.claims.ledger import LedgerError
from build_site.findings import Findings
from build_site.hosting import site_address
from build_site.importers.columns import ImportRefusal
from build_site.importers.importing import DATABASE, Request, import_study
from build_site.importers.mapping import slug
from build_site.importers.options import mapping_options, wishes_of
from build_site.importers.preview import show
from build_site.rendering import counted
from build_site.site import SiteError, build_site
from build_site.sources import ROOT, SourceError
from build_site.study import StudyError, explained, open_study

REFUSALS = (StudyError, SourceError, LedgerError, SiteError, ImportRefusal)


class Refusal(click.ClickException):
    """One clear sentence, exit code 2."""

    exit_code = 2


def _address(_: click.Context, __: click.Parameter, text: str) -> str:
    try:
        return site_address(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


class FileOrCommand(click.Group):
    """A group whose first argument may be a file, which is then shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or the one that shows files."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            return "show", show_files, args
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What may stand where: studies, files, or a command."""
        for pieces in ("[--study PATH]... [--out DIR]", "FILE... [--out DIR]", "import FILE..."):
            formatter.write_usage(ctx.command_path, pieces)


@click.group(
    cls=FileOrCommand,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
@click.option(
    "--site-url",
    envvar="SITE_URL",
    default="",
    callback=_address,
    metavar="URL",
    help="Where the site will be, for its sitemap and link previews; it works anywhere without.  "
    "[env: SITE_URL]",
)
@click.version_option(package_name="hyperatlas")
@click.pass_context
def command(context: click.Context, studies: tuple[Path, ...], out: Path, site_url: str) -> None:
    """Build the static site of one or more studies.

    Given FILEs, a table of runs that another tool wrote, build the site of these.
    """
    if context.invoked_subcommand is not None:
        return
    try:
        _build([_findings(path) for path in studies or shipped_studies()], out, site_url)
    except REFUSALS as error:
        raise Refusal(str(error)) from error


@command.command("show", hidden=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write; it is replaced when the new site is complete.  [default: site]",
)
@mapping_options
def show_files(
    files: tuple[str, ...],
    out: Path | None,
    **said: Any,  # noqa: ANN401
) -> None:
    """Build the site of the runs in FILEs, without keeping a study of them."""
    group = cast("click.Context", click.get_current_context().parent).params
    out, studies = out or group["out"], list(group["studies"])
    wishes = wishes_of(said)
    try:
        opened = [_findings(Path(path)) for path in [*studies, *filter(_is_study, files)]]
        others = tuple(file for file in files if not _is_study(file))
        with tempfile.TemporaryDirectory() as scratch:
            if others:
                name = slug(Path(others[0]).name.split(".")[0]) if len(others) == 1 else ""
                study = Path(scratch) / f"{name or 'runs'}{DATABASE}"
                request = Request(others, study, said["format_name"], said["map_path"], wishes)
                show(import_study(request), Console())
                opened.append(_findings(study))
            _build(opened, out, group["site_url"])
    except REFUSALS as error:
        raise Refusal(str(error)) from error


@command.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="STUDY",
    help="The study to write: a .duckdb file, or a folder of Parquet files.",
)
@mapping_options
def import_files(files: tuple[str, ...], out: Path, **said: Any) -> None:  # noqa: ANN401
    """Import runs from FILEs into a study.

    A FILE is a table (CSV, TSV, Parquet, JSON), or what Optuna, MLflow, Weights & Biases, Ray Tune,
    HiPlot or DeepCAVE keep. How its columns are understood is shown, and written beside the study
    as a map, which can be edited and passed back with --map.
    """
    wishes = wishes_of(said)
    try:
        imported = import_study(Request(files, out, said["format_name"], said["map_path"], wishes))
    except REFUSALS as error:
        raise Refusal(str(error)) from error
    show(imported, Console())
    if imported.kept_map is not None:
        click.echo(f"{imported.kept_map} is kept as it was; pass it with --map to use it")
    for written in (out, imported.map):
        if written is not None:
            click.echo(written)


command.add_command(bundle_command)


def _is_study(file: str) -> bool:
    path = Path(file)
    return path.suffix == DATABASE or (path / "study.parquet").is_file()


def _findings(path: Path) -> Findings:
    with explained(path):
        return Findings(open_study(path))


def _build(findings: list[Findings], out: Path, site_url: str) -> None:
    build_site(findings, out.resolve(), site_url)
    for each in findings:
        click.echo(f"{each.study.name}: {counted(each.runs, 'run')}")
    click.echo(out / "index.html")


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

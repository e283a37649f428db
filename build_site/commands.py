"""The site's commands: build the site of studies, import runs, or both at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from build_site import progress
from build_site.address import site_address
from build_site.inputs import check_build_date
from build_site.interruption import EXIT_CODE, SAID, Interruption
from build_site.page_limit import PAGE_RUNS
from build_site.publishing import BusyError
from build_site.rebuilding import BUSY, previous_of, rebuild, restore
from build_site.refresh import refresh, shipped_studies
from build_site.refusals import Refused

# Commands that import what takes long to import.
IMPORTING = ("bundle", "import", "show")
interruption = Interruption()


class Refusal(click.ClickException):
    """One clear sentence, exit code 2."""

    exit_code = 2


class FileOrCommand(click.Group):
    """A group whose first argument may be a file, which is then shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*super().list_commands(ctx), *IMPORTING])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; some are loaded when they are asked for."""
        if cmd_name == "bundle":
            from build_site.bundling import bundle_command  # noqa: PLC0415

            return bundle_command
        if cmd_name in IMPORTING:
            from build_site.importers.commands import import_files, show_files  # noqa: PLC0415

            return import_files if cmd_name == "import" else show_files
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or the one that shows files."""
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            return "show", self.get_command(ctx, "show"), args
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a refusal and Ctrl-C end it in one line."""
        try:
            return super().invoke(ctx)
        except BaseException as error:
            if interruption.came or isinstance(error, KeyboardInterrupt):
                click.echo(SAID, err=True)
                ctx.exit(EXIT_CODE)
            if isinstance(error, Refused):
                raise Refusal(str(error)) from error
            raise

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What may stand where: studies, files, or a command."""
        for pieces in (
            "[--study PATH]... [--out DIR]",
            "FILE... [--out DIR]",
            "import FILE...",
            "rebuild | restore | bundle",
        ):
            formatter.write_usage(ctx.command_path, pieces)


studies_option = click.option(
    "--study",
    "studies",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="A study: a .duckdb file or a folder exported from one.  [default: all under data/]",
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="The folder to write; it is replaced when the new site is complete.",
)


def _address(_: click.Context, __: click.Parameter, text: str) -> str:
    try:
        return site_address(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


site_url_option = click.option(
    "--site-url",
    envvar="SITE_URL",
    default="",
    callback=_address,
    metavar="URL",
    help="Where the site will be, for its sitemap and link previews; it works anywhere without.  "
    "[env: SITE_URL]",
)
page_runs_option = click.option(
    "--page-runs",
    type=click.IntRange(min=1),
    default=PAGE_RUNS,
    show_default=True,
    metavar="N",
    help="The most runs that a page carries; of more, it has a random sample.",
)
force_option = click.option(
    "--force", is_flag=True, help="Build even if nothing changed since the last time."
)


@click.group(
    cls=FileOrCommand,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@studies_option
@out_option
@site_url_option
@page_runs_option
@force_option
@click.version_option(package_name="hyperatlas")
@click.pass_context
def command(
    context: click.Context,
    studies: tuple[Path, ...],
    out: Path,
    *,
    site_url: str,
    page_runs: int,
    force: bool,
) -> None:
    """Build the static site of one or more studies, unless it is up to date.

    Given FILEs, a table of runs that another tool wrote, build the site of these.
    """
    if context.invoked_subcommand != "rebuild":  # which logs what it refuses
        check_build_date()
    if context.invoked_subcommand is None:
        build(
            studies or shipped_studies(),
            out,
            site_url=site_url,
            page_runs=page_runs,
            force=force,
        )


def build(
    studies: Sequence[Path], out: Path, *, site_url: str, page_runs: int, force: bool
) -> None:
    """Build a site and say what it shows."""
    with progress.shown() as say:
        built = refresh(
            studies,
            out.resolve(),
            site_url=site_url,
            afresh=force,
            page_runs=page_runs,
            say=say,
        )
    if built is None:
        click.echo(f"{out / 'index.html'} is up to date")
        return
    for study in built:
        click.echo(f"{study.name}: {study.runs:,} {'run' if study.runs == 1 else 'runs'}")
    click.echo(out / "index.html")


own_site_url_option = click.option(
    "--site-url",
    default="",
    callback=_address,
    metavar="URL",
    help="Where the site will be, for its sitemap and link previews.  [env: SITE_URL]",
)
own_out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the site.  [default: site]",
)


@command.command("rebuild")
@studies_option
@own_out_option
@own_site_url_option
@force_option
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where a line is added about each time.  [default: it is printed]",
)
@click.pass_context
def rebuild_site(
    context: click.Context,
    studies: tuple[Path, ...],
    out: Path | None,
    log: Path | None,
    *,
    site_url: str,
    force: bool,
) -> None:
    """Rebuild the site for cron or a timer: if anything changed, and keep what it replaces.

    That is in the folder beside it whose name ends with .previous. One line says what was done.
    Exit codes: 0 if the site is up to date now, 2 if it could not be built and is as it was, 75 if
    another process builds it.
    """
    group = _group(context)
    place = (out or group["out"]).resolve()
    try:
        with progress.shown() as say:
            rebuild(
                (*group["studies"], *studies),
                place,
                log,
                site_url=site_url or group["site_url"],
                afresh=force or group["force"],
                page_runs=group["page_runs"],
                say=say,
                was_interrupted=lambda: interruption.came,
            )
    except BusyError as error:
        _end_busy(context, error)


@command.command("restore")
@own_out_option
@click.pass_context
def restore_site(context: click.Context, out: Path | None) -> None:
    """Put back the site that the last rebuild replaced; the same again undoes it.

    Exit codes: 0 if they changed places, 2 if they could not, 75 if another process
    builds the site.
    """
    place = (out or _group(context)["out"]).resolve()
    try:
        restore(place)
    except BusyError as error:
        _end_busy(context, error)
    click.echo(f"{place} and {previous_of(place)} have changed places")


def _end_busy(context: click.Context, error: BusyError) -> NoReturn:
    click.echo(f"{error}; nothing was done", err=True)
    context.exit(BUSY)


def _group(context: click.Context) -> dict[str, Any]:
    """The options that stand before the name of a command."""
    return context.parent.params if context.parent is not None else {}

"""The commands that read what other tools wrote."""

import tempfile
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from build_site import commands
from build_site.importers.importing import DATABASE, Request, import_study
from build_site.importers.mapping import slug
from build_site.importers.options import mapping_options, wishes_of
from build_site.importers.preview import show


@click.command("show", hidden=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write; it is replaced when the new site is complete.  [default: site]",
)
@click.option(
    "--page-runs",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most runs that a page carries; of more, it has a random sample.",
)
@mapping_options
def show_files(
    files: tuple[str, ...],
    out: Path | None,
    page_runs: int | None,
    **said: Any,  # noqa: ANN401
) -> None:
    """Build the site of the runs in FILEs, without keeping a study of them."""
    group = cast("click.Context", click.get_current_context().parent).params
    wishes = wishes_of(said)
    studies = [*group["studies"], *(Path(file) for file in files if _is_study(file))]
    others = tuple(file for file in files if not _is_study(file))
    with tempfile.TemporaryDirectory() as scratch:
        if others:
            name = slug(Path(others[0]).name.split(".")[0]) if len(others) == 1 else ""
            study = Path(scratch) / f"{name or 'runs'}{DATABASE}"
            request = Request(others, study, said["format_name"], said["map_path"], wishes)
            show(import_study(request), Console())
            studies.append(study)
        commands.build(
            studies,
            out or group["out"],
            site_url=group["site_url"],
            page_runs=page_runs or group["page_runs"],
            force=group["force"],
        )


@click.command("import")
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
    imported = import_study(Request(files, out, said["format_name"], said["map_path"], wishes))
    show(imported, Console())
    if imported.kept_map is not None:
        click.echo(f"{imported.kept_map} is kept as it was; pass it with --map to use it")
    for written in (out, imported.map):
        if written is not None:
            click.echo(written)


def _is_study(file: str) -> bool:
    path = Path(file)
    return path.suffix == DATABASE or (path / "study.parquet").is_file()

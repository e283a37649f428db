"""The command that makes a study from its images to its export: python -m train study."""

from pathlib import Path

import click
from rich.console import Console

from train.export import export_study, exported_runs
from train.order import Place, read_study_file
from train.store import check_name, recorded_epochs
from train.summary import summarise
from train.terminal import Refusal, data_dir_option, device_option, refuse

MOST_BYTES = 25_000_000  # of an export: what is kept in git for ever


@click.command("study")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_dir_option
@device_option
@click.option(
    "--out",
    "study",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="STUDY.duckdb",
    help="The study to create or continue.  [default: the study's name, here]",
)
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where its Parquet files go.  [default: the study's name, beside FILE]",
)
@click.option(
    "--hours",
    type=click.FloatRange(min=0),
    help="Train for so long at most, and export what is finished by then; 0 exports alone.",
)
def study_command(
    *,
    file: Path,
    data_dir: Path,
    device: str,
    study: Path | None,
    folder: Path | None,
    hours: float | None,
) -> None:
    """Make the study that FILE describes: fetch its images, train, export what is finished.

    Whatever ends it, the same command goes on where it stopped.
    """
    # torch takes seconds to import
    from train.machine import choose_device  # noqa: PLC0415
    from train.session import EXPLAINED, train_order  # noqa: PLC0415

    try:
        kind = choose_device(device).type
        described = read_study_file(file, "cuda" if kind == "cuda" else "cpu")
        study = study or Path(f"{described.name}.duckdb")
        folder = folder or file.parent / described.name
        check_name(study)
        _check_epochs(study, described.order.epochs)
        place = Place(study=study, data_dir=data_dir, device=kind, engine="local")
        seconds = None if hours is None else hours * 3600
        outcome = train_order(described.order, place, Console(stderr=True), seconds=seconds)
        held, there = summarise(study).runs, exported_runs(folder)
        if outcome.finished < outcome.total and held < max(there, 1):
            click.echo(
                f"{outcome.finished:,} of {outcome.total:,} trainings are finished; {folder} holds "
                f"{there:,} and stays as it is. The same command goes on."
            )
            return
        export_study(study, folder, MOST_BYTES)
    except EXPLAINED as error:
        refuse(error)
    size = sum(each.stat().st_size for each in folder.iterdir())
    left = "" if outcome.finished == outcome.total else " The same command goes on."
    click.echo(
        f"{folder} holds {held:,} runs in {size / 1e6:,.1f} MB: {outcome.finished:,} of the "
        f"{outcome.total:,} trainings of {file}.{left}"
    )


def _check_epochs(study: Path, epochs: int) -> None:
    """Refuse to mix trainings of different lengths: what they reach cannot be compared."""
    others = recorded_epochs(study) - {epochs}
    if others:
        raise Refusal(
            f"{study} holds a sweep of {min(others)} epochs, this one would have {epochs}; "
            "choose another --out"
        )

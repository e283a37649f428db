"""The sweep's commands: python -m train sweep | study | status | check | export | restore …."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from train import sweep
from train.database import StoreError
from train.datasets import DatasetError
from train.export import export_study, restore_study
from train.journal import JournalError
from train.store import check_name
from train.study_command import study_command
from train.summary import summarise
from train.sweep_command import sweep_command
from train.terminal import data_dir_option, percent, refuse

MOST_FAULTS = 5  # of one check that are told
EXPLAINED = (DatasetError, StoreError, JournalError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hyperatlas")
def commands() -> None:
    """Train many small CNNs with random hyper-parameters and record every result."""


commands.add_command(sweep_command)
commands.add_command(study_command)


@commands.command()
@click.argument("study", type=click.Path(path_type=Path, dir_okay=False))
def status(study: Path) -> None:
    """Show what STUDY holds."""
    try:
        summary = summarise(study)
        waiting = sweep.waiting_runs(study)
    except EXPLAINED as error:
        refuse(error)
    table = Table(title=f"{summary.title}: {summary.runs:,} runs in {summary.blocks:,} blocks")
    table.add_column("Data set")
    for heading in ("completed", "diverged", "failed", "median accuracy", "best accuracy"):
        table.add_column(heading, justify="right")
    for row in summary.datasets:
        counts = [f"{count:,}" for count in (row.completed, row.diverged, row.failed)]
        table.add_row(row.label, *counts, percent(row.median), percent(row.best))
    console = Console()
    console.print(table)
    if waiting:
        console.print(f"{waiting:,} more runs are finished and not collected yet.")
    if summary.last_started:
        console.print(f"The last block started at {summary.last_started} UTC.")


@commands.command()
@click.argument("study", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(study: Path, folder: Path) -> None:
    """Write STUDY as Parquet files into FOLDER, the form that is kept in git."""
    try:
        export_study(study, folder)
        waiting = sweep.waiting_runs(study)
    except EXPLAINED as error:
        refuse(error)
    if waiting:
        click.echo(f"{waiting:,} runs are finished and not collected yet: left out.", err=True)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("study", type=click.Path(path_type=Path, dir_okay=False))
def restore(folder: Path, study: Path) -> None:
    """Make the file STUDY again of what was exported into FOLDER, to train on from it."""
    try:
        check_name(study)
        restore_study(folder, study)
        summary = summarise(study)
    except EXPLAINED as error:
        refuse(error)
    click.echo(f"{study} holds {summary.runs:,} runs.")


@commands.command()
@click.argument("study", type=click.Path(path_type=Path))
def check(study: Path) -> None:
    """Look for what must not be in STUDY; exit code 1 if something is found.

    It may be a file, or the folder of an export.
    """
    # SciPy takes a moment to import
    from train.accuracies import read_accuracies  # noqa: PLC0415
    from train.checking import check_study  # noqa: PLC0415

    try:
        checks = check_study(study, read_accuracies())
    except EXPLAINED as error:
        refuse(error)
    for each in checks:
        click.echo(f"{'FAULT' if each.faults else 'ok   '}  {each.title}")
        for fault in each.faults[:MOST_FAULTS]:
            click.echo(f"         {fault}")
        if len(each.faults) > MOST_FAULTS:
            click.echo(f"         and {len(each.faults) - MOST_FAULTS:,} more")
        for note in each.notes:
            click.echo(f"       . {note}")
    if any(each.faults for each in checks):
        sys.exit(1)


@commands.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@data_dir_option
def download(names: Sequence[str], data_dir: Path) -> None:
    """Fetch the official images of data sets and convert them once.

    NAME is one of mnist, fashion_mnist, cifar10, svhn, stl10, emnist_letters and gtsrb.
    """
    from train.downloads import download as fetch  # noqa: PLC0415 - torchvision

    try:
        for name in names:
            click.echo(fetch(name, data_dir, click.echo))
    except EXPLAINED as error:
        refuse(error)


if __name__ == "__main__":
    commands(prog_name="python -m train")

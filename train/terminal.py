"""What all commands have in common: how they refuse, and how they name figures."""

from pathlib import Path
from typing import NoReturn

import click

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("images"),
    show_default=True,
    help="Folder of the image data sets, one NAME.npz each.",
)
device_option = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="What trains; auto is a GPU where there is one.",
)


class Refusal(click.ClickException):
    """One clear sentence, exit code 2."""

    exit_code = 2


def refuse(error: Exception) -> NoReturn:
    """End the command with the sentence of an error."""
    raise Refusal(str(error)) from error


def duration(seconds: float) -> str:
    """Such as "2 h 05 min" or "40 s"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes:02d} min" if hours else f"{minutes} min"


def processes(count: int) -> str:
    """Such as "2 processes"."""
    return "one process" if count == 1 else f"{count} processes"


def percent(share: float | None) -> str:
    """Such as "97.1%"; empty if there is nothing to tell."""
    return "" if share is None else f"{share:.1%}"

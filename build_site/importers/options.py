"""The options by which a command is told what files are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from build_site.importers.columns import Direction, Role
from build_site.importers.described import Wishes
from build_site.importers.detection import NAMES

Function = Callable[..., Any]
# Option -> the role it gives to a column.
ROLES: dict[str, Role] = {
    "dataset": "dataset",
    "status": "status",
    "seed": "seed",
    "cost": "cost",
    "epoch": "epoch",
    "run": "run",
}
HELP = {
    "dataset": "The column that names the data set; '' if there is none, '(file)' for each file.",
    "status": "The column that says how a run ended; '' if there is none.",
    "seed": "The column of random seeds; '' if there is none.",
    "cost": "The column of seconds or time spans; '' if there is none.",
    "epoch": "The column of epochs trained; '' if there is none.",
    "run": "The column that identifies a run; '' if there is none.",
}


def mapping_options(function: Function) -> Function:
    """Add --format, --map and those that say what a column is."""
    options = [
        click.option(
            "--format",
            "format_name",
            type=click.Choice(NAMES),
            help="The tool that wrote the files.  [default: detected]",
        ),
        click.option(
            "--map",
            "map_path",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="A map of the columns: what an earlier import wrote, edited.",
        ),
        click.option("--metric", help="The column to compare.  [default: guessed]"),
        click.option(
            "--direction",
            type=click.Choice(get_args(Direction)),
            help="Whether more or less of the metric is better.  [default: guessed]",
        ),
        click.option(
            "--parameter",
            "parameters",
            multiple=True,
            metavar="COLUMN",
            help="A column that is a hyper-parameter; repeat it for each.  [default: guessed]",
        ),
        *(
            click.option(f"--{name}", metavar="COLUMN", help=f"{text}  [default: guessed]")
            for name, text in HELP.items()
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def wishes_of(said: dict[str, Any]) -> Wishes:
    """What the options say, taken out of `said`."""
    roles = {ROLES[name]: said.pop(name) for name in ROLES}
    return Wishes(
        said.pop("metric"),
        said.pop("direction"),
        tuple(said.pop("parameters")),
        tuple((role, column) for role, column in roles.items() if column is not None),
    )

"""Which tool wrote a file."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from build_site.importers import table as plain
from build_site.importers.columns import Column, ImportRefusal
from build_site.importers.deepcave import DEEPCAVE
from build_site.importers.formats import FileFormat, Format, TableFormat, existing
from build_site.importers.hiplot import HIPLOT, HIPLOT_JSON
from build_site.importers.mlflow import MLFLOW
from build_site.importers.optuna import OPTUNA
from build_site.importers.optuna_storage import OPTUNA_STORAGE
from build_site.importers.ray_tune import RAY_TUNE
from build_site.importers.staging import Staged, Staging
from build_site.importers.wandb import WANDB, WANDB_API

TABLE = TableFormat(
    "table",
    "table",
    lambda _: True,
    lambda names: tuple(Column(name, name) for name in names),
)
# In the order in which they are tried; a table is what is left.
FORMATS: tuple[Format, ...] = (
    *(OPTUNA_STORAGE, DEEPCAVE, HIPLOT_JSON, WANDB_API),
    *(OPTUNA, MLFLOW, WANDB, RAY_TUNE, HIPLOT, TABLE),
)
NAMES = tuple(each.name for each in FORMATS)

Seen = TypeVar("Seen")
Read = tuple[Format, Staged, tuple[Column, ...]]


def read(staging: Staging, where: str, table: str, chosen: str | None) -> Read:
    """Stage a file as the chosen format, or as the one that recognises it.

    Raises:
        ImportRefusal: if there is no such file, or it cannot be read; the sentence names it.
    """
    try:
        return _read(staging, where, table, chosen)
    except (ImportRefusal, duckdb.Error, OSError, ValueError) as error:
        raise ImportRefusal(f"{where} cannot be imported: {reason(error)}") from error


def reason(error: Exception) -> str:
    """The first line of what an error says."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"[\"']?/[^\"']*/staging/[^\"' ]*[\"']?", "the file", first)


def _read(staging: Staging, where: str, table: str, chosen: str | None) -> Read:
    for each in FORMATS:
        if isinstance(each, FileFormat) and _applies(each, chosen, each.recognises, where):
            if existing(where) is None and "://" not in where and "#" not in where:
                raise ImportRefusal("there is no such file")
            return each, *each.read(staging, where, table)
    path = existing(where)
    if path is None:
        raise ImportRefusal("there is no such file")
    if not path.is_file():
        raise ImportRefusal("it is a folder, and no run of DeepCAVE")
    staged = plain.read(staging, Path(where), table)
    return _described(staged, chosen)


def _described(staged: Staged, chosen: str | None) -> Read:
    names: Sequence[str] = staged.names
    for each in FORMATS:
        if isinstance(each, TableFormat) and _applies(each, chosen, each.recognises, names):
            return each, staged, each.describe(names)
    raise ImportRefusal(f"it is not of the format {chosen}")


def _applies(
    each: Format, chosen: str | None, recognises: Callable[[Seen], bool], seen: Seen
) -> bool:
    return each.name == chosen if chosen else recognises(seen)

"""Which tool wrote a file."""

from collections.abc import Sequence
from pathlib import Path

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

# Before the names of hyper-parameters in scikit-learn's cv_results_.
SEARCHED = "param_"


def _columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of any table; all is to be guessed, unless it is scikit-learn's."""
    prefix = SEARCHED if {"params", "mean_fit_time"} <= set(names) else None
    return tuple(
        Column(name, name.removeprefix(prefix), "parameter")
        if prefix and name.startswith(prefix)
        else Column(name, name)
        for name in names
    )


TABLE = TableFormat("table", "table", "is any table", lambda _: True, _columns)
# In the order in which they are tried; a table is what is left.
FORMATS: tuple[Format, ...] = (
    *(OPTUNA_STORAGE, DEEPCAVE, HIPLOT_JSON, WANDB_API),
    *(OPTUNA, MLFLOW, WANDB, RAY_TUNE, HIPLOT, TABLE),
)
NAMES = tuple(each.name for each in FORMATS)

Read = tuple[Format, Staged, tuple[Column, ...]]


def read(staging: Staging, where: str, table: str, chosen: str | None) -> Read:
    """Stage a file as the chosen format, or as the one that recognises it.

    Raises:
        ImportRefusal: if there is no such file, or it cannot be read; the sentence names it.
    """
    try:
        return _read(staging, where, table, chosen)
    except (ImportRefusal, duckdb.Error, MemoryError, OSError, ValueError) as error:
        raise ImportRefusal(f"{where} cannot be imported: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What went wrong and what to do; the words of a library would not help, and name our files."""
    if isinstance(error, ImportRefusal):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, (MemoryError, duckdb.OutOfMemoryException)):
        return (
            "it takes more memory than there is; name the columns that count with --metric and "
            "--parameter"
        )
    if isinstance(error, duckdb.IOException):
        return "its contents could not be kept while reading; is the disk of --out full?"
    return "it cannot be understood and may be damaged; save the table again as CSV or Parquet"


def _read(staging: Staging, where: str, table: str, chosen: str | None) -> Read:
    for each in FORMATS:
        if isinstance(each, TableFormat) or chosen not in {None, each.name}:
            continue
        if each.recognises(where):
            return each, *each.read(staging, where, table)
        if chosen and (existing(where) is not None or "://" in where or "#" in where):
            raise ImportRefusal(_unlike(each))
    path = existing(where)
    if path is None:
        raise ImportRefusal("there is no such file")
    if path.is_dir():
        raise ImportRefusal("it is a folder, and no run of DeepCAVE; name the files in it")
    if not path.is_file():
        raise ImportRefusal("it is no ordinary file; save what it gives to one, and import that")
    staged = plain.read(staging, Path(where), table)
    found = _described(staged.names, chosen)
    return found, staged, found.describe(staged.names)


def _described(names: tuple[str, ...], chosen: str | None) -> TableFormat:
    """The chosen format, or the first that recognises the columns."""
    for each in FORMATS:
        if isinstance(each, FileFormat) or chosen not in {None, each.name}:
            continue
        if each.recognises(names):
            return each
        if chosen and not any(name.startswith(each.prefixes) for name in names):
            raise ImportRefusal(_unlike(each))
        if chosen:
            return each
    return TABLE


def _unlike(each: Format) -> str:
    return (
        f"it is not what --format {each.name} reads: that {each.needs}; leave --format out, or "
        "say --format table"
    )

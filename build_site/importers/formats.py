"""What a format is: how it is recognised, read, and what its columns are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from build_site.importers.columns import Column
from build_site.importers.staging import Staged, Staging

OPTIONS = re.compile(r"\?[^#]*")  # of a URL: they may hold a password too


@dataclass(frozen=True)
class TableFormat:
    """A tool that writes plain tables: the names of the columns tell which, and what they are.

    `needs` says which columns the tool's tables have; of a table that is said to be the tool's, one
    that starts with a prefix of `prefixes` is enough.
    """

    name: str
    title: str
    needs: str
    recognises: Callable[[Sequence[str]], bool]
    describe: Callable[[Sequence[str]], tuple[Column, ...]]
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileFormat:
    """A tool with files of its own.

    `needs` says which; `read` stages one (staging, where, table).
    """

    name: str
    title: str
    needs: str
    recognises: Callable[[str], bool]
    read: Callable[[Staging, str, str], tuple[Staged, tuple[Column, ...]]]


Format = TableFormat | FileFormat


def without_secrets(where: str) -> str:
    """What a study may say of where it comes from: a URL without user, password and options."""
    if "://" not in where or where.startswith("sqlite://") or existing(where) is not None:
        return where
    # A password may hold a /, so that all before the last @ is left out.
    scheme, _, rest = where.partition("://")
    return f"{scheme}://{OPTIONS.sub('', rest.rpartition('@')[2])}"


def existing(where: str) -> Path | None:
    """The file or folder that an argument names, if it is there."""
    path = Path(where)
    try:
        return path if path.exists() else None
    except (OSError, ValueError):
        return None

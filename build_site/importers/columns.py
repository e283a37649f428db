"""What a format knows about the columns of its table."""

from dataclasses import dataclass, replace
from typing import Literal

from build_site.refusals import Refused

# context: recorded beside parameters and results, such as tags; may tell data set or seed.
# ignored: the tool's own book-keeping.
Role = Literal[
    "parameter", "metric", "dataset", "status", "seed", "cost", "epoch", "run", "context", "ignored"
]
Kind = Literal["categorical", "ordinal", "numeric"]
Scale = Literal["linear", "log"]
Direction = Literal["maximize", "minimize"]


class ImportRefusal(Refused, ValueError):  # noqa: N818 - not an error of the program
    """A file that cannot be imported as it is; the message says why and what to do."""


@dataclass(frozen=True)
class Column:
    """One column; what is None or empty is to be guessed.

    `name` is how files and maps call it, `label` the same without the tool's prefix, `values` the
    choices that the tool declared, in order, `unit` what stands after each number in the file.
    """

    name: str
    label: str
    role: Role | None = None
    kind: Kind | None = None
    scale: Scale | None = None
    values: tuple[str, ...] = ()
    direction: Direction | None = None
    unit: str = ""


def merged(lists: list[tuple[Column, ...]]) -> tuple[Column, ...]:
    """The columns of several files, each once; choices that only one file declares are kept."""
    found: dict[str, Column] = {}
    for column in (column for columns in lists for column in columns):
        known = found.setdefault(column.name, column)
        if known.values != column.values:
            added = tuple(value for value in column.values if value not in known.values)
            found[column.name] = replace(known, values=known.values + added)
    return tuple(found.values())

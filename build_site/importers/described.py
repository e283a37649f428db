"""What is known of files before their columns are understood: by the program, and by the user."""

from collections.abc import Sequence
from dataclasses import dataclass

from build_site.importers.columns import Column, Direction, ImportRefusal, Role
from build_site.importers.inference import Profile
from build_site.importers.staging import Gathered, Staging

LISTED = 8  # columns that a sentence names


@dataclass(frozen=True)
class Wishes:
    """What the user said: names of columns, and of the metric direction and unit."""

    metric: str | None = None
    direction: Direction | None = None
    parameters: tuple[str, ...] = ()
    columns: tuple[tuple[Role, str], ...] = ()  # "" if there is none
    percent: bool | None = None  # whether the metric is in per cent

    @property
    def named(self) -> frozenset[str]:
        """Every column that is named."""
        roles = (name for _, name in self.columns)
        return frozenset(filter(None, (self.metric, *self.parameters, *roles)))


@dataclass(frozen=True)
class Table:
    """All that is known of table raw."""

    staging: Staging
    gathered: Gathered
    profiles: dict[str, Profile]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            ImportRefusal: if there is none.
        """
        for column in self.gathered.columns:
            if column.name == name:
                return column
        known = listed([column.name for column in self.gathered.columns])
        raise ImportRefusal(f"there is no column {name!r}; there are {known}")


def listed(names: Sequence[str]) -> str:
    """Some names in a row, and how many more there are."""
    shown = ", ".join(repr(name if len(name) <= 60 else f"{name[:59]}…") for name in names[:LISTED])
    return shown if len(names) <= LISTED else f"{shown} and {len(names) - LISTED:,} more"

"""Optuna's tables: `trials_dataframe()` and what optuna-dashboard saves, as CSV."""

from collections.abc import Sequence

from build_site.importers.columns import Column, Role
from build_site.importers.formats import TableFormat

OWN: dict[str, Role] = {
    "number": "run",
    "state": "status",
    "value": "metric",
    "duration": "cost",
    "Number": "run",
    "State": "status",
    "Value": "metric",
}
# The trial's table first, the dashboard's second.
PREFIXES: dict[str, Role] = {
    "params_": "parameter",
    "values_": "metric",
    "user_attrs_": "context",
    "Param ": "parameter",
    "Objective ": "metric",
    "UserAttribute ": "context",
}


def recognises(names: Sequence[str]) -> bool:
    """Whether these are the columns of a table of trials."""
    return _is_dashboard(names) or (
        {"number", "state"} <= set(names) and any(name.startswith("params_") for name in names)
    )


def describe(names: Sequence[str]) -> tuple[Column, ...]:
    """Its columns; the dashboard writes objectives that have a name without a prefix."""
    other: Role = "metric" if _is_dashboard(names) else "ignored"
    return tuple(_column(name, other) for name in names)


def _is_dashboard(names: Sequence[str]) -> bool:
    return {"Number", "State"} <= set(names) and any(name.startswith("Param ") for name in names)


def _column(name: str, other: Role) -> Column:
    for prefix, role in PREFIXES.items():
        if name.startswith(prefix):
            return Column(name, name.removeprefix(prefix), role)
    return Column(name, name, OWN.get(name, other if name else "ignored"))


OPTUNA = TableFormat(
    "optuna",
    "Optuna",
    "has columns params_… or Param …",
    recognises,
    describe,
    ("params_", "Param "),
)

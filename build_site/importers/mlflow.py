"""MLflow: `mlflow.search_runs(…).to_csv(…)` and `mlflow experiments csv`."""

from collections.abc import Sequence

from build_site.importers.columns import Column, Role
from build_site.importers.formats import TableFormat

OWN: dict[str, Role] = {"run_id": "run", "status": "status"}
PREFIXES: dict[str, Role] = {"params.": "parameter", "metrics.": "metric", "tags.": "context"}
# MLflow's measurements of the machine, and its notes on where a run came from.
IGNORED = ("metrics.system/", "tags.mlflow.")


def recognises(names: Sequence[str]) -> bool:
    """Whether these are the columns of a table of MLflow's runs."""
    return {"run_id", "experiment_id", "status"} <= set(names)


def describe(names: Sequence[str]) -> tuple[Column, ...]:
    """Its columns: params.…, metrics.…, tags.…; the rest is MLflow's own."""
    return tuple(_column(name) for name in names)


def _column(name: str) -> Column:
    if name.startswith(IGNORED):
        return Column(name, name, "ignored")
    for prefix, role in PREFIXES.items():
        if name.startswith(prefix):
            return Column(name, name.removeprefix(prefix), role)
    return Column(name, name, OWN.get(name, "ignored"))


MLFLOW = TableFormat(
    "mlflow",
    "MLflow",
    "has columns params.… and metrics.…",
    recognises,
    describe,
    ("params.", "metrics."),
)

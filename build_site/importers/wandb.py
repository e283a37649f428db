"""Weights & Biases: the table that its public API's documentation makes, and that of its site.

The first has a column `config` and a column `summary`, each a dictionary as Python writes it, or as
JSON. The second has a column for each of their entries, without a word on which is which.
"""

import ast
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from build_site.importers import table as plain
from build_site.importers.columns import Column, ImportRefusal, Role
from build_site.importers.csv_file import layout
from build_site.importers.formats import FileFormat, TableFormat, existing
from build_site.importers.json_file import flattened
from build_site.importers.staging import Staged, Staging, stage_records

DICTIONARIES = {"config": "parameter", "summary": "metric"}
LONGEST = 200_000  # characters of a dictionary; a longer one is no configuration
OWN: dict[str, Role] = {"Name": "context", "State": "status", "Runtime": "cost", "ID": "run"}
IGNORED = (
    "Notes",
    "User",
    "Tags",
    "Created",
    "Sweep",
    "Hostname",
    "GPU Type",
    "GPU Count",
    "",
    "column0",
)
SUMMARY: dict[str, Role] = {"_runtime": "cost", "_step": "ignored", "_timestamp": "ignored"}


def recognises_file(where: str) -> bool:
    """Whether it is a CSV file with the columns config and summary."""
    path = existing(where)
    if path is None or not path.is_file() or plain.is_parquet(path) or plain.is_json(path):
        return False
    try:
        return set(DICTIONARIES) <= set(layout(path).names)
    except ImportRefusal:
        return False


def read(staging: Staging, where: str, table: str) -> tuple[Staged, tuple[Column, ...]]:
    """Stage the runs, a column for each entry; entries inside entries are joined by dots.

    Raises:
        ImportRefusal: if a dictionary cannot be read.
    """
    source = plain.read(staging, Path(where), f"{table}_source")
    columns: dict[str, Column] = {}
    staged = stage_records(staging, table, _records(staging, source, columns))
    staging.database.execute(f"DROP TABLE {source.table}")
    return staged, tuple(columns.values())


def _records(
    staging: Staging, source: Staged, columns: dict[str, Column]
) -> Iterator[dict[str, object]]:
    """The rows; what their columns are is added to `columns`."""
    rows = staging.database.execute(f"FROM {source.table}")
    number = 0
    while batch := rows.fetchmany(1000):
        for number, row in enumerate(batch, start=number + 1):  # noqa: B020 - counts over batches
            record: dict[str, object] = {}
            for name, text in zip(source.names, row, strict=True):
                if name not in DICTIONARIES:
                    record[name] = text
                    role: Role = "status" if name == "state" else "context"
                    columns.setdefault(
                        name, Column(name, name, role if name not in IGNORED else "ignored")
                    )
                    continue
                for inner, value in flattened(_dictionary(text, name, number)):
                    full = f"{name}.{inner}"
                    record[full] = value
                    columns.setdefault(full, _column(name, inner))
            yield record


def _column(group: str, inner: str) -> Column:
    name = f"{group}.{inner}"
    if group == "config":
        return Column(name, inner, "ignored" if inner.startswith("_wandb") else "parameter")
    return Column(name, inner, SUMMARY.get(inner, "ignored" if inner.startswith("_") else "metric"))


def _dictionary(text: str | None, name: str, number: int) -> dict[str, object]:
    """What Python's str() or JSON made of a dictionary; never run, only read."""
    if not text or not text.strip():
        return {}
    if len(text) <= LONGEST:
        for reader in (json.loads, _literal):
            try:
                found = reader(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
    raise ImportRefusal(f"its column {name} has no dictionary in row {number}")


class _Numbers(ast.NodeTransformer):
    """nan, inf and -inf, which str() writes of a float, become texts."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Name):
            return ast.Constant(f"-{node.operand.id}")
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(node.id) if node.id in {"nan", "inf"} else node


def _literal(text: str) -> object:
    return ast.literal_eval(_Numbers().visit(ast.parse(text.strip(), mode="eval")))


def recognises(names: Sequence[str]) -> bool:
    """Whether these are the columns of a table saved from W&B's site."""
    return {"Name", "State", "Created", "Runtime"} <= set(names)


def describe(names: Sequence[str]) -> tuple[Column, ...]:
    """Its columns; configuration and results are to be guessed."""
    return tuple(
        Column(name, name, OWN.get(name, "ignored" if name in IGNORED else None)) for name in names
    )


WANDB_API = FileFormat(
    "wandb-api",
    "Weights & Biases, public API",
    "is CSV with the columns config and summary",
    recognises_file,
    read,
)
WANDB = TableFormat(
    "wandb",
    "Weights & Biases",
    "has the columns Name, State, Created and Runtime",
    recognises,
    describe,
)

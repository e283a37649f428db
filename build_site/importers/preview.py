"""What was understood, as a table in the terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from build_site.importers.described import LISTED
from build_site.importers.importing import Imported
from build_site.importers.judging import ended, left_out
from build_site.importers.mapping import Mapping, short

WIDEST = 60


def show(imported: Imported, console: Console) -> None:
    """Print how the columns were understood and what came of the rows."""
    table = Table(title=f"{escape(imported.format)}: how its columns are understood", box=None)
    for heading in ("column", "is", "as"):
        table.add_column(heading, overflow="fold")
    for column, role, details in _rows(imported.mapping):
        table.add_row(_plain(column), role, _plain(details))
    console.print(table)
    outcome = imported.outcome
    console.print(ended(outcome), highlight=False)
    if outcome.left_out:
        console.print(_plain(left_out(outcome)), highlight=False)
    for note in outcome.notes:
        console.print(_plain(note), highlight=False)
    for line in _unused(imported.mapping):
        console.print(_plain(line), highlight=False)


def _rows(mapping: Mapping) -> list[tuple[str, str, str]]:
    metric = mapping.metric
    better = "more is better" if metric.direction == "maximize" else "less is better"
    percent = ", per cent" if metric.percent else ""
    rows = [(metric.column, "metric", f"{metric.label}, {better}{percent}")]
    for each in mapping.parameters:
        values = ", ".join(short(value, 20) for value in each.values[:8])
        more = f" and {len(each.values) - 8} more" if len(each.values) > 8 else ""
        kind = f"{each.kind}, {each.scale} scale" if each.kind != "categorical" else each.kind
        rows.append((each.column, "parameter", f"{kind}{': ' if values else ''}{values}{more}"))
    others = (
        (mapping.dataset, "data set"),
        (mapping.status, "status"),
        (mapping.seed, "seed"),
        (mapping.cost, "seconds"),
        (mapping.epoch, "epochs"),
        (mapping.run, "run"),
    )
    return [*rows, *((column, role, "") for column, role in others if column)]


def _unused(mapping: Mapping) -> Iterator[str]:
    """How many columns are not used, and for each reason some of them."""
    reasons: dict[str, list[str]] = {}
    for name, reason in mapping.unused:
        reasons.setdefault(reason, []).append(short(name, WIDEST))
    if reasons:
        count = len(mapping.unused)
        yield f"{count:,} {'column is' if count == 1 else 'columns are'} not used:"
    for reason, names in reasons.items():
        more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
        yield f"  {reason}: {', '.join(names[:LISTED])}{more}"


def _plain(text: str) -> str:
    """Text that a terminal shows as it is: no markup, no control characters."""
    return escape("".join(c if c.isprintable() else " " for c in short(text, 400)))

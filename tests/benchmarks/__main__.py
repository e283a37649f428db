"""Measure, print a table, and write bench.json: python tests/benchmarks."""

import json
from dataclasses import asdict
from pathlib import Path

from engine import measure
from rich.console import Console
from rich.table import Table

from train.machine import keep_freed_memory

keep_freed_memory()
measurements = [
    m for models, batch in ((8, 64), (16, 64), (16, 256)) for m in measure(models, batch)
]

table = Table(title="Training engine")
for heading in ("what", "unit", "median", "min", "max", "compared with"):
    table.add_column(heading, justify="left" if heading in {"what", "compared with"} else "right")
for m in measurements:
    digits = ",.2f" if m.unit == "ratio" else ",.0f"
    figures = (format(value, digits) for value in (m.median, m.minimum, m.maximum))
    table.add_row(m.name, m.unit, *figures, m.peer)
Console().print(table)
Path("bench.json").write_text(json.dumps([asdict(m) for m in measurements], indent=1) + "\n")

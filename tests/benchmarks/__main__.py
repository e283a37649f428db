"""Measure, print a table, and write bench.json: python tests/benchmarks."""

import itertools
import json
from dataclasses import asdict
from pathlib import Path

import accelerator
import curves
import engine
import torch
from rich.console import Console
from rich.table import Table

DIGITS = {"ratio": ",.2f", "%": ",.1f"}


def main() -> None:
    """Run every benchmark."""
    console = Console()
    table = Table(title="Training engine")
    for heading in ("what", "unit", "median", "min", "max", "compared with"):
        text = heading in {"what", "unit", "compared with"}
        table.add_column(heading, justify="left" if text else "right")
    measurements = []
    benchmarks = [engine.measure(), curves.measure()]
    if torch.cuda.is_available():
        benchmarks.append(accelerator.measure(torch.device("cuda")))
    with console.status("Measuring …"):
        for each in itertools.chain(*benchmarks):
            measurements.append(each)
            digits = DIGITS.get(each.unit, ",.0f")
            figures = (format(x, digits) for x in (each.median, each.minimum, each.maximum))
            table.add_row(each.name, each.unit, *figures, each.peer)
    console.print(table)
    results = [asdict(each) for each in measurements]
    Path("bench.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

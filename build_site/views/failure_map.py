"""A map of all pairs of values: one cell each, the stronger its colour the larger a share."""

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, FactorRange
from bokeh.plotting import figure

from build_site.plots import add_hover, base_figure, themed

CELL = 22  # pixels
FAINTEST = 0.06  # how strong the colour of 0 is, so that it is told from no runs
LONGEST_LABEL = 20  # characters

Name = tuple[str, str]  # a parameter and a value of it


@dataclass(frozen=True)
class Cell:
    """Two values, or one with itself; `strength` is 0 to 1, None without evidence."""

    first: int
    second: int
    strength: float | None
    what: str
    shown: str
    interval: str
    runs: str


def failure_map(names: Sequence[Name], cells: Sequence[Cell], colour: str) -> figure:
    """`names` are the values along both sides, `cells` refer to them by place.

    `colour` is the CSS variable of the hue; cells without evidence are hatched.
    """
    rows = _unique(names)
    plot = base_figure(
        height=CELL * len(rows) + 190,
        x_range=FactorRange(factors=rows, group_padding=0.4, factor_padding=0),
        y_range=FactorRange(factors=rows[::-1], group_padding=0.4, factor_padding=0),
        tools=[],
    )
    plot.xgrid.visible = plot.ygrid.visible = False
    plot.xaxis.major_label_orientation = "vertical"
    plot.xaxis.group_label_orientation = "vertical"
    plot.yaxis.group_label_orientation = "horizontal"
    for axis in (plot.xaxis[0], plot.yaxis[0]):
        axis.major_tick_line_color = None
        themed(axis, group_text_color="--atlas-text", separator_line_color="--atlas-rule")
    known = [cell for cell in cells if cell.strength is not None]
    unknown = [cell for cell in cells if cell.strength is None]
    if known:
        _add_known(plot, rows, known, colour)
    if unknown:
        _add_unknown(plot, rows, unknown)
    return plot


def strength(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, 0 to 1."""
    return (value - low) / (high - low) if high > low else 0.0


def _add_known(plot: figure, rows: Sequence[Name], cells: Sequence[Cell], colour: str) -> None:
    columns = _columns(rows, cells)
    columns["alpha"] = [
        FAINTEST + (1 - FAINTEST) * cell.strength for cell in cells if cell.strength is not None
    ]
    marks = plot.rect(
        "x", "y", 1, 1, source=ColumnDataSource(columns), fill_alpha="alpha", line_width=0.5
    )
    themed(marks.glyph, fill_color=colour, line_color="--atlas-rule")
    add_hover(plot, marks, _tooltips())


def _add_unknown(plot: figure, rows: Sequence[Name], cells: Sequence[Cell]) -> None:
    marks = plot.rect(
        "x",
        "y",
        1,
        1,
        source=ColumnDataSource(_columns(rows, cells)),
        fill_color=None,
        line_width=0.5,
        hatch_pattern="right_diagonal_line",
        hatch_scale=6,
        hatch_weight=0.7,
    )
    themed(marks.glyph, line_color="--atlas-grid", hatch_color="--atlas-grid")
    add_hover(plot, marks, _tooltips())


def _columns(rows: Sequence[Name], cells: Sequence[Cell]) -> dict[str, list[object]]:
    return {
        "x": [rows[cell.second] for cell in cells],
        "y": [rows[cell.first] for cell in cells],
        "what": [cell.what for cell in cells],
        "shown": [cell.shown for cell in cells],
        "interval": [cell.interval for cell in cells],
        "runs": [cell.runs for cell in cells],
    }


def _tooltips() -> list[tuple[str, str]]:
    return [
        ("values", "@what"),
        ("", "@shown"),
        ("95 % interval", "@interval"),
        ("runs", "@runs"),
    ]


def _unique(names: Sequence[Name]) -> list[Name]:
    """Cut where they are long, and each only once."""
    rows: list[Name] = []
    for parameter, value in names:
        row, number = (_cut(parameter), _cut(value)), 1
        while row in rows:
            number += 1
            row = (_cut(parameter), f"{_cut(value)} ({number})")
        rows.append(row)
    return rows


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"

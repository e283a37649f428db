"""A forest plot: differences with their intervals, one row each, beside the noise of seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh.core.properties import value
from bokeh.models import (
    BoxAnnotation,
    ColumnDataSource,
    FactorRange,
    Legend,
    LegendItem,
    Range1d,
    Span,
)
from bokeh.plotting import figure

from build_site.plots import AGAINST, IN_FAVOUR, OPEN, add_hover, base_figure, space_labels, themed

ROW_HEIGHT = 26  # pixels
# Characters of a hyper-parameter, and of a value: both, the marks and the legend must fit a phone.
LONGEST_GROUP, LONGEST_NAME = 15, 18
LOOKS = {"helps": IN_FAVOUR, "hurts": AGAINST, "inconclusive": OPEN}


@dataclass(frozen=True)
class Mark:
    """One row: a difference in points with its interval (NaN if unknown), and what hovers there."""

    group: str
    name: str
    what: str
    value: float
    low: float
    high: float
    interval: str
    runs: str
    q: str
    verdict: str


def forest(marks: Sequence[Mark], noise: float | None) -> figure:
    """`noise` is the standard deviation of seeds in points: a band around no difference."""
    rows = _rows(marks)
    ends = [0.0] + [e for m in marks for e in (m.value, m.low, m.high) if e == e]  # noqa: PLR0124
    margin = (max(ends) - min(ends) or 1) * 0.05
    plot = base_figure(
        height=ROW_HEIGHT * len(rows) + 24 * len({mark.verdict for mark in marks}) + 70,
        x_range=Range1d(min(ends) - margin, max(ends) + margin),
        y_range=FactorRange(factors=rows[::-1], group_padding=0.6),
        x_axis_label="Difference, points",
        tools=[],
    )
    space_labels(plot)
    plot.ygrid.visible = False
    plot.yaxis.group_label_orientation = "horizontal"
    themed(plot.yaxis[0], group_text_color="--atlas-text", separator_line_color="--atlas-rule")
    if noise:
        band = BoxAnnotation(left=-noise, right=noise, fill_alpha=0.25, line_color=None)
        themed(band, fill_color="--atlas-baseline")
        plot.add_layout(band)
    zero = Span(location=0, dimension="height", line_dash="dashed")
    themed(zero, line_color="--atlas-rule")
    plot.add_layout(zero)
    items = [
        _add_marks(plot, [(r, m) for r, m in zip(rows, marks, strict=True) if m.verdict == verdict])
        for verdict in LOOKS
        if any(m.verdict == verdict for m in marks)
    ]
    _add_legend(plot, items)
    return plot


def cut(label: str, longest: int) -> str:
    """A label that does not push the plot off the page."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _rows(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """(group, name) of each mark, cut where they are long, and each only once."""
    rows: list[tuple[str, str]] = []
    for mark in marks:
        group, name = cut(mark.group, LONGEST_GROUP), cut(mark.name, LONGEST_NAME)
        number = 1
        while (group, name) in rows:
            number += 1
            name = f"{cut(mark.name, LONGEST_NAME)} ({number})"
        rows.append((group, name))
    return rows


def _add_marks(plot: figure, rows: Sequence[tuple[tuple[str, str], Mark]]) -> LegendItem:
    verdict = rows[0][1].verdict
    drawn = LOOKS[verdict]
    columns = ("what", "value", "low", "high", "interval", "runs", "q", "verdict")
    source = ColumnDataSource(
        {
            "row": [row for row, _ in rows],
            **{name: [getattr(mark, name) for _, mark in rows] for name in columns},
        }
    )
    bars = plot.segment("low", "row", "high", "row", source=source, line_width=2)
    dots = plot.scatter("value", "row", source=source, size=9, marker=drawn.marker, line_color=None)
    themed(bars.glyph, line_color=drawn.variable)
    themed(dots.glyph, fill_color=drawn.variable)
    tooltips = [
        ("what", "@what"),
        ("difference", "@value{0.0} points"),
        ("95 % interval", "@interval"),
        ("runs", "@runs"),
        ("q", "@q"),
        ("verdict", "@verdict"),
    ]
    add_hover(plot, dots, tooltips)
    return LegendItem(label=value(verdict), renderers=[dots])


def _add_legend(plot: figure, items: list[LegendItem]) -> None:
    """Above the marks, in the page's colours."""
    legend = Legend(items=items, location="left")  # side by side they may not fit a phone
    plot.add_layout(legend, "above")
    legend.padding = 0
    legend.background_fill_alpha = 0
    legend.border_line_color = None
    legend.label_text_font_size = "12px"
    themed(legend, label_text_color="--atlas-text")

"""What reaches the top: how often each value does, as rows and as a picture."""

from dataclasses import dataclass
from itertools import groupby

from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    FactorRange,
    NumeralTickFormatter,
    Range1d,
    Span,
    Whisker,
)
from bokeh.plotting import figure

from build_site.findings import Findings
from build_site.metrics import TopShare
from build_site.plots import add_hover, base_figure, cut, plain, space_labels, themed

TOP_TEXT = "10 %"  # what top_share.sql counts as the best runs on a data set
MOST_LEVELS = 12  # of one parameter in the plot; the table below has them all


@dataclass(frozen=True)
class ShareRow:
    """How often runs with one value reach the top, in words and numbers."""

    parameter: str
    level: str
    n: int
    share: float
    low: float
    high: float


def share_rows(findings: Findings) -> list[ShareRow]:
    """One row for each value that occurs, parameter by parameter."""
    return [_share_row(findings, share) for share in findings.top_shares]


def commonest(rows: list[ShareRow]) -> list[ShareRow]:
    """The rows that a plot has room for: of each parameter the values with the most runs.

    They stay in their order; of values with as many runs the first are taken.
    """
    shown = []
    for _, same in groupby(rows, key=lambda row: row.parameter):
        levels = list(same)
        by_runs = sorted(range(len(levels)), key=lambda place: -levels[place].n)
        shown += [levels[place] for place in sorted(by_runs[:MOST_LEVELS])]
    return shown


def _share_row(findings: Findings, share: TopShare) -> ShareRow:
    factor = findings.factors[share.parameter]
    level = factor.levels[share.level].label
    return ShareRow(factor.parameter.label, level, share.n, share.share, share.low, share.high)


def share_figure(rows: list[ShareRow], expected: float) -> figure:
    """Dots with intervals, and a line at what is `expected` of any value."""
    names = _tick_labels(rows)
    source = ColumnDataSource(
        {
            "value": names,
            "parameter": [row.parameter for row in rows],
            "level": [row.level for row in rows],
            "share": [row.share for row in rows],
            "low": [row.low for row in rows],
            "high": [row.high for row in rows],
            "n": [row.n for row in rows],
        }
    )
    end = max([0.25, *(row.high for row in rows)])
    plot = base_figure(
        height=26 * len(rows) + 60,
        y_range=FactorRange(factors=names[::-1], group_padding=0.6),
        x_range=Range1d(-0.012 * end, 1.02 * end),  # with room for half of a dot at 0
        x_axis_label="Share of runs",
        tools=[],
    )
    plot.xaxis.formatter = NumeralTickFormatter(format="0 %")
    plot.xaxis.ticker = BasicTicker(desired_num_ticks=4)
    space_labels(plot)
    plot.ygrid.visible = False
    plot.yaxis.group_label_orientation = "horizontal"
    themed(plot.yaxis[0], group_text_color="--atlas-text", separator_line_color="--atlas-rule")
    _add_marks(plot, source, expected)
    return plot


def _tick_labels(rows: list[ShareRow]) -> list[tuple[str, str]]:
    """(parameter, level) of each row, cut where they are long, and each only once."""
    labels: list[tuple[str, str]] = []
    for row in rows:
        parameter, level = plain(cut(row.parameter)), plain(cut(row.level))
        number = 1
        while (parameter, level) in labels:
            number += 1
            level = plain(f"{cut(row.level)} ({number})")
        labels.append((parameter, level))
    return labels


def _add_marks(plot: figure, source: ColumnDataSource, expected: float) -> None:
    """The line of what is expected of any value, the intervals and the dots."""
    chance = Span(location=expected, dimension="height", line_dash="dashed")
    interval = Whisker(
        base="value", lower="low", upper="high", dimension="width", source=source, line_width=2
    )
    interval.upper_head = interval.lower_head = None
    themed(chance, line_color="--atlas-rule")
    themed(interval, line_color="--atlas-selection")
    plot.add_layout(chance)
    plot.add_layout(interval)
    dots = plot.scatter("share", "value", size=9, source=source, line_color=None)
    themed(dots.glyph, fill_color="--atlas-selection")
    tooltips = [
        ("value", "@parameter: @level"),
        ("reach the top", "@share{0.0 %}"),
        ("95 % interval", "@low{0.0 %} to @high{0.0 %}"),
        ("runs", "@n"),
    ]
    add_hover(plot, dots, tooltips)

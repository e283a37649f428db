"""Overview: how well do networks do on each data set?"""

from dataclasses import dataclass

from bokeh.models import (
    BoxAnnotation,
    BoxSelectTool,
    ColumnDataSource,
    FixedTicker,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.plotting import figure

from build_site.findings import Findings
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import render
from build_site.views import Page

ROW_HEIGHT = 84  # pixels: a label, and bars below it
AXIS_HEIGHT = 60
BAR_COLUMNS = ("left", "right", "bottom", "top", "label", "range", "runs", "selected")


@dataclass(frozen=True)
class Measure:
    """One way to measure performance, and the words on the button that shows it."""

    name: str
    label: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; its client script fills the plot and the table that says the same in numbers."""
    metric = findings.study.metric_label
    plot = Plot(
        "overview-plot",
        "Distribution of runs on each data set (bars are relative to the tallest of their row)",
        _figure(findings),
        table="overview-table",
    )
    page = Page(
        slug="overview",
        title="Overview",
        description=f"{metric} of {findings.runs:,} runs on each data set.",
        markdown=render(
            "overview.md",
            measures=(
                Measure("raw", metric),
                Measure("percentile", "Percentile"),
                Measure("relative", "Relative"),
            ),
            plot=embed(plot),
        ),
        scripts=("overview",),
    )
    return (page,)


def _figure(findings: Findings) -> figure:
    rows = len(findings.datasets)
    plot = base_figure(
        height=ROW_HEIGHT * rows + AXIS_HEIGHT,
        x_range=Range1d(0, 1),
        y_range=Range1d(-0.05, rows + 0.1),
        tools=[],
    )
    plot.yaxis.visible = False
    plot.yaxis.ticker = FixedTicker(ticks=list(range(rows)))  # a grid line below each row
    plot.xaxis.formatter = NumeralTickFormatter()
    baseline = _add_bars(plot, "baseline", "--atlas-baseline")
    _add_bars(plot, "selection", "--atlas-selection")
    _add_labels(plot)
    _add_range(plot)
    tooltips = [
        ("data set", "@label"),
        ("range", "@range"),
        ("runs", "@runs"),
        ("selected", "@selected"),
    ]
    add_hover(plot, baseline, tooltips)
    return plot


def _add_bars(plot: figure, name: str, colour: str) -> object:
    source = ColumnDataSource({column: [] for column in BAR_COLUMNS})
    bars = plot.quad("left", "right", "bottom", "top", source=source, name=name, line_color=None)
    # What a drag selects is a range, not bars: they must not fade.
    bars.nonselection_glyph = None
    bars.selection_glyph = None
    themed(bars.glyph, fill_color=colour)
    return bars


def _add_labels(plot: figure) -> None:
    """A line of text above the bars of each row."""
    labels = plot.text(
        "x",
        "y",
        "text",
        source=ColumnDataSource({"x": [], "y": [], "text": []}),
        name="labels",
        text_font_size="13px",
        text_baseline="top",
        x_offset=2,
    )
    themed(labels.glyph, text_color="--atlas-text")


def _add_range(plot: figure) -> None:
    """The chosen range of performance, and the drag that chooses it."""
    band = BoxAnnotation(
        name="range", visible=False, fill_alpha=0.12, line_alpha=0.8, line_dash="dashed"
    )
    drag = BoxSelectTool(dimensions="width", renderers=[])
    for box in (band, drag.overlay):
        themed(box, fill_color="--atlas-selection", line_color="--atlas-selection")
    plot.add_layout(band)
    plot.add_tools(drag)

"""Overview: how well do the runs do on each data set?"""

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
from build_site.naming import spoken
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import counted, render
from build_site.views import Page

ROW_HEIGHT = 88  # pixels: two lines of text, and bars below them
LINE_HEIGHT = 15
AXIS_HEIGHT = 60
BAR_COLUMNS = ("left", "right", "bottom", "top", "label", "range", "runs", "selected")
MARK_COLUMNS = (
    *("label", "bottom", "low", "top", "median", "best"),
    *("median_text", "best_text", "selected"),
)
TEXT_COLUMNS = ("x", "y", "name", "numbers")


@dataclass(frozen=True)
class Measure:
    """One way to measure performance, and the words on the button that shows it."""

    name: str
    label: str


def measures(findings: Findings) -> tuple[Measure, ...]:
    """The metric and what is made of it; relative values are not known everywhere."""
    known = (
        Measure("raw", findings.study.metric_label),
        Measure("percentile", "Percentile"),
        Measure("relative", "Relative"),
    )
    return known if findings.has_relative else known[:2]


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; its client script fills the plot and the table that says the same in numbers."""
    metric = findings.study.metric_label
    where = " on each data set" if len(findings.datasets) > 1 else ""
    plot = Plot(
        "overview-plot",
        f"How the runs{where} are spread, with the median and the best of the selection "
        "(bars are relative to the tallest of their row)",
        _figure(findings),
        table="overview-table",
    )
    page = Page(
        slug="overview",
        title="Overview",
        description=f"{metric} of {counted(findings.shown, 'run')} on each data set.",
        markdown=render(
            "overview.md",
            whole=findings.whole,
            best="best sampled" if findings.sampled else "best",
            measures=measures(findings),
            metric=spoken(metric),
            several=len(findings.datasets) > 1,
            ordered=findings.by_difficulty,
            diverged=findings.diverged > 0,
            plot=embed(plot),
        ),
        scripts=("overview_summary", "overview"),
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
    _add_marks(plot)
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
    themed(bars.glyph, fill_color=colour)
    return bars


def _add_marks(plot: figure) -> None:
    """A line at the median of each row's selection, and a diamond at its best run."""
    source = ColumnDataSource({column: [] for column in MARK_COLUMNS})
    across = {"x0": "median", "x1": "median", "y0": "bottom", "y1": "top", "source": source}
    # What stands on bars of any colour needs an edge in the colour of the page.
    halo = plot.segment(**across, line_width=5)
    line = plot.segment(**across, line_width=2, name="marks")
    best = plot.scatter("best", "low", marker="diamond", size=13, source=source)
    themed(halo.glyph, line_color="--md-default-bg-color")
    themed(line.glyph, line_color="--atlas-text")
    themed(best.glyph, fill_color="--atlas-text", line_color="--md-default-bg-color")
    add_hover(plot, line, [("data set", "@label"), ("median", "@median_text"), ("of", "@selected")])
    add_hover(plot, best, [("data set", "@label"), ("best", "@best_text"), ("of", "@selected")])


def _add_labels(plot: figure) -> None:
    """Two lines of text above the bars of each row: its name, and its numbers."""
    source = ColumnDataSource({column: [] for column in TEXT_COLUMNS})
    for line, (text, style) in enumerate((("name", "bold"), ("numbers", "normal"))):
        label = plot.text(
            "x",
            "y",
            text,
            source=source,
            name=f"{text}-labels",
            text_font_size="13px",
            text_font_style=style,
            text_baseline="top",
            x_offset=2,
            y_offset=line * LINE_HEIGHT,
        )
        themed(label.glyph, text_color="--atlas-text")


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

"""The two plots of the page Importance; the client fills them with what a scope has."""

import math

from bokeh.models import ColumnDataSource, FixedTicker, Range1d
from bokeh.plotting import figure

from build_site.answers.weight import whole_percent
from build_site.evidence.ped_anova import TOP_SHARES
from build_site.plots import add_hover, base_figure, themed
from build_site.views.importance_scopes import Drawn

CURVES_HEIGHT = 400  # pixels
ROW_HEIGHT = 32  # pixels for a label and its bar
TICKS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


def curve_figure(drawn: tuple[Drawn, ...], all_runs: str) -> figure:
    """A curve a hyper-parameter, with its band, over shares of the best of `all_runs`, in words."""
    plot = base_figure(
        height=CURVES_HEIGHT,
        x_axis_type="log",
        x_range=Range1d(TOP_SHARES[0] * 1.06, TOP_SHARES[-1] / 1.06),
        y_range=Range1d(0, 1),
        x_axis_label="Best share of the runs",
        y_axis_label=f"Divergence of the best from {all_runs}",
        tools=[],
    )
    plot.xaxis.ticker = FixedTicker(ticks=list(TICKS))
    plot.xaxis.major_label_overrides = {share: whole_percent(share) for share in TICKS}
    for each in drawn:
        columns = ("x", "y", "low", "high", "name", "best", "n", "value", "interval")
        source = ColumnDataSource({name: [] for name in columns})
        band = plot.varea("x", "low", "high", source=source, fill_alpha=0.1, level="underlay")
        line = plot.line("x", "y", source=source, line_width=2)
        dots = plot.scatter(
            "x",
            "y",
            source=source,
            size=8,
            marker=each.marker,
            line_color=None,
            name=f"curve-{each.place}",
        )
        themed(band.glyph, fill_color=each.variable)
        themed(line.glyph, line_color=each.variable)
        themed(dots.glyph, fill_color=each.variable)
        add_hover(
            plot,
            dots,
            [
                ("", "@name"),
                ("among the best", "@best"),
                ("divergence", "@value"),
                ("95 % interval", "@interval"),
                ("runs among the best", "@n"),
            ],
        )
    return plot


def bar_figure(rows: int) -> figure:
    """Room for so many bars, of hyper-parameters alone and of pairs."""
    plot = base_figure(
        height=ROW_HEIGHT * max(rows, 1) + 50,
        x_range=Range1d(0, 100),
        y_range=Range1d(max(rows, 1), 0),
        x_axis_label="Share of the variance of the percentile, %",
        tools=[],
    )
    plot.yaxis.visible = False
    plot.ygrid.visible = False
    for name, colour in (("alone", "--atlas-selection"), ("pairs", "--atlas-baseline")):
        columns = ("top", "bottom", "y", "value", "low", "high", "name", "text")
        words = ("shown", "interval", "n")
        source = ColumnDataSource({each: [] for each in (*columns, *words)})
        bars = plot.quad(
            left=0,
            right="value",
            top="top",
            bottom="bottom",
            source=source,
            name=name,
            line_color=None,
        )
        whiskers = plot.segment("low", "y", "high", "y", source=source, line_width=2)
        texts = plot.text(
            0,
            "top",
            "text",
            source=source,
            text_font_size="12px",
            text_baseline="bottom",
            x_offset=1,
        )
        themed(bars.glyph, fill_color=colour)
        themed(whiskers.glyph, line_color="--atlas-text")
        themed(texts.glyph, text_color="--atlas-text")
        tooltips = [
            ("", "@name"),
            ("share of the variance", "@shown"),
            ("95 % interval", "@interval"),
            ("runs", "@n"),
        ]
        add_hover(plot, bars, tooltips)
        add_hover(plot, whiskers, tooltips)
    arrows = plot.scatter(
        "x",
        "y",
        source=ColumnDataSource({"x": [], "y": []}),
        name="beyond",
        marker="triangle",
        angle=-math.pi / 2,
        size=10,
        line_color=None,
    )
    themed(arrows.glyph, fill_color="--atlas-text")
    return plot

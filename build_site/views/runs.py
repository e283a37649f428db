"""Runs: every run of the selection, as lines, as a table, one by one, and as it learned."""

from bokeh.models import (
    BasicTicker,
    BoxSelectTool,
    ColorBar,
    ColumnDataSource,
    LinearColorMapper,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.plotting import figure

from build_site.curves import curves_of
from build_site.findings import Findings
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import counted, render
from build_site.views import Page
from build_site.views.overview import measures

# Blue, purple, vermilion: told apart by colour-blind readers, and at least 3:1 on light and dark.
RAMP = ((0x00, 0x72, 0xB2), (0x9A, 0x6F, 0xB0), (0xD5, 0x5E, 0x00))
COLOURS = 64
CURVE_LABELS = {
    "test_accuracy": "Test accuracy",
    "validation_accuracy": "Validation accuracy",
    "train_loss": "Training loss",
}


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; its client scripts fill the plots and tables."""
    curves = curves_of(findings)
    page = Page(
        slug="runs",
        title="Runs",
        description=f"Table and parallel coordinates of {counted(findings.shown, 'run')}.",
        markdown=render(
            "runs.md",
            measures=measures(findings),
            sampled=findings.sampled,
            parallel=embed(_parallel(findings)),
            axes=len(findings.factors) + 2,
            curves=embed(_bands(CURVE_LABELS[curves.measures[0]])) if curves.measures else None,
            curve_labels={name: CURVE_LABELS[name] for name in curves.measures},
            shown_epochs=len(curves.epochs),
            recorded_epochs=curves.recorded,
            run_plots=[embed(plot) for plot in _run_plots(curves.measures)],
        ),
        scripts=(
            "run_ids",
            "sorting",
            "run_table",
            "parallel_axes",
            "densities",
            "quantiles",
            "snippet",
            "runs_parallel",
            "runs_table",
            "runs_curves",
            "runs_open",
            "runs",
        ),
        data=("runs",),
    )
    return (page,)


def _parallel(findings: Findings) -> Plot:
    axes = len(findings.factors) + 2
    plot = base_figure(
        height=440, x_range=Range1d(-0.15, axes - 0.3), y_range=Range1d(-0.04, 1.12), tools=[]
    )
    plot.xaxis.visible = plot.yaxis.visible = False
    plot.xgrid.visible = plot.ygrid.visible = False
    _add_images(plot)
    mapper = LinearColorMapper(palette=palette(), low=0, high=1, name="colours")
    themed(mapper, nan_color="--atlas-baseline")
    _add_lines(plot, mapper)
    _add_axes(plot)
    _add_legend(plot, mapper)
    drag = BoxSelectTool(renderers=[])
    themed(drag.overlay, fill_color="--atlas-selection", line_color="--atlas-selection")
    plot.add_tools(drag)
    return Plot(
        "parallel-plot",
        "Each run is a line that crosses every axis at its value: colour is the selection, "
        "grey the runs of any performance",
        plot,
        table="parallel-table",
    )


def palette() -> list[str]:
    """The colours of the ramp, from low to high."""
    shades = []
    for place in range(COLOURS):
        share = 2 * place / (COLOURS - 1)
        start = min(int(share), 1)
        mixed = (
            round(a + (b - a) * (share - start))
            for a, b in zip(RAMP[start], RAMP[start + 1], strict=True)
        )
        shades.append("#" + "".join(f"{part:02x}" for part in mixed))
    return shades


def _add_images(plot: figure) -> None:
    for name in ("baseline", "selection"):
        columns = ("image", "x", "y", "dw", "dh")
        source = ColumnDataSource({column: [] for column in columns})
        plot.image_rgba("image", "x", "y", "dw", "dh", source=source, name=name)


def _add_lines(plot: figure, mapper: LinearColorMapper) -> None:
    source = ColumnDataSource({name: [] for name in ("xs", "ys", "value", "run", "text")})
    lines = plot.multi_line(
        "xs",
        "ys",
        source=source,
        name="lines",
        line_color={"field": "value", "transform": mapper},
        line_width=1.5,
        line_alpha=0.8,
    )
    add_hover(plot, lines, [("run", "@run"), ("", "@text")])


def _add_axes(plot: figure) -> None:
    """The axes, the slots that are chosen on them, and what they are called."""
    for name, colour, width in (("axes", "--atlas-rule", 1), ("chosen", "--atlas-selection", 6)):
        source = ColumnDataSource({column: [] for column in ("x", "low", "high")})
        bar = plot.segment("x", "low", "x", "high", source=source, name=name, line_width=width)
        themed(bar.glyph, line_color=colour)
    columns = ("left", "right", "low", "high", "axis", "value", "runs", "selected", "mean")
    source = ColumnDataSource({column: [] for column in columns})
    slots = plot.quad(
        "left", "right", "low", "high", source=source, name="slots", fill_alpha=0, line_color=None
    )
    tooltips = [
        ("", "@axis: @value"),
        ("runs", "@runs"),
        ("selected", "@selected"),
        ("their mean", "@mean"),
    ]
    add_hover(plot, slots, tooltips)
    for name, size, baseline, align in (
        ("titles", "13px", "bottom", "left"),
        ("labels", "12px", "middle", "left"),
    ):
        texts = plot.text(
            "x",
            "y",
            "text",
            source=ColumnDataSource({"x": [], "y": [], "text": []}),
            name=name,
            text_font_size=size,
            text_baseline=baseline,
            text_align=align,
            x_offset=6 if name == "labels" else -4,
            text_font_style="bold" if name == "titles" else "normal",
        )
        themed(texts.glyph, text_color="--atlas-text")
        if name == "labels":  # on lines and images it needs a ground to be read
            texts.glyph.background_fill_alpha = 0.8
            texts.glyph.padding = 2
            themed(texts.glyph, background_fill_color="--md-default-bg-color")


def _add_legend(plot: figure, mapper: LinearColorMapper) -> None:
    bar = ColorBar(
        color_mapper=mapper,
        orientation="horizontal",
        location="bottom_left",
        height=10,
        width=260,
        padding=0,
        margin=8,
        background_fill_color=None,
        formatter=NumeralTickFormatter(format="0 %"),
        ticker=BasicTicker(desired_num_ticks=4),
        title_text_font_size="12px",
        title_text_font_style="normal",
        major_label_text_font_size="12px",
        title="",
        name="legend",
    )
    themed(bar, title_text_color="--atlas-text", major_label_text_color="--atlas-text")
    plot.add_layout(bar, "below")


def _bands(measure: str) -> Plot:
    """The bands, empty until the page has loaded the curves; `measure` is shown first."""
    plot = base_figure(height=320, x_range=Range1d(1, 2), y_range=Range1d(0, 1), tools=[])
    plot.xaxis.axis_label = "Epoch"
    plot.yaxis.axis_label = measure
    plot.xaxis.ticker = BasicTicker(min_interval=1, mantissas=[1, 2, 5])
    plot.yaxis.formatter = NumeralTickFormatter(format="0[.]0")
    source = ColumnDataSource(
        {column: [] for column in ("epoch", "p10", "p25", "median", "p75", "p90", "n", "baseline")}
    )
    for low, high, alpha in (("p10", "p90", 0.18), ("p25", "p75", 0.32)):
        band = plot.varea("epoch", low, high, source=source, fill_alpha=alpha)
        themed(band.glyph, fill_color="--atlas-selection")
    usual = plot.line("epoch", "baseline", source=source, line_dash="dashed", line_width=2)
    themed(usual.glyph, line_color="--atlas-text")
    middle = plot.line("epoch", "median", source=source, line_width=2)
    themed(middle.glyph, line_color="--atlas-selection")
    points = plot.scatter("epoch", "median", source=source, size=7, name="bands", line_color=None)
    themed(points.glyph, fill_color="--atlas-selection")
    texts = ("p10", "p25", "median", "p75", "p90", "baseline")
    for name in texts:
        source.data[f"{name}_text"] = []
    tooltips = [
        ("epoch", "@epoch"),
        ("runs", "@n"),
        ("median", "@median_text"),
        ("25 to 75 %", "@p25_text to @p75_text"),
        ("10 to 90 %", "@p10_text to @p90_text"),
        ("median of any performance", "@baseline_text"),
    ]
    add_hover(plot, points, tooltips)
    return Plot(
        "curves-plot",
        "How the selected runs learned: median, middle half and middle 80 % of them at each epoch",
        plot,
        table="curves-table",
    )


def _run_plots(measures: tuple[str, ...]) -> list[Plot]:
    """The curves of one run: accuracies together, the loss apart."""
    accuracies = [name for name in measures if name != "train_loss"]
    groups = {"accuracy": accuracies, "loss": [n for n in measures if n == "train_loss"]}
    captions = {
        "accuracy": "Accuracy of this run after each epoch",
        "loss": "Training loss of this run in each epoch",
    }
    return [
        Plot(f"run-{name}-plot", captions[name], _run_figure(group), table="run-curve-table")
        for name, group in groups.items()
        if group
    ]


def _run_figure(measures: list[str]) -> figure:
    plot = base_figure(height=240, x_range=Range1d(1, 2), y_range=Range1d(0, 1), tools=[])
    plot.xaxis.axis_label = "Epoch"
    plot.xaxis.ticker = BasicTicker(min_interval=1, mantissas=[1, 2, 5])
    plot.yaxis.formatter = NumeralTickFormatter()
    looks = {
        "test_accuracy": ("--atlas-selection", "solid", "circle"),
        "validation_accuracy": ("--atlas-text", "dashed", "square"),
        "train_loss": ("--atlas-selection", "solid", "circle"),
    }
    for measure in measures:
        colour, dash, marker = looks[measure]
        source = ColumnDataSource({"epoch": [], "value": [], "text": []})
        label = CURVE_LABELS[measure]
        line = plot.line("epoch", "value", source=source, line_dash=dash, line_width=2)
        dots = plot.scatter("epoch", "value", source=source, marker=marker, size=7, name=measure)
        themed(line.glyph, line_color=colour)
        themed(dots.glyph, fill_color=colour, line_color=colour)
        add_hover(plot, dots, [("epoch", "@epoch"), (label.lower(), "@text")])
    return plot

"""Combinations: which settings come together in the good runs?"""

from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    LabelSet,
    LinearColorMapper,
    Range1d,
)
from bokeh.plotting import figure

from build_site.findings import Findings
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import render
from build_site.views import Page

ROW_HEIGHT = 24  # pixels of a row of cells, and of the line above each parameter's first
LEGEND_HEIGHT = 68
MANY_LEVELS = 36  # a matrix of more takes the page's whole width, the lists come below it
TALLEST = 8000  # pixels of all rows; browsers draw no canvas of any size
WIDEST_LOG2 = 2  # colours differ from a quarter as often to four times as often
CELL_COLUMNS = (
    *("left", "right", "top", "bottom", "log2"),
    *("first", "second", "observed", "expected", "ratio", "p", "q"),
)
TOOLTIPS = [
    ("value", "@first"),
    ("and", "@second"),
    ("selected, of all with these values", "@observed"),
    ("expected", "@expected"),
    ("ratio", "@ratio"),
    ("p, q", "@p, @q"),
]


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; its client scripts fill the matrix, the lists and the table."""
    plot = Plot(
        "combinations-plot",
        "How often two values come together in the selection, compared with the runs of any "
        "performance; "
        "on the diagonal, how often one value is there",
        _figure(findings),
        table="combinations-table",
    )
    page = Page(
        slug="combinations",
        title="Combinations",
        description="Which values of the hyper-parameters come together in the good runs.",
        markdown=render(
            "combinations.md",
            plot=embed(plot),
            wide=sum(len(factor.levels) for factor in findings.factors) > MANY_LEVELS,
        ),
        scripts=(
            "statistics",
            "exact",
            "lift",
            "combination_words",
            "combination_matrix",
            "combinations",
        ),
    )
    return (page,)


def _figure(findings: Findings) -> figure:
    """An empty matrix; the page sets its x range, which depends on the width of its place."""
    levels = sum(len(factor.levels) for factor in findings.factors)
    rows = max(1, levels + len(findings.factors))
    plot = base_figure(
        height=min(rows * ROW_HEIGHT, TALLEST) + LEGEND_HEIGHT,
        x_range=Range1d(0, rows),
        y_range=Range1d(rows + 0.1, 0),  # the first row is on top, the last has a lower edge
        tools=[],
    )
    plot.min_border_right = 0
    plot.axis.visible = False
    plot.grid.visible = False
    bands = plot.quad(
        "left",
        "right",
        "top",
        "bottom",
        source=_source(("left", "right", "top", "bottom")),
        name="bands",
        line_color=None,
    )
    themed(bands.glyph, fill_color="--combinations-band")
    colours = LinearColorMapper(palette=["#ffffff"] * 65, low=-WIDEST_LOG2, high=WIDEST_LOG2)
    _add_cells(plot, colours)
    _add_texts(plot)
    plot.add_layout(_legend(colours), "above")
    return plot


def _add_cells(plot: figure, colours: LinearColorMapper) -> None:
    """Cells with evidence in the colour of their ratio, those without hatched."""
    evident = plot.quad(
        "left",
        "right",
        "top",
        "bottom",
        source=_source(CELL_COLUMNS),
        name="evident",
        fill_color={"field": "log2", "transform": colours},
    )
    muted = plot.quad(
        "left",
        "right",
        "top",
        "bottom",
        source=_source(CELL_COLUMNS),
        name="muted",
        hatch_pattern="right_diagonal_line",
        hatch_scale=6,
        hatch_weight=0.7,
        fill_color=None,
        line_width=0.5,
    )
    themed(evident.glyph, line_color="--atlas-rule")
    themed(muted.glyph, line_color="--combinations-hatch", hatch_color="--combinations-hatch")
    for cells in (evident, muted):
        add_hover(plot, cells, TOOLTIPS)


def _add_texts(plot: figure) -> None:
    """The ratio in each cell, and the names of parameters and values."""
    marks = LabelSet(
        source=_source(("x", "y", "text", "colour")),
        name="marks",
        text_color={"field": "colour"},
        text_align="center",
        text_baseline="middle",
        text_font_size="11px",
    )
    plot.add_layout(marks)
    for name, style in (("values", "normal"), ("parameters", "bold")):
        texts = plot.text(
            "x",
            "y",
            "text",
            text_align="align",
            source=_source(("x", "y", "text", "align")),
            name=name,
            text_baseline="middle",
            text_font_size="12px",
            text_font_style=style,
        )
        themed(texts.glyph, text_color="--atlas-text")


def _legend(colours: LinearColorMapper) -> ColorBar:
    legend = ColorBar(
        color_mapper=colours,
        orientation="horizontal",
        location="left",
        width=300,
        height=10,
        padding=6,
        name="legend",
        title="How often; hatched: too little evidence",
        title_text_font_style="normal",
        title_text_font_size="12px",
        title_standoff=4,
        major_label_text_font_size="12px",
        major_tick_line_color=None,
        ticker=FixedTicker(ticks=[-2, -1, 0, 1, 2]),
        major_label_overrides={
            -2: "a quarter",
            -1: "half",
            0: "as often",
            1: "twice",
            2: "4 times",
        },
        background_fill_color=None,
    )
    themed(
        legend,
        title_text_color="--atlas-text",
        major_label_text_color="--atlas-text",
        bar_line_color="--atlas-rule",
    )
    return legend


def _source(columns: tuple[str, ...]) -> ColumnDataSource:
    return ColumnDataSource({column: [] for column in columns})

"""Compare: does a hyper-parameter matter, and when?"""

import json
from collections.abc import Sequence
from functools import cache

from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from markupsafe import Markup

from build_site.answers.limits import fixed_by_blocks
from build_site.findings import Findings
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import render
from build_site.views import Page

# What draws the panels, in the order in which the scripts need each other.
SCRIPTS = (
    "statistics",
    "sorting",
    "palette",
    "compare_cells",
    "compare_panels",
    "compare_layout",
    "compare_words",
    "compare",
)
HEIGHT = 700  # pixels, until the client knows how many panels there are
TOOLTIPS = [("", "@what"), ("", "@estimate"), ("95 % interval", "@interval"), ("runs", "@n")]


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; a study without hyper-parameters has nothing to compare."""
    if not findings.factors:
        return ()
    page = Page(
        slug="compare",
        title="Compare",
        description="Whether a hyper-parameter matters, and with what the answer changes.",
        markdown=render(
            "compare.md",
            fixed=fixed_by_blocks(findings),
            several=len(findings.datasets) > 1,
            **panels(findings),
        ),
        scripts=SCRIPTS,
    )
    return (page,)


def panels(
    findings: Findings,
    parameter: str = "",
    keys: Sequence[str] | None = None,
    pair: tuple[str, str] | None = None,
) -> dict[str, object]:
    """What template compare_panels.html needs.

    Args:
        findings: of the study that is compared.
        parameter: the name of the one that is compared; empty if the reader chooses.
        keys: the panels, "dataset" or "p.NAME"; all if None.
        pair: the keys of the two values that are contrasted at first; the best two if None.
    """
    return {
        "plot": _plot(several=len(findings.datasets) > 1),
        "parameter": parameter,
        "panels": "" if keys is None else json.dumps(list(keys)),
        "pair": "" if pair is None else json.dumps(pair),
    }


@cache
def _plot(*, several: bool) -> Markup:
    """The plot that each page with panels begins with: its scripts fill it."""
    plot = Plot(
        "compare-plot",
        "How runs with each value do, at each value of the other hyper-parameters"
        f"{' and on each data set' if several else ''}, and below it the difference of two values "
        "(dots; lines are 95 % intervals)",
        _figure(),
        table="compare-table",
    )
    return embed(plot)


def _figure() -> figure:
    """One figure for all panels; its coordinates are pixels, and the client places everything."""
    plot = base_figure(height=HEIGHT, x_range=Range1d(0, 1), y_range=Range1d(0, 1), tools=[])
    plot.min_border_right = 0
    plot.axis.visible = False
    plot.grid.visible = False
    ends = ("x0", "y0", "x1", "y1")
    grid = plot.segment(*ends, source=_source(*ends), name="grid")
    zero = plot.segment(*ends, source=_source(*ends), name="zero", line_dash="dashed")
    themed(grid.glyph, line_color="--atlas-grid")
    themed(zero.glyph, line_color="--atlas-rule")
    _add_estimates(plot, ends)
    _add_contrasts(plot, ends)
    _add_texts(plot)
    return plot


def _source(*columns: str) -> ColumnDataSource:
    return ColumnDataSource({column: [] for column in columns})


def _add_estimates(plot: figure, ends: tuple[str, ...]) -> None:
    lines = _source("xs", "ys", "colour")
    plot.multi_line("xs", "ys", source=lines, name="lines", line_color="colour", line_alpha=0.7)
    whiskers = _source(*ends, "colour")
    plot.segment(*ends, source=whiskers, name="whiskers", line_color="colour", line_width=2)
    look = {"marker": "marker", "fill_color": "colour", "line_color": "colour", "size": 8}
    points = _source("x", "y", "colour", "marker", "what", "estimate", "interval", "n")
    dots = plot.scatter("x", "y", source=points, name="points", **look)
    add_hover(plot, dots, TOOLTIPS)
    plot.scatter("x", "y", source=_source("x", "y", "colour", "marker"), name="legend", **look)


def _add_contrasts(plot: figure, ends: tuple[str, ...]) -> None:
    bars = plot.segment(*ends, source=_source(*ends), name="bars", line_width=2)
    contrasts = _source("x", "y", "what", "estimate", "interval", "n")
    dots = plot.scatter("x", "y", source=contrasts, name="contrasts", size=8, line_color=None)
    themed(bars.glyph, line_color="--atlas-text")
    themed(dots.glyph, fill_color="--atlas-text")
    add_hover(plot, dots, TOOLTIPS)


def _add_texts(plot: figure) -> None:
    titles = plot.text(
        "x",
        "y",
        "text",
        source=_source("x", "y", "text"),
        name="titles",
        text_font_size="13px",
        text_font_style="bold",
        text_baseline="middle",
    )
    labels = plot.text(
        "x",
        "y",
        "text",
        source=_source("x", "y", "text", "align", "baseline", "angle"),
        name="labels",
        text_font_size="11px",
        text_align="align",
        text_baseline="baseline",
        angle="angle",
    )
    themed(titles.glyph, text_color="--atlas-text")
    themed(labels.glyph, text_color="--atlas-text")

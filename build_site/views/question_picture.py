"""The picture of a question: differences of two values, place by place."""

from collections.abc import Sequence

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, FixedTicker, Legend, LegendItem, Range1d, Span
from bokeh.plotting import figure

from build_site.answers.subject import Contrast
from build_site.answers.words import interval
from build_site.plots import add_hover, base_figure, cut, look, plain, themed

MOST_PLACES = 40  # in the picture; the table has all of them
MOST_SERIES = 7  # likewise: the next best values
ROW_HEIGHT = 20  # pixels for each mark


def picture(contrasts: Sequence[Contrast], what: str) -> figure:
    """Contrasts as dots with intervals, one row a place, one hue and shape a value.

    `what` is what the places are.
    """
    places = list(dict.fromkeys(contrast.place for contrast in contrasts))[:MOST_PLACES]
    levels = list(dict.fromkeys(contrast.level for contrast in contrasts))[:MOST_SERIES]
    row = max(2, len(levels))
    plot = base_figure(
        height=ROW_HEIGHT * row * len(places) + 60 + (24 * len(levels) if len(levels) > 1 else 0),
        x_range=_range(contrasts),
        y_range=Range1d(len(places) - 0.5, -0.5),
        x_axis_label="Difference, points",
        y_axis_label=plain(what),
        tools=[],
    )
    plot.yaxis.ticker = FixedTicker(ticks=list(range(len(places))))
    plot.yaxis.major_label_overrides = {n: plain(cut(place)) for n, place in enumerate(places)}
    plot.ygrid.visible = False
    zero = Span(location=0, dimension="height", line_dash="dashed")
    themed(zero, line_color="--atlas-rule")
    plot.add_layout(zero)
    items = []
    for rank, level in enumerate(levels):
        offset = (rank - (len(levels) - 1) / 2) * 0.5 / len(levels)
        named = [c for c in contrasts if c.level == level and c.place in places]
        items.append(_add_series(plot, named, places, level, offset, several=len(levels) > 1))
    if len(items) > 1:
        _add_legend(plot, items)
    return plot


def _add_series(
    plot: figure,
    contrasts: Sequence[Contrast],
    places: Sequence[str],
    level: int,
    offset: float,
    *,
    several: bool,
) -> LegendItem:
    source = ColumnDataSource(
        {
            "y": [places.index(c.place) + offset for c in contrasts],
            "x": [c.difference.value * 100 for c in contrasts],
            "low": [c.difference.low * 100 for c in contrasts],
            "high": [c.difference.high * 100 for c in contrasts],
            "place": [c.place for c in contrasts],
            "what": [c.what for c in contrasts],
            "interval": [interval(c.difference) for c in contrasts],
            "n": [f"{c.runs[0]:,} and {c.runs[1]:,}" for c in contrasts],
            "verdict": [c.verdict for c in contrasts],
        }
    )
    bars = plot.segment("low", "y", "high", "y", source=source, line_width=2)
    drawn = look(level, missing=contrasts[0].missing)
    # Some shapes are lines alone.
    dots = plot.scatter("x", "y", source=source, size=9, marker=drawn.marker)
    colour = drawn.variable if several else "--atlas-selection"
    themed(bars.glyph, line_color=colour)
    themed(dots.glyph, fill_color=colour, line_color=colour)
    tooltips = [
        ("where", "@place"),
        ("difference", "@what: @x{0.0} points"),
        ("95 % interval", "@interval"),
        ("runs", "@n"),
        ("verdict", "@verdict"),
    ]
    add_hover(plot, dots, tooltips)
    return LegendItem(label=value(plain(f"minus {cut(contrasts[0].second)}")), renderers=[dots])


def _add_legend(plot: figure, items: list[LegendItem]) -> None:
    """Above the marks, in the page's colours."""
    legend = Legend(items=items)
    plot.add_layout(legend, "above")
    legend.location = "left"
    legend.padding = 0
    legend.background_fill_alpha = 0
    legend.border_line_color = None
    legend.label_text_font_size = "12px"
    themed(legend, label_text_color="--atlas-text")


def _range(contrasts: Sequence[Contrast]) -> Range1d:
    """What the intervals span, with 0; those of a few runs may end outside."""
    ends = [0.0]
    for contrast in contrasts:
        ends.append(contrast.difference.value)
        if contrast.difference.usable:
            ends += [contrast.difference.low, contrast.difference.high]
    margin = (max(ends) - min(ends) or 0.01) * 0.05
    return Range1d((min(ends) - margin) * 100, (max(ends) + margin) * 100)

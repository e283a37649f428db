"""What all Bokeh plots share: their look, their theme, and how they get into a page.

Colours are not set here but named: a model's tag "property:--variable" tells the page to set that
property from the CSS variable, again whenever the reader switches between light and dark.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import GlyphRenderer, HoverTool, NoOverlap
from bokeh.plotting import figure
from markupsafe import Markup, escape

# What client/plot_tools.js brings to life; the last is shown where the table is folded away.
TOOLS = (
    '<div class="atlas-plot__tools" role="group" aria-label="Save this plot">'
    + "".join(
        f'<button type="button" class="atlas-button" data-save="{kind}">{kind.upper()}</button>'
        for kind in ("png", "svg", "csv")
    )
    + '<button type="button" class="atlas-button" data-show-table hidden>Table</button></div>'
)


HUES = 8  # --atlas-series-0 … 7 in palette.css
MARKERS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "hex", "star", "plus")
LONGEST_LABEL = 24  # characters; what is longer would push a plot off the page
LABELS_APART = 6  # pixels
TEX = re.compile(r"\$(?=\$)|\\(?=[\[(])")  # where a delimiter of TeX begins


@dataclass(frozen=True)
class Plot:
    """A figure, the id of its place on the page, and the sentence that says what it shows.

    `table` is the id of the table on the page that says the same in numbers.
    """

    identifier: str
    caption: str
    figure: figure
    table: str


def base_figure(*, height: int, **options: Any) -> figure:  # noqa: ANN401 - Bokeh's own options
    """An empty figure in the style of the site: as wide as its place, no frame, no toolbar."""
    plot = figure(height=height, sizing_mode="stretch_width", toolbar_location=None, **options)
    plot.background_fill_color = None
    plot.border_fill_color = None
    plot.outline_line_color = None
    plot.min_border = 0
    plot.min_border_right = 12  # room for half of the last tick label
    for axis in plot.axis:
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = "13px"
        axis.major_label_text_font_size = "12px"
        axis.minor_tick_line_color = None
        themed(
            axis,
            axis_label_text_color="--atlas-text",
            major_label_text_color="--atlas-text",
            axis_line_color="--atlas-rule",
            major_tick_line_color="--atlas-rule",
        )
    for grid in plot.grid:
        themed(grid, grid_line_color="--atlas-grid")
    return plot


def space_labels(plot: figure) -> None:
    """Leave out numbers of the x axis that would lie over those to their left on a phone."""
    plot.xaxis.major_label_policy = NoOverlap(min_distance=LABELS_APART)


def themed(model: Model, **variables: str) -> None:
    """Let the page set each property of `model` from a CSS variable."""
    model.tags = [*model.tags, *(f"{name}:{variable}" for name, variable in variables.items())]


@dataclass(frozen=True)
class Look:
    """How something is drawn on every page: the CSS variable of its hue, and its shape."""

    variable: str
    marker: str


# Of verdicts. Colour and shape say the same, for those who do not see the colour.
IN_FAVOUR = Look("--atlas-series-2", "circle")
AGAINST = Look("--atlas-series-1", "square")
OPEN = Look("--atlas-muted", "diamond")


def look(level: int, *, missing: bool = False) -> Look:
    """The look of the level at that place. Beyond HUES hues repeat with another shape."""
    if missing:
        return Look("--atlas-muted", "x")
    return Look(f"--atlas-series-{level % HUES}", MARKERS[(level + level // HUES) % HUES])


def plain(text: str) -> str:
    r"""A text that BokehJS does not take for TeX, as it does $$…$$, \[…\] and \(…\).

    An invisible word joiner parts the signs. Texts of axes, titles and legends need it.
    """
    return TEX.sub("\\g<0>\N{WORD JOINER}", text)


def cut(label: str) -> str:
    """A label as long as there is room for beside an axis."""
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def add_hover(plot: figure, renderer: object, tooltips: list[tuple[str, str]]) -> None:
    """Show `tooltips` over the marks of `renderer`."""
    plot.add_tools(HoverTool(renderers=[renderer], tooltips=tooltips))


def embed(plot: Plot) -> Markup:
    """HTML of a plot: its place, its caption, and the data that the page turns into it.

    Its marks lose what they would look like if they were selected or muted.
    """
    _without_other_looks(plot.figure)
    document = Document()
    document.add_root(plot.figure)
    models = _renamed(document.to_json(deferred=False), f"{plot.identifier}-", {})
    described = _script_safe(json.dumps(models, separators=(",", ":")))
    identifier = escape(plot.identifier)
    height = int(plot.figure.height)
    return Markup(  # noqa: S704 - every part is escaped, or JSON that cannot end its element
        '<figure class="atlas-plot">'
        f"<figcaption>{escape(plot.caption)}</figcaption>"
        f'<div id="{identifier}" class="atlas-plot__canvas" style="min-height:{height}px" '
        f'role="img" aria-label="{escape(plot.caption)}; a table below says the same" '
        f'data-table="{escape(plot.table)}"></div>'
        f'<script type="application/json" data-plot="{identifier}">{described}</script>'
        f"{TOOLS}"
        "</figure>"
    )


def _without_other_looks(plot: figure) -> None:
    """Take from marks the looks they have when they are selected or muted, or others are.

    Pages tell by other means what is selected, and mute nothing; Bokeh would describe each look in
    the page, and compute what differs in it at every change of data.
    """
    for renderer in plot.renderers:
        if isinstance(renderer, GlyphRenderer):
            renderer.selection_glyph = None
            renderer.nonselection_glyph = None
            renderer.muted_glyph = None


def _renamed(part: Any, prefix: str, names: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """What Bokeh wrote, with the ids of its models counted from 0 and not from what came before.

    A plot is so the same whatever else was drawn; `names` are those given until now.
    """
    if isinstance(part, dict):
        return {
            key: names.setdefault(value, f"{prefix}{len(names)}")
            if key == "id"
            else _renamed(value, prefix, names)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_renamed(each, prefix, names) for each in part]
    return part


def embed_data(identifier: str, parts: Sequence[object]) -> Markup:
    """What a page's script needs besides its plots: dataclasses, as a JSON array in the page."""
    data = json.dumps(
        [asdict(part) for part in parts],  # type: ignore[call-overload]
        separators=(",", ":"),
    )
    return Markup(  # noqa: S704 - escaped, or JSON that cannot end its element
        f'<script type="application/json" id="{escape(identifier)}">{_script_safe(data)}</script>'
    )


def _script_safe(text: str) -> str:
    """JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c")

"""Importance: what matters for being good, and for being among the best?"""

from collections.abc import Callable
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, FixedTicker, Range1d
from bokeh.plotting import figure

from build_site.answers.weight import labels, weights, whole_percent
from build_site.evidence.importance import Importance
from build_site.evidence.ped_anova import TOP_SHARES
from build_site.evidence.squared_length import SquaredLength
from build_site.findings import Findings
from build_site.plots import (
    MARKERS,
    Plot,
    add_hover,
    base_figure,
    cut,
    embed,
    embed_data,
    look,
    themed,
)
from build_site.rendering import percent, render
from build_site.views import Page

EVERYWHERE = "All data sets"
SHAPES = "\u25cf\u25a0\u25b2\u25c6\u25bc\u2b22\u2605\u271a"  # MARKERS as characters
MOST_CURVES = 8  # hyper-parameters drawn; the table has all
MOST_ALONE = 12
MOST_PAIRS = 8
LONGEST_ROW = 51  # characters of a bar's label
CURVES_HEIGHT = 400  # pixels
ROW_HEIGHT = 32  # pixels for a label and its bar
TICKS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
TOO_FEW = "too few runs or blocks"

Columns = dict[str, list[float] | list[str]]
Rows = list[list[str]]


@dataclass(frozen=True)
class Drawn:
    """A hyper-parameter with a curve: its place among those that vary, and its look.

    `shape` is its marker as a character.
    """

    place: int
    label: str
    variable: str
    marker: str
    shape: str

    @property
    def hue(self) -> str:
        """The number of its hue in palette.css."""
        return self.variable.rsplit("-", 1)[1]


@dataclass(frozen=True)
class Scope:
    """What the page shows of all data sets (`name` is empty), or of one.

    `words` are questions with answers; `sources` the columns of each renderer by its name; `ends`
    the greatest value on the axis of each plot; `tables` the rows of each table by its id.
    """

    name: str
    label: str
    runs: str
    words: list[tuple[str, str]]
    sources: dict[str, Columns]
    ends: dict[str, float]
    tables: dict[str, Rows]


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; a study without hyper-parameters has nothing to weigh."""
    if not findings.factors:
        return ()
    found = findings.importances
    drawn = _drawn(findings, found)
    scopes = [_scope(findings, each, drawn) for each in found]
    size = len(found[0].parameters)
    pairs = max(len(each.anova.pairs) for each in found)
    rows = min(size, MOST_ALONE) + min(pairs, MOST_PAIRS)
    curves = Plot(
        "importance-curves",
        "How much each hyper-parameter matters for reaching the best runs, the fewer the further "
        "right (lines; bands are 95 % intervals; 0 is not at all)",
        _curves(drawn),
        table="importance-curve-table",
    )
    bars = Plot(
        "importance-bars",
        "What share of the variance of the percentile hyper-parameters explain, alone and in pairs "
        "(bars; lines are 95 % intervals)",
        _bars(rows),
        table="importance-bar-table",
    )
    markdown = render(
        "importance.md",
        scopes=scopes,
        parameters=size,
        drawn=drawn,
        left_out=size > len(drawn),
        pairs_left_out=pairs > MOST_PAIRS or size > MOST_ALONE,
        curves=embed(curves),
        bars=embed(bars),
        data=embed_data("importance-scopes", scopes),
    )
    return (
        Page(
            slug="importance",
            title="Importance",
            description="Which hyper-parameters matter for being good, and for being the best.",
            markdown=markdown,
            scripts=("importance",),
        ),
    )


def _drawn(findings: Findings, found: tuple[Importance, ...]) -> tuple[Drawn, ...]:
    """Those that matter most for some share of the best somewhere, in the study's order."""
    places = range(len(found[0].parameters))

    def most(place: int) -> float:
        every = [top.divergences[place] for each in found for top in each.tops]
        return max((each.low for each in every if each.known), default=0.0)

    kept = sorted(sorted(places, key=most, reverse=True)[:MOST_CURVES])
    looks = [(place, look(place)) for place in kept]
    return tuple(
        Drawn(
            place,
            findings.factors[found[0].parameters[place]].parameter.label,
            each.variable,
            each.marker,
            SHAPES[MARKERS.index(each.marker)],
        )
        for place, each in looks
    )


def _scope(findings: Findings, found: Importance, drawn: tuple[Drawn, ...]) -> Scope:
    names = {each.name: each.label for each in findings.datasets}
    size = len(found.parameters)
    named = labels(findings, found)
    alone = _ranked(list(zip(named[:size], found.anova.alone[:size], strict=True)))
    pairs = _ranked(
        [
            (f"{cut(named[j])} \N{MULTIPLICATION SIGN} {cut(named[k])}", each)
            for (j, k), each in found.anova.pairs.items()
        ]
    )
    shown = [each for _, each in (*alone[:MOST_ALONE], *pairs[:MOST_PAIRS]) if each.known]
    tops = [
        top.divergences[each.place]
        for top in found.tops
        for each in drawn
        if top.divergences[each.place].known
    ]
    label = EVERYWHERE if found.dataset is None else names[found.dataset]
    if len(findings.datasets) == 1:
        label = findings.datasets[0].label
    blocks = f" in {found.blocks:,} blocks" if found.blocks < found.runs else ""
    return Scope(
        name=found.dataset or "",
        label=label,
        runs=f"{found.runs:,} runs{blocks}",
        words=[(each.question, each.answer) for each in weights(findings, found)],
        sources={
            **{f"curve-{each.place}": _curve(found, each) for each in drawn},
            "alone": _bar_columns(alone[:MOST_ALONE], 0, found.runs),
            "pairs": _bar_columns(pairs[:MOST_PAIRS], min(size, MOST_ALONE), found.runs),
        },
        ends={"curves": _end(tops), "bars": 100 * _end(shown)},
        tables={
            "importance-curve-table": _curve_rows(found, named),
            "importance-bar-table": [
                [name, *_cells(each, percent), f"{found.runs:,}"] for name, each in (*alone, *pairs)
            ],
        },
    )


def _ranked(found: list[tuple[str, SquaredLength]]) -> list[tuple[str, SquaredLength]]:
    """The greatest first, the unknown last."""
    return sorted(found, key=lambda pair: (not pair[1].known, -pair[1].value))


def _end(found: list[SquaredLength]) -> float:
    """The end of an axis: the greatest value has room, intervals that are very wide do not."""
    most = max((each.shown for each in found), default=0.0)
    highest = max((each.high for each in found), default=0.0)
    return 1.05 * min(highest, 2 * most) if most > 0 else highest or 1.0


def _curve(found: Importance, drawn: Drawn) -> Columns:
    tops = [top for top in found.tops if top.divergences[drawn.place].known]
    values = [top.divergences[drawn.place] for top in tops]
    return {
        "x": [top.share for top in tops],
        "y": [each.shown for each in values],
        "low": [each.low for each in values],
        "high": [each.high for each in values],
        "name": [drawn.label for _ in tops],
        "best": [whole_percent(top.share) for top in tops],
        "n": [f"{top.runs:,}" for top in tops],
        "value": [f"{each.shown:.2f}" for each in values],
        "interval": [f"[{each.low:.2f}, {each.high:.2f}]" for each in values],
    }


def _bar_columns(found: list[tuple[str, SquaredLength]], first: int, runs: int) -> Columns:
    rows = [(place, *pair) for place, pair in enumerate(found, start=first) if pair[1].known]
    return {
        "top": [place + 0.52 for place, _, _ in rows],
        "bottom": [place + 0.9 for place, _, _ in rows],
        "y": [place + 0.71 for place, _, _ in rows],
        "value": [100 * each.shown for _, _, each in rows],
        "low": [100 * each.low for _, _, each in rows],
        "high": [100 * each.high for _, _, each in rows],
        "name": [name for _, name, _ in rows],
        "text": [f"{_fitted(name)}  {percent(each.shown)}" for _, name, each in rows],
        "shown": [percent(each.shown) for _, _, each in rows],
        "interval": [_interval(each, 100) for _, _, each in rows],
        "n": [f"{runs:,}" for _ in rows],
    }


def _curve_rows(found: Importance, named: tuple[str, ...]) -> Rows:
    return [
        [named[place], whole_percent(top.share), f"{top.runs:,}", *_cells(each, "{:.2f}".format)]
        for place in range(len(found.parameters))
        for top in found.tops
        for each in [top.divergences[place]]
    ]


def _cells(each: SquaredLength, text: Callable[[float], str]) -> list[str]:
    """The estimate and its interval; `text` turns a number into words."""
    if not each.known:
        return [TOO_FEW, "\N{EN DASH}"]
    return [text(each.shown), _interval(each, 100 if text is percent else 1)]


def _interval(each: SquaredLength, scale: int) -> str:
    digits = 1 if scale == 100 else 2
    return f"[{each.low * scale:.{digits}f}, {each.high * scale:.{digits}f}]"


def _curves(drawn: tuple[Drawn, ...]) -> figure:
    plot = base_figure(
        height=CURVES_HEIGHT,
        x_axis_type="log",
        x_range=Range1d(TOP_SHARES[0] * 1.06, TOP_SHARES[-1] / 1.06),
        y_range=Range1d(0, 1),
        x_axis_label="Best share of the runs",
        y_axis_label="Divergence of the best from all runs",
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


def _bars(rows: int) -> figure:
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
    return plot


def _fitted(label: str) -> str:
    return label if len(label) <= LONGEST_ROW else f"{label[: LONGEST_ROW - 1]}…"

"""Home: which hyper-parameters should I choose?"""

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
from build_site.metrics import DatasetSummary, TopShare
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import NOTHING, measure, render
from build_site.views import Page

TOP = 0.1  # the share of runs on a data set that counts as its best, as in top_share.sql
TOP_TEXT = "10 %"


@dataclass(frozen=True)
class ShareRow:
    """How often runs with one value reach the top, in words and numbers."""

    parameter: str
    level: str
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class DatasetRow:
    """One data set, with its best run."""

    label: str
    best: str
    configuration: str
    classes: str
    images: str
    runs: str
    source: str


def page(findings: Findings) -> Page:
    """The page: a start for every data set, what reaches the top, and the best run on each."""
    rows = share_rows(findings)
    plot = Plot(
        "top-share",
        f"How often runs with a value are among the best {TOP_TEXT} on their data set "
        "(dots; lines are 95 % intervals, the dashed line is chance)",
        _figure(rows),
    )
    return Page(
        slug="index",
        title=findings.study.title,
        description=f"Evidence from {findings.runs:,} trained networks.",
        markdown=render(
            "home.md",
            description=findings.study.description.strip(),
            runs=findings.runs,
            top=TOP_TEXT,
            start=best_values(rows),
            datasets=[_dataset_row(findings, dataset) for dataset in findings.datasets],
            plot=embed(plot),
            shares=rows,
            sweeps=findings.study.sweeps,
        ),
        scripts=("home",),
    )


def share_rows(findings: Findings) -> list[ShareRow]:
    """One row for each value that occurs, parameter by parameter."""
    return [_share_row(findings, share) for share in findings.top_shares]


def best_values(rows: list[ShareRow]) -> list[ShareRow]:
    """For each parameter the value whose runs most often reach the top."""
    grouped = groupby(rows, key=lambda row: row.parameter)
    return [max(same, key=lambda row: (row.share, row.n)) for _, same in grouped]


def _share_row(findings: Findings, share: TopShare) -> ShareRow:
    factor = findings.factors[share.parameter]
    level = factor.levels[share.level].label
    return ShareRow(factor.parameter.label, level, share.n, share.share, share.low, share.high)


def _dataset_row(findings: Findings, dataset: DatasetSummary) -> DatasetRow:
    best = findings.best_runs.get(dataset.name)
    settings = () if best is None else findings.configuration(best.position)
    sizes = (dataset.train_size, dataset.test_size)
    return DatasetRow(
        label=dataset.label,
        best=measure(best.raw if best else None, is_share=findings.is_share),
        configuration=" · ".join(f"{s.label.lower()} {s.value}" for s in settings) or NOTHING,
        classes=_count(dataset.classes),
        images=", ".join(_count(size) for size in sizes),
        runs=_count(dataset.runs),
        source=dataset.source,
    )


def _count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def _figure(rows: list[ShareRow]) -> figure:
    names = [(row.parameter, row.level) for row in rows]
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
    plot = base_figure(
        height=26 * len(rows) + 60,
        y_range=FactorRange(factors=names[::-1], group_padding=0.6),
        x_range=Range1d(0, max([0.25, *(row.high for row in rows)]) * 1.02),
        x_axis_label="Share of runs",
        tools=[],
    )
    plot.xaxis.formatter = NumeralTickFormatter(format="0 %")
    plot.xaxis.ticker = BasicTicker(desired_num_ticks=4)
    plot.ygrid.visible = False
    plot.yaxis.group_label_orientation = "horizontal"
    themed(plot.yaxis[0], group_text_color="--atlas-text", separator_line_color="--atlas-rule")
    _add_marks(plot, source)
    return plot


def _add_marks(plot: figure, source: ColumnDataSource) -> None:
    """The line of chance, the intervals and the dots."""
    chance = Span(location=TOP, dimension="height", line_dash="dashed")
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

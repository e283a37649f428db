"""Home: which hyper-parameters should I choose?"""

import math
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

from build_site.answers.words import spoken
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics import DatasetSummary, TopShare
from build_site.plots import Plot, add_hover, base_figure, cut, embed, plain, themed
from build_site.rendering import NOTHING, counted, measure, render
from build_site.views import Page, questions

TOP_TEXT = "10 %"  # what top_share.sql counts as the best runs on a data set
MOST_LEVELS = 12  # of one parameter in the plot; the table below has them all


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
class StartRow:
    """The value of a parameter to start from, and those that the runs cannot tell from it."""

    best: ShareRow
    not_clearly_worse: str


@dataclass(frozen=True)
class ParameterRow:
    """What a hyper-parameter is, and what it was drawn from."""

    label: str
    description: str
    levels: str
    default: str


@dataclass(frozen=True)
class DatasetRow:
    """One data set, with its best run."""

    label: str
    best: str
    configuration: str
    classes: str
    images: str
    runs: str
    difficulty: str
    source: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page: a start for every data set, what reaches the top, and the best run on each."""
    rows = share_rows(findings)
    expected = findings.top_shares[0].expected if findings.top_shares else 0.0
    drawn = commonest(rows)
    hidden = "" if len(drawn) == len(rows) else f"; the {MOST_LEVELS} commonest values of each"
    plot = Plot(
        "top-share",
        f"How often runs with a value are among the best {TOP_TEXT} on their data set "
        "(dots; lines are 95 % intervals, the dashed line is the share of all runs)" + hidden,
        _figure(drawn, expected),
        table="top-share-table",
    )
    page = Page(
        slug="index",
        title=findings.study.title,
        description=f"Evidence from {counted(findings.runs, 'trained network')}.",
        markdown=render(
            "home.md",
            description=findings.study.description.strip(),
            runs=findings.runs,
            top=TOP_TEXT,
            expected=expected,
            start=start_rows(rows),
            parameters=[_parameter_row(factor) for factor in findings.factors],
            datasets=[_dataset_row(findings, dataset) for dataset in findings.datasets],
            asks=questions.are_asked(findings),
            plot=embed(plot),
            shares=rows,
            sweeps=findings.study.sweeps,
        ),
        scripts=("home",),
    )
    return (page,)


def share_rows(findings: Findings) -> list[ShareRow]:
    """One row for each value that occurs, parameter by parameter."""
    return [_share_row(findings, share) for share in findings.top_shares]


def commonest(rows: list[ShareRow]) -> list[ShareRow]:
    """The rows that a plot has room for: of each parameter the values with the most runs.

    They stay in their order; of values with as many runs the first are taken.
    """
    shown = []
    for _, same in groupby(rows, key=lambda row: row.parameter):
        levels = list(same)
        by_runs = sorted(range(len(levels)), key=lambda place: -levels[place].n)
        shown += [levels[place] for place in sorted(by_runs[:MOST_LEVELS])]
    return shown


def start_rows(rows: list[ShareRow]) -> list[StartRow]:
    """For each parameter the value that most surely reaches the top often.

    That is the one with the highest lower end of its interval: a value with few runs does not win
    by luck.
    """
    return [_start_row(list(same)) for _, same in groupby(rows, key=lambda row: row.parameter)]


def _start_row(rows: list[ShareRow]) -> StartRow:
    best = max(rows, key=lambda row: row.low)
    others = [row.level for row in rows if row is not best and not _clearly_worse(row, best)]
    return StartRow(best, ", ".join(others) or NOTHING)


def _clearly_worse(row: ShareRow, best: ShareRow) -> bool:
    """Whether the 95 % interval of the difference excludes 0 (Newcombe 1998, method 10)."""
    reach = math.hypot(best.share - best.low, row.high - row.share)
    return best.share - row.share > reach


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
        configuration=" · ".join(f"{spoken(s.label)} {s.value}" for s in settings) or NOTHING,
        classes=_count(dataset.classes),
        images=", ".join(_count(size) for size in sizes),
        runs=_runs(dataset),
        difficulty=NOTHING if dataset.difficulty is None else f"{dataset.difficulty:.2f}",
        source=dataset.source,
    )


def _runs(dataset: DatasetSummary) -> str:
    """How many runs ended, and how many of them badly."""
    troubles = [
        f"{count:,} {word}"
        for count, word in ((dataset.diverged, "diverged"), (dataset.failed, "failed"))
        if count
    ]
    return ", ".join([_count(dataset.runs), *troubles])


def _parameter_row(factor: Factor) -> ParameterRow:
    parameter = factor.parameter
    return ParameterRow(
        label=parameter.label,
        description=parameter.description,
        levels=", ".join(level.label for level in factor.levels),
        default=NOTHING if parameter.default is None else factor.show(parameter.default),
    )


def _count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def _figure(rows: list[ShareRow], expected: float) -> figure:
    names = _tick_labels(rows)
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
    _add_marks(plot, source, expected)
    return plot


def _tick_labels(rows: list[ShareRow]) -> list[tuple[str, str]]:
    """(parameter, level) of each row, cut where they are long, and each only once."""
    labels: list[tuple[str, str]] = []
    for row in rows:
        parameter, level = plain(cut(row.parameter)), plain(cut(row.level))
        number = 1
        while (parameter, level) in labels:
            number += 1
            level = plain(f"{cut(row.level)} ({number})")
        labels.append((parameter, level))
    return labels


def _add_marks(plot: figure, source: ColumnDataSource, expected: float) -> None:
    """The line of what is expected of any value, the intervals and the dots."""
    chance = Span(location=expected, dimension="height", line_dash="dashed")
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

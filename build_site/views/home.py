"""Home: which hyper-parameters should I choose?"""

import json
import math
from dataclasses import dataclass
from itertools import groupby

import numpy as np
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

from build_site.answers.verdicts import chosen
from build_site.claims import wording
from build_site.evidence.choices import Configuration, Expected
from build_site.evidence.recommendation import OnDataset, Recommendation, Stake
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics import DatasetSummary, TopShare
from build_site.naming import spoken
from build_site.plots import Plot, add_hover, base_figure, cut, embed, plain, themed
from build_site.rendering import NOTHING, counted, measure, render
from build_site.views import Page, questions
from build_site.views.advisor import points, share, too_little

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
class Value:
    """A hyper-parameter and the value to give it."""

    parameter: str
    level: str


@dataclass(frozen=True)
class AdviceRow:
    """What to choose on one data set; `different` are the values that are not those for all."""

    dataset: str
    beats: str
    accuracy: str
    different: str
    cost: str


@dataclass(frozen=True)
class StakeRow:
    """What the worst value of a hyper-parameter costs, in percentage points and on a scale to 1."""

    parameter: str
    worst: str
    loss: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Start:
    """The configuration to start from, with everything that Home says about it.

    `stakes` are those of each verdict; `snippet` is what the program to copy is made from, as JSON.
    """

    values: tuple[Value, ...]
    beats: str
    runs: int
    usual: str
    datasets: tuple[AdviceRow, ...]
    stakes: dict[str, list[StakeRow]]
    snippet: str


@dataclass(frozen=True)
class ClaimRow:
    """A claim that the runs decide, in short."""

    symbol: str
    verdict: str
    id: str
    sentence: str
    effect: str


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
    """One page: what to choose, what matters, what reaches the top, and what the study is."""
    rows = share_rows(findings)
    datasets = [_dataset_row(findings, dataset) for dataset in findings.datasets]
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
        description=f"Evidence from {counted(findings.runs, 'run')}.",
        markdown=render(
            "home.md",
            description=findings.study.description.strip(),
            runs=findings.runs,
            top=TOP_TEXT,
            expected=expected,
            start=start(findings),
            reason=too_little(findings.advice.evidence if findings.advice else None),
            metric=spoken(findings.study.metric_label),
            metric_label=findings.study.metric_label,
            ordered=findings.by_difficulty,
            known=_known(datasets),
            parameters=[_parameter_row(factor) for factor in findings.factors],
            asks=questions.are_asked(findings),
            compares=bool(chosen(findings)),
            claims=claim_rows(findings),
            inconclusive=sum(each.verdict == "inconclusive" for each in findings.judgements),
            datasets=datasets,
            plot=embed(plot),
            shares=rows,
            sweeps=findings.study.sweeps,
        ),
        scripts=("snippet", "snippet_block", "home"),
    )
    return (page,)


def claim_rows(findings: Findings) -> list[ClaimRow]:
    """One row for each claim that the runs decide, those they support first."""
    decided = [each for each in findings.judgements if each.verdict != "inconclusive"]
    return [
        ClaimRow(
            wording.SYMBOLS[each.verdict],
            each.verdict,
            each.claim.id,
            each.claim.sentence,
            f"{wording.effect(each)} {wording.unit(each.claim)} {wording.interval(each)}",
        )
        for each in sorted(decided, key=lambda each: each.verdict, reverse=True)
    ]


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


def start(findings: Findings) -> Start | None:
    """The robust choice; None if there is too little evidence for any."""
    advised = findings.recommendation
    if advised is None:
        return None
    configuration = advised.configuration
    stakes: dict[str, list[StakeRow]] = {}
    for stake in advised.stakes:
        stakes.setdefault(stake.verdict, []).append(_stake_row(findings, stake))
    exactly = (findings.outcomes.levels == np.array(configuration)).all(axis=1)
    return Start(
        values=tuple(
            Value(factor.parameter.label, factor.levels[level].label)
            for factor, level in zip(findings.factors, configuration, strict=True)
        ),
        beats=share(advised.expected),
        runs=int(exactly.sum()),
        usual=_usual(advised.usual),
        datasets=tuple(_advice_row(findings, advised, each) for each in advised.datasets),
        stakes=stakes,
        snippet=_snippet(findings, configuration, share(advised.expected)),
    )


def _usual(loss: Expected | None) -> str:
    """What the usual values cost, as a sentence; nothing if the study has none."""
    if loss is None:
        return ""
    doubt = ", which may be chance" if loss.low <= 0 <= loss.high else ""
    return f"The usual values beat {points(loss)} points less{doubt}."


def _advice_row(findings: Findings, advised: Recommendation, each: OnDataset) -> AdviceRow:
    best = each.best.configuration
    different = [
        f"{factor.parameter.spoken} {factor.levels[level].label}"
        for factor, level, common in zip(findings.factors, best, advised.configuration, strict=True)
        if level != common
    ]
    return AdviceRow(
        dataset=findings.datasets[each.dataset].label,
        beats=share(each.best.expected),
        accuracy=_accuracy(findings, each.best.accuracy),
        different=" \N{MIDDLE DOT} ".join(different),
        cost=points(each.cost) if different else "",
    )


def _accuracy(findings: Findings, accuracy: Expected) -> str:
    ends = [accuracy.low, accuracy.high]
    if findings.study.direction == "minimize":
        ends.reverse()
    value, low, high = (
        "diverged" if math.isnan(each) else measure(each, is_share=findings.is_share)
        for each in (accuracy.value, *ends)
    )
    return f"{value} [{low}, {high}]"


def _stake_row(findings: Findings, stake: Stake) -> StakeRow:
    factor = findings.factors[stake.parameter]
    return StakeRow(
        factor.parameter.label,
        factor.levels[stake.worst].label,
        points(stake.loss),
        max(0.0, stake.loss.value),
        max(0.0, stake.loss.low),
        max(0.0, min(1.0, stake.loss.high)),
    )


def _snippet(findings: Findings, configuration: Configuration, beats: str) -> str:
    settings = {
        factor.parameter.name: factor.setting(level)
        for factor, level in zip(findings.factors, configuration, strict=True)
    }
    heading = f'Advised by "{findings.study.title}": beats {beats} of random choices'
    known = {dataset.classes for dataset in findings.datasets}
    classes = known.pop() if len(known) == 1 else None
    return json.dumps({"configuration": settings, "classes": classes, "heading": heading})


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
        configuration=" · ".join(f"{s.label} {s.value}" for s in settings) or NOTHING,
        classes=_count(dataset.classes),
        images=", ".join(_count(size) for size in sizes) if any(sizes) else NOTHING,
        runs=_runs(dataset),
        difficulty=NOTHING if dataset.difficulty is None else f"{dataset.difficulty:.2f}",
        source=dataset.source,
    )


def _known(rows: list[DatasetRow]) -> frozenset[str]:
    """What is known of any data set: a table has no column for the rest."""
    columns = ("classes", "images", "difficulty", "source")
    return frozenset(
        column
        for column in columns
        if any(getattr(row, column) not in {"", NOTHING} for row in rows)
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
    end = max([0.25, *(row.high for row in rows)])
    plot = base_figure(
        height=26 * len(rows) + 60,
        y_range=FactorRange(factors=names[::-1], group_padding=0.6),
        x_range=Range1d(-0.012 * end, 1.02 * end),  # with room for half of a dot at 0
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

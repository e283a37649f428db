"""Claims: sentences from the literature, and what the runs say of each."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, FixedTicker, Range1d, Span
from bokeh.plotting import figure

from build_site.claims import wording
from build_site.claims.avoiding import without
from build_site.claims.judgement import Judgement
from build_site.claims.ledger import read_statements
from build_site.claims.paper import compare
from build_site.claims.queries import preparation
from build_site.findings import Findings
from build_site.metrics.grouping import Group
from build_site.plots import (
    AGAINST,
    IN_FAVOUR,
    OPEN,
    Look,
    Plot,
    add_hover,
    base_figure,
    embed,
    themed,
)
from build_site.rendering import NOTHING, listing, render
from build_site.views import Page

ROW_HEIGHT = 26  # pixels of a claim in the picture
LOOKS = {"supported": IN_FAVOUR, "contradicted": AGAINST, "inconclusive": OPEN}


@dataclass(frozen=True)
class Entry:
    """A claim as the page shows it."""

    number: int
    id: str
    symbol: str
    verdict: str
    sentence: str
    finding: str
    without: str
    effect: str
    unit: str
    interval: str
    runs: int
    blocks: int
    surety: str
    asked: str
    source: str
    link: str
    link_words: str
    query: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; none for a study that can test no claim."""
    judged = findings.judgements
    if not judged:
        return ()
    plot = Plot(
        "claims-plot",
        "Effect that each claim is about, above 0 as claimed (dots; lines are 95 % intervals; the "
        "numbers are those of the list)",
        _picture(judged, findings.group),
        table="claims-table",
    )
    page = Page(
        slug="claims",
        title="Claims",
        description=f"{len(judged)} claims tested on {findings.shown:,} runs",
        markdown=render(
            "claims.md",
            entries=entries(findings, judged),
            summary=summary(judged),
            group=findings.group,
            weighed=any(each.claim.statistic == "importance" for each in judged),
            runs=findings.shown,
            sampled=findings.sampled,
            picture=embed(plot),
            preparation=prepared(findings),
            compared=compare(findings, read_statements()),
        ),
        scripts=("claims",),
    )
    return (page,)


def prepared(findings: Findings) -> str:
    """The SQL that the queries of the page need before, in a copy of the study."""
    sampled = findings.page_runs if findings.sampled else None
    return preparation(findings.study, findings.group, sampled)


def entries(findings: Findings, judged: Sequence[Judgement]) -> list[Entry]:
    """One for each claim, in their order."""
    return [
        Entry(
            number=place,
            id=each.claim.id,
            symbol=wording.SYMBOLS[each.verdict],
            verdict=each.verdict,
            sentence=each.claim.sentence,
            finding=wording.finding(each, findings.group),
            without=without(findings, each.claim),
            effect=wording.effect(each) if wording.is_known(each) else NOTHING,
            unit=wording.unit(each.claim),
            interval=wording.interval(each) if wording.is_known(each) else NOTHING,
            runs=each.runs,
            blocks=each.blocks,
            surety=wording.surety(each) if wording.is_known(each) else NOTHING,
            asked=wording.asked(each.claim),
            source=each.claim.source,
            link=wording.link(each.claim, findings.study),
            link_words=wording.link_words(each.claim),
            query=each.query,
        )
        for place, each in enumerate(judged, 1)
    ]


def summary(judged: Sequence[Judgement]) -> str:
    """How many claims came out how: "3 supported, 1 contradicted and 14 inconclusive"."""
    counts: Counter[str] = Counter(each.verdict for each in judged)
    return listing(f"{counts[verdict]} {verdict}" for verdict in LOOKS if counts[verdict])


def _picture(judged: Sequence[Judgement], group: Group) -> figure:
    """One row a claim, the first on top; trends are per tenth of difficulty, as in the list."""
    scales = [100 * wording.scale(each.claim) for each in judged]
    known = [
        value * scale
        for each, scale in zip(judged, scales, strict=True)
        for value in (each.low, each.high)
        if math.isfinite(value)
    ]
    low, high = min([0.0, *known]), max([1.0, *known])
    plot = base_figure(
        height=ROW_HEIGHT * len(judged) + 60,
        x_range=Range1d(low - (high - low) * 0.03, high + (high - low) * 0.03),
        y_range=Range1d(len(judged) + 0.5, 0.5),
        x_axis_label="Effect, points",
        y_axis_label="Claim",
        tools=[],
    )
    plot.yaxis.ticker = FixedTicker(ticks=list(range(1, len(judged) + 1)))
    plot.ygrid.visible = False
    zero = Span(location=0, dimension="height", line_dash="dashed")
    themed(zero, line_color="--atlas-rule")
    plot.add_layout(zero)
    for verdict, drawn in LOOKS.items():
        rows = [
            (place, each, scale)
            for place, (each, scale) in enumerate(zip(judged, scales, strict=True), 1)
            if each.verdict == verdict and math.isfinite(each.low)
        ]
        if rows:
            _add_marks(plot, rows, group, drawn)
    return plot


def _add_marks(
    plot: figure, rows: Sequence[tuple[int, Judgement, float]], group: Group, drawn: Look
) -> None:
    source = ColumnDataSource(
        {
            "y": [place for place, _, _ in rows],
            "x": [each.effect * scale for _, each, scale in rows],
            "low": [each.low * scale for _, each, scale in rows],
            "high": [each.high * scale for _, each, scale in rows],
            "sentence": [each.claim.sentence for _, each, _ in rows],
            "finding": [wording.finding(each, group) for _, each, _ in rows],
            "verdict": [each.verdict for _, each, _ in rows],
        }
    )
    bars = plot.segment("low", "y", "high", "y", source=source, line_width=2)
    dots = plot.scatter("x", "y", source=source, size=9, marker=drawn.marker, line_color=None)
    themed(bars.glyph, line_color=drawn.variable)
    themed(dots.glyph, fill_color=drawn.variable)
    add_hover(plot, dots, [("claim", "@sentence"), ("verdict", "@verdict"), ("effect", "@finding")])

"""Advisor: given what I must fix, what should the rest be, how sure, and what is tuning worth?"""

import math
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, FixedTicker, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from build_site.evidence.advice import FEWEST_BLOCKS
from build_site.evidence.choices import Configuration, Expected
from build_site.evidence.validation import HeldOut, hold_out
from build_site.findings import Findings
from build_site.plots import Plot, add_hover, base_figure, embed, themed
from build_site.rendering import NOTHING, listing, percent, render
from build_site.statistics import Estimate
from build_site.views import Page

SCRIPTS = (
    *("statistics", "palette", "snippet", "snippet_block", "advice", "advisor_state"),
    *("advisor_answers", "advisor", "budget", "budget_plot"),
)
TICKS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class TrialRow:
    """One data set held out, in words and numbers."""

    dataset: str
    configuration: str
    advised: str
    usual: str
    matching: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page, if there is a hyper-parameter to choose; its client scripts answer."""
    if not findings.factors:
        return ()
    fitted = findings.advice
    enough = fitted is not None and fitted.evidence.enough
    held_out = hold_out(findings.outcomes, fitted, robust=True) if fitted and enough else ()
    page = Page(
        slug="advisor",
        title="Advisor",
        description=f"The best hyper-parameters given some, from {findings.shown:,} runs.",
        markdown=render(
            "advisor.md",
            sampled=findings.sampled,
            whole=findings.whole,
            enough=enough,
            reason=too_little(findings),
            metric=findings.study.metric_label,
            explained=fitted.evidence.explained if fitted else math.nan,
            runs=fitted.evidence.runs if fitted else 0,
            blocks=fitted.evidence.blocks if fitted else 0,
            group=findings.group,
            usual=any(each.usual is not None for each in held_out),
            several=len(findings.datasets) > 1,
            diverged=_diverged(findings),
            trials=[_trial_row(findings, each) for each in held_out],
            verdict=verdict(held_out),
            plot=embed(_plot(findings, advised=enough)) if findings.runs else "",
        ),
        scripts=SCRIPTS,
        data=("advice",),
    )
    return (page,)


def too_little(findings: Findings) -> str:
    """Why nothing is advised, as a sentence."""
    evidence = findings.advice.evidence if findings.advice else None
    if evidence is None:
        return "The study has no runs that ended."
    if math.isnan(evidence.explained):
        return f"All runs of the {findings.whole} ended alike, so no value is better than another."
    if evidence.blocks < FEWEST_BLOCKS:
        return (
            f"The {evidence.runs:,} runs of the {findings.whole} are {evidence.blocks:,} "
            f"independent group{'' if evidence.blocks == 1 else 's'}; it takes {FEWEST_BLOCKS}."
        )
    return (
        f"What the {evidence.runs:,} runs of the {findings.whole} teach does not predict runs that "
        "were left out better than chance."
    )


def _diverged(findings: Findings) -> str:
    """What a diverged run is worth to the budget, as a sentence; nothing if none did."""
    if not findings.diverged:
        return ""
    known = [dataset.chance is not None for dataset in findings.datasets]
    if all(known):
        return "A diverged run counts as guessing."
    if not any(known):
        return "A diverged run counts as the worst that completed."
    return (
        "A diverged run counts as guessing, or as the worst that completed where it is not known "
        "what guessing gives."
    )


def verdict(held_out: tuple[HeldOut, ...]) -> str:
    """What the held-out data sets say, as part of a sentence."""
    judged = [each.advised for each in held_out if each.advised is not None]
    if not judged:
        return "none of them has runs enough to judge it."
    surely = sum(each.low > 0.5 for each in judged)
    values = [each.value for each in judged]
    words = (
        f"it beats {percent(min(values))} to {percent(max(values))} of random choices there, "
        f"surely more than half on {surely} of {len(judged)} data sets."
    )
    seen = [each.matching.value for each in held_out if each.parameters]
    if seen:
        words += (
            " Real runs there that share the few advised values that matter most, the others drawn "
            f"at random, beat {percent(min(seen))} to {percent(max(seen))}."
        )
    gains = [each.gain for each in held_out if each.gain is not None]
    if gains:
        better = sum(gain.low > 0 for gain in gains)
        worse = sum(gain.high < 0 for gain in gains)
        words += (
            f" Against the usual values it is surely better on {better}, surely worse on {worse}, "
            f"and not clearly either on {len(gains) - better - worse}."
        )
    return words


def _trial_row(findings: Findings, held: HeldOut) -> TrialRow:
    names = [findings.factors[place].parameter.spoken for place in held.parameters]
    matching = NOTHING
    if names:
        matching = f"{_estimate(held.matching)}, {held.matching.n:,} runs ({listing(names)})"
    return TrialRow(
        findings.datasets[held.dataset].label,
        configuration_words(findings, held.configuration),
        share(held.advised),
        share(held.usual),
        matching,
    )


def configuration_words(findings: Findings, configuration: Configuration) -> str:
    """Such as: optimizer Adam · activation ReLU."""
    return " \N{MIDDLE DOT} ".join(
        f"{factor.parameter.spoken} {factor.levels[level].label}"
        for factor, level in findings.to_set(configuration)
    )


def share(expected: Expected | None) -> str:
    """A percentile as "94 % [90, 97]"; a dash if there is none."""
    if expected is None:
        return NOTHING
    value, low, high = (
        f"{round(each * 100)}" for each in (expected.value, expected.low, expected.high)
    )
    return f"{value}\N{NO-BREAK SPACE}% [{low}, {high}]"


def points(difference: Expected) -> str:
    """A difference of percentiles as "4.1 [1.0, 7.2]", in percentage points."""
    value, low, high = (
        f"{100 * each:.1f}".replace("-0.0", "0.0").replace("-", "\N{MINUS SIGN}")
        for each in (difference.value, difference.low, difference.high)
    )
    return f"{value} [{low}, {high}]"


def _estimate(estimate: Estimate) -> str:
    if math.isnan(estimate.low):
        return f"{round(estimate.value * 100)}\N{NO-BREAK SPACE}%"
    return share(Expected(estimate.value, estimate.low, estimate.high))


def _plot(findings: Findings, *, advised: bool) -> Plot:
    one = ", and with one hyper-parameter at its advised value" if advised else ""
    metric = findings.study.metric_label
    return Plot(
        "budget-plot",
        f"{metric} of the best of k random trials: the average, with the middle 80 % of such tries "
        f"for any configuration (band){one}",
        _figure(findings),
        table="budget-table",
    )


def _figure(findings: Findings) -> figure:
    plot = base_figure(
        height=360,
        x_axis_type="log",
        x_range=Range1d(0.95, 105),
        y_range=Range1d(0, 1),
        x_axis_label="Random trials, k",
        y_axis_label=findings.study.metric_label,
        tools=[],
    )
    plot.xaxis.ticker = FixedTicker(ticks=list(TICKS))
    plot.xaxis.major_label_overrides = {tick: str(tick) for tick in TICKS}
    plot.yaxis.formatter = NumeralTickFormatter()  # the client knows how many digits
    band = plot.varea(
        "k", "low", "high", source=_source("k", "low", "high"), name="band", fill_alpha=0.35
    )
    themed(band.glyph, fill_color="--atlas-baseline")
    lines = _source("xs", "ys", "colour")
    plot.multi_line("xs", "ys", source=lines, name="lines", line_color="colour", line_width=2)
    points = _source("k", "mean", "colour", "marker", "what", "value", "band", "n")
    dots = plot.scatter(
        "k",
        "mean",
        source=points,
        name="points",
        marker="marker",
        size=8,
        fill_color="colour",
        line_color="colour",
    )
    tooltips = [
        ("trials", "@k"),
        ("of", "@what"),
        ("best, on average", "@value"),
        ("middle 80 %", "@band"),
        ("runs", "@n"),
    ]
    add_hover(plot, dots, tooltips)
    return plot


def _source(*columns: str) -> ColumnDataSource:
    return ColumnDataSource({column: [] for column in columns})

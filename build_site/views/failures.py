"""Failures: which runs fail, and how well do the others do?"""

from collections.abc import Sequence
from dataclasses import dataclass

from build_site.answers.failing import both, said
from build_site.answers.words import interval, number
from build_site.findings import Findings
from build_site.metrics.failures import DatasetFailures, Failures, Place, Trained, failures
from build_site.plots import Plot, embed
from build_site.rendering import NOTHING, percent, render
from build_site.views import Page
from build_site.views.failure_map import Cell, Name, failure_map, strength

MOST_VALUES = 8  # of one parameter in the maps: the commonest
MOST_PARAMETERS = 9  # in the maps: those whose values differ most in how often they fail


@dataclass(frozen=True)
class Row:
    """How runs with one value or two end, in words and numbers."""

    what: str
    runs: str
    failed: str
    share: str
    interval: str
    rest: str
    rest_interval: str
    rest_runs: str


@dataclass(frozen=True)
class DatasetRow:
    """How the runs on a data set end."""

    label: str
    runs: str
    diverged: str
    at_chance: str
    hardly_learned: str
    share: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; none for a study without runs or parameters."""
    trained = failures(findings.study, is_share=findings.is_share)
    if not trained.values:
        return ()
    places = drawn(trained)
    failed = any(each.failed for each in trained.datasets)
    page = Page(
        slug="failures",
        title="Failures",
        description=f"Which settings make runs fail, from {findings.shown:,} of them.",
        markdown=render(
            "failures.md",
            said=said(findings, trained),
            all_runs=findings.all_runs,
            failed=failed,
            chance=findings.chance_known,
            plots=[embed(plot) for plot in _plots(findings, trained, places, failed=failed)],
            sides=len(places),
            values=[_row(findings, each) for each in trained.values],
            cells=[_row(findings, each) for each in (*trained.values, *trained.pairs)],
            datasets=_dataset_rows(findings, trained.datasets),
            hidden=len(places) < len(trained.values),
            most=MOST_VALUES,
        ),
        scripts=("failures",),
    )
    return (page,)


def drawn(trained: Trained) -> list[Place]:
    """The values that a map has room for, in the order of the study."""
    by_parameter: dict[int, list[Failures]] = {}
    for each in trained.values:
        by_parameter.setdefault(each.first[0], []).append(each)

    def spread(parameter: int) -> float:
        shares = [each.share.value for each in by_parameter[parameter] if each.evident]
        return max(shares) - min(shares) if shares else 0.0

    shown = sorted(sorted(by_parameter, key=lambda each: -spread(each))[:MOST_PARAMETERS])
    places = []
    for parameter in shown:
        commonest = sorted(by_parameter[parameter], key=lambda each: -each.n)[:MOST_VALUES]
        places += sorted(each.first for each in commonest)
    return places


def _plots(
    findings: Findings, trained: Trained, places: Sequence[Place], *, failed: bool
) -> list[Plot]:
    """How often runs fail, if any do, and how well the others do."""
    names = [_name(findings, place) for place in places]
    where = {place: n for n, place in enumerate(places)}
    shown = [
        each
        for each in (*trained.values, *trained.pairs)
        if each.first in where and each.second in where
    ]
    most = max((each.share.value for each in shown if each.evident), default=0.0)
    means = [each.rest.value for each in shown if each.rest.usable]
    low, high = (min(means), max(means)) if means else (0.0, 1.0)
    those = "runs that do not fail" if failed else "runs"
    failing = Plot(
        "failures-plot",
        "How often runs fail, for each value (the diagonal) and each pair of values: the stronger "
        f"the colour, the more do, from none to {percent(most)}; hatched: fewer than five runs",
        failure_map(
            names,
            [_cell(findings, each, where, most) for each in shown],
            "--atlas-series-1",
        ),
        table="failures-table",
    )
    doing = Plot(
        "rest-plot",
        f"How well {those} do: the stronger the colour, the higher their mean percentile, "
        f"from {number(low)} to {number(high)}; hatched: fewer than five of them",
        failure_map(
            names,
            [_rest_cell(findings, each, where, (low, high)) for each in shown],
            "--atlas-selection",
        ),
        table="failures-table",
    )
    return [failing, doing] if failed else [doing]


def _cell(findings: Findings, each: Failures, where: dict[Place, int], most: float) -> Cell:
    return Cell(
        where[each.first],
        where[each.second],
        strength(each.share.value, 0.0, most) if each.evident else None,
        both(findings, each),
        f"{percent(each.share.value)} fail",
        interval(each.share),
        f"{each.n:,}",
    )


def _rest_cell(
    findings: Findings, each: Failures, where: dict[Place, int], ends: tuple[float, float]
) -> Cell:
    usable = each.rest.usable
    return Cell(
        where[each.first],
        where[each.second],
        strength(each.rest.value, *ends) if usable else None,
        both(findings, each),
        f"mean percentile {number(each.rest.value)}" if each.rest.n else "all fail",
        interval(each.rest),
        f"{each.rest.n:,} of {each.n:,} do not fail",
    )


def _name(findings: Findings, place: Place) -> Name:
    factor = findings.factors[place[0]]
    return factor.parameter.label, factor.levels[place[1]].label


def _row(findings: Findings, each: Failures) -> Row:
    return Row(
        what=both(findings, each),
        runs=f"{each.n:,}",
        failed=f"{each.failed:,}",
        share=percent(each.share.value),
        interval=interval(each.share),
        rest=number(each.rest.value) if each.rest.n else NOTHING,
        rest_interval=interval(each.rest) if each.rest.n else NOTHING,
        rest_runs=f"{each.rest.n:,}",
    )


def _dataset_rows(findings: Findings, found: Sequence[DatasetFailures]) -> list[DatasetRow]:
    """The easiest first."""
    by_name = {each.dataset: each for each in found}
    return [
        DatasetRow(
            dataset.label,
            f"{each.runs:,}",
            f"{each.diverged:,}",
            f"{each.at_chance:,}",
            f"{each.hardly_learned:,}",
            percent(each.failed / each.runs),
        )
        for dataset in findings.datasets
        if (each := by_name.get(dataset.name)) is not None
    ]

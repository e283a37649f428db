"""Importance: what matters for being good, and for being among the best?"""

from build_site.evidence.importance import Importance
from build_site.findings import Findings
from build_site.plots import MARKERS, Plot, embed, embed_data, look
from build_site.rendering import render
from build_site.views import Page
from build_site.views.importance_plots import bar_figure, curve_figure
from build_site.views.importance_scopes import (
    MOST_ALONE,
    MOST_PAIRS,
    SHAPES,
    Drawn,
    scope_of,
    scope_without,
)

MOST_CURVES = 8  # hyper-parameters drawn; the table has all


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page; a study without hyper-parameters has nothing to weigh."""
    if not findings.factors:
        return ()
    found = findings.importances
    drawn = _drawn(findings, found)
    scopes = [scope_of(findings, each, drawn) for each in found]
    if findings.importance_without is not None:
        scopes.append(scope_without(findings, findings.importance_without, drawn))
    size = len(found[0].parameters)
    pairs = max(len(each.anova.pairs) for each in found)
    rows = min(size, MOST_ALONE) + min(pairs, MOST_PAIRS)
    curves = Plot(
        "importance-curves",
        "How much each hyper-parameter matters for reaching the best runs, the fewer the further "
        "right (lines; bands are 95 % intervals; 0 is not at all)",
        curve_figure(drawn, findings.all_runs),
        table="importance-curve-table",
    )
    bars = Plot(
        "importance-bars",
        "What share of the variance of the percentile hyper-parameters explain, alone and in pairs "
        "(bars; lines are 95 % intervals, with an arrow at the end of the axis where they go on)",
        bar_figure(rows),
        table="importance-bar-table",
    )
    markdown = render(
        "importance.md",
        sampled=findings.sampled,
        scopes=scopes,
        parameters=size,
        drawn=drawn,
        claims=any(each.claim.statistic == "importance" for each in findings.judgements),
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

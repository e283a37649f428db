"""Home: which hyper-parameters should I choose?"""

from dataclasses import dataclass

from build_site.answers.training import training
from build_site.answers.verdicts import chosen
from build_site.claims import wording
from build_site.claims.avoiding import without
from build_site.claims.judgement import Judgement
from build_site.findings import Findings
from build_site.naming import spoken
from build_site.plots import Plot, embed
from build_site.rendering import counted, render
from build_site.views import Page, questions
from build_site.views.about import dataset_row, known_columns, parameter_row
from build_site.views.advisor import too_little
from build_site.views.start import start
from build_site.views.top_shares import MOST_LEVELS, TOP_TEXT, commonest, share_figure, share_rows


@dataclass(frozen=True)
class ClaimRow:
    """A claim that the runs decide, in short."""

    symbol: str
    verdict: str
    id: str
    sentence: str
    effect: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """One page: what to choose, what matters, what reaches the top, and what the study is."""
    rows = share_rows(findings)
    datasets = [dataset_row(findings, dataset) for dataset in findings.datasets]
    expected = findings.top_shares[0].expected if findings.top_shares else 0.0
    drawn = commonest(rows)
    hidden = "" if len(drawn) == len(rows) else f"; the {MOST_LEVELS} commonest values of each"
    plot = Plot(
        "top-share",
        f"How often runs with a value are among the best {TOP_TEXT} on their data set "
        f"(dots; lines are 95 % intervals, the dashed line is the share of {findings.all_runs})"
        + hidden,
        share_figure(drawn, expected),
        table="top-share-table",
    )
    page = Page(
        slug="index",
        title=findings.study.title,
        description=f"Evidence from {counted(findings.shown, 'run')}.",
        markdown=render(
            "home.md",
            description=findings.study.description.strip(),
            runs=findings.runs,
            training=training(findings),
            never_ended=findings.never_ended,
            sampled=findings.sampled,
            whole=findings.whole,
            top=TOP_TEXT,
            expected=expected,
            tied_best=findings.tied_best,
            start=start(findings),
            reason=too_little(findings),
            metric=spoken(findings.study.metric_label),
            metric_label=findings.study.metric_label,
            ordered=findings.by_difficulty,
            known=known_columns(datasets),
            parameters=[parameter_row(factor) for factor in findings.factors],
            asks=questions.are_asked(findings),
            compares=bool(chosen(findings)),
            claims=claim_rows(findings),
            inconclusive=sum(each.verdict == "inconclusive" for each in findings.judgements),
            datasets=datasets,
            plot=embed(plot),
            shares=rows,
            facts=findings.study.facts,
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
            _found(findings, each),
        )
        for each in sorted(decided, key=lambda each: each.verdict, reverse=True)
    ]


def _found(findings: Findings, judgement: Judgement) -> str:
    """The effect with its interval; of importance, also where what ruins nearly all is avoided."""
    effect, unit = wording.effect(judgement), wording.unit(judgement.claim)
    avoiding = without(findings, judgement.claim)
    return f"{effect} {unit} {wording.interval(judgement)}{avoiding and f'. {avoiding}'}"

"""Questions: answers that the runs give, each with its picture and a preset of Compare."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from build_site.answers.benefit import benefit
from build_site.answers.changes import what_would_change
from build_site.answers.dependence import dependence
from build_site.answers.importance import importance
from build_site.answers.subject import Answer, Contrast, Subject
from build_site.answers.words import interval, number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise
from build_site.plots import Plot, embed
from build_site.rendering import counted, render
from build_site.views import Page, compare
from build_site.views.question_picture import picture

GROUP = "Questions"


@dataclass(frozen=True)
class Question:
    """What is asked, and of which parameters of the study."""

    slug: str
    title: str
    subject: str
    other: str | None
    picture: str
    answer: Callable[..., Answer]


QUESTIONS = (
    Question(
        "augmentation",
        "When is augmentation beneficial?",
        "augmentation",
        None,
        "Effect on the mean percentile",
        benefit,
    ),
    Question(
        "optimizer",
        "Is the optimizer important?",
        "optimizer",
        None,
        "Best optimizer minus worst",
        importance,
    ),
    *(
        Question(
            f"{subject}-{other.replace('_', '-')}",
            f"{subject.capitalize()} \N{MULTIPLICATION SIGN} {other.replace('_', ' ')}",
            subject,
            other,
            f"The value of {subject} that is best over all runs, minus each other, at each value "
            f"of {other.replace('_', ' ')}",
            dependence,
        )
        for subject, other in (
            ("optimizer", "batch_size"),
            ("optimizer", "activation"),
            ("initialization", "activation"),
        )
    ),
)


@dataclass(frozen=True)
class Answered:
    """A question that the study has an answer to."""

    question: Question
    subject: Subject
    answer: Answer


@dataclass(frozen=True)
class TableRow:
    """One contrast, in words and numbers."""

    place: str
    what: str
    difference: str
    interval: str
    runs: str
    verdict: str


def pages(findings: Findings) -> tuple[Page, ...]:
    """An index and a page for each question that the study has the parameters for."""
    answered = [each for question in QUESTIONS if (each := _answered(findings, question))]
    if not answered:
        return ()
    noise = findings.noise
    index = Page(
        slug="questions/index",
        title="All questions",
        description=f"{counted(len(answered), 'question')} about hyper-parameters, "
        "answered by the runs.",
        markdown=render(
            "questions.md",
            answered=answered,
            runs=findings.shown,
            whole=findings.whole,
        ),
        scripts=(),
        group=GROUP,
    )
    return (index, *(_page(findings, each, answered, noise) for each in answered))


def are_asked(findings: Findings) -> bool:
    """Whether the study has the parameters, of two values at least, that any question is about."""
    places = Counter(share.parameter for share in findings.top_shares)
    varied = {findings.factors[place].parameter.name for place, n in places.items() if n > 1}
    return any({each.subject, each.other or each.subject} <= varied for each in QUESTIONS)


def _answered(findings: Findings, question: Question) -> Answered | None:
    """None if the study does not have the parameters for it."""
    found = _subjects(findings, question)
    return Answered(question, found[0], question.answer(*found)) if found else None


def _subjects(findings: Findings, question: Question) -> list[Subject]:
    """What a question asks about; nothing if a parameter is missing or has a single value."""
    subjects = {
        factor.parameter.name: Subject(findings, factor)
        for factor in findings.factors
        if factor.parameter.name in {question.subject, question.other}
    }
    asked = [name for name in (question.subject, question.other) if name is not None]
    if any(name not in subjects or len(subjects[name].used) < 2 for name in asked):
        return []
    return [subjects[name] for name in asked]


def _page(
    findings: Findings,
    each: Answered,
    answered: Sequence[Answered],
    noise: SeedNoise,
) -> Page:
    question, answer = each.question, each.answer
    plot = Plot(
        "answer-plot",
        f"{question.picture}{_where(findings, question)} (dots; lines are 95 % intervals; "
        "right of the dashed line the first value is better)",
        picture(answer.contrasts, _places(findings, question)),
        table="answer-table",
    )
    keys = None if question.other is None else [f"p.{question.other}"]
    markdown = render(
        "question.md",
        question=question,
        all_runs=findings.all_runs,
        answer=answer,
        picture=embed(plot) if answer.contrasts else "",
        rows=[_row(contrast) for contrast in answer.contrasts],
        changes=what_would_change(findings, answer, noise),
        others=[other for other in answered if other is not each],
        **compare.panels(findings, question.subject, keys, _pair_keys(each)),
    )
    return Page(
        slug=f"questions/{question.slug}",
        title=question.title,
        description=f"{answer.verdict}: evidence from {counted(findings.shown, 'run')}.",
        markdown=markdown,
        scripts=(*compare.SCRIPTS, "question"),
        group=GROUP,
    )


def _where(findings: Findings, question: Question) -> str:
    """On which data sets the picture of a question shows its effect."""
    if question.other is not None or len(findings.datasets) == 1:
        return ""
    order = ", the easiest on top" if findings.by_difficulty else ""
    return f", over all data sets and on each{order}"


def _pair_keys(each: Answered) -> tuple[str, str] | None:
    """The two values that the answer is about, as the panels below name them."""
    if each.answer.pair is None:
        return None
    first, second = (each.subject.factor.levels[level].key for level in each.answer.pair)
    return first, second


def _row(contrast: Contrast) -> TableRow:
    first, second = contrast.runs
    return TableRow(
        contrast.place,
        contrast.what,
        f"{number(contrast.difference.value)} points",
        interval(contrast.difference),
        f"{first:,} and {second:,}",
        contrast.verdict,
    )


def _places(findings: Findings, question: Question) -> str:
    """What the rows of a question's picture are."""
    labels = {factor.parameter.name: factor.parameter.label for factor in findings.factors}
    return "Data set" if question.other is None else labels[question.other]

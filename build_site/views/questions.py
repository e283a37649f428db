"""Questions: answers that the runs give, each with its picture and a preset of Compare."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, FixedTicker, Legend, LegendItem, Range1d, Span
from bokeh.plotting import figure

from build_site.answers.benefit import benefit
from build_site.answers.dependence import dependence
from build_site.answers.importance import importance
from build_site.answers.subject import Answer, Contrast, Subject
from build_site.answers.words import interval, number
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise, TrainingLength, seed_noise, training_length
from build_site.plots import Plot, add_hover, base_figure, cut, embed, look, plain, themed
from build_site.rendering import counted, render
from build_site.views import Page, compare

GROUP = "Questions"
MOST_PLACES = 40  # in the picture; the table has all of them
MOST_SERIES = 7  # likewise: the next best values
ROW_HEIGHT = 20  # pixels for each mark


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
            f"The best value of {subject} minus each other, at each value of "
            f"{other.replace('_', ' ')}",
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
    noise, length = seed_noise(findings.study), training_length(findings.study)
    index = Page(
        slug="questions/index",
        title="All questions",
        description=f"{counted(len(answered), 'question')} about hyper-parameters, "
        "answered by the runs.",
        markdown=render("questions.md", answered=answered, runs=findings.runs),
        scripts=(),
        group=GROUP,
    )
    return (index, *(_page(findings, each, answered, noise, length) for each in answered))


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
    length: TrainingLength,
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
        answer=answer,
        picture=embed(plot) if answer.contrasts else "",
        rows=[_row(contrast) for contrast in answer.contrasts],
        changes=what_would_change(findings, answer, noise, length),
        others=[other for other in answered if other is not each],
        **compare.panels(question.subject, keys, _pair_keys(each)),
    )
    return Page(
        slug=f"questions/{question.slug}",
        title=question.title,
        description=f"{answer.verdict}: evidence from {counted(findings.runs, 'run')}.",
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


def what_would_change(
    findings: Findings, answer: Answer, noise: SeedNoise, length: TrainingLength
) -> list[str]:
    """What the answer rests on, and what could turn it."""
    sentences = []
    reach = (answer.effect.high - answer.effect.low) / 2
    if reach > 0:
        sentences.append(
            f"More runs: {counted(findings.runs, 'run')} leave the difference {answer.effect_of}, "
            f"over all of them, uncertain by \N{PLUS-MINUS SIGN}{number(reach)} points; four times "
            "as many would leave about half of that."
        )
    return [*sentences, _epochs(length), _seeds(noise, answer)]


def _epochs(length: TrainingLength) -> str:
    if length.least is None:
        return "Longer training: the study does not record how many epochs its runs trained for."
    span = (
        counted(length.least, "epoch")
        if length.least == length.most
        else f"{length.least:,} to {length.most:,} epochs"
    )
    return f"Longer training: runs trained for {span}; values that learn slowly may catch up later."


def _seeds(noise: SeedNoise, answer: Answer) -> str:
    if noise.deviation is None:
        return (
            "Seeds: no configuration was repeated with another seed, so how much of a difference "
            "between two single runs is luck is not known."
        )
    repeated = (
        f"{counted(noise.configurations, 'configuration')} repeated with other seeds "
        f"({counted(noise.runs, 'run')})"
    )
    sentence = "Seeds: the standard deviation between runs that differ in their seed alone is "
    sentence += f"{number(noise.deviation)} points, from {repeated}."
    if answer.effect.n and noise.deviation > 0:
        share = abs(answer.effect.value) / noise.deviation
        sentence += f" The difference {answer.effect_of} over all runs is {share:.1f} times that."
    return sentence


def _places(findings: Findings, question: Question) -> str:
    """What the rows of a question's picture are."""
    labels = {factor.parameter.name: factor.parameter.label for factor in findings.factors}
    return "Data set" if question.other is None else labels[question.other]


def picture(contrasts: Sequence[Contrast], what: str) -> figure:
    """Contrasts as dots with intervals, one row a place, one hue and shape a value.

    `what` is what the places are.
    """
    places = list(dict.fromkeys(contrast.place for contrast in contrasts))[:MOST_PLACES]
    levels = list(dict.fromkeys(contrast.level for contrast in contrasts))[:MOST_SERIES]
    row = max(2, len(levels))
    plot = base_figure(
        height=ROW_HEIGHT * row * len(places) + 60 + (24 * len(levels) if len(levels) > 1 else 0),
        x_range=_range(contrasts),
        y_range=Range1d(len(places) - 0.5, -0.5),
        x_axis_label="Difference of mean percentiles, points",
        y_axis_label=plain(what),
        tools=[],
    )
    plot.yaxis.ticker = FixedTicker(ticks=list(range(len(places))))
    plot.yaxis.major_label_overrides = {n: plain(cut(place)) for n, place in enumerate(places)}
    plot.ygrid.visible = False
    zero = Span(location=0, dimension="height", line_dash="dashed")
    themed(zero, line_color="--atlas-rule")
    plot.add_layout(zero)
    items = []
    for rank, level in enumerate(levels):
        offset = (rank - (len(levels) - 1) / 2) * 0.5 / len(levels)
        named = [c for c in contrasts if c.level == level and c.place in places]
        items.append(_add_series(plot, named, places, level, offset, several=len(levels) > 1))
    if len(items) > 1:
        _add_legend(plot, items)
    return plot


def _add_series(
    plot: figure,
    contrasts: Sequence[Contrast],
    places: Sequence[str],
    level: int,
    offset: float,
    *,
    several: bool,
) -> LegendItem:
    source = ColumnDataSource(
        {
            "y": [places.index(c.place) + offset for c in contrasts],
            "x": [c.difference.value * 100 for c in contrasts],
            "low": [c.difference.low * 100 for c in contrasts],
            "high": [c.difference.high * 100 for c in contrasts],
            "place": [c.place for c in contrasts],
            "what": [c.what for c in contrasts],
            "interval": [interval(c.difference) for c in contrasts],
            "n": [f"{c.runs[0]:,} and {c.runs[1]:,}" for c in contrasts],
            "verdict": [c.verdict for c in contrasts],
        }
    )
    bars = plot.segment("low", "y", "high", "y", source=source, line_width=2)
    drawn = look(level, missing=contrasts[0].missing)
    # Some shapes are lines alone.
    dots = plot.scatter("x", "y", source=source, size=9, marker=drawn.marker)
    colour = drawn.variable if several else "--atlas-selection"
    themed(bars.glyph, line_color=colour)
    themed(dots.glyph, fill_color=colour, line_color=colour)
    tooltips = [
        ("where", "@place"),
        ("difference", "@what: @x{0.0} points"),
        ("95 % interval", "@interval"),
        ("runs", "@n"),
        ("verdict", "@verdict"),
    ]
    add_hover(plot, dots, tooltips)
    return LegendItem(label=value(plain(f"minus {cut(contrasts[0].second)}")), renderers=[dots])


def _add_legend(plot: figure, items: list[LegendItem]) -> None:
    """Above the marks, in the page's colours."""
    legend = Legend(items=items)
    plot.add_layout(legend, "above")
    legend.location = "left"
    legend.padding = 0
    legend.background_fill_alpha = 0
    legend.border_line_color = None
    legend.label_text_font_size = "12px"
    themed(legend, label_text_color="--atlas-text")


def _range(contrasts: Sequence[Contrast]) -> Range1d:
    """What the intervals span, with 0; those of a few runs may end outside."""
    ends = [0.0]
    for contrast in contrasts:
        ends.append(contrast.difference.value)
        if contrast.difference.usable:
            ends += [contrast.difference.low, contrast.difference.high]
    margin = (max(ends) - min(ends) or 0.01) * 0.05
    return Range1d((min(ends) - margin) * 100, (max(ends) + margin) * 100)

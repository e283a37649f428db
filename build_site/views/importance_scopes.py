"""What the page Importance shows of all data sets, and of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from build_site.answers.weight import avoided, labels, weights, whole_percent
from build_site.evidence.importance import Importance
from build_site.evidence.squared_length import SquaredLength
from build_site.findings import Findings
from build_site.plots import cut
from build_site.rendering import percent

SHAPES = "\u25cf\u25a0\u25b2\u25c6\u25bc\u2b22\u2605\u271a"  # MARKERS as characters
MOST_ALONE = 12
MOST_PAIRS = 8
MIDDLE = 0.71  # of a bar, below the top of its row, of which it is the lower half
WITHIN = 0.985  # of the axis: what has its middle there is seen whole
LONGEST_ROW = 51  # characters of a bar's label
TOO_FEW = "too few runs"
WITHOUT = "(without)"  # in an address, in place of a data set
Columns = dict[str, list[float] | list[str]]
Rows = list[list[str]]


@dataclass(frozen=True)
class Drawn:
    """A hyper-parameter with a curve: its place among those that vary, and its look.

    `shape` is its marker as a character.
    """

    place: int
    label: str
    variable: str
    marker: str
    shape: str

    @property
    def hue(self) -> str:
        """The number of its hue in palette.css."""
        return self.variable.rsplit("-", 1)[1]


@dataclass(frozen=True)
class Scope:
    """What the page shows of all data sets (`name` is empty), of one, or WITHOUT some values.

    `words` are questions with answers; `sources` the columns of each renderer by its name; `ends`
    the greatest value on the axis of each plot; `tables` the rows of each table by its id.
    """

    name: str
    label: str
    runs: str
    words: list[tuple[str, str]]
    sources: dict[str, Columns]
    ends: dict[str, float]
    tables: dict[str, Rows]


def scope_of(findings: Findings, found: Importance, drawn: tuple[Drawn, ...]) -> Scope:
    """Everything that the page shows of one importance."""
    names = {each.name: each.label for each in findings.datasets}
    size = len(found.parameters)
    named = labels(findings, found)
    alone = _ranked(list(zip(named[:size], found.anova.alone[:size], strict=True)))
    pairs = _ranked(
        [
            (f"{cut(named[j])} \N{MULTIPLICATION SIGN} {cut(named[k])}", each)
            for (j, k), each in found.anova.pairs.items()
        ]
    )
    shown = [each for _, each in (*alone[:MOST_ALONE], *pairs[:MOST_PAIRS]) if each.known]
    tops = [
        top.divergences[each.place]
        for top in found.tops
        for each in drawn
        if top.divergences[each.place].known
    ]
    end = 100 * _end(shown)
    first_pair = min(size, MOST_ALONE)
    label = findings.everywhere if found.dataset is None else names[found.dataset]
    blocks = f" in {found.blocks:,} {findings.group}s" if found.blocks < found.runs else ""
    return Scope(
        name=found.dataset or "",
        label=label,
        runs=f"{found.runs:,} runs{blocks}",
        words=[(each.question, each.answer) for each in weights(findings, found)],
        sources={
            **{f"curve-{each.place}": _curve(found, each) for each in drawn},
            "alone": _bar_columns(alone[:MOST_ALONE], 0, found.runs),
            "pairs": _bar_columns(pairs[:MOST_PAIRS], first_pair, found.runs),
            "beyond": _beyond(end, alone[:first_pair] + pairs[:MOST_PAIRS]),
        },
        ends={"curves": _end(tops), "bars": end},
        tables={
            "importance-curve-table": _curve_rows(found, named),
            "importance-bar-table": [
                [name, *_cells(each, percent), f"{found.runs:,}"] for name, each in (*alone, *pairs)
            ],
        },
    )


def scope_without(findings: Findings, found: Importance, drawn: tuple[Drawn, ...]) -> Scope:
    """What the page shows of the runs that avoid the values that hardly any of the best has."""
    scope = scope_of(findings, found, drawn)
    return replace(scope, name=WITHOUT, label=f"{scope.label} without {avoided(findings)}")


def _ranked(found: list[tuple[str, SquaredLength]]) -> list[tuple[str, SquaredLength]]:
    """The greatest first, the unknown last."""
    return sorted(found, key=lambda pair: (not pair[1].known, -pair[1].value))


def _end(found: list[SquaredLength]) -> float:
    """The end of an axis: the greatest value has room, intervals that are very wide do not."""
    most = max((each.shown for each in found), default=0.0)
    highest = max((each.high for each in found), default=0.0)
    return 1.05 * min(highest, 2 * most) if most > 0 else highest or 1.0


def _curve(found: Importance, drawn: Drawn) -> Columns:
    tops = [top for top in found.tops if top.divergences[drawn.place].known]
    values = [top.divergences[drawn.place] for top in tops]
    return {
        "x": [top.share for top in tops],
        "y": [each.shown for each in values],
        "low": [each.low for each in values],
        "high": [each.high for each in values],
        "name": [drawn.label for _ in tops],
        "best": [whole_percent(top.share) for top in tops],
        "n": [f"{top.runs:,}" for top in tops],
        "value": [f"{each.shown:.2f}" for each in values],
        "interval": [f"[{each.low:.2f}, {each.high:.2f}]" for each in values],
    }


def _bar_columns(found: list[tuple[str, SquaredLength]], first: int, runs: int) -> Columns:
    rows = [(place, *pair) for place, pair in enumerate(found, start=first) if pair[1].known]
    return {
        "top": [place + 0.52 for place, _, _ in rows],
        "bottom": [place + 0.9 for place, _, _ in rows],
        "y": [place + MIDDLE for place, _, _ in rows],
        "value": [100 * each.shown for _, _, each in rows],
        "low": [100 * each.low for _, _, each in rows],
        "high": [100 * each.high for _, _, each in rows],
        "name": [name for _, name, _ in rows],
        "text": [f"{_fitted(name)}  {percent(each.shown)}" for _, name, each in rows],
        "shown": [percent(each.shown) for _, _, each in rows],
        "interval": [_interval(each, 100) for _, _, each in rows],
        "n": [f"{runs:,}" for _ in rows],
    }


def _beyond(end: float, rows: list[tuple[str, SquaredLength]]) -> Columns:
    """Just before the axis ends, in each row whose interval does not."""
    places = [place for place, (_, each) in enumerate(rows) if each.known and 100 * each.high > end]
    return {"x": [WITHIN * end] * len(places), "y": [place + MIDDLE for place in places]}


def _curve_rows(found: Importance, named: tuple[str, ...]) -> Rows:
    return [
        [named[place], whole_percent(top.share), f"{top.runs:,}", *_cells(each, "{:.2f}".format)]
        for place in range(len(found.parameters))
        for top in found.tops
        for each in [top.divergences[place]]
    ]


def _cells(each: SquaredLength, text: Callable[[float], str]) -> list[str]:
    """The estimate and its interval; `text` turns a number into words."""
    if not each.known:
        return [TOO_FEW, "\N{EN DASH}"]
    return [text(each.shown), _interval(each, 100 if text is percent else 1)]


def _interval(each: SquaredLength, scale: int) -> str:
    digits = 1 if scale == 100 else 2
    return f"[{each.low * scale:.{digits}f}, {each.high * scale:.{digits}f}]"


def _fitted(label: str) -> str:
    return label if len(label) <= LONGEST_ROW else f"{label[: LONGEST_ROW - 1]}…"

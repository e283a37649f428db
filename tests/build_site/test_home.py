"""What Home says about the values of a hyper-parameter."""

from collections.abc import Callable
from pathlib import Path

from studies import Run

from build_site.findings import Findings
from build_site.study import open_study
from build_site.views import home
from build_site.views.home import MOST_LEVELS, ShareRow, commonest, share_rows, start_rows

WriteStudy = Callable[..., Path]


def row(level: str, n: int, share: float, low: float, high: float) -> ShareRow:
    return ShareRow("Optimizer", level, n, share, low, high)


def test_value_with_two_lucky_runs_does_not_win() -> None:
    lucky, proven = row("lucky", 2, 1.0, 0.34, 1.0), row("proven", 200, 0.5, 0.43, 0.57)
    (start,) = start_rows([lucky, proven])
    assert start.best == proven
    assert start.not_clearly_worse == "lucky"


def test_value_that_is_clearly_worse_is_not_named() -> None:
    good, bad = row("good", 200, 0.30, 0.24, 0.37), row("bad", 200, 0.05, 0.03, 0.09)
    (start,) = start_rows([bad, good])
    assert (start.best, start.not_clearly_worse) == (good, "\N{EN DASH}")


def test_planted_effect_is_found(write_study: WriteStudy) -> None:
    good = [Run(accuracy=0.8 + n / 1000, optimizer="rmsprop") for n in range(40)]
    bad = [Run(accuracy=0.2 + n / 1000, optimizer="adam") for n in range(200)]
    starts = start_rows(share_rows(Findings(open_study(write_study(*good, *bad)))))
    assert (starts[0].best.level, starts[0].not_clearly_worse) == ("rmsprop", "\N{EN DASH}")


def test_plot_has_room_for_the_commonest_values_only() -> None:
    rows = [row(str(n), n, 0.1, 0.0, 0.2) for n in range(1, 31)]
    assert [shown.n for shown in commonest(rows)] == list(range(31 - MOST_LEVELS, 31))
    ties = [row(str(n), 5, 0.1, 0.0, 0.2) for n in range(30)]
    most = row("most", 6, 0.1, 0.0, 0.2)
    assert commonest([*ties, most]) == [*ties[: MOST_LEVELS - 1], most]
    assert len(commonest([row(str(n), 5, 0.1, 0.0, 0.2) for n in range(30)])) == MOST_LEVELS


def test_runs_that_cannot_be_told_apart_give_no_advice(write_study: WriteStudy) -> None:
    (page,) = home.pages(Findings(open_study(write_study(*[Run()] * 8))))
    assert "No value can be advised yet" in page.markdown


def test_one_run_is_one(write_study: WriteStudy) -> None:
    (page,) = home.pages(Findings(open_study(write_study(Run()))))
    assert "Here is <strong>1 training</strong> on Easy." in page.markdown


def test_questions_are_linked_where_there_are_any(write_study: WriteStudy) -> None:
    link = "(questions/index.md)"
    varied = write_study(Run(optimizer="adam"), Run(optimizer="rmsprop"), name="varied")
    same = write_study(Run(optimizer="adam"), name="same")
    assert [link in home.pages(Findings(open_study(s)))[0].markdown for s in (varied, same)] == [
        True,
        False,
    ]


def test_runs_that_ended_badly_are_counted(write_study: WriteStudy) -> None:
    runs = [Run(), Run(accuracy=None, status="diverged"), Run(accuracy=None, status="failed")]
    (page,) = home.pages(Findings(open_study(write_study(*runs))))
    assert "2, 1 diverged, 1 failed" in page.markdown

"""What the paper concluded is held against the runs, and agreement follows from them alone."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from grids import write_grid
from studies import Run

from build_site.claims.ledger import LedgerError, read_statements
from build_site.claims.paper import Compared, compare
from build_site.findings import Findings
from build_site.study import open_study

WriteStudy = Callable[..., Path]
Values = dict[str, str]
PARAMETERS = {
    "augmentation": ["off", "on"],
    "activation": ["relu", "elu", "tanh"],
    "initialization": ["constant", "random_normal", "glorot_uniform"],
    "optimizer": ["adam", "rmsprop"],
}
BASE = {"easy": 0.9, "middling": 0.7, "hard": 0.5}
GAIN = {"easy": -0.02, "middling": 0, "hard": 0.02}
AUGMENTATION, TOP, DEPENDENCE = range(3)


@pytest.fixture
def held_against(tmp_path: Path) -> Callable[..., list[Compared]]:
    """The comparison for 540 runs of random values, to whose accuracy a function adds."""

    def held(added: Callable[[str, Values], float]) -> list[Compared]:
        luck, rows = random.Random(3), []  # noqa: S311 - repeatable
        for number in range(540):
            dataset = list(BASE)[number % 3]
            values = {name: luck.choice(levels) for name, levels in PARAMETERS.items()}
            accuracy = BASE[dataset] + luck.gauss(0, 0.02) + added(dataset, values)
            rows.append({"dataset": dataset, "accuracy": accuracy, **values})
        path = write_grid(tmp_path / "grid.duckdb", PARAMETERS, rows, datasets=tuple(BASE))
        return compare(Findings(open_study(path)), read_statements())

    return held


@pytest.mark.parametrize(("sign", "outcome"), [(1, "agrees"), (-1, "disagrees")])
def test_agreement_follows_from_the_runs(
    held_against: Callable[..., list[Compared]], sign: int, outcome: str
) -> None:
    found = held_against(
        lambda dataset, values: sign * GAIN[dataset] * (values["augmentation"] == "on")
    )
    assert found[AUGMENTATION].outcome == outcome
    assert bool(found[AUGMENTATION].reason) == (outcome == "disagrees")
    assert [part.claim for part in found[AUGMENTATION].parts] == ["augmentation-difficulty"]


def test_luck_decides_nothing(held_against: Callable[..., list[Compared]]) -> None:
    found = held_against(lambda *_: 0.0)
    assert [each.outcome for each in found] == ["not decided"] * 3
    assert all(each.reason for each in found)


def test_agreement_needs_all_that_is_claimed(held_against: Callable[..., list[Compared]]) -> None:
    found = held_against(lambda _, values: 0.05 * (values["activation"] == "tanh"))
    assert [part.verdict for part in found[TOP].parts] == ["contradicted", "supported"]
    assert found[TOP].outcome == "disagrees"


def test_dependencies_are_those_of_pairs(held_against: Callable[..., list[Compared]]) -> None:
    found = held_against(
        lambda _, values: (
            0.03 * ((values["optimizer"] == "adam") == (values["activation"] == "tanh"))
        )
    )
    assert found[DEPENDENCE].outcome == "agrees"
    (part,) = found[DEPENDENCE].parts
    assert part.finding.startswith("1 of 6 pairs explain more")
    assert "ptimizer" in part.finding


def test_a_study_of_something_else_is_not_compared(write_study: WriteStudy) -> None:
    study = open_study(write_study(*(Run(accuracy=n / 20) for n in range(20))))
    assert compare(Findings(study), read_statements()) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("claims = ['nothing']", "claims is a list of ids of claims"),
        ("claims = 'a'", "claims is a list of ids of claims"),
        ("claim = ['a']", "has no 'claim'"),
        ("text = ' '", "needs a text 'text'"),
    ],
)
def test_a_statement_that_cannot_be_understood_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    ledger = tmp_path / "claims.toml"
    whole = "source = 'b'\nreason = 'c'\n" + ("" if "text" in text else "text = 'a'\n") + text
    ledger.write_text(f"metrics = ['m']\n[[statement]]\n{whole}\n", encoding="utf-8")
    with pytest.raises(LedgerError, match=complaint):
        read_statements(ledger)

"""Parameters that exist only with some values of others are advised only with these."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from conditional_studies import write_conditional_study
from wide_studies import write_wide_study

from build_site.evidence import choices
from build_site.evidence.advice import Fitted
from build_site.evidence.choices import Chooser, on
from build_site.evidence.conditional import conditions
from build_site.evidence.recommendation import stakes
from build_site.evidence.terms import MOST_CONTRASTS, choose_terms
from build_site.findings import Findings
from build_site.study import open_study
from build_site.views.start import Value, start


def test_what_is_missing_with_some_values_and_never_with_others_is_conditional() -> None:
    # Optimizers 0 and 1 have no momentum; 2 always has one of two. The last level is "missing".
    optimizer = np.repeat([0, 1, 2, 2], 6)
    momentum = np.repeat([2, 2, 0, 1], 6)
    found = conditions(np.column_stack([momentum, optimizer]), (3, 3), (2, None))
    assert found.parameters == {0}
    excluded = found.excluding[0, 1]
    assert {(int(m), int(o)) for m, o in zip(*np.nonzero(excluded), strict=True)} == {
        *itertools.product((0, 1), (0, 1)),
        (2, 2),
    }


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1] * 2, id="with both values as often"),
        pytest.param([1] * 12 + [1, 1, 1, 1, 0, 0] * 2, id="with one value now and then"),
        pytest.param([1] * 24, id="always"),
        pytest.param([0] * 24, id="never"),
    ],
)
def test_what_is_missing_for_other_reasons_is_not(missing: list[int]) -> None:
    optimizer = np.repeat([0, 1], 12)
    found = conditions(np.column_stack([optimizer, missing]), (2, 2), (None, 1))
    assert (found.parameters, found.excluding) == (frozenset(), {})


def test_pairs_of_conditions_are_in_the_model_though_others_explain_more() -> None:
    generator = np.random.default_rng(1)
    levels = generator.integers(0, 3, (600, 4))
    levels[:, 1] = np.where(levels[:, 0] == 0, 2, np.minimum(levels[:, 1], 1))
    outcome = 2.0 * (levels[:, 2] == levels[:, 3]) + generator.standard_normal(600)
    found = conditions(levels, (3, 3, 3, 3), (None, 2, None, None))
    terms = choose_terms((3, 3, 3, 3), levels, outcome, most=18, conditional=found)
    assert terms.pairs == ((0, 1), (2, 3))
    sums = terms.predictions(terms.closed(np.zeros(terms.offsets[-1])), np.array([[0, 0, 0, 0]]))
    assert sums[0] < -50
    assert len(choose_terms((3,) * 4, levels, outcome, most=MOST_CONTRASTS).excluded) == 0


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return Findings(open_study(write_conditional_study(tmp_path_factory.mktemp("conditional"))))


@pytest.fixture(scope="module")
def fitted(findings: Findings) -> Fitted:
    assert findings.advice is not None
    return findings.advice


def test_a_value_is_advised_only_where_it_can_be_set(findings: Findings) -> None:
    advised = start(findings)
    assert advised is not None
    assert {value.parameter: value.level for value in advised.values} == {
        "Optimizer": "adam",
        "Batch_size": "32",
    }


@pytest.mark.parametrize("most_tried", [choices.MOST_TRIED, 1], ids=["all tried", "climbed"])
def test_who_must_use_sgd_is_told_its_momentum(
    findings: Findings, fitted: Fitted, monkeypatch: pytest.MonkeyPatch, most_tried: int
) -> None:
    monkeypatch.setattr(choices, "MOST_TRIED", most_tried)
    keys = [[level.key for level in factor.levels] for factor in findings.factors]
    allowed = [[keys[0].index("sgd")], *fitted.model.usable[1:]]
    found = Chooser(fitted.model).find(on(0, 1), allowed).best.configuration
    assert [names[level] for names, level in zip(keys, found, strict=True)] == ["sgd", "0.9", "32"]


def test_values_that_exclude_each_other_are_worse_than_all_others(fitted: Fitted) -> None:
    chooser = Chooser(fitted.model)
    optimizers, momenta, sizes = fitted.model.usable
    tried = list(itertools.product(optimizers, momenta, sizes))
    worth = {each: float(chooser.percentiles(each)[0]) for each in tried}
    impossible = [each for each in tried if not chooser.possible(each)]
    assert len(impossible) == 2 * 2 + 1 * 2  # adam with a momentum, SGD without
    assert {worth[each] for each in impossible} == {0}
    assert min(worth[each] for each in tried if each not in impossible) > 0


@pytest.mark.parametrize("most_tried", [choices.MOST_TRIED, 1], ids=["all tried", "climbed"])
def test_nothing_is_said_of_values_that_what_is_given_excludes(
    findings: Findings, fitted: Fitted, monkeypatch: pytest.MonkeyPatch, most_tried: int
) -> None:
    monkeypatch.setattr(choices, "MOST_TRIED", most_tried)
    adam = [level.key for level in findings.factors[0].levels].index("adam")
    chooser = Chooser(fitted.model)
    found = chooser.find(on(0, 1), [[adam], *fitted.model.usable[1:]])
    named = [level.key for level in findings.factors[1].levels]
    said = [names for names, choice in zip(named, found.values[1], strict=True) if choice]
    assert said == [findings.factors[1].levels[-1].key]  # that it is missing
    assert [stake.parameter for stake in stakes(chooser, found, on(0, 1))] == [2]


def test_a_branch_of_few_runs_can_be_completed(tmp_path: Path) -> None:
    """Each momentum has fewer runs than are advised otherwise; SGD needs one of them."""
    generator = np.random.default_rng(1)
    optimizer = ["adam"] * 80 + ["sgd"] * 6
    momentum = [None] * 80 + ["0.5", "0.9"] * 3
    rate = [str(n) for n in generator.choice([1, 2, 3], 86)]
    accuracy = [
        0.5 + 0.1 * (each == "2") + 0.02 * float(generator.standard_normal()) for each in rate
    ]
    study = write_wide_study(
        tmp_path / "s.duckdb",
        {"optimizer": optimizer, "momentum": momentum, "rate": rate},
        accuracy,
        configurations=[f"c{n}" for n in range(86)],
    )
    fitted = Findings(open_study(study)).advice
    assert fitted is not None
    assert fitted.model.usable == ((0, 1), (0, 2), (0, 1, 2))
    found = Chooser(fitted.model).find(on(0, 1), [[1], *fitted.model.usable[1:]])
    assert Chooser(fitted.model).possible(found.best.configuration)


def test_no_value_is_advised_where_it_is_the_best(tmp_path: Path) -> None:
    """Such as no limit of depth: a choice as others are, though tables leave it empty."""
    generator = np.random.default_rng(2)
    depth = [None if n == 0 else str(n) for n in generator.choice([0, 3, 5], 300)]
    accuracy = [
        0.5 + 0.1 * (each is None) + 0.02 * float(generator.standard_normal()) for each in depth
    ]
    study = write_wide_study(
        tmp_path / "s.duckdb",
        {"depth": depth, "other": [str(n) for n in generator.choice([1, 2], 300)]},
        accuracy,
        configurations=[f"c{n}" for n in range(300)],
    )
    advised = start(Findings(open_study(study)))
    assert advised is not None
    assert advised.values[0] == Value("Depth", "missing")
    assert '"depth": null' in advised.snippet

"""Advice: which configuration to choose, how sure, and whether it holds on other data sets."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import plant
from studies import Run
from wide_studies import write_wide_study

from build_site.evidence import choices
from build_site.evidence.advice import Fitted, fit_advice, usable_levels
from build_site.evidence.choices import ROBUST, Chooser, Goal, on, on_new, on_similar
from build_site.evidence.shrinkage import START, Moments, Pooled
from build_site.evidence.terms import Terms, choose_terms, contrasts
from build_site.evidence.validation import closest, hold_out, mean_of_blocks
from build_site.findings import Findings
from build_site.study import open_study

WriteStudy = Callable[..., Path]


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    found = fit_advice(plant(np.random.default_rng(1)).outcomes)
    assert found is not None
    return found


@given(st.integers(1, 12))
def test_contrasts_are_orthonormal_and_sum_to_zero(count: int) -> None:
    basis = contrasts(count)
    assert np.allclose(basis.T @ basis, np.eye(count - 1))
    assert np.allclose(basis.sum(axis=0), 0)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 99))
def test_cells_predict_what_contrasts_do(counts: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    levels = generator.integers(0, counts, (30, len(counts)))
    terms = choose_terms(tuple(counts), levels, generator.standard_normal(30))
    coefficients = generator.standard_normal(len(terms.kinds))
    predicted = terms.predictions(terms.cells(coefficients), levels)
    assert np.allclose(predicted, terms.design(levels) @ coefficients, atol=1e-5)


def test_pairs_that_explain_most_are_kept_where_there_is_no_room_for_all() -> None:
    generator = np.random.default_rng(2)
    levels = generator.integers(0, 3, (600, 4))
    outcome = 2.0 * (levels[:, 1] == levels[:, 3]) + generator.standard_normal(600)
    assert choose_terms((3, 3, 3, 3), levels, outcome, most=14).pairs == ((1, 3),)


def test_pooled_regression_solves_the_same_as_one_large_ridge_regression() -> None:
    generator = np.random.default_rng(3)
    kinds = np.array([0, 1, 1, 2])
    designs = generator.standard_normal((3, 20, 4))
    outcomes = generator.standard_normal((3, 20))
    products = np.einsum("dnf,dng->dfg", designs, designs)
    targets = np.einsum("dnf,dn->df", designs, outcomes)
    pooled = Pooled(products, kinds, (1.0, 2.0, 3.0, 4.0))
    joint = np.zeros((60, 16))  # the common part, then the deviation of each data set
    for d in range(3):
        joint[d * 20 : d * 20 + 20, :4] = designs[d]
        joint[d * 20 : d * 20 + 20, 4 + 4 * d : 8 + 4 * d] = designs[d]
    penalty = np.diag(np.concatenate([pooled.common, *[pooled.apart] * 3]))
    solution = np.linalg.solve(joint.T @ joint + penalty, joint.T @ outcomes.reshape(-1))
    expected = solution[:4] + solution[4:].reshape(3, 4)
    assert np.allclose(pooled.solve(targets), expected)


def test_planted_configuration_is_found_and_its_percentile_is_in_the_interval() -> None:
    covered, regrets, differences, of_best = [], [], [], []
    for seed in range(12):
        planted = plant(np.random.default_rng(seed))
        found = fit_advice(planted.outcomes)
        assert found is not None
        assert found.evidence.enough
        chooser = Chooser(found.model)
        for d in range(4):
            true = planted.percentiles(d)
            best = chooser.find(on(d, 4), found.model.usable).best.configuration
            place = int(np.flatnonzero((planted.configurations == best).all(axis=1))[0])
            regrets.append(true.max() - true[place])
            expected = chooser.expected(best, on(d, 4))
            of_best.append(expected.low <= true[place] <= expected.high)
            for other in range(0, len(true), 7):
                configuration = tuple(planted.configurations[other].tolist())
                expected = chooser.expected(configuration, on(d, 4))
                covered.append(expected.low <= true[other] <= expected.high)
                apart = chooser.difference(best, configuration, on(d, 4))
                differences.append(apart.low <= true[place] - true[other] <= apart.high)
    assert np.mean(regrets) < 0.02
    assert 0.91 < np.mean(covered) < 0.98
    assert 0.90 < np.mean(differences) < 0.99
    assert np.mean(of_best) > 0.85


def test_noise_gives_no_advice() -> None:
    enough = []
    for seed in range(20):
        planted = plant(np.random.default_rng(seed), main=0, pair=0, apart=0, size=2)
        found = fit_advice(planted.outcomes, START)
        assert found is not None
        enough.append(found.evidence.enough)
    assert sum(enough) <= 2


def test_every_configuration_is_tried(fitted: Fitted) -> None:
    chooser = Chooser(fitted.model)
    grid = list(itertools.product(*fitted.model.usable))
    for goal in (on(2, 4), on_new(4), on_similar([0.1, 0.2, 0.5, 0.9], 0.4) or ROBUST):
        best = max(grid, key=lambda each: float(np.dot(goal.weights, chooser.percentiles(each))))
        found = chooser.find(goal, fitted.model.usable)
        assert found.best.configuration == best
        assert [len(values) for values in found.values] == [4, 2, 3, 4]
        for place, values in enumerate(found.values):
            assert max(each.score for each in values if each) == found.best.score
            assert all(each.configuration[place] == n for n, each in enumerate(values) if each)


def test_robust_choice_has_the_least_worst_regret(fitted: Fitted) -> None:
    chooser = Chooser(fitted.model)
    grid = list(itertools.product(*fitted.model.usable))
    percentiles = np.array([chooser.percentiles(each) for each in grid])
    regrets = (percentiles.max(axis=0) - percentiles).max(axis=1)
    found = chooser.find(ROBUST, fitted.model.usable)
    assert found.best.configuration == grid[int(regrets.argmin())]
    assert found.best.score == pytest.approx(-regrets.min())


def test_climbing_finds_what_trying_all_finds(
    fitted: Fitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    chooser = Chooser(fitted.model)
    for goal in (ROBUST, on(0, 4), on_new(4)):
        tried = chooser.find(goal, fitted.model.usable)
        monkeypatch.setattr(choices, "MOST_TRIED", 1)
        assert chooser.find(goal, fitted.model.usable) == tried
        monkeypatch.undo()


def test_what_is_fixed_stays_fixed(fitted: Fitted) -> None:
    allowed = [(1,), (0, 1), (2,), (0, 3)]
    found = Chooser(fitted.model).find(ROBUST, allowed)
    assert found.best.configuration[0] == 1
    assert found.best.configuration[2] == 2
    assert [values is None for values in found.values[3]] == [False, True, True, False]


def test_a_new_data_set_is_less_sure_than_one_of_the_study(fitted: Fitted) -> None:
    chooser = Chooser(fitted.model)
    best = chooser.find(on_new(4), fitted.model.usable).best.configuration
    new = chooser.expected(best, on_new(4))
    for d in range(4):
        known = chooser.expected(best, on(d, 4))
        assert new.high - new.low > known.high - known.low
        assert 0 <= known.low < known.value < known.high <= 1


def test_data_sets_weigh_the_less_the_further_their_difficulty_is_off() -> None:
    goal = on_similar([0.1, 0.5, 0.9], 0.5)
    assert goal is not None
    assert goal.weights is not None
    assert goal.weights[1] > goal.weights[0] == pytest.approx(goal.weights[2])
    assert sum(goal.weights) == pytest.approx(1)
    assert on_similar([0.3, 0.3], 0.3) is None


def test_rare_values_are_not_advised(tmp_path: Path) -> None:
    values = ["common"] * 20 + ["rare"] * 2 + [None] * 20
    study = write_wide_study(tmp_path / "s.duckdb", {"p": values}, [n / 50 for n in range(42)])
    outcomes = Findings(open_study(study)).outcomes
    assert [level.label for level in outcomes.factors[0].levels] == ["common", "rare", "missing"]
    assert usable_levels(outcomes) == ((0, 2),)


def test_a_parameter_of_forty_values_is_no_obstacle() -> None:
    planted = plant(
        np.random.default_rng(4), counts=(40, 3, 3), datasets=1, blocks=60, size=10, pair=0.1
    )
    found = fit_advice(planted.outcomes)
    assert found is not None
    best = Chooser(found.model).find(on(0, 1), found.model.usable).best.configuration
    place = int(np.flatnonzero((planted.configurations == best).all(axis=1))[0])
    assert planted.percentiles(0)[place] > 0.85


def test_runs_that_cannot_be_told_apart_or_are_too_few_give_no_advice(
    write_study: WriteStudy,
) -> None:
    for runs in ([Run()] * 8, [Run(accuracy=n / 10, optimizer="adam") for n in range(3)]):
        found = fit_advice(Findings(open_study(write_study(*runs, name=f"s{len(runs)}"))).outcomes)
        assert found is not None
        assert not found.evidence.enough
    assert fit_advice(Findings(open_study(write_study(name="none"))).outcomes) is None


def test_a_held_out_data_set_confirms_what_holds_everywhere() -> None:
    planted = plant(
        np.random.default_rng(5), apart=0.0, defaults=("0", "0", "0", "0"), blocks=30, size=12
    )
    fitted = fit_advice(planted.outcomes)
    assert fitted is not None
    for held in hold_out(planted.outcomes, fitted, robust=True):
        assert held.advised is not None
        assert held.usual is not None
        assert held.advised.low > 0.5
        assert held.matching.n >= 8
        assert held.matching.value > 0.5
        place = int(np.flatnonzero((planted.configurations == held.configuration).all(axis=1))[0])
        assert planted.percentiles(held.dataset)[place] > 0.8


def test_the_held_out_data_set_has_no_say_in_the_advice() -> None:
    planted = plant(np.random.default_rng(6))
    outcomes = planted.outcomes
    reversed_ = replace(
        outcomes,
        percentile=np.where(outcomes.dataset == 1, 1 - outcomes.percentile, outcomes.percentile),
    )
    one, other = (fit_advice(each) for each in (outcomes, reversed_))
    assert one is not None
    assert other is not None
    first = hold_out(outcomes, one, robust=False)[1]
    again = hold_out(reversed_, replace(other, known=one.known), robust=False)[1]
    others_only = replace(
        one,
        known=Moments(
            np.where(np.arange(4)[:, None, None, None] == 1, 7.0, one.known.products),
            one.known.targets,
            one.known.squares,
            one.known.kinds,
        ),
    )
    assert hold_out(outcomes, others_only, robust=False)[1].configuration == first.configuration
    assert again.configuration == first.configuration
    assert again.matching.value == pytest.approx(1 - first.matching.value)


def test_one_data_set_cannot_be_validated() -> None:
    outcomes = plant(np.random.default_rng(7), datasets=1).outcomes
    fitted = fit_advice(outcomes, START)
    assert fitted is not None
    assert hold_out(outcomes, fitted, robust=True) == ()


def test_runs_match_in_as_many_parameters_as_leave_enough() -> None:
    outcomes = plant(np.random.default_rng(8)).outcomes
    here = np.flatnonzero(outcomes.dataset == 0)
    parameters, runs = closest(outcomes, here, (1, 1, 1, 1), [2, 0, 1, 3])
    assert parameters == (2, 0)[: len(parameters)] or parameters == (2, 0, 1)
    assert len(runs) >= 8
    for place in parameters:
        assert (outcomes.levels[runs, place] == 1).all()


def test_interval_of_a_mean_takes_whole_blocks() -> None:
    outcomes = plant(np.random.default_rng(9)).outcomes
    alone = replace(outcomes, block=np.arange(outcomes.runs))
    runs = np.arange(24)
    percentile = outcomes.percentile[runs]
    known = mean_of_blocks(alone, runs)
    error = percentile.std(ddof=1) / np.sqrt(24)
    assert (known.high - known.value) / error == pytest.approx(2.0687, abs=1e-3)  # t of 23
    assert mean_of_blocks(outcomes, runs[:0]).n == 0
    assert np.isnan(mean_of_blocks(outcomes, runs[:8]).low)  # one block tells nothing of others


def test_a_goal_of_one_data_set_is_that_data_set() -> None:
    assert on(1, 3).single == 1
    assert on_new(1).single == 0
    assert on_new(3).single is None
    assert Goal(None).single is None


def test_terms_without_pairs() -> None:
    assert Terms((3,), ()).kinds.tolist() == [0, 1, 1]

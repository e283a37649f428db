"""Functional ANOVA: exact on a grid, as Optuna's forest, honest about noise."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from build_site.evidence.functional_anova import FunctionalAnova, functional_anova

Levels = NDArray[np.intp]
Values = NDArray[np.float64]


def grid(*sizes: int) -> Levels:
    """Every combination of levels once."""
    return np.indices(sizes).reshape(len(sizes), -1).T.astype(np.intp)


def brute_force(
    table: NDArray[np.float64],
) -> tuple[list[float], dict[tuple[int, int], float]]:
    """Shares of the variance of a function on a grid, by marginals over all other axes."""
    axes = range(table.ndim)
    centred = table - table.mean()

    def marginal(*kept: int) -> NDArray[np.float64]:
        return centred.mean(axis=tuple(a for a in axes if a not in kept), keepdims=True)

    variance = np.mean(centred**2)
    alone = [float(np.mean(marginal(j) ** 2) / variance) for j in axes]
    pairs = {
        (j, k): float(np.mean((marginal(j, k) - marginal(j) - marginal(k)) ** 2) / variance)
        for j, k in combinations(axes, 2)
    }
    return alone, pairs


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(2, 4), min_size=2, max_size=4))
def test_on_a_full_grid_it_is_the_brute_force_decomposition(seed: int, sizes: list[int]) -> None:
    levels = np.repeat(grid(*sizes), 2, axis=0)  # each twice, so that noise can be told
    function = np.random.default_rng(seed).normal(size=sizes)
    found = functional_anova(function[tuple(levels.T)], levels, np.arange(len(levels)))
    alone, pairs = brute_force(function)
    # What was taken off for noise is put back: here the runs are all there are.
    for each, expected in zip(found.alone, alone, strict=True):
        if each.known:
            assert each.value + each.noise == pytest.approx(expected, abs=1e-6)
    for pair, each in found.pairs.items():
        if each.known:
            assert each.value + each.noise == pytest.approx(pairs[pair], abs=1e-6)
    assert any(each.known for each in found.alone)


def test_additive_function_has_no_interactions_and_a_product_has_nothing_else() -> None:
    levels = np.repeat(grid(3, 2), 10, axis=0)
    sign = np.array([-1.0, 0.0, 1.0])[levels[:, 0]]
    block = np.arange(len(levels))
    added = functional_anova(sign + 0.5 * levels[:, 1], levels, block)
    assert added.alone[0].value == pytest.approx(32 / 35, abs=0.01)
    assert added.pairs[0, 1].value == pytest.approx(0, abs=1e-6)
    product = functional_anova(sign * (levels[:, 1] - 0.5), levels, block)
    assert [each.shown for each in product.alone] == pytest.approx([0, 0], abs=1e-6)
    assert product.pairs[0, 1].value == pytest.approx(1, abs=0.01)


def test_it_agrees_with_the_exact_marginals_of_a_fitted_forest() -> None:
    ensemble = pytest.importorskip("sklearn.ensemble")
    value, levels, block = planted(np.random.default_rng(3), runs=3000, noise=0.3)
    forest = ensemble.RandomForestRegressor(n_estimators=32, min_samples_leaf=5, random_state=0)
    forest.fit(levels, value)
    alone, pairs = brute_force(forest.predict(grid(*SIZES)).reshape(SIZES))
    found = functional_anova(value, levels, block)
    # Theirs are shares of the forest's variance, ours of the runs', which noise is a part of.
    explained = sum(each.value for each in (*found.alone, *found.pairs.values()))
    ours = np.array([each.value for each in found.alone]) / explained
    assert ours == pytest.approx(np.array(alone), abs=0.03)  # 0.015 measured
    assert found.pairs[1, 2].value / explained == pytest.approx(
        pairs[1, 2], abs=0.03
    )  # 0.009 measured


def test_it_agrees_with_optuna() -> None:
    optuna = pytest.importorskip("optuna")
    pytest.importorskip("sklearn")
    value, levels, block = planted(np.random.default_rng(4), runs=600, noise=0.05)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    # Whole numbers: of a category Optuna makes a column a value, and averages over combinations of
    # columns that do not exist, which halves main effects and more.
    kinds = {
        f"p{place}": optuna.distributions.IntDistribution(0, size - 1)
        for place, size in enumerate(SIZES)
    }
    study = optuna.create_study()
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(zip(kinds, map(int, row), strict=True)),
                distributions=kinds,
                value=float(each),
            )
            for row, each in zip(levels, value, strict=True)
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # normalize is experimental
        theirs = optuna.importance.get_param_importances(
            study,
            evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0),
            normalize=False,
        )
    ours = functional_anova(value, levels, block)
    expected = [theirs[name] for name in kinds]
    assert [each.value for each in ours.alone] == pytest.approx(
        expected, abs=0.05
    )  # 0.042 measured
    for each, share in zip(ours.alone, expected, strict=True):
        assert each.low <= share <= each.high


SIZES = (4, 3, 2, 12)


def planted(
    generator: np.random.Generator,
    *,
    runs: int,
    noise: float,
    per_block: int = 1,
    shared: float = 0.0,
) -> tuple[Values, Levels, NDArray[np.intp]]:
    """Effects of 0 and of 1 with 2; parameter 3 has none. Blocks share parameter 0, and luck."""
    block = np.arange(runs) // per_block
    levels = np.column_stack([generator.integers(size, size=runs) for size in SIZES])
    levels[:, 0] = levels[:, 0][block * per_block]
    value = np.array([-0.5, 0, 0, 0.5])[levels[:, 0]]
    value += np.array([-0.6, 0, 0.6])[levels[:, 1]] * (levels[:, 2] - 0.2)
    value += shared * generator.normal(size=runs)[block] + noise * generator.normal(size=runs)
    return value, levels.astype(np.intp), block


def percentiles(value: Values) -> Values:
    ranks: Values = np.argsort(np.argsort(value)) / (len(value) - 1)
    return ranks


def truth(noise: float, shared: float) -> FunctionalAnova:
    """The planted shares, from so many runs that none is left to chance."""
    value, levels, block = planted(
        np.random.default_rng(0), runs=400_000, noise=noise, shared=shared
    )
    return functional_anova(percentiles(value), levels, block)


@pytest.mark.parametrize(("per_block", "shared"), [(1, 0.0), (16, 0.2)])
def test_intervals_hold_what_was_planted_19_times_in_20(per_block: int, shared: float) -> None:
    expected = truth(0.5, shared)
    rounds = 80
    hits, values, alarms = np.zeros(3), [], 0
    for seed in range(rounds):
        value, levels, block = planted(
            np.random.default_rng([seed, per_block]),
            runs=1280,
            noise=0.5,
            per_block=per_block,
            shared=shared,
        )
        found = functional_anova(percentiles(value), levels, block)
        pairs = (
            (found.alone[0], expected.alone[0]),
            (found.alone[1], expected.alone[1]),
            (found.pairs[1, 2], expected.pairs[1, 2]),
        )
        hits += [each.low <= true.value <= each.high for each, true in pairs]
        values.append(found.alone[3].value)
        alarms += found.alone[3].low > 0
    # 0.95 less three standard errors; 500 rounds have between 0.93 and 0.96.
    assert (hits / rounds > 0.87).all()
    assert (hits / rounds < 0.995).all()
    # A parameter of 12 values without influence has nothing, on average and nearly always.
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / rounds**0.5)
    assert alarms / rounds < 0.06


def test_luck_of_blocks_is_not_taken_for_influence() -> None:
    """What is the same throughout a block is compared between blocks, of which there are few."""
    generator = np.random.default_rng(1)
    alarms = 0
    for _ in range(100):
        block = np.repeat(np.arange(20), 50)
        levels = np.column_stack(
            [generator.integers(2, size=20)[block], generator.integers(2, size=1000)]
        )
        value = generator.normal(size=20)[block] + generator.normal(size=1000)
        alarms += functional_anova(value, levels, block).alone[0].low > 0
    assert alarms <= 8


def test_parameters_that_were_drawn_together_do_not_share_the_credit() -> None:
    generator = np.random.default_rng(5)
    cause = generator.integers(2, size=2000)
    follower = np.where(generator.random(2000) < 0.8, cause, 1 - cause)
    value = cause + 0.5 * generator.normal(size=2000)
    found = functional_anova(value, np.column_stack([cause, follower]), np.arange(2000))
    assert found.alone[0].value == pytest.approx(0.5, abs=0.06)
    assert found.alone[1].high < 0.01


@pytest.mark.parametrize("runs", [0, 1, 3])
def test_too_few_runs_and_runs_that_are_all_alike_have_no_estimate(runs: int) -> None:
    levels = np.zeros((runs, 2), np.intp)
    few = functional_anova(np.arange(runs, dtype=float), levels, np.arange(runs))
    assert not any(each.known for each in (*few.alone, *few.pairs.values()))
    alike = functional_anova(np.full(50, 0.5), grid(5, 10), np.arange(50))
    assert not any(each.known for each in (*alike.alone, *alike.pairs.values()))

"""PED-ANOVA: the definition, Optuna's, and honest about how few the best are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from build_site.evidence.ped_anova import FEWEST_TOP, TOP_SHARES, best_runs, ped_anova

SIZES = (4, 3, 12)


def percentiles(value: NDArray[np.float64]) -> NDArray[np.float64]:
    rank = np.argsort(np.argsort(value))
    ranks: NDArray[np.float64] = rank / (len(value) - 1)
    return ranks


def planted(
    generator: np.random.Generator, runs: int, per_block: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """The last parameter has no influence; the first is the same throughout a block."""
    block = np.arange(runs) // per_block
    levels = np.column_stack([generator.integers(size, size=runs) for size in SIZES])
    levels[:, 0] = levels[:, 0][block * per_block]
    value = np.array([-0.5, 0, 0, 0.5])[levels[:, 0]] + np.array([-0.6, 0, 0.6])[levels[:, 1]]
    luck = 0.3 * generator.normal(size=runs)[block] if per_block > 1 else 0.0
    return percentiles(value + luck + generator.normal(size=runs)), levels.astype(np.intp), block


def plain(levels: NDArray[np.intp], best: NDArray[np.bool_]) -> float:
    """The definition, for one parameter."""
    size = int(levels.max()) + 1
    usual = np.bincount(levels, minlength=size) / len(levels)
    top = np.bincount(levels[best], minlength=size) / np.count_nonzero(best)
    return float(np.sum(usual * (top / usual - 1) ** 2))


def test_it_is_the_pearson_divergence_of_the_best_from_all() -> None:
    percentile, levels, block = planted(np.random.default_rng(1), 2000)
    dataset = np.zeros(2000, np.intp)
    found = ped_anova(percentile, dataset, levels, block)
    assert [top.share for top in found] == list(TOP_SHARES)
    for top in found:
        best = best_runs(percentile, dataset, top.share)
        assert top.runs == np.count_nonzero(best) == round(top.share * 2000)
        for column, each in zip(levels.T, top.divergences, strict=True):
            # What was taken off for noise is put back.
            assert each.value + each.noise == pytest.approx(plain(column, best), abs=1e-9)


def test_the_best_of_each_data_set_are_taken_with_their_ties() -> None:
    percentile = np.array([0.0, 0.5, 0.5, 1.0, 0.1, 0.2, 0.3, 0.4])
    dataset = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    best = best_runs(percentile, dataset, 0.5)
    assert np.flatnonzero(best).tolist() == [1, 2, 3, 6, 7]


@pytest.mark.parametrize("share", [0.5, 0.1, 0.03])
def test_it_agrees_with_optuna_on_categories(share: float) -> None:
    percentile, levels, block = planted(np.random.default_rng(2), 6000)
    optuna = pytest.importorskip("optuna")
    kinds = {
        f"p{place}": optuna.distributions.CategoricalDistribution(list(range(size)))
        for place, size in enumerate(SIZES)
    }
    theirs = evaluated(percentile, levels, kinds, share)
    (top,) = [
        each
        for each in ped_anova(percentile, np.zeros(6000, np.intp), levels, block)
        if each.share == share
    ]
    for name, size, each in zip(kinds, SIZES, top.divergences, strict=True):
        # Optuna smooths: each value lends its neighbours 1 / (2 size + 1) of its weight, which
        # shrinks all differences by the same factor, and the divergence by its square. It reports
        # the variance, which is the divergence times the square of the share.
        shrunk = (each.value + each.noise) * ((size + 1) / (2 * size + 1)) ** 2
        # 1.3 % at most was measured: the smoothing has a prior, too.
        assert theirs[name] / (top.runs / 6000) ** 2 == pytest.approx(shrunk, rel=0.03)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_it_agrees_with_optuna_on_numbers(share: float) -> None:
    optuna = pytest.importorskip("optuna")
    generator = np.random.default_rng(3)
    x = generator.random((2000, 2))
    percentile = percentiles(-((x[:, 0] - 0.4) ** 2) - 0.1 * x[:, 1])
    kinds = {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in ("p0", "p1")}
    theirs = evaluated(percentile, x, kinds, share)
    eighths = (x * 8).astype(np.intp)
    (top,) = [
        each
        for each in ped_anova(percentile, np.zeros(2000, np.intp), eighths, np.arange(2000))
        if each.share == share
    ]
    found = [each.value for each in top.divergences]
    # Eighths against kernels on 50 steps: 5.2 % apart at most, on the first at a share of a half.
    expected = [theirs[name] / share**2 for name in kinds]
    assert found == pytest.approx(expected, rel=0.06)


def evaluated(
    percentile: NDArray[np.float64],
    values: NDArray[np.float64] | NDArray[np.intp],
    kinds: dict[str, object],
    share: float,
) -> dict[str, float]:
    """What Optuna's evaluator says, against all trials."""
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize")
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(zip(kinds, row.tolist(), strict=True)),
                distributions=kinds,
                value=float(each),
            )
            for row, each in zip(values, percentile, strict=True)
        ]
    )
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=share)
    found: dict[str, float] = evaluator.evaluate(study)
    return found


@pytest.mark.parametrize("per_block", [1, 16])
def test_intervals_hold_what_was_planted_19_times_in_20(per_block: int) -> None:
    many, levels, _ = planted(np.random.default_rng(0), 640_000, per_block)
    shares = (0.5, 0.1, 0.02)
    expected = np.array([[plain(column, many >= 1 - q) for column in levels.T] for q in shares])
    rounds = 100
    hits, alarms = np.zeros(expected.shape), np.zeros(3)
    for seed in range(rounds):
        percentile, levels, block = planted(
            np.random.default_rng([seed, per_block]), 2560, per_block
        )
        found = ped_anova(percentile, np.zeros(2560, np.intp), levels, block)
        for place, top in enumerate(top for top in found if top.share in shares):
            hits[place] += [
                each.low <= true <= each.high
                for each, true in zip(top.divergences, expected[place], strict=True)
            ]
            alarms[place] += top.divergences[2].low > 0
    assert (hits[:, :2] / rounds > 0.88).all()  # 0.95 less three standard errors
    assert (alarms / rounds < 0.08).all()


def test_a_parameter_without_influence_has_none_on_average_however_few_the_best_are() -> None:
    values = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        levels = generator.integers(8, size=(1500, 1))
        found = ped_anova(
            percentiles(generator.random(1500)), np.zeros(1500, np.intp), levels, np.arange(1500)
        )
        values.append([top.divergences[0].value for top in found])
    means, errors = np.mean(values, axis=0), np.std(values, axis=0) / 200**0.5
    # The plain divergence among 15 runs is 0.47 on average.
    assert (np.abs(means) < np.maximum(4 * errors, 0.06)).all()


def test_too_few_among_the_best_have_no_estimate() -> None:
    percentile, levels, block = planted(np.random.default_rng(6), 300)
    for top in ped_anova(percentile, np.zeros(300, np.intp), levels, block):
        assert all(each.known == (top.runs >= FEWEST_TOP) for each in top.divergences)


def test_where_all_runs_tie_nobody_is_best() -> None:
    levels = np.arange(40)[:, None] % 2
    found = ped_anova(np.full(40, 0.5), np.zeros(40, np.intp), levels, np.arange(40))
    assert not any(top.divergences[0].known for top in found)
    nobody = ped_anova(
        np.empty(0), np.empty(0, np.intp), np.empty((0, 1), np.intp), np.empty(0, np.intp)
    )
    assert not any(top.divergences[0].known for top in nobody)

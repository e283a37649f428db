"""Effects: planted ones are found, absent ones are not, and intervals hold what they promise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from grids import write_grid
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeps import Planted, Sweep, outcomes_of

from build_site.evidence.comparison import Comparer, fixed_parameters
from build_site.evidence.effects import ALL_PAIRS_UP_TO, compared_pairs, find_effects
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.superiority import superiority
from build_site.findings import Findings
from build_site.metrics.effects import SeedNoise
from build_site.study import open_study

NO_NOISE = SeedNoise(0, 0, None)
AUGMENTATION = Planted("augmentation", (0.0, 0.6), fixed=True)
BATCH = Planted("batch_size", (0.0, -0.4), fixed=True)
OPTIMIZER = Planted("optimizer", (0.0, 0.5, 0.0), varies=0.1)
NOTHING = Planted("nothing", (0.0, 0.0))
SWEEP = Sweep((AUGMENTATION, BATCH, OPTIMIZER, NOTHING), rounds=4)


def drawn(sweep: Sweep = SWEEP, seed: int = 3) -> Outcomes:
    return sweep.draw(np.random.default_rng(seed))


def unblocked(result: np.ndarray, level: np.ndarray, dataset: np.ndarray | None = None) -> Outcomes:
    """Each run a block of its own."""
    runs = len(result)
    place = np.zeros(runs, np.intp) if dataset is None else dataset
    values = {"a": [str(n) for n in range(int(level.max()) + 1)]}
    return outcomes_of(result, level[:, None].astype(np.uint16), place, np.arange(runs), values)


def test_planted_effects_are_found_and_absent_ones_are_not() -> None:
    found = find_effects(drawn(), NO_NOISE)
    on, small, adam, nothing = (
        found.at(0, 1, 0),
        found.at(1, 0, 1),
        found.at(2, 1, 0),
        found.at(3, 0, 1),
    )
    assert on is not None
    assert small is not None
    assert adam is not None
    assert nothing is not None
    assert [each.verdict for each in (on, small, adam, nothing)] == [
        "helps",
        "helps",
        "helps",
        "inconclusive",
    ]
    assert on.turned().verdict == "hurts"
    assert on.runs == (128 * 2, 128 * 2)
    assert on.blocks == (16, 16)


def test_difference_overall_is_the_mean_over_data_sets_whatever_their_runs() -> None:
    generator = np.random.default_rng(0)
    level = generator.integers(2, size=600)
    dataset = np.repeat([0, 1], [500, 100]).astype(np.intp)
    result = generator.normal(size=600) + level * np.where(dataset == 0, 1.0, -1.0)
    outcomes = unblocked(result, level, dataset)
    effects = find_effects(outcomes, NO_NOISE)
    expected = [
        outcomes.percentile[(dataset == d) & (level == 1)].mean()
        - outcomes.percentile[(dataset == d) & (level == 0)].mean()
        for d in (0, 1)
    ]
    for d in (0, 1):
        effect = effects.at(0, 1, 0, d)
        assert effect is not None
        assert effect.difference.value == pytest.approx(expected[d])
    overall = effects.at(0, 1, 0)
    assert overall is not None
    assert overall.difference.value == pytest.approx(np.mean(expected))
    raw = [
        result[(dataset == d) & (level == 1)].mean() - result[(dataset == d) & (level == 0)].mean()
        for d in (0, 1)
    ]
    assert overall.raw.value == pytest.approx(np.mean(raw))


def test_of_independent_runs_the_error_of_the_metric_is_welchs() -> None:
    generator = np.random.default_rng(1)
    level = np.repeat([0, 1], [30, 50])
    result = generator.normal(size=80) * (1 + level)
    (overall, *_) = Comparer(unblocked(result, level), raw=True).compare(0, np.array([[0, 1]]))
    test = scipy.stats.ttest_ind(result[:30], result[30:], equal_var=False)
    assert overall.value[0] / overall.error[0] == pytest.approx(test.statistic)
    # The bootstrap reaches about as far; never less.
    reach = scipy.stats.t.ppf(0.975, test.df) * overall.error[0]
    assert reach * (1 - 1e-3) <= overall.reach[0] <= reach * 1.1


def test_of_blocks_of_one_size_the_error_is_that_of_their_paired_differences() -> None:
    generator = np.random.default_rng(2)
    block, level = np.repeat(np.arange(20), 8), np.tile(np.repeat([0, 1], 4), 20)
    result = generator.normal(size=160) + generator.normal(size=20)[block]
    outcomes = outcomes_of(
        result, level[:, None].astype(np.uint16), np.zeros(160, np.intp), block, {"a": ["0", "1"]}
    )
    (overall, *_) = Comparer(outcomes, raw=True).compare(0, np.array([[1, 0]]))
    by_block = result.reshape(20, 2, 4).mean(axis=2)
    paired = scipy.stats.ttest_rel(by_block[:, 1], by_block[:, 0])
    assert overall.value[0] / overall.error[0] == pytest.approx(paired.statistic)
    resampled = scipy.stats.bootstrap(
        (by_block[:, 1] - by_block[:, 0],), np.mean, rng=np.random.default_rng(3)
    )
    low, high = resampled.confidence_interval
    # SciPy's resamples blocks too, without a correction for their being few.
    assert 1.0 < 2 * overall.reach[0] / (high - low) < 1.25


def test_what_blocks_fix_besides_is_taken_out_of_the_error() -> None:
    sweep = Sweep((AUGMENTATION, Planted("batch_size", (0.0, 8.0), fixed=True), NOTHING), 1)
    outcomes = drawn(sweep)
    assert fixed_parameters(outcomes) == (0, 1)
    (overall, *_) = Comparer(outcomes, raw=True).compare(0, np.array([[1, 0]]))
    means = {side: outcomes.raw[outcomes.levels[:, 0] == side].mean() for side in (0, 1)}
    assert overall.value[0] == pytest.approx(means[1] - means[0])
    assert overall.error[0] < 0.5


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6)), min_size=2, max_size=60))
@settings(max_examples=80)
def test_superiority_is_that_of_all_pairs(runs: list[tuple[int, int]]) -> None:
    level, place = (np.array(each, np.intp) for each in zip(*runs, strict=True))
    found = superiority(place, level, 7, 3)
    for a in range(3):
        for b in range(3):
            first, second = place[level == a], place[level == b]
            if not len(first) or not len(second):
                assert np.isnan(found.beats[a, b])
                continue
            statistic = scipy.stats.mannwhitneyu(first, second, method="asymptotic").statistic
            expected = statistic / len(first) / len(second)
            assert found.beats[a, b] == pytest.approx(expected)


def test_cliffs_delta_turns_around_with_the_pair() -> None:
    effect = find_effects(drawn(), NO_NOISE).at(2, 1, 0)
    assert effect is not None
    assert effect.cliffs_delta == pytest.approx(2 * effect.beats - 1)
    assert effect.turned().cliffs_delta == pytest.approx(-effect.cliffs_delta)
    assert effect.turned().turned() == effect


@pytest.mark.parametrize(
    "sweep",
    [
        Sweep((AUGMENTATION, BATCH, OPTIMIZER), datasets=2, rounds=2),
        Sweep((AUGMENTATION, BATCH, OPTIMIZER), datasets=1, rounds=12, rest=1),
    ],
    ids=["8 blocks on each data set", "49 blocks on one"],
)
def test_intervals_hold_the_true_difference_as_often_as_they_say(sweep: Sweep) -> None:
    """A cheap version of tests/benchmarks/coverage.py, which is narrower and has more cases."""
    generator = np.random.default_rng(7)
    held, all_ = np.zeros(3), np.zeros(3)
    for _ in range(200):
        comparer = Comparer(sweep.draw(generator))
        for place in range(3):
            truth = sweep.truth(place)
            for scope in comparer.compare(place, np.array(list(truth))):
                held[place] += (np.abs(scope.value - list(truth.values())) <= scope.reach).sum()
                all_[place] += len(truth)
    assert np.all(held / all_ > 0.92), held / all_
    assert np.all(held / all_ < 0.985), held / all_


def test_without_any_effect_hardly_a_study_has_a_verdict() -> None:
    nothing = Sweep((replace(AUGMENTATION, adds=(0.0, 0.0)), replace(OPTIMIZER, adds=(0.0,) * 3)))
    generator = np.random.default_rng(8)
    studies = [find_effects(nothing.draw(generator), NO_NOISE) for _ in range(60)]
    verdicts = [any(e.verdict != "inconclusive" for e in study.effects) for study in studies]
    assert sum(verdicts) <= 8  # 5 % of 60 are 3; more than 8 have a chance of 0.1 %


def test_detectable_difference_is_found_four_times_in_five() -> None:
    sweep = Sweep((AUGMENTATION, replace(OPTIMIZER, adds=(0.0, 0.0), varies=0.0)), datasets=1)
    effect = find_effects(drawn(sweep), NO_NOISE).at(1, 1, 0)
    assert effect is not None
    level = find_effects(drawn(sweep), NO_NOISE).level
    shifted = scipy.stats.nct(effect.freedom, effect.detectable / effect.error)
    power = shifted.sf(scipy.stats.t.ppf(1 - level / 2, effect.freedom))
    assert power == pytest.approx(0.8, abs=0.03)


def test_seed_noise_is_the_yardstick_where_it_is_known() -> None:
    effect = find_effects(drawn(), SeedNoise(4, 8, 0.05)).at(0, 1, 0)
    assert effect is not None
    assert effect.times_noise == pytest.approx(abs(effect.difference.value) / 0.05)
    unknown = find_effects(drawn(), NO_NOISE).at(0, 1, 0)
    assert unknown is not None
    assert np.isnan(unknown.times_noise)


def test_of_many_values_each_is_compared_with_the_usual_and_the_best() -> None:
    generator = np.random.default_rng(4)
    level = np.concatenate([generator.integers(40, size=2_000), np.full(100, 7)])
    result = generator.normal(size=2_100) + (level == 33)
    outcomes = unblocked(result, level)
    pairs = compared_pairs(outcomes, 0)
    assert len(pairs) == 39 + 38 > ALL_PAIRS_UP_TO
    assert all({7, 33} & set(pair) for pair in pairs.tolist())
    effects = find_effects(outcomes, NO_NOISE)
    assert effects.at(0, 33, 0) is not None
    assert effects.at(0, 1, 0) is None


def test_diverged_runs_rank_last_and_have_no_metric() -> None:
    generator = np.random.default_rng(5)
    level = np.repeat([0, 1], 40)
    result = generator.normal(size=80)
    result[:20] = np.nan
    effect = find_effects(unblocked(result, level), NO_NOISE).at(0, 1, 0)
    assert effect is not None
    assert effect.verdict == "helps"
    assert effect.raw.value == pytest.approx(result[40:].mean() - result[20:40].mean())


@pytest.mark.parametrize(
    "result",
    [np.full(20, np.nan), np.ones(20), np.array([0.5]), np.array([0.5, 0.6])],
    ids=["all diverged", "all alike", "one run", "two runs"],
)
def test_what_cannot_be_known_is_inconclusive(result: np.ndarray) -> None:
    level = np.arange(len(result)) % 2
    effects = find_effects(unblocked(result, level), NO_NOISE)
    assert all(each.verdict == "inconclusive" for each in effects.effects)
    assert all(np.isnan(each.q) for each in effects.effects)


def test_values_that_never_overlap_still_have_an_interval() -> None:
    level = np.repeat([0, 1], 30)
    effect = find_effects(unblocked(np.arange(60.0), level), NO_NOISE).at(0, 1, 0)
    assert effect is not None
    assert effect.difference.low < effect.difference.value < effect.difference.high
    assert effect.verdict == "helps"


@pytest.mark.parametrize("fixed", [False, True])
def test_interval_is_no_other_where_a_block_is_at_the_mean(*, fixed: bool) -> None:
    """Three blocks with each level, by themselves or side by side; the second is at the mean."""

    def interval(middle: float) -> tuple[float, float]:
        luck = np.array([0.0, middle, 2.0])
        if fixed:
            result, block = np.concatenate([luck, luck + 1]), np.arange(6)
        else:
            result, block = np.concatenate([luck, -luck]), np.tile(np.arange(3), 2)
        level = np.repeat([0, 1], 3).astype(np.uint16)[:, None]
        place = np.zeros(6, np.intp)
        found = find_effects(outcomes_of(result, level, place, block, {"a": ["x", "y"]}), NO_NOISE)
        raw = found.effects[0].raw
        return raw.low, raw.high

    assert interval(1.0) == pytest.approx(interval(1.0001), rel=0.01)


def test_configurations_repeated_over_data_sets_are_not_independent(tmp_path: Path) -> None:
    """Without blocks, runs of one configuration are one; here it decides the result on both."""
    generator = np.random.default_rng(6)
    result = generator.normal(size=60)
    rows = [
        {"dataset": d, "a": str(n % 2), "config": str(n), "seed": 1, "accuracy": float(result[n])}
        for d in ("easy", "hard")
        for n in range(60)
    ]
    outcomes = Findings(
        open_study(write_grid(tmp_path / "s.duckdb", {"a": ["0", "1"]}, rows))
    ).outcomes
    overall, easy, _ = Comparer(outcomes, raw=True).compare(0, np.array([[0, 1]]))
    assert overall.error[0] == pytest.approx(easy.error[0])


def test_same_runs_give_the_same_numbers() -> None:
    assert find_effects(drawn(), NO_NOISE) == find_effects(drawn(), NO_NOISE)

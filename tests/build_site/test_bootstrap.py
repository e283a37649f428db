"""The reach of intervals, drawn from blocks; and what many tests leave of a p value."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from build_site.evidence.bootstrap import (
    GROUPS,
    critical_values,
    deal,
    freedom_of,
    student_p,
    student_reach,
)
from build_site.evidence.multiplicity import benjamini_hochberg, level_used


def centred(blocks: int, estimates: int, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(blocks, estimates))
    return np.asarray(drawn - drawn.mean(axis=0))


def reach(influence: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Of blocks that all have a part in every estimate."""
    return critical_values(influence, np.ones(influence.shape, np.bool_), stratum)


def one_stratum(blocks: int) -> np.ndarray:
    return np.zeros(blocks, np.intp)


@pytest.mark.parametrize("blocks", [6, 12, 40])
def test_on_average_normal_blocks_reach_as_far_as_students_t(blocks: int) -> None:
    found = reach(centred(blocks, 200), one_stratum(blocks))
    assert found.mean() == pytest.approx(scipy.stats.t.ppf(0.975, blocks - 1), rel=0.06)


def test_reach_is_the_quantile_of_t_over_weights_drawn_one_by_one() -> None:
    influence = centred(9, 1)[:, 0]
    generator = np.random.default_rng(5)
    points = np.sqrt([0.5, 1.0, 1.5])
    drawn = []
    for _ in range(20_000):
        star = influence * generator.choice(np.concatenate([-points, points]), 9)
        drawn.append(abs(star.sum()) / np.sqrt(9 * star.var(ddof=1)))
    found = reach(influence[:, None], one_stratum(9))[0]
    assert found == pytest.approx(np.quantile(drawn, 0.95), rel=0.06)


def test_strata_are_centred_apart() -> None:
    """Two strata of five blocks are Welch's two samples: about eight degrees of freedom."""
    influence = np.vstack([centred(5, 300, 1), centred(5, 300, 2)])
    found = reach(influence, np.repeat(np.arange(2), 5))
    assert found.mean() == pytest.approx(scipy.stats.t.ppf(0.975, 8), rel=0.08)


def test_same_blocks_give_the_same_reach_whatever_else_is_asked() -> None:
    influence = centred(30, 4)
    alone = reach(influence[:, :1], one_stratum(30))
    assert reach(influence, one_stratum(30))[0] == pytest.approx(alone[0], rel=1e-12)


def test_many_blocks_are_dealt_into_groups_of_their_stratum() -> None:
    stratum = np.repeat(np.array([0, 1, 2]), [5_000, 3, 700])
    group, strata = deal(stratum)
    assert np.bincount(strata).tolist() == [GROUPS, 3, GROUPS]
    assert (strata[group] == stratum).all()
    sizes = np.bincount(group)
    for place in range(3):
        assert np.ptp(sizes[strata == place]) <= 1


def test_groups_of_blocks_reach_as_far_as_the_normal_distribution() -> None:
    group, strata = deal(one_stratum(20_000))
    sums = np.array([np.bincount(group, each) for each in centred(20_000, 3).T]).T
    assert reach(sums, strata) == pytest.approx(1.96, rel=0.06)


def test_few_blocks_are_a_group_each() -> None:
    stratum = np.array([1, 0, 1])
    group, strata = deal(stratum)
    assert group.tolist() == [0, 1, 2]
    assert strata.tolist() == stratum.tolist()


def test_blocks_without_a_part_do_not_change_the_reach() -> None:
    influence = centred(8, 1)
    beside = np.vstack([influence, np.zeros((4, 1))])
    part = (np.arange(12) < 8)[:, None]
    alone = reach(influence, one_stratum(8))
    assert critical_values(beside, part, one_stratum(12)) == pytest.approx(alone, rel=1e-12)


def test_a_block_that_happens_to_add_nothing_counts_like_any_other() -> None:
    at_the_mean, beside_it = np.array([[-1.0], [0.0], [1.0]]), np.array([[-1.0], [1e-6], [1.0]])
    expected = reach(beside_it, one_stratum(3))
    assert reach(at_the_mean, one_stratum(3)) == pytest.approx(expected, rel=1e-3)


def test_unknown_influence_has_no_reach() -> None:
    influence = centred(8, 2)
    influence[3, 1] = np.nan
    found = reach(influence, one_stratum(8))
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


@given(st.floats(0.5, 1e5))
def test_reach_and_degrees_of_freedom_are_one_to_one(freedom: float) -> None:
    reach = scipy.stats.t.ppf(0.975, freedom)
    found = freedom_of(np.array([reach]))
    assert student_reach(found, 0.05) == pytest.approx(reach, rel=1e-3)
    assert student_p(np.array([reach]), found) == pytest.approx(0.05, rel=2e-3)


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1)))
@settings(max_examples=60)
def test_q_values_are_those_of_scipy(p: np.ndarray) -> None:
    assert benjamini_hochberg(p) == pytest.approx(scipy.stats.false_discovery_control(p))


def test_tests_that_could_not_be_made_are_not_counted() -> None:
    p = np.array([0.01, np.nan, 0.02, 0.9])
    q = benjamini_hochberg(p)
    assert np.isnan(q[1])
    assert q[[0, 2, 3]] == pytest.approx(scipy.stats.false_discovery_control(p[[0, 2, 3]]))
    assert benjamini_hochberg(np.array([])).tolist() == []


def test_level_is_what_a_p_value_must_not_exceed() -> None:
    assert level_used(np.array([0.001, 0.02, 0.9, 0.5]), 0.05) == 0.02
    assert level_used(np.array([0.4, 0.9]), 0.05) == 0.025
    assert level_used(np.array([np.nan]), 0.05) == 0.05

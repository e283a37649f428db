"""What blocks add to differences is that of a number for each of both, which is never made."""

import numpy as np
import pytest
from numpy.typing import NDArray

from build_site.evidence.influences import Influences, joined, on_differences, on_levels

BLOCKS, LEVELS = 7, 4
PAIRS = np.column_stack(np.triu_indices(LEVELS, 1))
FIRST, SECOND = PAIRS.T
FACTOR = np.linspace(0.5, 2, len(PAIRS))


def drawn(seed: int, blocks: int = BLOCKS) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(LEVELS, blocks))


def whole(found: Influences) -> NDArray[np.float64]:
    """A number for each block and each difference, float64[b, e]."""
    return np.column_stack([found.of(k) for k in range(len(PAIRS))])


def test_what_is_added_to_levels_is_added_to_their_differences() -> None:
    rows = drawn(1)
    assert whole(on_levels(rows, PAIRS)) == pytest.approx((rows[FIRST] - rows[SECOND]).T)


def test_what_is_added_to_differences_is_itself() -> None:
    rows = np.random.default_rng(1).normal(size=(len(PAIRS), BLOCKS))
    assert whole(on_differences(rows)) == pytest.approx(rows.T)


def test_influences_can_be_added_and_scaled() -> None:
    one, other = drawn(1), drawn(2)
    found = on_levels(one, PAIRS).scaled(FACTOR) + on_levels(other, PAIRS)
    expected = (one[FIRST] - one[SECOND]).T * FACTOR + (other[FIRST] - other[SECOND]).T
    assert whole(found) == pytest.approx(expected)
    assert found.squares == pytest.approx((expected**2).sum(axis=0))


def test_sums_over_groups_are_those_of_their_blocks() -> None:
    found = on_levels(drawn(1), PAIRS).scaled(FACTOR) + on_levels(drawn(2), PAIRS)
    group = np.array([0, 2, 0, 1, 2, 2, 0])
    expected = [whole(found)[group == place].sum(axis=0) for place in range(3)]
    assert found.sums(group, 3) == pytest.approx(np.array(expected))


def test_parts_may_be_about_the_same_blocks() -> None:
    left, right = on_levels(drawn(1, 3), PAIRS), on_levels(drawn(2, 2), PAIRS)
    found = joined([left, right], [slice(0, 3), np.array([2, 4])], 5)
    expected = np.zeros((5, len(PAIRS)))
    expected[:3] += whole(left)
    expected[[2, 4]] += whole(right)
    assert whole(found) == pytest.approx(expected)
    assert found.sums(np.arange(5), 5) == pytest.approx(expected)


def test_what_is_not_known_of_a_level_is_known_of_no_difference_with_it() -> None:
    rows = drawn(1)
    rows[0, 3] = np.nan
    found = on_levels(rows, PAIRS)
    assert np.isnan(found.squares).tolist() == (FIRST == 0).tolist()
    assert np.isnan(found.sums(np.zeros(BLOCKS, np.intp), 1)[0]).tolist() == (FIRST == 0).tolist()


def test_times_0_what_is_not_known_is_nothing() -> None:
    rows = drawn(1)
    rows[0, 3] = np.nan
    found = on_levels(rows, PAIRS).scaled(np.where(FIRST == 0, 0.0, 1.0))
    expected = np.where(FIRST == 0, 0.0, (rows[FIRST] - rows[SECOND]).T)
    assert whole(found) == pytest.approx(expected)
    assert found.sums(np.arange(BLOCKS), BLOCKS) == pytest.approx(expected)

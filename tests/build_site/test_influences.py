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


def influences(rows: NDArray[np.float64]) -> Influences:
    """Of blocks that all have a part in every level."""
    return on_levels(rows, np.ones(rows.shape, np.bool_), PAIRS)


def whole(found: Influences) -> NDArray[np.float64]:
    """A number for each block and each difference, float64[b, e]."""
    return np.column_stack([found.of(k) for k in range(len(PAIRS))])


def test_what_is_added_to_levels_is_added_to_their_differences() -> None:
    rows = drawn(1)
    assert whole(influences(rows)) == pytest.approx((rows[FIRST] - rows[SECOND]).T)


def test_what_is_added_to_differences_is_itself() -> None:
    rows = np.random.default_rng(1).normal(size=(len(PAIRS), BLOCKS))
    assert whole(on_differences(rows, np.ones(rows.shape, np.bool_))) == pytest.approx(rows.T)


def test_influences_can_be_added_and_scaled() -> None:
    one, other = drawn(1), drawn(2)
    found = influences(one).scaled(FACTOR) + influences(other)
    expected = (one[FIRST] - one[SECOND]).T * FACTOR + (other[FIRST] - other[SECOND]).T
    assert whole(found) == pytest.approx(expected)
    assert found.squares == pytest.approx((expected**2).sum(axis=0))


def test_sums_over_groups_are_those_of_their_blocks() -> None:
    found = influences(drawn(1)).scaled(FACTOR) + influences(drawn(2))
    group = np.array([0, 2, 0, 1, 2, 2, 0])
    expected = [whole(found)[group == place].sum(axis=0) for place in range(3)]
    assert found.grouped(group, 3).sums == pytest.approx(np.array(expected))


def test_parts_may_be_about_the_same_blocks() -> None:
    left, right = influences(drawn(1, 3)), influences(drawn(2, 2))
    found = joined([left, right], [slice(0, 3), np.array([2, 4])], 5)
    expected = np.zeros((5, len(PAIRS)))
    expected[:3] += whole(left)
    expected[[2, 4]] += whole(right)
    assert whole(found) == pytest.approx(expected)
    assert found.grouped(np.arange(5), 5).sums == pytest.approx(expected)


def test_what_is_not_known_of_a_level_is_known_of_no_difference_with_it() -> None:
    rows = drawn(1)
    rows[0, 3] = np.nan
    found = influences(rows)
    assert np.isnan(found.squares).tolist() == (FIRST == 0).tolist()
    assert (
        np.isnan(found.grouped(np.zeros(BLOCKS, np.intp), 1).sums[0]).tolist()
        == (FIRST == 0).tolist()
    )


def test_times_0_what_is_not_known_is_nothing() -> None:
    rows = drawn(1)
    rows[0, 3] = np.nan
    found = influences(rows).scaled(np.where(FIRST == 0, 0.0, 1.0))
    expected = np.where(FIRST == 0, 0.0, (rows[FIRST] - rows[SECOND]).T)
    assert whole(found) == pytest.approx(expected)
    assert found.grouped(np.arange(BLOCKS), BLOCKS).sums == pytest.approx(expected)


def test_times_0_what_cannot_be_corrected_is_nothing() -> None:
    found = influences(drawn(1)).scaled(np.where(FIRST == 0, np.nan, 1.0))
    assert np.isnan(found.squares).tolist() == (FIRST == 0).tolist()
    assert np.isfinite(found.scaled(np.where(FIRST == 0, 0.0, 1.0)).squares).all()


def test_a_group_has_a_part_in_what_any_of_its_blocks_has() -> None:
    part = np.zeros((LEVELS, BLOCKS), np.bool_)
    part[0, 4] = part[2, 1] = True
    found = on_levels(np.zeros(part.shape), part, PAIRS).grouped(np.array([0, 1, 0, 0, 2, 2, 0]), 3)
    expected = [np.zeros(len(PAIRS), np.bool_), (FIRST == 2) | (SECOND == 2), FIRST == 0]
    assert found.part.tolist() == [each.tolist() for each in expected]


def test_what_is_not_added_has_no_part() -> None:
    found = influences(drawn(1)).scaled(np.where(FIRST == 0, 0.0, 1.0))
    assert found.grouped(np.arange(BLOCKS), BLOCKS).part[0].tolist() == (FIRST != 0).tolist()

"""Counting whole numbers gives what NumPy finds by sorting them."""

import numpy as np
import pytest

from build_site.evidence.numbering import distinct, numbered


@pytest.mark.parametrize("size", [0, 1, 7, 1000])
@pytest.mark.parametrize("dtype", [np.intp, np.uint16])
def test_it_is_what_unique_finds(size: int, dtype: type) -> None:
    numbers = np.random.default_rng(size).integers(0, size + 1, size).astype(dtype)
    expected, places = np.unique(numbers, return_inverse=True)
    assert distinct(numbers).tolist() == expected.tolist()
    found, place = numbered(numbers)
    assert found.tolist() == expected.tolist()
    assert place.tolist() == places.tolist()

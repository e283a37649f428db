"""Numbers as a reader sees them."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from build_site.rendering import NOTHING, measure, percent


def test_percent_rounds_the_decimal_that_was_stored_half_up() -> None:
    for tenthousandth in range(10_001):
        meant = Decimal(tenthousandth) / 100
        expected = f"{meant.quantize(Decimal('0.1'), ROUND_HALF_UP)}\N{NO-BREAK SPACE}%"
        stored = float(np.float32(tenthousandth / 10_000))
        assert percent(stored) == expected
        assert percent(tenthousandth / 10_000) == expected


@pytest.mark.parametrize(
    ("value", "is_share", "text"),
    [
        (None, True, NOTHING),
        (0.8645, True, "86.5\N{NO-BREAK SPACE}%"),
        (-0.05, True, "-5.0\N{NO-BREAK SPACE}%"),
        (1.23456, False, "1.235"),
    ],
)
def test_measure(value: float | None, is_share: bool, text: str) -> None:  # noqa: FBT001
    assert measure(value, is_share=is_share) == text

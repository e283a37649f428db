"""A dropout mask is decided by the model, the step, the layer and the unit, and by nothing else."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from train.randomness import keep_masks

SHAPE = (64, 128)
UNITS = SHAPE[0] * SHAPE[1]


def mask(seed: int, step: int = 1, layer: int = 0, dropout: float = 0.5) -> torch.Tensor:
    return masks([seed], step, layer, dropout)[0]


def masks(seeds: list[int], step: int = 1, layer: int = 0, dropout: float = 0.5) -> torch.Tensor:
    shares = torch.full((len(seeds),), dropout)
    return keep_masks(torch.tensor(seeds), torch.tensor(step), layer, SHAPE, shares)


@settings(max_examples=25, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6), step=st.integers(1, 10**6)
)
def test_a_mask_does_not_depend_on_who_else_is_in_the_block(seeds: list[int], step: int) -> None:
    together = masks(seeds, step, layer=1)
    for beside, seed in zip(together, seeds, strict=True):
        assert torch.equal(beside, mask(seed, step, layer=1))


def test_each_model_has_its_own_share_of_dropout() -> None:
    shares = torch.tensor([0.0, 0.5, 0.9])
    mixed = keep_masks(torch.tensor([7, 7, 7]), torch.tensor(1), 0, SHAPE, shares)
    for model, share in zip(mixed, shares.tolist(), strict=True):
        assert torch.equal(model, mask(7, dropout=share))


@pytest.mark.parametrize("dropout", [0.1, 0.25, 0.5, 0.9])
def test_a_unit_is_dropped_or_scaled_so_that_the_mean_stays(dropout: float) -> None:
    drawn = masks(list(range(20)), dropout=dropout)
    kept = drawn > 0
    torch.testing.assert_close(drawn[kept], torch.full_like(drawn[kept], 1 / (1 - dropout)))
    # Five standard deviations of a share of 20 masks, and of one mask.
    deviation = (dropout * (1 - dropout) / UNITS) ** 0.5
    assert abs(kept.double().mean().item() - (1 - dropout)) < 5 * deviation / 20**0.5
    for one in kept.double().mean(dim=(1, 2)).tolist():
        assert abs(one - (1 - dropout)) < 5 * deviation


def test_without_dropout_every_unit_stays_as_it_is() -> None:
    assert torch.equal(mask(3, dropout=0.0), torch.ones(SHAPE))


def test_masks_of_other_steps_layers_and_seeds_have_nothing_in_common() -> None:
    keys = list(itertools.product([0, 1, 12_345], [1, 2, 3], [0, 1, 2, 3]))
    drawn = torch.stack([mask(*key).flatten() > 0 for key in keys]).double() - 0.5
    agreement = drawn @ drawn.T / UNITS * 4  # correlations: 1 with itself, 0 if independent
    others = agreement - torch.diag(torch.diagonal(agreement))
    assert torch.equal(torch.diagonal(agreement), torch.ones(len(keys), dtype=torch.float64))
    assert others.abs().max().item() < 5 / UNITS**0.5


def test_units_of_one_mask_have_nothing_in_common() -> None:
    kept = (mask(5) > 0).double() - 0.5
    for lag in range(1, 9):
        for beside in (kept.roll(lag, dims=0), kept.roll(lag, dims=1)):
            assert abs((kept * beside).mean().item() * 4) < 5 / UNITS**0.5

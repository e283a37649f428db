"""Augmentation makes small changes, each image its own, that leave it recognisable."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from train import augmentation
from train.augmentation import augment
from train.datasets import load

CHANGES = (
    "SHIFT",
    "ROTATION",
    "ZOOM",
    "SHEAR",
    "BRIGHTNESS",
    "CONTRAST",
    "HUE",
    "SATURATION",
    "NOISE",
)
Without = Callable[..., None]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def colourful(count: int = 8) -> torch.Tensor:
    """Images with a bright and a dark half and a colour of their own."""
    drawn = torch.rand(count, 3, 4, 4, generator=generator(9)) * 0.5 + 0.25
    return torch.nn.functional.interpolate(drawn, size=(32, 32), mode="bilinear")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Without:
    """Switch off all changes but those named."""

    def switch(*names: str) -> None:
        for name in set(CHANGES) - set(names):
            monkeypatch.setattr(augmentation, name, 0.0)

    return switch


def test_the_result_has_the_shape_type_and_range_of_images() -> None:
    black_to_white = torch.rand(8, 3, 32, 32, generator=generator()).round()
    changed = augment(black_to_white, generator())
    assert (changed.shape, changed.dtype) == (black_to_white.shape, black_to_white.dtype)
    assert (changed.min().item(), changed.max().item()) == (0.0, 1.0)


def test_the_generator_decides_and_the_input_stays_as_it_is() -> None:
    images = colourful()
    before = images.clone()
    once, again, otherwise = (augment(images, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(once, again)
    assert not torch.equal(once, otherwise)
    assert torch.equal(images, before)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_changes_every_image_in_its_own_way(only: Without, change: str) -> None:
    only(change)
    image = colourful(1)
    changed = augment(image.repeat(6, 1, 1, 1), generator())
    for one in range(6):
        assert not torch.allclose(changed[one], image[0], atol=1e-4)
        for other in range(one):
            assert not torch.allclose(changed[one], changed[other], atol=1e-4)


def test_with_all_changes_switched_off_nothing_changes(only: Without) -> None:
    only()
    images = colourful()
    torch.testing.assert_close(augment(images, generator()), images, rtol=0, atol=1e-5)


def test_grey_stays_grey_whatever_happens_to_the_colours(only: Without) -> None:
    only(*(name for name in CHANGES if name != "NOISE"))
    grey = colourful()[:, :1].repeat(1, 3, 1, 1)
    changed = augment(grey, generator())
    assert not torch.allclose(changed, grey, atol=1e-2)
    torch.testing.assert_close(changed[:, 0], changed[:, 1], rtol=0, atol=1e-5)
    torch.testing.assert_close(changed[:, 0], changed[:, 2], rtol=0, atol=1e-5)


@pytest.mark.parametrize("change", ["HUE", "SATURATION"])
def test_hue_and_saturation_leave_the_brightness_alone(only: Without, change: str) -> None:
    only(change)
    luma = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    images = colourful()
    changed = augment(images, generator())
    assert not torch.allclose(changed, images, atol=1e-2)
    torch.testing.assert_close((changed * luma).sum(1), (images * luma).sum(1), rtol=0, atol=1e-4)


def test_a_shift_moves_the_image_by_a_tenth_of_its_width_at_most(only: Without) -> None:
    only("SHIFT")
    square = torch.zeros(500, 3, 32, 32)
    square[:, :, 12:20, 12:20] = 1.0
    weight = augment(square, generator())[:, 0]
    places = torch.arange(32) - 15.5
    for axis in (1, 2):
        moved = (weight.sum(dim=axis) * places).sum(dim=1) / weight.sum(dim=(1, 2))
        assert 2.8 < moved.max().item() <= 3.2 + 1e-3
        assert -3.2 - 1e-3 <= moved.min().item() < -2.8
        assert abs(moved.mean().item()) < 0.4  # five standard deviations of the mean


def test_digits_stay_recognisable() -> None:
    digits = load("digits", Path("no folder"))
    labels = torch.from_numpy(digits.y_train)
    images = torch.from_numpy(digits.x_train).permute(0, 3, 1, 2) / 255
    changed = augment(images[:300], generator())
    distances = torch.cdist(changed.flatten(1), images.flatten(1))
    assert not torch.allclose(changed, images[:300], atol=0.1)
    nearest = labels[distances.argmin(dim=1)]
    assert (nearest == labels[:300]).double().mean().item() > 0.75  # guessing: 0.1

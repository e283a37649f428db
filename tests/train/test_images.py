"""Images of any size become 32x32x3, as Pillow would scale them."""

import numpy as np
import pytest
from PIL import Image

from train.images import to_network_shape


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)


def by_pillow(image: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize((32, 32), Image.Resampling.BILINEAR))


def test_images_of_the_right_shape_come_back_untouched() -> None:
    images = noise(3, 32, 32, 3)
    assert to_network_shape(images) is images


@pytest.mark.parametrize("shape", [(5, 32, 32), (5, 32, 32, 1)])
def test_grey_is_repeated_into_three_channels(shape: tuple[int, ...]) -> None:
    images = noise(*shape)
    converted = to_network_shape(images)
    assert converted.shape == (5, 32, 32, 3)
    for channel in range(3):
        np.testing.assert_array_equal(converted[..., channel], images.reshape(5, 32, 32))


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (96, 96, 3), (20, 64, 3), (224, 160)])
def test_other_sizes_are_scaled_as_pillow_does(shape: tuple[int, ...]) -> None:
    images = noise(300, *shape)  # more than are resized at a time
    expected = np.stack([by_pillow(image) for image in images]).reshape(300, 32, 32, -1)
    difference = np.abs(to_network_shape(images).astype(int) - expected)
    # Pillow's weights have 22 bits and ours 16: a value close to a half may round the other way.
    assert difference.max() <= 1
    assert np.mean(difference != 0) < 0.01


@pytest.mark.parametrize("size", [1, 2, 31, 33, 500])
def test_flat_images_stay_flat(size: int) -> None:
    assert np.unique(to_network_shape(np.full((1, size, size), 255, np.uint8))) == 255


def test_the_result_does_not_depend_on_the_order_of_summation() -> None:
    images = noise(40, 45, 45)
    mirrored = to_network_shape(images[:, ::-1, ::-1])[:, ::-1, ::-1]
    np.testing.assert_array_equal(to_network_shape(images), mirrored)

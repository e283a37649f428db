"""Bring images of any size to the shape every network of a sweep takes: 32x32, three channels.

The resize is Pillow's antialiased bilinear filter, written as two matrix products that are exact in
float32: weights are whole multiples of 2^-16, so every partial sum is a whole multiple of 2^-16
below 2^8 and no order of summation rounds it. The same images therefore give the same bytes, and
the same checksum, on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 32
_WEIGHT_UNITS = 2**16
# Planes resized at a time: at 28x28 their float32 copies stay within a core's cache.
_PLANES_AT_A_TIME = 128


def to_network_shape(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the images as uint8 [N, 32, 32, 3]; those of that shape already come back untouched.

    Args:
        images: uint8 [N, H, W], [N, H, W, 1] or [N, H, W, 3], values 0 to 255. Grey images are
            repeated into the three channels; other sizes are scaled with antialiasing.
    """
    if images.ndim == 3:
        images = images[..., np.newaxis]
    count, height, width, channels = images.shape
    if (height, width) != (SIDE, SIDE):
        planes = np.moveaxis(images, -1, 1).reshape(count * channels, height, width)
        scaled = _resize(planes).reshape(count, channels, SIDE, SIDE)
        images = np.moveaxis(scaled, 1, -1)
    return np.ascontiguousarray(images) if channels == 3 else _repeat_grey(images[..., 0])


def _repeat_grey(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Copy uint8 [N, H, W] into three channels, one strided pass each (6x faster than repeat)."""
    images = np.empty((*planes.shape, 3), np.uint8)
    for channel in range(3):
        images[..., channel] = planes
    return images


def _resize(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale uint8 [N, H, W] to [N, 32, 32]: along the rows first, then along the columns."""
    _, height, width = planes.shape
    along_rows, along_columns = np.ascontiguousarray(_weights(width).T), _weights(height)
    resized = np.empty((len(planes), SIDE, SIDE), np.uint8)
    for start in range(0, len(planes), _PLANES_AT_A_TIME):
        part = slice(start, start + _PLANES_AT_A_TIME)
        # One small product a plane: a big one is spread over threads, and where these have to
        # wait for a busy core it was measured to take 3.8 s instead of 0.1 s for 60,000 planes.
        half = _rounded(planes[part].astype(np.float32) @ along_rows)
        resized[part] = _rounded(along_columns @ half.astype(np.float32))
    return resized


def _rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round values of 0 to 255 to whole ones, halves up, in place before the copy."""
    values += 0.5
    return values.astype(np.uint8)


def _weights(size: int) -> NDArray[np.float32]:
    """Return what each of `size` pixels gives to each of 32: [32, size], every row sums to 1.

    A triangle around each new pixel's centre, as wide as two old or two new pixels, whichever is
    more: enlarging interpolates, shrinking averages over all the pixels that are merged.
    """
    scale = size / SIDE
    centres = (np.arange(SIDE) + 0.5) * scale
    distances = np.abs(np.arange(size) + 0.5 - centres[:, np.newaxis]) / max(scale, 1.0)
    triangle = np.clip(1 - distances, 0, None)
    units = np.rint(triangle / triangle.sum(axis=1, keepdims=True) * _WEIGHT_UNITS)
    # What rounding took from a row, or added, goes to its largest weight: flat areas stay flat.
    units[np.arange(SIDE), units.argmax(axis=1)] += _WEIGHT_UNITS - units.sum(axis=1)
    weights: NDArray[np.float32] = (units / _WEIGHT_UNITS).astype(np.float32)
    return weights

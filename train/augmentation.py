"""Random augmentation of a mini-batch on its device: one affine warp, one colour matrix, noise.

Small changes that keep the label: shift, rotation, zoom, shear, brightness, contrast, hue,
saturation, noise. All models of a block see the same augmented mini-batch.
"""

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

# Half-widths of the uniform distributions that the changes are drawn from.
SHIFT = 0.1  # share of the image's width
ROTATION = math.radians(10)
ZOOM = 0.1
SHEAR = 0.1
BRIGHTNESS = 0.1  # of a range of 1
CONTRAST = 0.2
HUE = math.radians(10)  # rotation of the chrominance plane
SATURATION = 0.2
NOISE = 0.02  # largest standard deviation, of a range of 1

# RGB -> luma and chrominance (NTSC YIQ); hue turns the chrominance axes, saturation scales them.
_YIQ = (
    (0.299, 0.587, 0.114),
    (0.595716, -0.274453, -0.321263),
    (0.211456, -0.522591, 0.311135),
)


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """A randomly changed copy of `images`, float [N, 3, H, W] in [0, 1], clipped to that range.

    Every image gets its own changes. `generator` lives on the images' device.
    """
    images = _warp(images, _affine_maps(len(images), images, generator))
    return _recolour(images, generator).clamp_(0.0, 1.0)


def _uniform(count: int, half_width: float, like: Tensor, generator: torch.Generator) -> Tensor:
    drawn = torch.rand(count, generator=generator, device=like.device, dtype=like.dtype)
    return (2 * drawn - 1) * half_width


def _affine_maps(count: int, like: Tensor, generator: torch.Generator) -> Tensor:
    """[N, 2, 3] maps from output to input coordinates, both in [-1, 1]."""
    angle = _uniform(count, ROTATION, like, generator)
    shear = _uniform(count, SHEAR, like, generator)
    zoom = 1 + _uniform(count, ZOOM, like, generator)
    # The image spans 2 in these coordinates, so a share of its width is twice as much here.
    shift_x = 2 * _uniform(count, SHIFT, like, generator)
    shift_y = 2 * _uniform(count, SHIFT, like, generator)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    rows = torch.stack([cos, shear * cos - sin, shift_x, sin, shear * sin + cos, shift_y], dim=1)
    return rows.view(count, 2, 3)


def _warp(images: Tensor, maps: Tensor) -> Tensor:
    """Pixels from beyond the edge repeat the edge."""
    grid = functional.affine_grid(maps, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _recolour(images: Tensor, generator: torch.Generator) -> Tensor:
    count = len(images)
    hue = _uniform(count, HUE, images, generator)
    saturation = 1 + _uniform(count, SATURATION, images, generator)
    contrast = 1 + _uniform(count, CONTRAST, images, generator)
    brightness = _uniform(count, BRIGHTNESS, images, generator)
    strength = _uniform(count, NOISE, images, generator).abs_()
    noise = torch.randn(images.shape, generator=generator, device=images.device, dtype=images.dtype)

    matrix = _colour_matrices(hue, saturation)
    coloured = torch.einsum("nij,njhw->nihw", matrix, images)
    mean = coloured.mean(dim=(1, 2, 3), keepdim=True)
    column = (count, 1, 1, 1)
    contrasted = (coloured - mean) * contrast.view(column) + mean + brightness.view(column)
    return contrasted + noise * strength.view(column)


def _colour_matrices(hue: Tensor, saturation: Tensor) -> Tensor:
    """[N, 3, 3] maps of RGB that turn the hue and scale the saturation; grey stays grey."""
    to_yiq, from_yiq = _yiq(hue.device, hue.dtype)
    cos, sin = saturation * torch.cos(hue), saturation * torch.sin(hue)
    zero, one = torch.zeros_like(hue), torch.ones_like(hue)
    turn = torch.stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], dim=1).view(-1, 3, 3)
    return torch.matmul(from_yiq @ turn, to_yiq)


@cache
def _yiq(device: torch.device, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The maps from RGB to YIQ and back, made once: a step does not wait for them."""
    to_yiq = torch.tensor(_YIQ, dtype=dtype)
    return to_yiq.to(device), torch.linalg.inv(to_yiq).to(device)

"""Grouped convolution with few channels a model, as matrix products that are never laid out.

Meant for NVIDIA GPUs, where libraries treat a convolution of thousands of small groups as a rare
case. A program computes a tile of one model: a matrix of patches (one row a pixel, one column a
place in the neighbourhood: row, column, channel) times the model's kernels. The patches are read
from the features [N, H, W, K·C] where they lie (implicit im2col).

No program reads two models' numbers, no two programs add to one number, and the order of every sum
depends on nothing but the shapes of one model: results repeat bit by bit, and a model that diverges
leaves its neighbours' as they were. There is no tuning at run time and no waiting for the GPU, so
that a CUDA graph can record all of it, once a call outside of the graph has compiled the kernels.
"""

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

CHUNK_PIXELS = 2048  # a kernel's gradient is summed over so many pixels at a time, then over chunks
FILTER_TILES = (8, 32)  # the fewest and the most filters that one program computes
OPTIONS: dict[str, Any] = {"num_warps": 4, "enable_fp_fusion": True}  # a·b + c is rounded once


def convolution(features: Tensor, kernels: Tensor) -> Tensor:
    """Each model's convolution of its own channels, stride 1, padding "same"; differentiable once.

    Factors are shortened to TF32 where torch lets cuDNN's convolutions do so, and nowhere else.

    Args:
        features: float32 [N, K·C, H, W].
        kernels: float32 [K, C', C, S, S].

    Returns:
        Float32 [N, K·C', H, W], channels_last.

    Raises:
        ValueError: if the shapes do not fit each other.
        TypeError: if a tensor is not of float32.
    """
    models, _, inputs, size, width = kernels.shape
    if features.shape[1] != models * inputs or size != width:
        shapes = f"{list(features.shape)} and {list(kernels.shape)}"
        raise ValueError(f"features and kernels of shapes {shapes} do not fit each other")
    if features.dtype != torch.float32 or kernels.dtype != torch.float32:
        raise TypeError(f"float32 is needed, not {features.dtype} and {kernels.dtype}")
    # An even filter reaches one pixel further down and right, as torch's padding "same" has it.
    outputs: Tensor = _convolve(features, kernels, (size - 1) // 2)
    return outputs


# Custom operators are opaque to torch.compile, which then needs to know only the results' shapes.
@torch.library.custom_op("hyperatlas::convolve", mutates_args=())
def _convolve(features: Tensor, kernels: Tensor, before: int) -> Tensor:
    """Convolution of [N, K·C, H, W] with [K, C', C, S, S], padded by `before` rows at the top."""
    batch, _, height, width = features.shape
    models, filters, inputs, size, _ = kernels.shape
    outputs = _empty_outputs(features, kernels, before)
    pixels = batch * height * width
    block_pixels, block_filters = 128, _filter_tile(filters)
    grid = (models * triton.cdiv(pixels, block_pixels), triton.cdiv(filters, block_filters))
    with torch.cuda.device(features.get_device()):
        _convolve_kernel[grid](
            features.contiguous(memory_format=torch.channels_last),
            kernels.permute(0, 1, 3, 4, 2).contiguous(),
            outputs,
            models,
            pixels,
            filters=filters,
            inputs=inputs,
            size=size,
            before=before,
            height=height,
            width=width,
            block_pixels=block_pixels,
            block_filters=block_filters,
            block_places=16,
            precision=_precision(),
            **OPTIONS,
        )
    return outputs


@torch.library.custom_op("hyperatlas::convolve_kernel_gradient", mutates_args=())
def _kernel_gradient(features: Tensor, gradients: Tensor, like: Tensor, before: int) -> Tensor:
    """Gradient of the kernels, shaped as `like`, from that of the outputs [N, K·C', H, W]."""
    batch, _, height, width = features.shape
    models, filters, inputs, size, _ = like.shape
    places, pixels = size * size * inputs, batch * height * width
    chunks = triton.cdiv(pixels, CHUNK_PIXELS)
    parts = features.new_empty((chunks, models, filters, size, size, inputs))
    total = torch.empty_like(parts[0])
    block_places, block_filters = min(128, triton.next_power_of_2(places)), _filter_tile(filters)
    tiles = triton.cdiv(places, block_places)
    with torch.cuda.device(features.get_device()):
        _kernel_gradient_kernel[(tiles * models * chunks, triton.cdiv(filters, block_filters))](
            features.contiguous(memory_format=torch.channels_last),
            gradients.contiguous(memory_format=torch.channels_last),
            parts,
            models,
            pixels,
            filters=filters,
            inputs=inputs,
            size=size,
            before=before,
            height=height,
            width=width,
            chunk_pixels=CHUNK_PIXELS,
            block_pixels=16,
            block_filters=block_filters,
            block_places=block_places,
            precision=_precision(),
            **OPTIONS,
        )
        _add_chunks_kernel[(triton.cdiv(total.numel(), 1024),)](
            parts, total, chunks, total.numel(), block=1024, **OPTIONS
        )
    return total.permute(0, 1, 4, 2, 3).contiguous()


def _empty_outputs(features: Tensor, kernels: Tensor, _before: int) -> Tensor:
    batch, _, height, width = features.shape
    shape = (batch, kernels.shape[0] * kernels.shape[1], height, width)
    return torch.empty(
        shape,
        dtype=features.dtype,
        device=features.device,
        memory_format=torch.channels_last,
    )


def _empty_kernels(_features: Tensor, _gradients: Tensor, like: Tensor, _before: int) -> Tensor:
    return torch.empty_like(like, memory_format=torch.contiguous_format)


def _keep_for_backward(
    ctx: Any,  # noqa: ANN401  (torch's, without a type that has all attributes)
    inputs: tuple[Tensor, Tensor, int],
    output: Tensor,  # noqa: ARG001  (torch passes it by name)
) -> None:
    features, kernels, ctx.before = inputs
    ctx.save_for_backward(features, kernels)


def _backward(
    ctx: Any,  # noqa: ANN401
    gradients: Tensor,
) -> tuple[Tensor | None, Tensor | None, None]:
    features, kernels = ctx.saved_tensors
    of_features = of_kernels = None
    if ctx.needs_input_grad[0]:
        # What an output took from a pixel, it gives back to it: the same convolution, mirrored.
        mirrored = kernels.flip(3, 4).transpose(1, 2)
        of_features = _convolve(gradients, mirrored, kernels.shape[-1] - 1 - ctx.before)
    if ctx.needs_input_grad[1]:
        of_kernels = _kernel_gradient(features, gradients, kernels, ctx.before)
    return of_features, of_kernels, None


_convolve.register_fake(_empty_outputs)
_convolve.register_autograd(_backward, setup_context=_keep_for_backward)
_kernel_gradient.register_fake(_empty_kernels)


def _filter_tile(filters: int) -> int:
    """Filters that one program computes; Triton wants a power of two."""
    fewest, most = FILTER_TILES
    return int(min(most, max(fewest, triton.next_power_of_2(filters))))


def _precision() -> str:
    allowed = torch.backends.cudnn.conv.fp32_precision  # type: ignore[attr-defined]
    return "tf32" if allowed == "tf32" else "ieee"


@triton.jit
def _convolve_kernel(
    features: tl.tensor,  # [N, H, W, K, inputs]
    kernels: tl.tensor,  # [K, filters, size, size, inputs]
    outputs: tl.tensor,  # [N, H, W, K, filters]
    models: tl.tensor,
    pixels: tl.tensor,  # N·H·W
    filters: tl.constexpr,
    inputs: tl.constexpr,
    size: tl.constexpr,
    before: tl.constexpr,
    height: tl.constexpr,
    width: tl.constexpr,
    block_pixels: tl.constexpr,
    block_filters: tl.constexpr,
    block_places: tl.constexpr,
    precision: tl.constexpr,
) -> None:
    # Neighbouring programs are neighbouring models at the same pixels: they lie in one stretch of
    # memory, of which a model's own channels are too short a piece to be read alone.
    model = tl.program_id(0) % models
    pixel = tl.program_id(0) // models * block_pixels + tl.arange(0, block_pixels)
    output = tl.program_id(1) * block_filters + tl.arange(0, block_filters)
    places: tl.constexpr = size * size * inputs
    rows = kernels + (model.to(tl.int64) * filters + output) * places
    total = tl.zeros([block_pixels, block_filters], dtype=tl.float32)
    for start in range(0, places, block_places):
        place = start + tl.arange(0, block_places)
        patches = _load_patches(
            features, model, models, pixel, pixels, place, inputs, size, before, height, width
        )
        weights = tl.load(
            rows[None, :] + place[:, None],
            mask=(place < places)[:, None] & (output < filters)[None, :],
            other=0.0,
        )
        total = tl.dot(patches, weights, total, input_precision=precision)
    ends = outputs + (pixel.to(tl.int64) * models + model) * filters
    tl.store(
        ends[:, None] + output[None, :],
        total,
        mask=(pixel < pixels)[:, None] & (output < filters)[None, :],
    )


@triton.jit
def _kernel_gradient_kernel(
    features: tl.tensor,  # [N, H, W, K, inputs]
    gradients: tl.tensor,  # [N, H, W, K, filters]
    parts: tl.tensor,  # [chunks, K, filters, size, size, inputs]
    models: tl.tensor,
    pixels: tl.tensor,  # N·H·W
    filters: tl.constexpr,
    inputs: tl.constexpr,
    size: tl.constexpr,
    before: tl.constexpr,
    height: tl.constexpr,
    width: tl.constexpr,
    chunk_pixels: tl.constexpr,
    block_pixels: tl.constexpr,
    block_filters: tl.constexpr,
    block_places: tl.constexpr,
    precision: tl.constexpr,
) -> None:
    places: tl.constexpr = size * size * inputs
    tiles: tl.constexpr = (places + block_places - 1) // block_places
    # Neighbouring programs need the same gradients, and then those of neighbouring models.
    part = tl.program_id(0) // tiles  # chunk · K + model
    model = part % models
    first = part // models * chunk_pixels
    place = tl.program_id(0) % tiles * block_places + tl.arange(0, block_places)
    output = tl.program_id(1) * block_filters + tl.arange(0, block_filters)
    total = tl.zeros([block_places, block_filters], dtype=tl.float32)
    for start in range(first, min(first + chunk_pixels, pixels), block_pixels):
        pixel = start + tl.arange(0, block_pixels)
        patches = _load_patches(
            features, model, models, pixel, pixels, place, inputs, size, before, height, width
        )
        rows = gradients + (pixel.to(tl.int64) * models + model) * filters
        wanted = tl.load(
            rows[:, None] + output[None, :],
            mask=(pixel < pixels)[:, None] & (output < filters)[None, :],
            other=0.0,
        )
        total = tl.dot(tl.trans(patches), wanted, total, input_precision=precision)
    rows = parts + (part.to(tl.int64) * filters + output) * places
    tl.store(
        rows[None, :] + place[:, None],
        total,
        mask=(place < places)[:, None] & (output < filters)[None, :],
    )


@triton.jit
def _load_patches(
    features: tl.tensor,
    model: tl.tensor,
    models: tl.tensor,
    pixel: tl.tensor,
    pixels: tl.tensor,
    place: tl.tensor,
    inputs: tl.constexpr,
    size: tl.constexpr,
    before: tl.constexpr,
    height: tl.constexpr,
    width: tl.constexpr,
) -> tl.tensor:
    """Tile [pixels, places] of one model's matrix of patches; zeros outside of the image."""
    channel = place % inputs
    right = place // inputs % size - before
    down = place // inputs // size - before
    y = (pixel // width % height)[:, None] + down[None, :]
    x = (pixel % width)[:, None] + right[None, :]
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    wanted = (pixel < pixels)[:, None] & (place < size * size * inputs)[None, :]
    start = (pixel.to(tl.int64) * models + model) * inputs
    offset = (down * width + right) * models * inputs + channel
    return tl.load(features + start[:, None] + offset[None, :], mask=inside & wanted, other=0.0)


@triton.jit
def _add_chunks_kernel(
    parts: tl.tensor,
    total: tl.tensor,
    chunks: tl.tensor,
    numbers: tl.tensor,
    block: tl.constexpr,
) -> None:
    """Sum of [chunks, numbers] over the chunks, first to last."""
    number = tl.program_id(0) * block + tl.arange(0, block)
    wanted = number < numbers
    result = tl.zeros([block], dtype=tl.float32)
    part = parts + number
    for _ in range(chunks):
        result += tl.load(part, mask=wanted, other=0.0)
        part += numbers
    tl.store(total + number, result, mask=wanted)

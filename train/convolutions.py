"""Ways to compute K models' convolutions side by side, each on its own channels.

All take features [N, K·C, H, W] and kernels [K, C', C, S, S], both of one floating type and on one
device, and return [N, K·C', H, W] with stride 1, padding "same" and no bias, differentiable in
both. Memory format is channels_last: other features are copied first. They differ in rounding and
in speed only, and none lets one model's numbers reach another's.
"""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Convolution = Literal["grouped", "unfolded", "triton"]


def grouped(features: Tensor, kernels: Tensor) -> Tensor:
    """PyTorch's grouped convolution, one group a model: the reference."""
    return functional.conv2d(
        features.contiguous(memory_format=torch.channels_last),
        kernels.flatten(0, 1).contiguous(memory_format=torch.channels_last),
        padding="same",
        groups=kernels.shape[0],
    )


def unfolded(features: Tensor, kernels: Tensor) -> Tensor:
    """Batched matrix product of each model's kernels with its patches, laid out in memory.

    The patches take S·S times the memory of the features, until the gradients are computed.
    """
    batch, _, height, width = features.shape
    models, filters, inputs, size, _ = kernels.shape
    before = (size - 1) // 2
    after = size - 1 - before  # an even filter reaches further down and right, as "same" has it
    padded = functional.pad(features, (before, after, before, after)).permute(0, 2, 3, 1)
    apart = padded.view(*padded.shape[:3], models, inputs)
    patches = apart.unfold(1, size, 1).unfold(2, size, 1)  # [N, H, W, K, C, S, S], still a view
    outputs = torch.bmm(
        patches.permute(3, 0, 1, 2, 4, 5, 6).reshape(
            models, batch * height * width, inputs * size * size
        ),
        kernels.reshape(models, filters, inputs * size * size).transpose(1, 2),
    )
    beside = outputs.transpose(0, 1).reshape(batch, height, width, models * filters)
    return beside.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def triton(features: Tensor, kernels: Tensor) -> Tensor:
    """Kernels written in Triton, for float32 where `available` says so; else as `grouped`."""
    if features.dtype != torch.float32:
        return grouped(features, kernels)
    # Triton comes with PyTorch's builds for CUDA only: all the rest must work without it.
    from train.triton_convolution import convolution  # noqa: PLC0415

    return convolution(features, kernels)


CONVOLUTIONS: dict[Convolution, Callable[[Tensor, Tensor], Tensor]] = {
    "grouped": grouped,
    "unfolded": unfolded,
    "triton": triton,
}


def available(device: torch.device) -> tuple[Convolution, ...]:
    """The names of the formulations that can be computed on `device`, the reference first."""
    return tuple(name for name in CONVOLUTIONS if name != "triton" or _runs_triton(device))


def _runs_triton(device: torch.device) -> bool:
    if find_spec("triton") is None:
        return False
    if os.environ.get("TRITON_INTERPRET") == "1":  # Triton's own switch: no GPU, and very slow
        return True
    if device.type != "cuda" or not torch.cuda.is_available():
        return False
    return torch.cuda.get_device_capability(device) >= (7, 0)  # as torch.compile asks

"""Random numbers that depend on what they are for, and on nothing else.

A generator gives numbers in the order in which they are asked for, so what a model gets would
depend on who stands beside it. Here each number is a hash of its coordinates (model, step, layer,
position): the same in every block, on every device, in any order, and safe inside a CUDA graph.
"""

import torch
from torch import Tensor

_LOW_32_BITS = 0xFFFFFFFF


def keep_masks(
    seeds: Tensor, step: Tensor, layer: int, shape: tuple[int, int], dropout: Tensor
) -> Tensor:
    """Dropout masks [K, *shape] with values 0 (dropped) or 1 / (1 - dropout).

    Args:
        seeds: int64 [K], one a model.
        step: int64 scalar, the optimizer step.
        layer: which layer of the network.
        shape: of one model's mask.
        dropout: [K], the share dropped, in [0, 1).
    """
    keys = _mix(_mix(seeds & _LOW_32_BITS) + step * 4 + layer)
    positions = torch.arange(shape[0] * shape[1], device=seeds.device)
    hashed = _mix(keys.unsqueeze(1) ^ _mix(positions))
    threshold = (dropout.to(torch.float64) * 2**32).to(torch.int64)
    keep = hashed >= threshold.unsqueeze(1)
    masks = keep * (1.0 / (1.0 - dropout)).unsqueeze(1)
    return masks.view(len(seeds), *shape)


def _mix(values: Tensor) -> Tensor:
    """A bijective 32-bit hash ("lowbias32" of C. Wellons) of int64 values in [0, 2^32)."""
    values = values & _LOW_32_BITS
    values = values ^ (values >> 16)
    values = (values * 0x7FEB352D) & _LOW_32_BITS
    values = values ^ (values >> 15)
    values = (values * 0x846CA68B) & _LOW_32_BITS
    return values ^ (values >> 16)

"""Initial weights of one model, drawn from its own seed."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from train.recipe import Initialization

CONSTANT = 0.05
NORMAL_STANDARD_DEVIATION = 0.05


def initial_weights(
    shapes: Mapping[str, tuple[int, ...]], initialization: Initialization, seed: int
) -> Tensor:
    """The flat weights [P] of one model, float64, in the order of `shapes`.

    Biases and the shifts of batch norm start at 0, its scales at 1; only what is named
    `….weight` follows `initialization`. Drawn on the CPU, so that a seed means the same weights
    on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.cat(
        [
            _initial(name, shape, initialization, generator).flatten()
            for name, shape in shapes.items()
        ]
    )


def _initial(
    name: str, shape: tuple[int, ...], initialization: Initialization, generator: torch.Generator
) -> Tensor:
    values = torch.zeros(shape, dtype=torch.float64)
    if name.endswith(".gamma"):
        return values.fill_(1.0)
    if not name.endswith(".weight"):
        return values
    match initialization:
        case "constant":
            return values.fill_(CONSTANT)
        case "random_normal":
            return values.normal_(0.0, NORMAL_STANDARD_DEVIATION, generator=generator)
        case "glorot_normal":
            return values.normal_(0.0, math.sqrt(2.0 / _fan_sum(shape)), generator=generator)
        case "glorot_uniform":
            limit = math.sqrt(6.0 / _fan_sum(shape))
            return values.uniform_(-limit, limit, generator=generator)


def _fan_sum(shape: tuple[int, ...]) -> int:
    """Fan-in plus fan-out (Glorot & Bengio 2010, equations 12 and 16)."""
    receptive = math.prod(shape[2:])  # 1 for a fully connected layer
    return (shape[0] + shape[1]) * receptive

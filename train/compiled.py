"""What follows a convolution, compiled into few passes over memory.

On a GPU a block of small networks is bound by memory traffic, and batch norm, pooling and
activation touch more memory than they compute. torch.compile writes one kernel for what follows the
batch's statistics.
"""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

Finish = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, float, float], Tensor]


@cache
def compiled_finish() -> Finish:
    """`finish`, compiled; a process compiles it once for each number of dimensions that change."""
    return torch.compile(finish, dynamic=True)


def finish(  # noqa: PLR0917 - as batch_norm takes them
    values: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor,
    beta: Tensor,
    activation: Tensor,
    momentum: float,
    epsilon: float,
) -> Tensor:
    """Batch norm with the batch's statistics, 2x2 max pool, activation.

    The activation is chosen for each channel by a number instead of by splitting the channels:
    the same compiled code then serves blocks of whatever mixture. All four are computed, which
    costs nothing where memory is the bottleneck.

    Args:
        values: [N, C, H, W].
        mean: running mean [C], changed in place; so is `variance`.
        variance: running variance [C].
        gamma: [C].
        beta: [C].
        activation: int64 [C], the place of each channel's activation in CODES.
        momentum: weight of this batch in the running statistics.
        epsilon: added to the variance.

    Returns:
        [N, C, H / 2, W / 2].
    """
    normalised = functional.batch_norm(
        values, mean, variance, gamma, beta, training=True, momentum=momentum, eps=epsilon
    )
    pooled = functional.max_pool2d(normalised, 2)
    code = activation.view(1, -1, 1, 1)
    smooth = torch.where(code == 2, torch.sigmoid(pooled), torch.tanh(pooled))
    kinked = torch.where(code == 0, torch.relu(pooled), functional.elu(pooled))
    return torch.where(code < 2, kinked, smooth)


CODES = ("relu", "elu", "sigmoid", "tanh")

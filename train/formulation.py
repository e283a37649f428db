"""The ways to compute a training step of K models; all give the same results, up to rounding."""

from dataclasses import dataclass

import torch

from train.convolutions import Convolution, available


@dataclass(frozen=True)
class Formulation:
    """One way to compute a step.

    Attributes:
        convolution: how the convolutions after the first are computed (see convolutions.py).
        compiled: batch norm, pooling and activation are compiled into one pass over memory.
        recorded: a step is recorded as a CUDA graph, and launched as a whole.
    """

    convolution: Convolution = "grouped"
    compiled: bool = False
    recorded: bool = False


PLAIN = Formulation()  # runs everywhere; what the others are compared with


def formulations(device: torch.device) -> tuple[Formulation, ...]:
    """Those that can be expected to run on `device`, the plain one first.

    On a CPU that is the plain one alone: matrix products after unfolding took 1.5 to 3 times as
    long there, and there are no launches to save.
    """
    if device.type != "cuda":
        return (PLAIN,)
    return (
        PLAIN,
        *(
            Formulation(convolution, compiled=compiled, recorded=True)
            for convolution in available(device)
            for compiled in (False, True)
        ),
    )

"""The convolutions of K models side by side, and which ways to compute them a device has."""

from typing import Literal

import torch

Convolution = Literal["grouped"]


def available(device: torch.device) -> tuple[Convolution, ...]:  # noqa: ARG001 - one way so far
    """The ways that run on `device`."""
    return ("grouped",)

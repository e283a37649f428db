"""Figures of this machine as if they had been measured, which takes longer than a small sweep."""

import pytest
import torch

from train import speed
from train.formulation import PLAIN
from train.peak import recalled_peak
from train.remembered import place_for, remember

SIZES = [32, 64, 128, 256]
MODELS = 16


def remember_speeds() -> None:
    """Write the CPU's peak and its speed at usual batch sizes into the user's cache folder."""
    cpu = torch.device("cpu")
    with pytest.MonkeyPatch.context() as guess:
        guess.setattr(speed, "measure", lambda _, size: speed.Speed(size, PLAIN, MODELS, 1000.0))
        speed.speeds(cpu, SIZES)
    remember(place_for(cpu, "peak"), 1e11)
    assert recalled_peak(cpu) is not None
    assert all(speed.is_remembered(cpu, size) for size in SIZES)

"""A device's peak is what its fastest operations reach, measured once."""

from pathlib import Path

import pytest
import torch
from plain import PlainNetwork
from torch import nn

from train import peak as peaks
from train.peak import peak, recalled_peak
from train.recipe import Architecture, Recipe
from train.session import _operations
from train.space import load_space
from train.speed import training_operations

CPU = torch.device("cpu")


@pytest.fixture
def no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("no_memory")
def test_it_is_measured_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recalled_peak(CPU) is None
    measured = peak(CPU)
    assert 1e8 < measured < 1e14
    monkeypatch.delattr(peaks, "_rate")  # it is not needed again
    assert peak(CPU) == recalled_peak(CPU) == measured


@pytest.mark.usefixtures("no_memory")
def test_the_faster_operation_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {peaks._convolution: 2e9, peaks._product: 3e9}  # noqa: SLF001
    monkeypatch.setattr(peaks, "_rate", lambda work, _: rates[work])
    assert peak(CPU) == 3e9


def test_operations_are_those_of_the_layers_forward_and_twice_backward() -> None:
    counted: list[int] = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        terms = layer.weight[0].numel()  # of the sum that each number of the output is
        counted.append(2 * terms * output[0].numel())

    network = PlainNetwork(Recipe(), classes=10)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    network(torch.randn(2, 3, 32, 32), None)
    assert len(counted) == 6
    assert training_operations(Architecture()) == 3 * sum(counted) - counted[0]


def test_a_space_that_draws_the_shape_of_the_network_has_no_one_count() -> None:
    assert _operations(load_space("seed")) == training_operations(Architecture())
    assert _operations(load_space("nws")) is None

"""The training engine against the plain loop that trains one model after the other.

Both train on the same random images with the same optimizers and activations, in turn within one
process, and the ratio is taken pair by pair: that cancels what else the machine is doing.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import torch
from plain import PlainNetwork, dropout_masks, plain_optimizer
from torch.nn import functional

from train.block import Models
from train.recipe import Activation, Optimizer, Recipe

CLASSES = 10


@dataclass(frozen=True)
class Measurement:
    """One figure with its spread over the rounds."""

    name: str
    unit: str
    median: float
    minimum: float
    maximum: float
    peer: str


def measure(models: int, batch: int, rounds: int = 7) -> list[Measurement]:
    """Samples a second of `models` side by side, of the plain loop, and their ratio."""
    recipes = [
        Recipe(
            batch_size=batch,
            activation=get_args(Activation)[k * 4 // models],
            optimizer=get_args(Optimizer)[k % 3],
        )
        for k in range(models)
    ]
    images = torch.randn(batch, 3, 32, 32)
    labels = torch.randint(0, CLASSES, (batch,))
    fused = Models(recipes, list(range(models)), CLASSES, device=torch.device("cpu"))
    loop = _plain_steps(recipes, images, labels)
    pairs = []
    for round_number in range(rounds + 1):
        one = _rate(models * batch, lambda: fused.step(images, labels))
        other = _rate(models * batch, loop)
        if round_number > 0:  # the first warms up
            pairs.append((one, other, one / other))
    case = f"{models} models, batch {batch}"
    peer = "plain PyTorch loop"
    rows = zip(*pairs, strict=True)
    names = (f"fused, {case}", f"plain, {case}", f"fused / plain, {case}")
    units = ("samples/s", "samples/s", "ratio")
    return [
        Measurement(name, unit, statistics.median(row), min(row), max(row), peer)
        for name, unit, row in zip(names, units, rows, strict=True)
    ]


def _plain_steps(
    recipes: list[Recipe], images: torch.Tensor, labels: torch.Tensor
) -> Callable[[], None]:
    """A function that takes one step with each model in turn."""
    networks = [PlainNetwork(recipe, CLASSES) for recipe in recipes]
    optimizers = [plain_optimizer(r, n) for r, n in zip(recipes, networks, strict=True)]
    masks = [dropout_masks(recipe, 0, 1, len(images)) for recipe in recipes]

    def steps() -> None:
        for network, optimizer, mask in zip(networks, optimizers, masks, strict=True):
            optimizer.zero_grad()
            functional.cross_entropy(network(images, mask), labels).backward()
            optimizer.step()

    return steps


def _rate(samples: int, work: Callable[[], object], seconds: float = 1.0) -> float:
    """Samples a second, over at least `seconds`."""
    started, done = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < seconds:
        work()
        done += samples
    return done / elapsed

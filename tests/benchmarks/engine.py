"""The training engine against the plain loop that trains one model after the other.

All train on the same random images with the same optimizers and activations, in turn within one
run, and the ratios are taken round by round: that cancels what else the machine is doing. As in a
sweep, there is one process a core, and all of them compute at the same time.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing.synchronize import Barrier
from typing import get_args

import torch
from measurement import Measurement, rate, summary
from plain import PlainNetwork, dropout_masks, plain_optimizer
from torch.nn import functional

from train.block import Models
from train.machine import keep_freed_memory, usable_cores
from train.recipe import Activation, Architecture, Optimizer, Recipe
from train.speed import training_operations

CLASSES = 10
ROUNDS = 7
CASES = ((8, 64), (16, 64), (16, 256))  # models side by side, batch size
OPERATIONS = training_operations(Architecture())
# The fastest multiplication that torch has on processors: a convolution of many channels (its
# matrix products go through another library, and may reach less than half of that).
CHANNELS, FILTER, SIZE, IMAGES = 64, 5, 32, 32

Work = Callable[[], object]


def measure() -> Iterator[Measurement]:
    """Every case, and the share of what the processors can multiply at most."""
    cores = usable_cores()
    with processes(cores) as together:
        for models, batch in CASES:
            yield from _case(together, cores, models, batch)


def _case(
    together: Callable[[str, int, int], float], cores: int, models: int, batch: int
) -> Iterator[Measurement]:
    rounds = [
        {kind: together(kind, models, batch) for kind in ("fused", "plain", "peak")}
        for _ in range(ROUNDS + 1)
    ][1:]  # the first warms up
    case = f"{models} models, batch {batch}, {cores} processes"
    peer = f"plain PyTorch loop, {cores} processes"
    yield summary(f"fused, {case}", "samples/s", [r["fused"] for r in rounds])
    yield summary(f"plain, {case}", "samples/s", [r["plain"] for r in rounds])
    ratios = [r["fused"] / r["plain"] for r in rounds]
    yield summary(f"fused / plain, {case}", "ratio", ratios, peer)
    shares = [100 * r["fused"] * OPERATIONS / r["peak"] for r in rounds]
    yield summary(f"share of peak, {case}", "%", shares, "dense float32 convolution")


@contextmanager
def processes(count: int) -> Iterator[Callable[[str, int, int], float]]:
    """A function that lets `count` processes work at the same time, and adds their rates up."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(count)
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=_prepare, initargs=(barrier,)
    ) as pool:

        def together(kind: str, models: int, batch: int) -> float:
            futures = [pool.submit(_rate, kind, models, batch) for _ in range(count)]
            return sum(future.result() for future in futures)

        yield together


class Worker:
    """What a process keeps between rounds."""

    barrier: Barrier


def _prepare(barrier: Barrier) -> None:
    keep_freed_memory()
    torch.set_num_threads(1)
    Worker.barrier = barrier


def _rate(kind: str, models: int, batch: int) -> float:
    """Samples (or floating-point operations) a second, while the others do the same."""
    amount, work = _work(kind, models, batch)
    Worker.barrier.wait()
    return rate(amount, work)


@cache
def _work(kind: str, models: int, batch: int) -> tuple[float, Work]:
    """How much is done at a time, and what does it."""
    if kind == "peak":
        layer = torch.nn.Conv2d(CHANNELS, CHANNELS, FILTER, padding="same", bias=False)
        layer.requires_grad_(requires_grad=False)
        features = torch.randn(IMAGES, CHANNELS, SIZE, SIZE).to(memory_format=torch.channels_last)
        operations = 2.0 * IMAGES * SIZE**2 * (CHANNELS * FILTER) ** 2
        return operations, lambda: layer(features)
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
    if kind == "plain":
        return models * batch, _plain_steps(recipes, images, labels)
    fused = Models(recipes, range(models), CLASSES, device=torch.device("cpu"))
    return models * batch, lambda: fused.step(images, labels)


def _plain_steps(recipes: list[Recipe], images: torch.Tensor, labels: torch.Tensor) -> Work:
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

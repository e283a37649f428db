"""The training engine on a GPU: trainings an hour, beside the plain loop, and what TF32 changes.

A training is 10 epochs of 10,000 images at batch size 64, its curve and its final test included.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from measurement import Measurement, rate, summary
from plain import PlainNetwork, dropout_masks, plain_optimizer
from scipy.stats import ks_2samp
from torch.nn import functional

from train.block import train_blocks
from train.datasets import Dataset, load
from train.fusion import fused
from train.machine import device_label, use_full_precision
from train.plan import Settings, make_plan
from train.recipe import Recipe
from train.records import Block
from train.space import load_space
from train.speed import Speed
from train.speed import measure as measure_speed
from train.split import split

EPOCHS, IMAGES, BATCH = 10, 10_000, 64
ROUNDS = 5
COMPARED = 512  # trainings with and without TF32


def measure(device: torch.device, trainings: int | None = None) -> Iterator[Measurement]:
    """Everything on `device`; `trainings` in the timed sweep, or as many as fit side by side."""
    use_full_precision()
    speed = measure_speed(device, BATCH)
    name = f"{device_label(device)}, {speed.models} models, {speed.formulation}"
    plain = _plain(device)
    rates, alone = [], []
    for _ in range(ROUNDS):  # in turn
        rates.append(_trainings_an_hour(device, speed, trainings or speed.models))
        alone.append(rate(BATCH, plain) * 3600 / (EPOCHS * IMAGES))
    yield summary(f"trainings, {name}", "1/h", rates, "40,000/h asked for")
    yield summary("trainings, plain PyTorch loop", "1/h", alone)
    ratios = [one / other for one, other in zip(rates, alone, strict=True)]
    yield summary("fused / plain", "ratio", ratios, "plain PyTorch loop")
    yield from _tf32(device, speed)


def _tf32(device: torch.device, speed: Speed) -> Iterator[Measurement]:
    """Whether accuracies with TF32 are distributed as with full precision, on the digits."""
    parts = split(load("digits", Path("no folder")), 1_280, device)
    accuracies = {}
    for precision in ("ieee", "tf32"):
        torch.backends.fp32_precision = precision
        plan = _plan({"digits": 1_280}, trainings=COMPARED, epochs=5)
        runs = [
            run
            for group in fused(plan, dict.fromkeys((32, 64, 128, 256), speed.models))
            for result in train_blocks(group, parts, speed.models, speed.formulation)
            for run in result.runs
        ]
        accuracies[precision] = [run.test_accuracy or 0.0 for run in runs]
    use_full_precision()
    p_value = float(ks_2samp(accuracies["ieee"], accuracies["tf32"]).pvalue)
    yield summary("TF32 against float32, Kolmogorov-Smirnov", "p", [p_value], "float32")


def _trainings_an_hour(device: torch.device, speed: Speed, trainings: int) -> float:
    """Real blocks of one batch size, on images made up."""
    parts = split(_images(), IMAGES, device)
    plan = [
        block
        for block in _plan({"noise": IMAGES}, trainings=8 * trainings, epochs=EPOCHS)
        if block.runs[0].recipe.batch_size == BATCH
    ]
    group = fused(plan, {BATCH: trainings})[0]
    started = time.perf_counter()
    train_blocks(group, parts, speed.models, speed.formulation)
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return sum(len(block.runs) for block in group) * 3600 / (time.perf_counter() - started)


def _plan(sizes: dict[str, int], trainings: int, epochs: int) -> list[Block]:
    return make_plan(load_space("seed"), Settings(trainings, sizes, epochs=epochs, seed=0))


def _images() -> Dataset:
    generator = torch.Generator().manual_seed(0)

    def noise(count: int) -> torch.Tensor:
        return torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8, generator=generator)

    labels = torch.randint(10, (12_000,), generator=generator)
    return Dataset(
        name="noise",
        label="Noise",
        classes=10,
        x_train=noise(12_000).numpy(),
        y_train=labels.numpy(),
        x_test=noise(10_000).numpy(),
        y_test=labels[:10_000].numpy(),
        source="Made up.",
        checksum="",
    )


def _plain(device: torch.device) -> Callable[[], None]:
    """One model's step, as anyone would write it."""
    recipe = Recipe(batch_size=BATCH)
    network = PlainNetwork(recipe, 10).to(device)
    optimizer = plain_optimizer(recipe, network)
    masks = [mask.to(device) for mask in dropout_masks(recipe, 0, 1, BATCH)]
    images = torch.randn(BATCH, 3, 32, 32, device=device)
    labels = torch.randint(10, (BATCH,), device=device)

    def step() -> None:
        optimizer.zero_grad()
        functional.cross_entropy(network(images, masks), labels).backward()
        optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return step

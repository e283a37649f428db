"""How a device trains fastest, measured once and remembered: formulation, and how many models.

What the remembered figures are for besides: how long a plan will take.
"""

import math
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import torch

from train.block import CURVE_LIMIT, CURVE_SHARE, Models
from train.formulation import PLAIN, Formulation, formulations
from train.machine import is_out_of_memory, release_memory
from train.network import IMAGE_SIZE, weight_shapes
from train.plan import MODELS_PER_BLOCK, ROUNDS_PER_ORDER
from train.recipe import Activation, Architecture, Optimizer, Recipe
from train.records import Block
from train.remembered import place_for, recall, remember

CLASSES = 10
FIRST_MODELS = {"cpu": 8, "cuda": 32}
# Tried side by side: on a CPU each process has so many, on a GPU more never see the same
# mini-batches.
MOST_MODELS = {"cpu": 16, "cuda": MODELS_PER_BLOCK * ROUNDS_PER_ORDER}
WORTH_DOUBLING = 1.02  # more models cost memory, and work lost if the sweep is stopped
ROUNDS, ROUND_SECONDS = 3, 0.25
TOLERANCE = 1e-3  # between the losses of two formulations after a few steps
EVALUATION_COST = 1 / 3  # of a step's: it goes forward only


@dataclass(frozen=True)
class Speed:
    """The fastest way found to train blocks of one batch size, and its pace in one process."""

    batch_size: int
    formulation: Formulation
    models: int
    samples_per_second: float


def speeds(device: torch.device, batch_sizes: Sequence[int]) -> list[Speed]:
    """The speed for each batch size, measured now where it is not remembered."""
    return [_speed(device, batch_size) for batch_size in batch_sizes]


def is_remembered(device: torch.device, batch_size: int) -> bool:
    """Whether `speeds` has nothing to measure for a batch size."""
    return _recalled(place_for(device, "speed", batch_size)) is not None


def _speed(device: torch.device, batch_size: int) -> Speed:
    file = place_for(device, "speed", batch_size)
    speed = _recalled(file)
    if speed is None:
        speed = measure(device, batch_size)
        remember(file, asdict(speed))
    return speed


def measure(device: torch.device, batch_size: int) -> Speed:
    """Try the formulations that agree with the plain one, then double the models while it pays.

    Raises:
        RuntimeError: if not even one model can be trained.
    """
    first, most = FIRST_MODELS[device.type], MOST_MODELS[device.type]
    while first > 1 and not _rate(PLAIN, first, batch_size, device):
        first //= 2  # memory does not suffice
    tried = [
        Speed(batch_size, formulation, first, rate)
        for formulation in formulations(device)
        if (rate := _rate(formulation, first, batch_size, device))
    ]
    best = max(tried, key=lambda speed: speed.samples_per_second)
    models = first
    while (models := 2 * models) <= most:
        rate = _rate(best.formulation, models, batch_size, device)
        if not rate or rate < best.samples_per_second * WORTH_DOUBLING:
            break
        best = Speed(batch_size, best.formulation, models, rate)
    return best


def expected_seconds(plan: Sequence[Block], measured: Sequence[Speed], workers: int) -> float:
    """About how long `plan` takes: other networks by their arithmetic, learning curves included.

    The start of the processes and the final test of each model come on top.
    """
    pace = {speed.batch_size: speed.samples_per_second for speed in measured}
    total = 0.0
    for block in plan:
        recipe = block.runs[0].recipe
        size = arithmetic(recipe.architecture) / arithmetic(Architecture())
        evaluated = 2 * block.epochs * min(CURVE_LIMIT, block.train_size * CURVE_SHARE)
        samples = block.epochs * block.train_size + evaluated * EVALUATION_COST
        total += len(block.runs) * samples * size / pace[recipe.batch_size]
    return total / workers


def training_operations(architecture: Architecture) -> int:
    """Floating-point operations of training on one image, a multiplication and an addition each.

    Forward, the gradient of the features and that of the weights; images need no gradient. Only
    convolutions and matrix products count.
    """
    first = IMAGE_SIZE**2 * math.prod(weight_shapes(architecture, CLASSES)["conv0.weight"])
    return 6 * arithmetic(architecture) - 2 * first


def arithmetic(architecture: Architecture) -> int:
    """Multiplications of one image's way through the network."""
    shapes = weight_shapes(architecture, CLASSES)
    total = 0
    for name, shape in shapes.items():
        if name.endswith(".weight"):
            layer = int(name.removesuffix(".weight")[-1])
            pixels = (IMAGE_SIZE >> layer) ** 2 if name.startswith("conv") else 1
            total += math.prod(shape) * pixels
    return total


def _rate(
    formulation: Formulation, models: int, batch_size: int, device: torch.device
) -> float | None:
    """Samples a second; None if it does not run here, or computes something else."""
    try:
        if formulation != PLAIN and not agrees(formulation, batch_size, device):
            return None
        trained = _models(formulation, models, device)
        return statistics.median(_rates(trained, batch_size, device))
    except Exception as error:  # a compiler that is missing, a kernel that does not fit, no memory
        if formulation == PLAIN and (models == 1 or not is_out_of_memory(error)):
            raise
    release_memory()  # out of the except clause, whose traceback keeps the tensors
    return None


def agrees(formulation: Formulation, batch_size: int, device: torch.device) -> bool:
    """Whether the losses of a few steps are those of the plain formulation."""
    images, labels = _mini_batch(batch_size, device)
    one, other = (_models(which, 8, device) for which in (PLAIN, formulation))
    for _ in range(3):
        expected, losses = one.step(images, labels), other.step(images, labels)
    return torch.allclose(losses, expected, rtol=TOLERANCE, atol=TOLERANCE)


def _rates(models: Models, batch_size: int, device: torch.device) -> Iterator[float]:
    images, labels = _mini_batch(batch_size, device)
    models.step(images, labels)
    for _ in range(ROUNDS):
        _wait_for(device)
        started, steps = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - started) < ROUND_SECONDS:
            models.step(images, labels)
            _wait_for(device)
            steps += 1
        yield steps * models.count * batch_size / elapsed


def _models(formulation: Formulation, count: int, device: torch.device) -> Models:
    """A mixture of optimizers and activations, which takes steps too small to diverge."""
    activations, optimizers = get_args(Activation), get_args(Optimizer)
    recipes = [
        Recipe(
            activation=activations[k * len(activations) // count],
            optimizer=optimizers[k % len(optimizers)],
            learning_rate=1e-5,
        )
        for k in range(count)
    ]
    return Models(recipes, range(count), CLASSES, device=device, formulation=formulation)


def _mini_batch(size: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(size, 3, IMAGE_SIZE, IMAGE_SIZE, generator=generator)
    return images.to(device), torch.randint(CLASSES, (size,), generator=generator).to(device)


def _wait_for(device: torch.device) -> None:
    """Wait until the device has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _recalled(file: Path) -> Speed | None:
    """What was measured before; None if it was not, or other figures were kept then."""
    kept = recall(file)
    try:
        return Speed(**{**kept, "formulation": Formulation(**kept["formulation"])})
    except (TypeError, KeyError):
        return None

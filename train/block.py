"""Train blocks: K models side by side on the same mini-batches, from images to results."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from train.augmentation import augment
from train.formulation import PLAIN, Formulation
from train.machine import code_version, device_label, is_out_of_memory, release_memory
from train.network import Network
from train.optimizers import FusedOptimizer
from train.recipe import Recipe
from train.recording import RecordedStep
from train.records import Block, BlockResult, EpochResult, PlannedRun, RunResult
from train.split import Images, Split

# A learning curve's points use a sample of the images, so that on a CPU a curve costs less than a
# twentieth of the training whose course it shows; the last point uses them all.
CURVE_SHARE, CURVE_LIMIT = 1 / 16, 512  # of the training images; at most
EVALUATION_BATCH = 128


def train_blocks(
    blocks: Sequence[Block], parts: Split, models: int, formulation: Formulation = PLAIN
) -> list[BlockResult]:
    """Train blocks to the end; a model that diverges stops alone.

    Where memory does not suffice for so many models side by side, half of them are tried, and so
    on; what a model becomes does not depend on how many stand beside it. Where another formulation
    fails, the plain one is taken.

    Args:
        blocks: they agree in everything that mini-batches and shapes depend on (see fusion.py).
        parts: their data set, on the device to train on.
        models: how many to train side by side.
        formulation: how to compute a step.

    Raises:
        RuntimeError: if memory does not suffice for one model.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    runs = sorted(
        (run for block in blocks for run in block.runs),
        key=lambda run: run.recipe.activation,  # each activation is then one operation
    )
    results: list[RunResult] = []
    while len(results) < len(runs):
        chunk = runs[len(results) : len(results) + models]
        try:
            results += _train_side_by_side(blocks[0], chunk, parts, formulation)
            continue
        except (RuntimeError, MemoryError) as error:
            short = is_out_of_memory(error)
            if formulation == PLAIN and (len(chunk) == 1 or not short):
                raise
        release_memory()  # out of the except clause, whose traceback keeps the tensors
        if short and len(chunk) > 1:
            models = (len(chunk) + 1) // 2
        else:
            formulation = PLAIN
    found = {result.run_id: result for result in results}
    seconds = (time.perf_counter() - clock) / len(runs)
    return [
        BlockResult(
            block_id=block.block_id,
            dataset=block.dataset,
            device=device_label(parts.mean.device),
            code_version=code_version(),
            started_at=started.replace(tzinfo=None).isoformat(timespec="seconds"),
            seconds=seconds * len(block.runs),
            runs=tuple(found[run.run_id] for run in block.runs),
        )
        for block in blocks
    ]


def _train_side_by_side(
    block: Block, runs: Sequence[PlannedRun], parts: Split, formulation: Formulation
) -> list[RunResult]:
    """Train some of the runs that have the surroundings of `block`."""
    models = Models(
        recipes=[run.recipe for run in runs],
        seeds=[run.seed for run in runs],
        classes=parts.classes,
        device=parts.mean.device,
        formulation=formulation,
    )
    curves = _train(block, models, parts)
    # The training images are sampled: enough to see over-fitting, at the price of validation.
    samples = (parts.test, parts.validation, parts.train.first(len(parts.validation)))
    finals = list(zip(*(models.accuracies(images, parts) for images in samples), strict=True))
    outcomes = zip(runs, curves, finals, models.alive.tolist(), strict=True)
    return [
        _completed(run, curve, *accuracies) if alive else _without_accuracy(run, "diverged", curve)
        for run, curve, accuracies, alive in outcomes
    ]


class Models:
    """K models of one architecture in training, side by side."""

    def __init__(
        self,
        recipes: Sequence[Recipe],
        seeds: Sequence[int],
        classes: int,
        *,
        device: torch.device,
        formulation: Formulation = PLAIN,
    ) -> None:
        self.network = Network(
            recipes[0].architecture,
            recipes,
            seeds,
            classes,
            device=device,
            formulation=formulation,
        )
        self.optimizer = FusedOptimizer(recipes, self.network.weights)
        self.count = len(recipes)
        self.steps = torch.zeros((), dtype=torch.int64, device=device)
        # Bool [K]: models whose losses and outputs have been finite so far.
        self.alive = torch.ones(self.count, dtype=torch.bool, device=device)
        self._recorded: RecordedStep | None = None
        self._records = formulation.recorded

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """One optimizer step of all models; returns each one's loss [K], in nats.

        The gradient of the sum of the losses is each model's own gradient, since no weight is
        shared.

        Args:
            images: [N, 3, 32, 32], standardised; N is the same in every step.
            labels: [N].
        """
        if not self._records:
            return self._step(images, labels)
        if self._recorded is None:
            self._recorded = RecordedStep(self._step, self.state(), images, labels)
        return self._recorded(images, labels)

    def _step(self, images: Tensor, labels: Tensor) -> Tensor:
        self.steps += 1
        logits = self.network.train_logits(images, self.steps)
        losses = functional.cross_entropy(
            logits.flatten(0, 1), labels.repeat(self.count), reduction="none"
        )
        losses = losses.view(self.count, -1).mean(dim=1)
        (gradient,) = torch.autograd.grad(losses.sum(), self.network.weights)
        self.alive &= torch.isfinite(losses.detach())
        self.optimizer.update(self.network.weights, gradient, self.steps, self.alive)
        return losses.detach()

    def state(self) -> list[Tensor]:
        """Every tensor that a step changes."""
        network, optimizer = self.network, self.optimizer
        moments = [optimizer.first_moment, optimizer.second_moment]
        return [
            *(self.steps, self.alive, network.weights),
            *(*moments, *network.means, *network.variances),
        ]

    def accuracies(self, images: Images, parts: Split) -> list[float]:
        """Share of `images` that each of the K models labels correctly.

        A model whose outputs are not finite, broken by its latest step, is no longer alive.
        """
        correct = torch.zeros(self.count, dtype=torch.int64, device=images.labels.device)
        for start in range(0, len(images), EVALUATION_BATCH):
            pixels = images.pixels[start : start + EVALUATION_BATCH]
            labels = images.labels[start : start + EVALUATION_BATCH]
            logits = self.network.evaluate(parts.standardise(_to_unit(pixels)))
            correct += (logits.argmax(dim=2) == labels).sum(dim=1)
            self.alive &= torch.isfinite(logits).flatten(1).all(dim=1)
        return [count / max(1, len(images)) for count in correct.tolist()]


def _train(block: Block, models: Models, parts: Split) -> list[tuple[EpochResult, ...]]:
    """The K learning curves; that of a model that diverges ends with the epoch before."""
    recipe = block.runs[0].recipe
    batch_size = min(recipe.batch_size, len(parts.train))
    generator = torch.Generator(parts.mean.device).manual_seed(block.seed)
    curves: list[tuple[EpochResult, ...]] = [()] * models.count
    watched = min(CURVE_LIMIT, max(1, int(len(parts.train) * CURVE_SHARE)))
    for epoch in range(1, block.epochs + 1):
        losses = [
            models.step(parts.standardise(images), labels)
            for images, labels in _batches(
                parts.train, batch_size, generator, augmented=recipe.augmentation == "on"
            )
        ]
        models.optimizer.end_epoch()
        means = torch.stack(losses).mean(dim=0).tolist()
        validation = models.accuracies(parts.validation.first(watched), parts)
        test = models.accuracies(parts.test.first(watched), parts)
        for k, alive in enumerate(models.alive.tolist()):
            if alive:
                curves[k] += (EpochResult(epoch, means[k], validation[k], test[k]),)
    return curves


def _batches(
    images: Images, batch_size: int, generator: torch.Generator, *, augmented: bool
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch in a new random order: float images [N, 3, H, W] in [0, 1] and labels [N].

    The rest that does not fill a batch is left out: batch norm needs full ones, and the next
    epoch's order is another.
    """
    order = torch.randperm(len(images), generator=generator, device=generator.device)
    for start in range(0, len(images) - batch_size + 1, batch_size):
        chosen = order[start : start + batch_size]
        pixels = _to_unit(images.pixels[chosen])
        yield augment(pixels, generator) if augmented else pixels, images.labels[chosen]


def _to_unit(pixels: Tensor) -> Tensor:
    """Bytes to floats in [0, 1]."""
    return pixels.to(torch.float32) / 255


def _without_accuracy(
    run: PlannedRun, status: Literal["completed", "diverged"], curve: tuple[EpochResult, ...]
) -> RunResult:
    return RunResult(
        run_id=run.run_id,
        config_id=run.config_id,
        seed=run.seed,
        recipe=run.recipe,
        status=status,
        test_accuracy=None,
        validation_accuracy=None,
        train_accuracy=None,
        train_loss=None,
        curve=curve,
    )


def _completed(
    run: PlannedRun,
    curve: tuple[EpochResult, ...],
    test: float,
    validation: float,
    train: float,
) -> RunResult:
    # The last point of the curve is the result itself, on all images.
    last = replace(curve[-1], validation_accuracy=validation, test_accuracy=test)
    return replace(
        _without_accuracy(run, "completed", (*curve[:-1], last)),
        test_accuracy=test,
        validation_accuracy=validation,
        train_accuracy=train,
        train_loss=last.train_loss,
    )

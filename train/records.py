"""What is planned and what is recorded: the plain data that the parts of a sweep hand on."""

from dataclasses import dataclass
from typing import Literal

from train.recipe import Recipe


@dataclass(frozen=True)
class PlannedRun:
    """One training: its identity, its recipe, and the seed of its weights and dropout."""

    run_id: str
    config_id: str
    seed: int
    recipe: Recipe


@dataclass(frozen=True)
class Block:
    """Runs that share the data set, the mini-batches and the shape of the network.

    `seed` decides the order of the mini-batches and their augmentation.
    """

    block_id: str
    dataset: str
    seed: int
    epochs: int
    train_size: int
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class EpochResult:
    """One point of a learning curve."""

    epoch: int
    train_loss: float
    validation_accuracy: float
    test_accuracy: float


@dataclass(frozen=True)
class RunResult:
    """How one run ended; accuracies in [0, 1], None if the run diverged."""

    run_id: str
    config_id: str
    seed: int
    recipe: Recipe
    status: Literal["completed", "diverged"]
    test_accuracy: float | None
    validation_accuracy: float | None
    train_accuracy: float | None
    train_loss: float | None
    curve: tuple[EpochResult, ...]


@dataclass(frozen=True)
class BlockResult:
    """All results of a block, and how they came about."""

    block_id: str
    dataset: str
    device: str
    code_version: str
    started_at: str
    seconds: float
    runs: tuple[RunResult, ...]

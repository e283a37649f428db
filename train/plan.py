"""Draw a sweep: which recipe is trained on which data set, grouped into blocks.

The same arguments give the same plan with the same ids, so a sweep that was interrupted knows
what is left; a plan of more trainings begins with the whole blocks of the smaller one.
"""

import hashlib
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np

from train.recipe import Recipe
from train.records import Block, PlannedRun
from train.space import Space, Value

MODELS_PER_BLOCK = 16
ROUNDS_PER_ORDER = 16  # so many blocks of the same shared values see the same mini-batches
SMALLEST_SHARE, LARGEST_SHARE = 1e-6, 0.5  # of replicates: each needs another block to repeat

Design = Literal["independent", "common"]


@dataclass(frozen=True)
class Settings:
    """What all runs of a sweep have in common.

    Attributes:
        trainings: How many, over all data sets.
        train_sizes: Training images that a run uses, for each data set.
        epochs: Of every run.
        seed: Decides every random draw.
        design: "independent" draws the free parameters anew for each block. "common" draws them
            once for all data sets and all combinations of the shared parameters: what differs
            between two such blocks then differs by those alone.
        replicates: Share of the blocks, up to a half, that repeat the configurations of another
            with other seeds (one in every round(1 / share)), so that an effect can be told from
            chance.
    """

    trainings: int
    train_sizes: Mapping[str, int]
    epochs: int
    seed: int
    design: Design = "independent"
    replicates: float = 0.0


class PlanError(ValueError):
    """A plan that cannot be trained; the message says why and what to change."""


def make_plan(space: Space, settings: Settings) -> list[Block]:
    """The blocks of a sweep: the data sets take turns, so that any beginning is balanced.

    On each data set the values of the shared parameters are dealt like cards: every combination
    once, in random order, before any comes again. The free parameters are drawn as the design says.

    Raises:
        PlanError: if a data set has fewer training images than a mini-batch, or the share of
            replicates is not in [0, 0.5].
    """
    _check(space, settings)
    queues = []
    for index, dataset in enumerate(settings.train_sizes):
        trainings = _share(settings.trainings, len(settings.train_sizes), index)
        sizes = [MODELS_PER_BLOCK] * (trainings // MODELS_PER_BLOCK)
        rest = trainings % MODELS_PER_BLOCK
        sizes += [rest] if rest else []
        queues.append(
            [_block(space, settings, dataset, number, size) for number, size in enumerate(sizes)]
        )
    turns = itertools.zip_longest(*queues)
    return [block for turn in turns for block in turn if block is not None]


def _check(space: Space, settings: Settings) -> None:
    least = 0 if settings.replicates == 0 else SMALLEST_SHARE
    if not least <= settings.replicates <= LARGEST_SHARE:
        raise PlanError(f"the share of replicates is {settings.replicates:g}, not 0 to 0.5")
    drawn = [p.values for p in space.parameters if p.name == "batch_size"]
    largest = max(map(int, *drawn)) if drawn else space.base.batch_size
    for dataset, images in settings.train_sizes.items():
        if images < largest:
            raise PlanError(
                f"{dataset} has {images:,} training images for batches of {largest:,}; "
                "choose a larger --train-size, or a space with smaller batches"
            )


def _share(total: int, parts: int, index: int) -> int:
    """How many of `total` fall to part `index` when they are split as evenly as possible."""
    return total // parts + (index < total % parts)


def _block(space: Space, settings: Settings, dataset: str, number: int, size: int) -> Block:
    draw, repeats = _drawn_number(settings, dataset, number)
    order = _order(space, settings, dataset, draw, repeats=repeats)
    generator = _generator(settings.seed, dataset, draw)
    # A smaller block is a part of the full one, so that a larger plan holds its runs too.
    drawn = list(enumerate(_recipes(space, settings, dataset, draw, generator=generator)))
    if repeats:
        generator = _generator(settings.seed, dataset, "repeat", number)
    # Models with the same activation stand together: each activation is then one operation.
    drawn.sort(key=lambda numbered: numbered[1].activation)
    block = Block(
        block_id="",
        dataset=dataset,
        seed=order,
        epochs=settings.epochs,
        train_size=settings.train_sizes[dataset],
        runs=(),
    )
    seeds = [int(generator.integers(2**31)) for _ in drawn]
    runs = tuple(
        _run(block, recipe, seed)
        for (place, recipe), seed in zip(drawn, seeds, strict=True)
        if place < size
    )
    return replace(block, block_id=_digest([run.run_id for run in runs]), runs=runs)


def _drawn_number(settings: Settings, dataset: str, number: int) -> tuple[int, bool]:
    """Which draw of configurations block `number` of a data set trains, and whether it repeats it.

    The last block of each period repeats one of the others in it; draws are counted without the
    repeats, so that the configurations do not depend on the share of replicates.
    """
    if settings.replicates == 0:
        return number, False
    period = round(1 / settings.replicates)
    repeats = number % period == period - 1
    if repeats:
        chosen = _generator(settings.seed, dataset, "repeated", number).integers(1, period)
        number -= int(chosen)
    return number - number // period, repeats


def _recipes(
    space: Space,
    settings: Settings,
    dataset: str,
    draw: int,
    *,
    generator: np.random.Generator,
) -> list[Recipe]:
    """The configurations of one draw for a data set, as many as a block has."""
    shared = space.base.replacing(_deal(space, settings.seed, dataset, draw))
    if settings.design == "common":
        deals = math.prod(len(p.values) for p in space.shared)
        generator = _generator(settings.seed, "common", draw // deals)
    return [
        shared.replacing({p.name: p.draw(generator) for p in space.free})
        for _ in range(MODELS_PER_BLOCK)
    ]


def _deal(space: Space, seed: int, dataset: str, number: int) -> dict[str, Value]:
    """The values of the shared parameters for block `number` of a data set."""
    _, position = _dealt(space, seed, dataset, number)
    values = list(itertools.product(*(p.values for p in space.shared)))[position]
    return {p.name: value for p, value in zip(space.shared, values, strict=True)}


def _dealt(space: Space, seed: int, dataset: str, number: int) -> tuple[int, int]:
    """In which round of dealing block `number` gets its shared values, and which of them."""
    combinations = math.prod(len(p.values) for p in space.shared)
    round_number, place = divmod(number, combinations)
    order = _generator(seed, dataset, "deal", round_number).permutation(combinations)
    return round_number, int(order[place])


def _order(space: Space, settings: Settings, dataset: str, draw: int, *, repeats: bool) -> int:
    """The seed of the mini-batches of one draw.

    Blocks that agree in it and in the shared values can be trained as one: a device that has room
    for hundreds of models side by side is then not limited to those of one block.
    """
    round_number, position = _dealt(space, settings.seed, dataset, draw)
    key = ("order", position, round_number // ROUNDS_PER_ORDER, repeats)
    return int(_generator(settings.seed, dataset, *key).integers(2**31))


def _run(block: Block, recipe: Recipe, seed: int) -> PlannedRun:
    config = asdict(recipe)
    surroundings = [block.dataset, block.seed, block.epochs, block.train_size]
    return PlannedRun(
        run_id=_digest([surroundings, config, seed]),
        config_id=_digest(config),
        seed=seed,
        recipe=recipe,
    )


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _generator(*key: object) -> np.random.Generator:
    return np.random.default_rng(int(_digest(key), 16))

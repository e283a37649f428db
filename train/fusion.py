"""Which blocks can be trained as one computation: those whose models see the same mini-batches."""

from collections.abc import Sequence

from train.recipe import SHARED
from train.records import Block


def fused(blocks: Sequence[Block], models: dict[int, int]) -> list[tuple[Block, ...]]:
    """The blocks in groups that can be trained side by side, in the order of their first blocks.

    Args:
        blocks: of one plan.
        models: for each batch size, how many models a group may have; a block alone may have more.
    """
    groups: list[list[Block]] = []
    open_group: dict[tuple[object, ...], list[Block]] = {}
    for block in blocks:
        group = open_group.get(_surroundings(block))
        limit = models[block.runs[0].recipe.batch_size]
        if group is None or sum(len(b.runs) for b in group) + len(block.runs) > limit:
            group = open_group[_surroundings(block)] = []
            groups.append(group)
        group.append(block)
    return [tuple(group) for group in groups]


def batch_sizes(blocks: Sequence[Block]) -> list[int]:
    """The batch sizes that occur, each once."""
    return sorted({block.runs[0].recipe.batch_size for block in blocks})


def _surroundings(block: Block) -> tuple[object, ...]:
    """What models must have in common to be trained side by side."""
    recipe = block.runs[0].recipe
    shared = (getattr(recipe, name) for name in SHARED)
    return (block.dataset, block.seed, block.epochs, block.train_size, *shared)

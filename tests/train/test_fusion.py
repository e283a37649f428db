"""Blocks whose models see the same mini-batches are trained together, as many as fit."""

from train.fusion import batch_sizes, fused
from train.plan import MODELS_PER_BLOCK, Settings, make_plan
from train.records import Block
from train.space import load_space

SIZES = dict.fromkeys([32, 64, 128, 256], 64)
PLAN = make_plan(
    load_space("seed"),
    Settings(
        trainings=2 * 8 * 5 * MODELS_PER_BLOCK, train_sizes={"a": 300, "b": 300}, epochs=1, seed=0
    ),
)


def surroundings(block: Block) -> tuple[object, ...]:
    recipe = block.runs[0].recipe
    return block.dataset, block.seed, recipe.batch_size, recipe.augmentation


def test_a_group_has_the_same_mini_batches_and_no_more_models_than_fit() -> None:
    groups = fused(PLAN, SIZES)
    for group in groups:
        assert len({surroundings(block) for block in group}) == 1
        assert sum(len(block.runs) for block in group) <= 64
    # five rounds of each combination: four blocks of 16 fill a group, the fifth is one of its own
    assert sorted({len(group) for group in groups}) == [1, 4]
    assert len(groups) == 2 * 8 * 2


def test_every_block_is_in_one_group() -> None:
    together = [block.block_id for group in fused(PLAN, SIZES) for block in group]
    assert sorted(together) == sorted(block.block_id for block in PLAN)


def test_groups_come_in_the_order_of_the_plan() -> None:
    firsts = [group[0] for group in fused(PLAN, SIZES)]
    assert [PLAN.index(block) for block in firsts] == sorted(PLAN.index(b) for b in firsts)


def test_each_batch_size_has_its_own_number_of_models() -> None:
    for group in fused(PLAN, {**SIZES, 256: 16}):
        assert group[0].runs[0].recipe.batch_size != 256 or len(group) == 1


def test_a_block_too_large_for_the_device_is_a_group_alone() -> None:
    assert [len(group) for group in fused(PLAN, dict.fromkeys(SIZES, 1))] == [1] * len(PLAN)


def test_batch_sizes_of_a_plan() -> None:
    assert batch_sizes(PLAN) == [32, 64, 128, 256]

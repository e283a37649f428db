"""A block of networks learns real digits, and each of its models as if it were alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from train.block import train_blocks
from train.datasets import load
from train.recipe import Recipe
from train.records import Block, BlockResult, PlannedRun
from train.split import Split, split

EPOCHS = 3
SMALL = {"conv_depth": 3, "conv_width": 4, "dense_depth": 1, "dense_width": 32, "dropout": 0.2}
HEALTHY = (
    Recipe(**SMALL, optimizer="adam", activation="relu", learning_rate=3e-3),
    Recipe(**SMALL, optimizer="rmsprop", activation="tanh", initialization="glorot_normal"),
    Recipe(**SMALL, optimizer="momentum_sgd", activation="elu", learning_rate=1e-2),
)
# Learns in the first epoch; in the second its steps grow beyond all numbers.
EXPLOSIVE = Recipe(**SMALL, optimizer="momentum_sgd", activation="relu", learning_rate_decay=1e35)


@pytest.fixture(scope="module")
def digits() -> Split:
    return split(load("digits", Path("no folder")), 512, torch.device("cpu"))


def block(recipes: Sequence[Recipe], seeds: Sequence[int], epochs: int = EPOCHS) -> Block:
    runs = tuple(
        PlannedRun(run_id=f"run {seed}", config_id=f"config {seed}", seed=seed, recipe=recipe)
        for recipe, seed in zip(recipes, seeds, strict=True)
    )
    return Block("block 1", "digits", seed=5, epochs=epochs, train_size=512, runs=runs)


def train_block(planned: Block, parts: Split) -> BlockResult:
    (result,) = train_blocks([planned], parts, models=len(planned.runs))
    return result


@pytest.fixture(scope="module")
def mixed(digits: Split) -> BlockResult:
    """Three healthy models, and one among them that diverges in the second epoch."""
    recipes = (HEALTHY[0], EXPLOSIVE, *HEALTHY[1:])
    return train_block(block(recipes, seeds=[1, 99, 2, 3]), digits)


def test_digits_are_learned(mixed: BlockResult) -> None:
    for run in (mixed.runs[0], *mixed.runs[2:]):
        assert run.status == "completed"
        for accuracy in (run.test_accuracy, run.validation_accuracy, run.train_accuracy):
            assert accuracy is not None
            assert 0.5 < accuracy <= 1  # guessing: 0.1
        losses = [point.train_loss for point in run.curve]
        assert losses == sorted(losses, reverse=True)


def test_a_result_says_which_block_and_run_it_belongs_to(mixed: BlockResult) -> None:
    assert (mixed.block_id, mixed.dataset) == ("block 1", "digits")
    planned = [
        ("run 1", "config 1", 1, HEALTHY[0]),
        ("run 99", "config 99", 99, EXPLOSIVE),
        ("run 2", "config 2", 2, HEALTHY[1]),
        ("run 3", "config 3", 3, HEALTHY[2]),
    ]
    assert [(run.run_id, run.config_id, run.seed, run.recipe) for run in mixed.runs] == planned
    assert mixed.seconds > 0


def test_a_curve_has_a_point_an_epoch_and_ends_with_the_result(mixed: BlockResult) -> None:
    for run in (mixed.runs[0], *mixed.runs[2:]):
        assert [point.epoch for point in run.curve] == [1, 2, 3]
        last = run.curve[-1]
        assert (last.train_loss, last.validation_accuracy, last.test_accuracy) == (
            run.train_loss,
            run.validation_accuracy,
            run.test_accuracy,
        )


def test_the_last_point_of_a_curve_is_measured_on_all_images(
    digits: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.block.CURVE_LIMIT", 1)
    for run in train_block(block(HEALTHY, seeds=[1, 2, 3], epochs=2), few(digits, 128)).runs:
        first, last = run.curve
        assert {first.test_accuracy, first.validation_accuracy} <= {0.0, 1.0}
        assert last.test_accuracy == run.test_accuracy
        assert last.validation_accuracy == run.validation_accuracy
        assert run.test_accuracy not in (0.0, 1.0)


def test_a_model_that_diverges_is_recorded_as_such(mixed: BlockResult) -> None:
    run = mixed.runs[1]
    assert (run.status, [point.epoch for point in run.curve]) == ("diverged", [1])
    assert (run.test_accuracy, run.validation_accuracy) == (None, None)
    assert (run.train_accuracy, run.train_loss) == (None, None)


def test_a_model_that_its_last_step_breaks_has_diverged(digits: Split) -> None:
    broken = replace(EXPLOSIVE, learning_rate=1e38)
    one_step = few(digits, HEALTHY[0].batch_size)
    result = train_block(block([HEALTHY[0], broken], seeds=[1, 2], epochs=1), one_step)
    assert [run.status for run in result.runs] == ["completed", "diverged"]
    assert [run.test_accuracy is None for run in result.runs] == [False, True]


@pytest.mark.parametrize("k", range(3))
def test_a_model_in_a_block_trains_as_it_would_alone(
    k: int, digits: Split, mixed: BlockResult
) -> None:
    alone = train_block(block([HEALTHY[k]], seeds=[k + 1], epochs=1), digits)
    beside = mixed.runs[(0, 2, 3)[k]].curve[0]
    # Float32 rounds differently side by side, and training amplifies it: after the few steps of
    # the first epoch the losses still agree, while those of other seeds differ by a tenth.
    assert alone.runs[0].train_loss == pytest.approx(beside.train_loss, rel=1e-3)
    assert alone.runs[0].curve[0].test_accuracy == pytest.approx(beside.test_accuracy, abs=0.05)


def test_another_seed_of_weights_is_another_training(digits: Split, mixed: BlockResult) -> None:
    other = train_block(block([HEALTHY[0]], seeds=[4], epochs=1), digits)
    assert other.runs[0].train_loss != pytest.approx(mixed.runs[0].curve[0].train_loss, rel=0.01)


def few(digits: Split, count: int) -> Split:
    """The same images, but only so many of them."""
    return replace(
        digits,
        train=digits.train.first(count),
        validation=digits.validation.first(20),
        test=digits.test.first(20),
    )


def test_augmentation_changes_what_is_learned(digits: Split) -> None:
    recipes = (Recipe(**SMALL, augmentation="off"), Recipe(**SMALL, augmentation="on"))
    results = [train_block(block([r], [1], epochs=1), few(digits, 64)) for r in recipes]
    plain, augmented = (result.runs[0] for result in results)
    assert (plain.status, augmented.status) == ("completed", "completed")
    assert plain.train_loss != augmented.train_loss


@pytest.mark.parametrize("count", [40, 300], ids=["all fit into one", "a rest fills none"])
def test_images_need_not_fill_whole_batches(digits: Split, count: int) -> None:
    planned = block([Recipe(**SMALL, batch_size=256)], [1], epochs=1)
    (run,) = train_block(planned, few(digits, count)).runs
    assert (run.status, len(run.curve)) == ("completed", 1)


def test_blocks_trained_together_are_what_each_is_alone(digits: Split) -> None:
    """Curves of one epoch, since float32 rounds differently side by side."""
    one, other = block(HEALTHY[:2], [1, 2], epochs=1), block(HEALTHY[2:], [3], epochs=1)
    other = replace(other, block_id="block 2")
    together = train_blocks([one, other], digits, models=3)
    assert [result.block_id for result in together] == ["block 1", "block 2"]
    for result, planned in zip(together, (one, other), strict=True):
        alone = train_block(planned, digits)
        for run, same in zip(result.runs, alone.runs, strict=True):
            assert (run.run_id, run.recipe) == (same.run_id, same.recipe)
            assert run.train_loss == pytest.approx(same.train_loss, rel=1e-3)


def test_a_block_is_trained_in_parts_where_fewer_models_go_side_by_side(digits: Split) -> None:
    planned = block(HEALTHY, [1, 2, 3], epochs=1)
    (parts,) = train_blocks([planned], digits, models=2)
    for run, same in zip(parts.runs, train_block(planned, digits).runs, strict=True):
        assert run.run_id == same.run_id
        assert run.train_loss == pytest.approx(same.train_loss, rel=1e-3)

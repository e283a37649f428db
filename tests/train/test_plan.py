"""A plan is decided by its arguments alone, is balanced from its first block on, and can grow."""

import itertools
from collections import Counter
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.plan import MODELS_PER_BLOCK, ROUNDS_PER_ORDER, PlanError, Settings, make_plan
from train.recipe import SHARED
from train.records import Block
from train.space import load_space

SPACE = load_space("seed")
COMBINATIONS = set(itertools.product(*(p.values for p in SPACE.shared)))
SIZES = {"mnist": 10_000, "svhn": 10_000, "stl10": 4_500}


def plan(trainings: int, **changes: object) -> list[Block]:
    arguments = {"train_sizes": SIZES, "epochs": 10, "seed": 0, **changes}
    return make_plan(SPACE, Settings(trainings=trainings, **arguments))  # type: ignore[arg-type]


def run_ids(blocks: list[Block]) -> list[str]:
    return [run.run_id for block in blocks for run in block.runs]


def on(dataset: str, blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.dataset == dataset]


def test_the_same_arguments_give_the_same_plan() -> None:
    assert plan(100) == plan(100)


def test_ids_stay_what_they_are() -> None:
    # Whoever changes these makes every study that is under way train all of its plan again.
    first = plan(48)[0]
    assert (first.block_id, first.runs[0].run_id, first.runs[0].config_id) == (
        "9d5b0218151e9ea5",
        "5b1a042b23166812",
        "738e14442ad6fc52",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 1},
        {"epochs": 11},
        {"train_sizes": dict.fromkeys(SIZES, 4_000)},
        {"train_sizes": {"gtsrb": 10_000, "digits": 1_000}},
    ],
    ids=["seed", "epochs", "train size", "data set"],
)
def test_whatever_decides_a_run_is_in_its_id(changes: dict[str, object]) -> None:
    assert not set(run_ids(plan(96))) & set(run_ids(plan(96, **changes)))


def test_the_order_of_the_data_sets_does_not_decide_what_is_trained_on_each() -> None:
    reverse = plan(96, train_sizes=dict(reversed(SIZES.items())))
    assert sorted(run_ids(reverse)) == sorted(run_ids(plan(96)))


def test_runs_of_one_configuration_share_its_id() -> None:
    runs = [run for block in plan(480) for run in block.runs]
    by_config = {run.config_id: run.recipe for run in runs}
    assert all(by_config[run.config_id] == run.recipe for run in runs)
    assert len(by_config) == len({tuple(asdict(run.recipe).items()) for run in runs})


@settings(max_examples=25, deadline=None)
@given(trainings=st.integers(1, 200), more=st.integers(0, 200))
def test_a_bigger_plan_begins_with_the_full_blocks_of_the_smaller_one(
    trainings: int, more: int
) -> None:
    small, big = plan(trainings), plan(trainings + more)
    for dataset in SIZES:
        full = [b for b in on(dataset, small) if len(b.runs) == MODELS_PER_BLOCK]
        assert on(dataset, big)[: len(full)] == full


def test_a_bigger_plan_holds_the_runs_of_a_block_that_was_not_full() -> None:
    assert set(run_ids(plan(20))) < set(run_ids(plan(48)))


@settings(max_examples=25, deadline=None)
@given(trainings=st.integers(1, 200), datasets=st.integers(1, 5))
def test_trainings_add_up_and_are_shared_out_evenly(trainings: int, datasets: int) -> None:
    names = [f"images{number}" for number in range(datasets)]
    blocks = plan(trainings, train_sizes=dict.fromkeys(names, 1_000))
    counts = [sum(len(block.runs) for block in on(name, blocks)) for name in names]
    assert sum(counts) == trainings == len(set(run_ids(blocks)))
    assert max(counts) - min(counts) <= 1
    assert len({block.block_id for block in blocks}) == len(blocks)


def test_any_beginning_of_a_plan_is_balanced_over_the_data_sets() -> None:
    counts = Counter[str]()
    for block in plan(480):
        counts[block.dataset] += 1
        assert max(counts.values()) - min(counts[name] for name in SIZES) <= 1


def test_models_of_a_block_agree_in_what_they_share_and_differ_in_the_rest() -> None:
    for block in plan(480):
        shared = {tuple(getattr(run.recipe, name) for name in SHARED) for run in block.runs}
        assert len(shared) == 1
        assert len({run.recipe.learning_rate for run in block.runs}) == MODELS_PER_BLOCK
        assert len({run.seed for run in block.runs}) == MODELS_PER_BLOCK


def test_models_of_the_same_activation_stand_together() -> None:
    for block in plan(480):
        activations = [run.recipe.activation for run in block.runs]
        assert len(list(itertools.groupby(activations))) == len(set(activations))


def test_every_combination_of_the_shared_parameters_comes_once_before_any_comes_again() -> None:
    rounds = 2
    blocks = plan(MODELS_PER_BLOCK * len(COMBINATIONS) * len(SIZES) * rounds)
    orders = []
    for dataset in SIZES:
        dealt = [
            (b.runs[0].recipe.batch_size, b.runs[0].recipe.augmentation)
            for b in on(dataset, blocks)
        ]
        assert len(dealt) == rounds * len(COMBINATIONS)
        for start in range(0, len(dealt), len(COMBINATIONS)):
            orders.append(dealt[start : start + len(COMBINATIONS)])
            assert set(orders[-1]) == COMBINATIONS
    assert len({tuple(order) for order in orders}) > 1  # each data set and round its own order


def test_blocks_of_the_same_shared_values_see_the_same_mini_batches_for_some_rounds() -> None:
    rounds = ROUNDS_PER_ORDER + 1
    blocks = on("mnist", plan(3 * MODELS_PER_BLOCK * len(COMBINATIONS) * rounds))
    orders: dict[tuple[object, ...], list[int]] = {}
    for block in blocks:
        recipe = block.runs[0].recipe
        orders.setdefault((recipe.batch_size, recipe.augmentation), []).append(block.seed)
    assert set(orders) == COMBINATIONS
    for seeds in orders.values():
        assert len(set(seeds[:ROUNDS_PER_ORDER])) == 1
        assert seeds[ROUNDS_PER_ORDER] != seeds[0]
    assert len({seed for seeds in orders.values() for seed in seeds}) == 2 * len(COMBINATIONS)


def test_the_other_parameters_take_all_their_values_on_every_data_set() -> None:
    blocks = plan(MODELS_PER_BLOCK * len(COMBINATIONS) * len(SIZES))
    for dataset, parameter in itertools.product(SIZES, SPACE.free):
        if parameter.values:
            runs = [run for block in on(dataset, blocks) for run in block.runs]
            drawn = {getattr(run.recipe, parameter.name) for run in runs}
            assert drawn == set(parameter.values)


def test_what_is_not_drawn_stays_at_the_value_of_the_space() -> None:
    drawn = {parameter.name for parameter in SPACE.parameters}
    base = {name: value for name, value in asdict(SPACE.base).items() if name not in drawn}
    for run in plan(48)[0].runs:
        recipe = asdict(run.recipe)
        assert {name: recipe[name] for name in base} == base


def configs(block: Block) -> list[str]:
    return [run.config_id for run in block.runs]


def test_replicates_repeat_configurations_with_other_seeds() -> None:
    blocks = on("mnist", plan(3 * 40 * MODELS_PER_BLOCK, replicates=0.1))
    repeats = [block for n, block in enumerate(blocks) if n % 10 == 9]
    assert len(repeats) == 4
    for repeat in repeats:
        (original,) = (b for b in blocks if b is not repeat and configs(b) == configs(repeat))
        assert original.seed != repeat.seed
        assert {run.seed for run in original.runs}.isdisjoint(run.seed for run in repeat.runs)
        assert {run.run_id for run in original.runs}.isdisjoint(run_ids([repeat]))


def test_replicates_leave_the_drawn_configurations_as_they_are() -> None:
    with_repeats = on("mnist", plan(3 * 20 * MODELS_PER_BLOCK, replicates=0.1))
    drawn = [configs(block) for n, block in enumerate(with_repeats) if n % 10 != 9]
    without = [configs(block) for block in on("mnist", plan(3 * 20 * MODELS_PER_BLOCK))]
    assert drawn == without[: len(drawn)]


@pytest.mark.parametrize("share", [-0.1, 0.6, 1e-320, float("nan")])
def test_share_of_replicates_that_cannot_be(share: float) -> None:
    with pytest.raises(PlanError, match="the share of replicates is"):
        plan(32, replicates=share)


def test_common_design_compares_the_same_draws_everywhere() -> None:
    blocks = plan(3 * len(COMBINATIONS) * MODELS_PER_BLOCK, design="common")
    free = [p.name for p in SPACE.free]
    draws = {
        tuple(sorted(tuple(getattr(run.recipe, name) for name in free) for run in block.runs))
        for block in blocks
    }
    assert len(draws) == 1
    first = [(block.dataset, block.runs[0].recipe) for block in blocks]
    shared = {(dataset, recipe.batch_size, recipe.augmentation) for dataset, recipe in first}
    assert len(shared) == len(blocks)
    assert len(set(run_ids(blocks))) == len(run_ids(blocks))


def test_common_design_draws_anew_once_all_combinations_are_dealt() -> None:
    blocks = on("mnist", plan(3 * 2 * len(COMBINATIONS) * MODELS_PER_BLOCK, design="common"))
    rates = [{run.recipe.learning_rate for run in block.runs} for block in blocks]
    assert rates[0] == rates[len(COMBINATIONS) - 1]
    assert rates[0].isdisjoint(rates[len(COMBINATIONS)])

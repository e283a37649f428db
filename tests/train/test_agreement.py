"""Networks trained side by side end where the plain loop ends, and a fault would be noticed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from paired import Pair, compare, disagreements
from plain_loop import train_plain

from train.block import train_blocks
from train.datasets import load
from train.plan import Settings, make_plan
from train.recipe import Recipe
from train.space import load_space
from train.split import Split, split

EPOCHS = 3
SPACE = """
[fixed]
filter_size = 3
conv_depth = 2
conv_width = 2
dense_depth = 1
dense_width = 16

[[parameter]]
name = "batch_size"
kind = "ordinal"
values = [32, 64]

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop", "momentum_sgd"]

[[parameter]]
name = "activation"
values = ["relu", "elu", "sigmoid", "tanh"]

[[parameter]]
name = "initialization"
values = ["random_normal", "glorot_uniform", "glorot_normal"]

[[parameter]]
name = "learning_rate"
scale = "log"
range = [1e-3, 1e-2]
"""


@pytest.fixture(scope="module")
def digits() -> Split:
    return split(load("digits", Path()), 256, torch.device("cpu"))


def test_what_trains_side_by_side_ends_like_the_plain_loop(digits: Split, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SPACE)
    space = load_space(str(tmp_path / "small.toml"))
    settings = Settings(64, {"digits": 256}, EPOCHS, seed=4, replicates=0.5)
    blocks = make_plan(space, settings)
    fused = [run for block in blocks for run in train_blocks([block], digits, 16)[0].runs]
    reached = {run.run_id: run.test_accuracy or 0.1 for run in fused}
    compared = fused[::4]
    pairs = [
        Pair("digits", reached[run.run_id], _plain(run.recipe, digits, seed))
        for seed, run in enumerate(compared)
    ]
    first = {run.config_id: run for run in reversed(fused)}
    seeds = [
        Pair("digits", reached[run.run_id], reached[first[run.config_id].run_id])
        for run in fused
        if run is not first[run.config_id]
    ]
    assert (len(pairs), len(seeds)) == (16, 32)
    assert disagreements(compare(pairs, seeds)) == []
    slower = [
        replace(pair, plain=_plain(replace(run.recipe, learning_rate=2e-4), digits, 1))
        for pair, run in zip(pairs, compared, strict=True)
    ]
    assert "paired_p of all" in disagreements(compare(slower, seeds))


def _plain(recipe: Recipe, digits: Split, seed: int) -> float:
    return train_plain(recipe, digits, EPOCHS, seed) or 0.1


def _pairs(count: int, shift: float, noise: float) -> list[Pair]:
    luck = np.random.default_rng(count + 1)
    level = luck.uniform(0.3, 0.9, count)
    fused, plain = (level + luck.normal(0, noise, count) for _ in range(2))
    return [Pair("easy", float(a) + shift, float(b)) for a, b in zip(fused, plain, strict=True)]


def test_a_shift_that_no_distribution_shows_is_found_in_the_pairs() -> None:
    (overall, easy) = compare(_pairs(100, 0.005, 0.005), _pairs(60, 0, 0.005))
    assert overall.ks_p > 0.5
    assert overall.low < 0.005 < overall.high
    assert disagreements([overall, easy]) == ["paired_p of all", "paired_p of easy"]


def test_more_noise_than_seeds_make_is_found() -> None:
    found = disagreements(compare(_pairs(100, 0, 0.03), _pairs(60, 0, 0.005)))
    assert "noise_p of all" in found
    assert disagreements(compare(_pairs(100, 0, 0.005), _pairs(60, 0, 0.005))) == []


def test_too_few_pairs_tell_nothing() -> None:
    comparisons = compare(_pairs(4, 0.5, 0.001), [])
    assert disagreements(comparisons) == []
    assert np.isnan([comparisons[0].ks_p, comparisons[0].paired_p, comparisons[0].noise_p]).all()


def test_the_plain_loop_notices_divergence(digits: Split) -> None:
    wild = Recipe(optimizer="momentum_sgd", learning_rate=1e30, dropout=0.0)
    assert train_plain(wild, digits, EPOCHS, 0) is None

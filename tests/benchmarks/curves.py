"""What learning curves cost: whole blocks trained with and without them, in turn."""

import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import torch
from measurement import Measurement, summary

from train import block
from train.datasets import load
from train.plan import Settings, make_plan
from train.space import load_space
from train.split import split

ROUNDS = 5


def measure() -> Iterator[Measurement]:
    """The time that a curve adds to a block of 16 models on the digits, two epochs."""
    torch.set_num_threads(1)
    parts = split(load("digits", Path("no folder")), 1_280, torch.device("cpu"))
    settings = Settings(trainings=16, train_sizes={"digits": 1_280}, epochs=2, seed=0)
    plan = make_plan(load_space("seed"), settings)
    shares = []
    for _ in range(ROUNDS):
        seconds = {}
        for images in (0, block.CURVE_LIMIT):
            with patch.object(block, "CURVE_LIMIT", images):
                started = time.perf_counter()
                block.train_blocks(plan, parts, models=16)
                seconds[images] = time.perf_counter() - started
        shares.append(100 * (seconds[block.CURVE_LIMIT] / seconds[0] - 1))
    yield summary("learning curves, added time", "%", shares, "the same without curves")

"""Blocks are trained in processes of their own, and what goes wrong there is one sentence."""

from pathlib import Path

import pytest
import torch

from train.local import Local
from train.plan import Settings, make_plan
from train.records import Block
from train.space import load_space
from train.speed import is_remembered
from train.sweep import TrainingError


def plan(**train_sizes: int) -> list[Block]:
    settings = Settings(2 * len(train_sizes), train_sizes, epochs=1, seed=0)
    return make_plan(load_space("seed"), settings)


def test_a_block_that_cannot_be_trained_is_named(tmp_path: Path) -> None:
    (block,) = plan(gone=512)
    with pytest.raises(TrainingError) as caught:
        list(Local("cpu", tmp_path).run([block]))
    sentence = f"block {block.block_id} on gone could not be trained: There is no data set 'gone'"
    assert str(caught.value).startswith(sentence)


def test_a_block_that_cannot_be_trained_does_not_keep_the_others(tmp_path: Path) -> None:
    blocks = plan(gone=512, digits=256, missing=512)
    results = Local("cpu", tmp_path).run(blocks)
    assert next(results).dataset == "digits"
    with pytest.raises(TrainingError, match=r"could not be trained: .*, and 1 more failed$"):
        next(results)


def test_speeds_are_measured_in_a_process_of_its_own_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    computer = Local("cpu", tmp_path)
    (measured,) = computer.speeds([32])
    assert measured.samples_per_second > 0
    assert is_remembered(torch.device("cpu"), 32)
    monkeypatch.setattr("train.local.ProcessPoolExecutor", None)  # no process can be started
    assert computer.speeds([32]) == [measured]

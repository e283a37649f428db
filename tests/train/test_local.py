"""Blocks are trained in processes of their own, and what goes wrong there is one sentence."""

from pathlib import Path

import pytest

from train.local import Local, WorkerError
from train.plan import Settings, make_plan
from train.space import load_space


def test_block_that_cannot_be_trained_is_named(tmp_path: Path) -> None:
    settings = Settings(trainings=2, train_sizes={"gone": 512}, epochs=1, seed=0)
    (block,) = make_plan(load_space("seed"), settings)
    with pytest.raises(WorkerError) as caught:
        list(Local("cpu", tmp_path).run([block]))
    sentence = f"block {block.block_id} on gone could not be trained: There is no data set 'gone'"
    assert str(caught.value).startswith(sentence)

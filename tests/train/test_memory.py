"""Where memory does not suffice for a block, half of it is trained at a time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from train.machine import is_out_of_memory

ROOT = Path(__file__).parents[2]

# What a process may allocate is limited after it has set up everything: a real shortage.
PROGRAM = """
import json, resource, sys
from dataclasses import replace
from pathlib import Path
import numpy as np
import torch
from train import block
from train.datasets import Dataset
from train.records import Block, PlannedRun
from train.recipe import Recipe
from train.split import split

torch.set_num_threads(1)
tried = []
train_side_by_side = block._train_side_by_side

def watched(first, runs, *others):
    tried.append(len(runs))
    return train_side_by_side(first, runs, *others)

block._train_side_by_side = watched
images = np.random.default_rng(0).integers(256, size=(178, 32, 32, 3), dtype=np.uint8)
labels = np.arange(178) % 10
noise = Dataset("noise", "Noise", 10, images, labels, images[:50], labels[:50], "here", "c0ffee")
parts = split(noise, 128, torch.device("cpu"))
runs = tuple(PlannedRun(f"run {k}", f"config {k}", k, Recipe(batch_size=128)) for k in range(16))
planned = Block("block", "noise", seed=1, epochs=1, train_size=128, runs=runs)
block.train_blocks([replace(planned, runs=runs[:1])], parts, models=1)  # libraries are loaded now
tried.clear()
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
limit = used + int(sys.argv[1]) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
(result,) = block.train_blocks([planned], parts, models=16)
print(json.dumps([tried, [run.status for run in result.runs].count("completed")]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process allocates")
def test_a_block_that_does_not_fit_into_memory_is_halved_and_goes_on() -> None:
    megabytes = 200  # sixteen models at batch size 128 take more than twice as many
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(megabytes)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    tried, completed = json.loads(finished.stdout)
    assert tried[:2] == [16, 8]  # neither fits whole: too many at once, then too many still
    assert set(tried) <= {16, 8, 4, 2, 1}
    assert completed == 16


def test_an_error_that_is_no_shortage_of_memory_is_not_tried_again() -> None:
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_without_memory_is_a_shortage_that_can_be_survived() -> None:
    torch.cuda.set_per_process_memory_fraction(0.01)
    try:
        with pytest.raises(RuntimeError) as caught:
            torch.empty(2**34, dtype=torch.uint8, device="cuda")
        assert is_out_of_memory(caught.value)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)

"""What all tests of the training share."""

from collections.abc import Iterator
from pathlib import Path

import examples
import pytest
import torch

from train import speed
from train.formulation import PLAIN


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Compute on one core: two that wait for each other take 20 times as long on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def memory_of_speeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the tests' own, with speeds in it: to measure takes longer than sweeps.

    The tests of what is measured, in test_speed.py, empty it.
    """
    cpu, sizes = torch.device("cpu"), [32, 64, 128, 256]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with pytest.MonkeyPatch.context() as guess:
            guess.setattr(speed, "measure", lambda _, size: speed.Speed(size, PLAIN, 16, 1000.0))
            speed.speeds(cpu, sizes)
        assert all(speed.is_remembered(cpu, size) for size in sizes)
        yield


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A prepared study without runs, alone in its folder."""
    folder = tmp_path / "studies"
    folder.mkdir()
    path = folder / "small.duckdb"
    examples.prepare(path)
    return path

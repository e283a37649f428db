"""What all tests of the training share."""

import os
from collections.abc import Iterator
from pathlib import Path

import examples
import pytest
import torch
from remembered import remember_speeds

# The compiler would find out in a compilation each what this processor has, which makes nothing
# that it compiles more right.
os.environ["TORCHINDUCTOR_VEC_ISA_OK"] = "0"


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Compute on one core: two that wait for each other take 20 times as long on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def memory_of_speeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the tests' own, with speeds in it: to measure takes longer than sweeps.

    The tests of what is measured, in test_speed.py, empty it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        remember_speeds()
        yield


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A prepared study without runs, alone in its folder."""
    folder = tmp_path / "studies"
    folder.mkdir()
    path = folder / "small.duckdb"
    examples.prepare(path)
    return path

"""What all tests of the training share."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Compute on one core: two that wait for each other take 20 times as long on a busy machine."""
    torch.set_num_threads(1)

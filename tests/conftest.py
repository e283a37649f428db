"""What all tests share: no network, and what is made once for all processes."""

import os
import runpy
from functools import partial
from pathlib import Path

import pytest
from once import Once, made_once

OFFLINE = Path(__file__).parent / "offline"


def pytest_configure() -> None:
    """Set up this process, and through its environment all that tests start from it."""
    _refuse_network()
    for name in ("SITE_URL", "SOURCE_DATE_EPOCH"):  # whoever publishes may have set it
        os.environ.pop(name, None)
    # As build_site has it, which comes too late where tests import NumPy before. Threads of one
    # process that wait for each other, while others use the cores, take many times as long.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _refuse_network() -> None:
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(OFFLINE) not in path:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), *filter(None, path)])
        runpy.run_path(str(OFFLINE / "sitecustomize.py"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a file or folder that tests only read, by its name."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has a folder of its own in it
    return partial(made_once, folder / "once")

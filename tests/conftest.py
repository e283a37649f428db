"""What all tests share: no network, and what is made once for all processes."""

import fcntl
import os
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parent / "offline"

Once = Callable[[str, Callable[[Path], object]], Path]


def pytest_configure() -> None:
    """Set up this process, and through its environment all that tests start from it."""
    _refuse_network()
    os.environ.pop("SITE_URL", None)  # whoever publishes may have set it


def _refuse_network() -> None:
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(OFFLINE) not in path:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), *filter(None, path)])
        runpy.run_path(str(OFFLINE / "sitecustomize.py"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a file or folder that tests only read: once a run, whichever process needs it first."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has a folder of its own in it

    def made(name: str, make: Callable[[Path], object]) -> Path:
        whole = folder / "once" / name
        whole.parent.mkdir(exist_ok=True)
        with whole.with_name(f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                begun = whole.with_name(f"begun-{name}")
                make(begun)
                begun.rename(whole)
        return whole

    return made

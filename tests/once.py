"""What tests only read is made once a run, whichever of the test processes needs it first."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path], object]
Once = Callable[[str, Make], Path]  # the type of the fixture `once`


def made_once(folder: Path, name: str, make: Make) -> Path:
    """The file or folder `name` in a folder that all processes share; `make` writes it."""
    whole, begun = folder / name, folder / f"begun-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(begun, ignore_errors=True)  # another process may have failed at it
            make(begun)
            begun.rename(whole)
    return whole

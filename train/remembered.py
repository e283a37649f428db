"""What was measured of a device, kept for the next time in the user's cache folder."""

import json
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs
import torch

from train.machine import device_label


def place_for(device: torch.device, kind: str, case: object = "") -> Path:
    """The file for one kind of figure: another for each device, library version and case."""
    key = f"{device_label(device)} torch {torch.__version__} hyperatlas {version('hyperatlas')}"
    name = "".join(character if character.isalnum() else "-" for character in key)
    ending = f"-{case}" if case != "" else ""
    return platformdirs.user_cache_path("hyperatlas") / f"{kind}-{name}{ending}.json"


def recall(file: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What was kept there; None if nothing can be read, so that it is measured anew."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def remember(file: Path, figures: object) -> None:
    """Keep figures, where there is a place to do so; else they are measured each time."""
    beside = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        beside.replace(file)
    except OSError:
        with suppress(OSError):
            beside.unlink()

"""What the sweep runs on: device, allocator, and how both are named in the record."""

import ctypes
import gc
import os
import platform
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

import torch

# mallopt(3): glibc hands tensors above 128 KiB back to the system at every step unless told
# otherwise; keeping them doubles the speed of a block on a CPU.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST = 2**31 - 1


class DeviceError(ValueError):
    """The device that was asked for is not here."""


def keep_freed_memory() -> None:
    """Let the C allocator keep what tensors free; does nothing where there is no glibc."""
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_THRESHOLD, 2**30)
    mallopt(_TRIM_THRESHOLD, _LARGEST)


def use_full_precision() -> None:
    """Compute float32 as float32: tensor cores would round to TF32, 10 bits instead of 23."""
    # The general setting does not reach convolutions in all versions of PyTorch.
    torch.backends.fp32_precision = "ieee"  # type: ignore[attr-defined]
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a computation failed because the device's memory did not suffice."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # Libraries say so in a plain RuntimeError: CUDA, cuBLAS and cuDNN; torch and oneDNN on a CPU.
    signs = ("out of memory", "ALLOC_FAILED", "DefaultCPUAllocator", "could not create a primitive")
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in signs)


def release_memory() -> None:
    """Give back what torch keeps of a GPU's memory after tensors are freed."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def usable_cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_device(wanted: str) -> torch.device:
    """The device for "auto", "cpu" or "cuda".

    Raises:
        DeviceError: if "cuda" is asked for and there is none.
    """
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise DeviceError("no CUDA device is usable here; use --device cpu, or auto")
    return torch.device("cuda" if wanted != "cpu" and available else "cpu")


@cache
def device_label(device: torch.device) -> str:
    """A name to record: the GPU's, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


@cache
def code_version() -> str:
    """The package's version, with the commit where the code runs from a checkout."""
    release = version("hyperatlas")
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607 - the user's own git
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return release
    return f"{release}+g{commit.stdout.strip()}"

"""What a device can multiply at most: what the pace of a sweep is a share of.

The faster of the two best that torch has for dense single-precision numbers: a convolution of many
channels, and a matrix product. On a CPU all cores work at once, one thread each, and what counts is
the time that each is given, not the time that passes: what else the machine does hardly matters.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch.nn import functional

from train.machine import usable_cores, use_full_precision
from train.remembered import place_for, recall, remember

# Images, channels, their side and that of the filter; rows and columns of the matrices.
CONVOLUTION = {"cpu": (16, 64, 32, 5), "cuda": (256, 64, 32, 5)}
MATRIX = {"cpu": 768, "cuda": 8192}
ROUNDS, ROUND_SECONDS = 3, 0.1

Work = Callable[[], object]


def recalled_peak(device: torch.device) -> float | None:
    """What `peak` found before; None if it was not asked yet."""
    kept = recall(place_for(device, "peak"))
    return float(kept) if isinstance(kept, int | float) and kept > 0 else None


def peak(device: torch.device) -> float:
    """Floating-point operations a second (a multiplication and an addition are two), at best.

    Measured once in a few seconds, then remembered.
    """
    known = recalled_peak(device)
    if known is None:
        known = max(_rate(work, device) for work in (_convolution, _product))
        remember(place_for(device, "peak"), known)
    return known


def _rate(work: Callable[[torch.device], tuple[float, Work]], device: torch.device) -> float:
    """The best of some rounds, over all cores."""
    cores = 1 if device.type == "cuda" else usable_cores()
    together = threading.Barrier(cores)

    def one() -> float:
        if device.type != "cuda":
            torch.set_num_threads(1)  # of this thread
        use_full_precision()
        operations, step = work(device)
        step()
        together.wait()
        return max(_round(operations, step, device) for _ in range(ROUNDS))

    with ThreadPoolExecutor(cores) as threads:
        return sum(done.result() for done in [threads.submit(one) for _ in range(cores)])


def _round(operations: float, step: Work, device: torch.device) -> float:
    clock = time.perf_counter if device.type == "cuda" else time.thread_time
    started, done = clock(), 0.0
    while (elapsed := clock() - started) < ROUND_SECONDS:
        step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        done += operations
    return done / elapsed


def _convolution(device: torch.device) -> tuple[float, Work]:
    """Operations of one convolution, and what computes it."""
    images, channels, size, filter_size = CONVOLUTION[device.type]
    features = torch.randn(images, channels, size, size, device=device)
    features = features.to(memory_format=torch.channels_last)
    kernels = torch.randn(channels, channels, filter_size, filter_size, device=device)
    kernels = kernels.to(memory_format=torch.channels_last)
    operations = 2.0 * images * size**2 * (channels * filter_size) ** 2
    return operations, lambda: functional.conv2d(features, kernels, padding="same")


def _product(device: torch.device) -> tuple[float, Work]:
    """Operations of one matrix product, and what computes it."""
    side = MATRIX[device.type]
    left, right = (torch.randn(side, side, device=device) for _ in range(2))
    return 2.0 * side**3, lambda: left @ right

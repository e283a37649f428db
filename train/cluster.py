"""Run blocks on an existing Ray cluster: a task for each group of blocks, on a GPU or a CPU core.

The driver alone reads data sets and writes studies. Nodes get the images through Ray, and hand
results back: they need the same version of Hyperatlas, and neither its files nor a shared folder.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import torch

from train.block import train_blocks
from train.datasets import Dataset, DatasetError, load
from train.fusion import batch_sizes, fused
from train.machine import DeviceError, device_label, keep_freed_memory, use_full_precision
from train.records import Block, BlockResult
from train.speed import Speed, speeds
from train.split import Split, split
from train.sweep import EngineError, Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from types import ModuleType

    from ray import ObjectRef

RESOURCE = {"cpu": "CPU", "cuda": "GPU"}  # what Ray calls that of which a task takes one
TASKS_A_WORKER = 2  # one under way, and one that follows it without a pause
RETRIES = 20  # of a task whose node is lost; a task that kills its process 20 times is to blame
LABEL_SECONDS = 60.0  # nodes that are busy with other things for so long are not asked for names
PROBE_SECONDS = 5.0
# A cluster that left its address behind and is gone is given up after 20 seconds, not 13 minutes.
SETTINGS = {"RAY_NUM_REDIS_GET_RETRIES": "1", "RAY_py_gcs_connect_timeout_s": "5"}

Group = tuple[Block, ...]


class ClusterError(EngineError):
    """The cluster cannot be used."""


@dataclass(frozen=True)
class Cluster:
    """The nodes of a Ray cluster. `device` is "cpu" or "cuda"; data sets are in `data_dir`, here.

    Nodes may differ, join and leave: each trains as it does so fastest, and what a lost node had
    under way is trained again on another.
    """

    device: str
    data_dir: Path
    ray: ModuleType

    @property
    def workers(self) -> int:
        """How many tasks train at the same time, as of now."""
        return int(self.ray.cluster_resources().get(RESOURCE[self.device], 0))

    def speeds(self, sizes: Sequence[int]) -> list[Speed]:
        """How one of the nodes trains each batch size fastest.

        Raises:
            ClusterError: if the node cannot tell, for example since Hyperatlas is not there.
        """
        return list(self._answer(self._task(_measured).remote(self.device, tuple(sizes))))

    def label(self) -> str:
        """The devices of the nodes that have room now; what trained a block is in its result.

        Raises:
            ClusterError: if a node cannot tell, as above.
        """
        affinity = self.ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        asked = [
            self._task(_label, scheduling_strategy=affinity(node["NodeID"], soft=False)).remote(
                self.device
            )
            for node in self.ray.nodes()
            if node["Alive"] and node["Resources"].get(RESOURCE[self.device])
        ]
        told, _ = self.ray.wait(asked, num_returns=len(asked), timeout=LABEL_SECONDS)
        return ", ".join(sorted({self._answer(task) for task in told}))

    def peak(self) -> None:
        """What nodes that differ, join and leave can do at most is not known."""

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult, None, None]:
        """Train all blocks; yields each result as soon as it is there, in any order.

        What is under way when the iterator is closed (or an exception comes, Ctrl-C included) is
        stopped when the connection ends.

        Raises:
            ClusterError: if no node can train.
            TrainingError: at the end, if blocks could not be trained.
        """
        measured = self.speeds(batch_sizes(blocks))
        groups = fused(blocks, {speed.batch_size: speed.models for speed in measured})
        failures = Failures()
        for group, outcome in self._train_all(groups):
            if isinstance(outcome, Exception):
                failures.add(group, outcome)
            else:
                yield from outcome
        failures.report()

    def _train_all(
        self, groups: Sequence[Group]
    ) -> Iterator[tuple[Group, list[BlockResult] | Exception]]:
        waiting = deque(groups)
        under_way: dict[ObjectRef[list[BlockResult]], Group] = {}
        train, share = self._task(_train), lru_cache(maxsize=None)(self._share)
        while waiting or under_way:
            while waiting and len(under_way) < TASKS_A_WORKER * max(1, self.workers):
                group = waiting.popleft()
                try:
                    images = share(group[0].dataset)
                except DatasetError as error:
                    yield group, error
                else:
                    under_way[train.remote(group, images, self.device)] = group
            finished, _ = self.ray.wait(list(under_way)) if under_way else ([], [])
            for task in finished:
                yield under_way.pop(task), self._outcome(task)

    def _task(self, function: Callable[..., Any], **options: object) -> Any:  # noqa: ANN401 - Ray's
        """A function to call on a node, with one GPU or one CPU core of its own."""
        needs = {"num_cpus": 0, "num_gpus": 1} if self.device == "cuda" else {"num_cpus": 1}
        return self.ray.remote(max_retries=RETRIES, **needs, **options)(function)

    def _share(self, dataset: str) -> list[ObjectRef[Dataset]]:
        """Put a data set where the nodes find it; in a list, which Ray hands over as it is."""
        return [self.ray.put(load(dataset, self.data_dir))]

    def _answer(self, task: ObjectRef[Any]) -> Any:  # noqa: ANN401 - what the task returns
        outcome = self._outcome(task)
        if isinstance(outcome, Exception):
            reason = str(outcome).strip().splitlines()[-1]
            raise ClusterError(
                f"a node of the Ray cluster cannot train ({reason}); "
                "is this version of Hyperatlas installed on every node?"
            ) from outcome
        return outcome

    def _outcome(self, task: ObjectRef[Any]) -> Any:  # noqa: ANN401 - what the task returns, or raises
        """What a task returned, or the exception that ended it."""
        try:
            return self.ray.get(task)
        except self.ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None)  # without Ray's account of where it was
            return cause if isinstance(cause, Exception) else error


@contextmanager
def connected(device: str, data_dir: Path) -> Iterator[Cluster]:
    """The cluster that RAY_ADDRESS names, or that this machine is a node of.

    When the connection ends, however it does, Ray stops all tasks that came over it at once.

    Args:
        device: "cpu", "cuda", or "auto": CUDA if a node has a GPU.
        data_dir: the folder of the data sets, on this machine.

    Raises:
        ClusterError: if Ray is not installed, or no cluster answers.
        DeviceError: if no node has such a device.
    """
    ray = _ray()
    _connect(ray)
    try:
        yield Cluster(choose_device(device, ray.cluster_resources()), data_dir, ray)
    finally:
        ray.shutdown()


def _ray() -> ModuleType:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is sent to anybody
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray  # noqa: PLC0415 - an extra, and it reads its settings when it is imported
        import ray.util.scheduling_strategies  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ClusterError(
            "--engine ray needs Ray, which is not installed: "
            "run `pip install 'hyperatlas[cluster]'`"
        ) from error
    return ray


def _connect(ray: ModuleType) -> None:
    address = os.environ.get("RAY_ADDRESS", "")
    try:
        _probe(address)
        ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
    except OSError as error:
        raise ClusterError(
            f"no Ray cluster answers {f'at {address}' if address else 'here'}: "
            "start one with `ray start --head`, or name another in RAY_ADDRESS"
        ) from error
    except Exception as error:  # other versions of Ray or Python, an address that is none, …
        raise ClusterError(f"cannot use the Ray cluster: {' '.join(str(error).split())}") from error


def _probe(address: str) -> None:
    """Fail at once where nobody listens: Ray would wait, and complain on the terminal."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.port:
        socket.create_connection((parts.hostname, parts.port), PROBE_SECONDS).close()


def choose_device(wanted: str, resources: dict[str, float]) -> str:
    """The device for "auto", "cpu" or "cuda" on a cluster with so many of each resource.

    Raises:
        DeviceError: if no node has it.
    """
    available = [device for device, name in RESOURCE.items() if resources.get(name, 0) >= 1]
    device = ("cuda" if "cuda" in available else "cpu") if wanted == "auto" else wanted
    if device not in available:
        raise DeviceError(
            f"no node of the Ray cluster has a {RESOURCE[device]} for --device {wanted}"
        )
    return device


# What follows runs on the nodes.


def _train(blocks: Group, images: list[ObjectRef[Dataset]], device: str) -> list[BlockResult]:
    _prepare()
    parts = _split(images[0], blocks[0].train_size, device)
    (speed,) = (_speed(device, size) for size in batch_sizes(blocks))
    return train_blocks(blocks, parts, speed.models, speed.formulation)


def _measured(device: str, sizes: Sequence[int]) -> list[Speed]:
    _prepare()
    return [_speed(device, size) for size in sizes]


def _label(device: str) -> str:
    return device_label(torch.device(device))


def _prepare() -> None:
    keep_freed_memory()
    use_full_precision()
    torch.set_num_threads(1)  # every core has a process of its own, and a GPU needs no more


@lru_cache(maxsize=16)  # as in local.py
def _split(images: ObjectRef[Dataset], train_size: int, device: str) -> Split:
    import ray  # noqa: PLC0415

    return split(ray.get(images), train_size, torch.device(device))


@lru_cache
def _speed(device: str, batch_size: int) -> Speed:
    """This node's speed: its tasks do not measure all at once, but the first for the others."""
    lock = Path(tempfile.gettempdir()) / f"hyperatlas-{os.getuid()}.lock"
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return speeds(torch.device(device), [batch_size])[0]

"""How fast the runs of a study were trained, from what its sweeps recorded."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from build_site.metrics.queries import sql
from build_site.study import Study


@dataclass(frozen=True)
class Throughput:
    """What one kind of device trained, and in what time.

    `active_seconds` is the time in which at least one block was being trained, `process_seconds`
    that of all processes together. `images` counts each training image once an epoch.
    `operations_per_image` and `peak` (floating-point operations a second) are those that the sweep
    recorded. None stands for what is not recorded.
    """

    device: str
    runs: int
    active_seconds: float
    process_seconds: float
    images: int | None
    first_day: str
    last_day: str
    operations_per_image: float | None
    peak: float | None

    @property
    def runs_per_hour(self) -> float:
        """Trainings finished in an hour of activity."""
        return self.runs / self.active_seconds * 3600

    @property
    def images_per_second(self) -> float | None:
        """Training images, of all models together, in a second of activity."""
        return None if self.images is None else self.images / self.active_seconds

    @property
    def processes(self) -> float:
        """How many blocks were being trained at the same time, on average."""
        return self.process_seconds / self.active_seconds

    @property
    def share_of_peak(self) -> float | None:
        """Share of what the device can multiply at most that went into training steps."""
        if self.images_per_second is None or not self.operations_per_image or not self.peak:
            return None
        return self.images_per_second * self.operations_per_image / self.peak


def throughput(study: Study) -> list[Throughput]:
    """One for each kind of device, that with the most runs first; none if no time is recorded."""
    sweeps = _sweeps(study)
    sizes = _train_sizes(sweeps)
    rows = study.database.execute(
        sql("throughput"), {"datasets": list(sizes), "images": list(sizes.values())}
    ).fetchall()
    operations = _agreed(sweep.get("operations_per_image") for sweep in sweeps)
    return [
        Throughput(
            device=device,
            runs=runs,
            active_seconds=active,
            process_seconds=together,
            images=images,
            first_day=first,
            last_day=last,
            operations_per_image=operations,
            peak=_peak(sweeps, device),
        )
        for device, runs, active, together, images, first, last in rows
    ]


@dataclass(frozen=True)
class Ordered:
    """What the sweeps of a study were to train, where they agree; None where that is not recorded.

    `images` are those that each run on a data set trains with, by its name.
    """

    trainings: int | None
    images: dict[str, int]


def ordered(study: Study) -> Ordered:
    """From what the sweeps recorded."""
    sweeps = _sweeps(study)
    trainings = _agreed(sweep.get("trainings") for sweep in sweeps)
    return Ordered(None if trainings is None else int(trainings), _train_sizes(sweeps))


def _sweeps(study: Study) -> list[dict[str, Any]]:
    (row,) = study.database.execute("SELECT provenance FROM study").fetchall()
    recorded = json.loads(row[0])
    return (
        [each for each in recorded if isinstance(each, dict)] if isinstance(recorded, list) else []
    )


def _train_sizes(sweeps: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many images the runs on each data set used, where all sweeps say the same."""
    said: dict[str, list[object]] = {}
    for sweep in sweeps:
        sizes = sweep.get("train_sizes")
        for dataset, size in sizes.items() if isinstance(sizes, dict) else ():
            said.setdefault(str(dataset), []).append(size)
    agreed = {dataset: _agreed(sizes) for dataset, sizes in said.items()}
    return {dataset: int(size) for dataset, size in agreed.items() if size is not None}


def _agreed(figures: Iterable[object]) -> float | None:
    """The one number among what is said; None if there are several, or none."""
    known = set(_numbers(figures))
    return known.pop() if len(known) == 1 else None


def _peak(sweeps: Iterable[dict[str, Any]], device: str) -> float | None:
    """The highest that was measured on a device: a busy machine's is too low, if anything."""
    said = (
        each.get("peak_operations_per_second") for each in sweeps if each.get("device") == device
    )
    return max(_numbers(said), default=None)


def _numbers(figures: Iterable[object]) -> list[float]:
    """Those that are positive numbers."""
    return [
        float(figure)
        for figure in figures
        if isinstance(figure, int | float) and 0 < figure < math.inf and figure is not True
    ]

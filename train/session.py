"""One sitting at a sweep: from an order to finished blocks in a study, told on a console.

Needs torch, which takes seconds to import: commands import this module when they train.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from train import store, sweep
from train.cluster import Cluster, connected
from train.database import StoreError
from train.datasets import DOWNLOADABLE, Dataset, DatasetError, available, load
from train.fusion import batch_sizes
from train.journal import Journal, JournalError, open_journal
from train.local import Local
from train.machine import DeviceError, choose_device, code_version
from train.order import Order, OrderError, Place
from train.plan import PlanError, Settings, make_plan
from train.recipe import SHARED, Architecture
from train.records import Block
from train.space import Space, SpaceError, load_space
from train.speed import expected_seconds, training_operations
from train.split import usable_train_size
from train.sweep import Engine, EngineError
from train.terminal import Refusal, duration, processes

EXPLAINED = (
    *(DatasetError, SpaceError, PlanError, OrderError),
    *(StoreError, JournalError, DeviceError, EngineError),
)


@dataclass(frozen=True)
class Outcome:
    """How many of the trainings of an order are in the study."""

    finished: int
    total: int


def show_plan(order: Order, place: Place, console: Console) -> None:
    """Print what would be trained, and about how long that takes; trains and writes nothing."""
    with _engine(place) as computer:
        space = load_space(order.space)
        plan = make_plan(space, _settings(order, _load_all(order, place, fetch=False)))
        with console.status("Finding out what trains fastest …"):
            measured = computer.speeds(batch_sizes(plan))
        Console().print(_plan_table(plan, space))
        seconds = expected_seconds(plan, measured, computer.workers)
        Console().print(f"About {duration(seconds)} on {processes(computer.workers)}.")


def train_order(
    order: Order, place: Place, console: Console, *, seconds: float | None = None
) -> Outcome:
    """Train what the study lacks of an order, for so many seconds at most if that is given.

    When time is up, blocks under way are given up, as with Ctrl-C; what is finished stays.
    """
    store.check_name(place.study)
    with _engine(place) as computer:
        space = load_space(order.space)
        images = _load_all(order, place, fetch=True)
        settings = _settings(order, images)
        plan = make_plan(space, settings)
        with console.status("Finding out what trains fastest …"):
            computer.speeds(batch_sizes(plan))
            provenance = _provenance(space, settings, images, computer)
        with open_journal(place.study) as journal:
            store.prepare(place.study, space, images, provenance)
            del images  # the engine loads its own
            return _run(plan, computer, place.study, journal, console, seconds=seconds)


@contextmanager
def _engine(place: Place) -> Iterator[Local | Cluster]:
    """What trains the blocks, for as long as it is needed."""
    if place.engine == "ray":
        with connected(place.device, place.data_dir) as cluster:
            yield cluster
    else:
        yield Local(choose_device(place.device).type, place.data_dir)


def _run(
    plan: Sequence[Block],
    engine: Engine,
    study: Path,
    journal: Journal,
    console: Console,
    *,
    seconds: float | None,
) -> Outcome:
    bar = ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        console=console,
    )
    total = sum(len(block.runs) for block in plan)
    task = bar.add_task("training", total=total, rate="")
    started, finished = time.monotonic(), 0
    try:
        with bar, closing(sweep.run(plan, engine, study, journal)) as steps:
            for step in steps:
                finished = step.finished
                bar.update(task, completed=finished, rate=_rate(step))
                if not console.is_terminal:  # a log file shows no bar
                    console.print(f"{finished}/{total} {_rate(step)}")
                if seconds is not None and time.monotonic() - started >= seconds:
                    break
    except KeyboardInterrupt:
        console.print(f"Stopped. {study} holds all finished blocks; run the same command to go on.")
        sys.exit(130)
    except (EngineError, sweep.TrainingError, StoreError, JournalError) as error:
        raise Refusal(f"{error}; all finished blocks are kept, run the command again") from error
    return Outcome(finished, total)


def _rate(step: sweep.Progress) -> str:
    if step.models_per_hour is None or step.seconds_left is None:
        return ""
    return f"{step.models_per_hour:,.0f} models/h, {duration(step.seconds_left)} left"


def _settings(order: Order, images: Sequence[Dataset]) -> Settings:
    return Settings(
        trainings=order.trainings,
        train_sizes={d.name: usable_train_size(d, order.train_size) for d in images},
        epochs=order.epochs,
        seed=order.seed,
        design=order.design,
        replicates=order.replicates,
    )


def _load_all(order: Order, place: Place, *, fetch: bool) -> list[Dataset]:
    """Load the data sets; those that have a download and are not there are fetched if `fetch`."""
    held = available(place.data_dir)
    if not order.datasets:
        raise DatasetError(f"no data set is named; {place.data_dir} has {', '.join(held)}")
    for name in order.datasets if fetch else ():
        if name in DOWNLOADABLE and name not in held:
            from train.downloads import download  # noqa: PLC0415 - torchvision

            download(name, place.data_dir, lambda line: click.echo(line, err=True))
    return [load(name, place.data_dir) for name in order.datasets]


def _provenance(
    space: Space, settings: Settings, images: Sequence[Dataset], computer: Local | Cluster
) -> store.Provenance:
    return store.Provenance(
        space=space.name,
        datasets={d.name: d.checksum for d in images},
        train_sizes=dict(settings.train_sizes),
        epochs=settings.epochs,
        seed=settings.seed,
        trainings=settings.trainings,
        design=settings.design,
        replicates=settings.replicates,
        device=computer.label(),
        versions={
            "hyperatlas": code_version(),
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: version(name) for name in ("torch", "numpy", "duckdb")},
        },
        started_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        operations_per_image=_operations(space),
        peak_operations_per_second=computer.peak(),
    )


def _operations(space: Space) -> int | None:
    """What training on one image takes; None if the space draws the shape of the network."""
    shapes = set(Architecture.__dataclass_fields__)
    if any(parameter.name in shapes & set(SHARED) for parameter in space.parameters):
        return None
    return training_operations(space.base.architecture)


def _plan_table(plan: Sequence[Block], space: Space) -> Table:
    table = Table(title=f"{space.title}: {len(plan):,} blocks")
    for heading in ("Data set", "blocks", "trainings", "configurations", "images", "epochs"):
        table.add_column(heading, justify="left" if heading == "Data set" else "right")
    blocks = Counter(block.dataset for block in plan)
    for name, count in blocks.items():
        own = [block for block in plan if block.dataset == name]
        trainings = sum(len(block.runs) for block in own)
        configs = len({run.config_id for block in own for run in block.runs})
        size, epochs = own[0].train_size, own[0].epochs
        table.add_row(name, *(f"{n:,}" for n in (count, trainings, configs, size, epochs)))
    return table

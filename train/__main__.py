"""The sweep's commands: python -m train sweep | status | export | download."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from train import store, sweep
from train.database import StoreError
from train.datasets import DOWNLOADABLE, Dataset, DatasetError, available, load
from train.export import export_study
from train.fusion import batch_sizes
from train.journal import Journal, JournalError, open_journal
from train.plan import Design, PlanError, Settings, make_plan
from train.records import Block
from train.space import Space, SpaceError, load_space
from train.summary import summarise
from train.sweep import Engine, EngineError

if TYPE_CHECKING:
    from train.cluster import Cluster
    from train.local import Local

EXPLAINED = (DatasetError, SpaceError, PlanError, StoreError, JournalError)

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("images"),
    show_default=True,
    help="Folder of the image data sets, one NAME.npz each.",
)


class Refusal(click.ClickException):
    """One clear sentence, exit code 2."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hyperatlas")
def commands() -> None:
    """Train many small CNNs with random hyper-parameters and record every result."""


@commands.command("sweep")
@click.option(
    "--space",
    "space_name",
    default="seed",
    show_default=True,
    metavar="NAME|FILE",
    help="What is drawn at random: a space of train/spaces, or a TOML file.",
)
@click.option(
    "--trainings",
    type=click.IntRange(min=1),
    required=True,
    help="How many networks to train in all, shared out evenly over the data sets.",
)
@click.option(
    "--datasets",
    default="mnist,fashion_mnist,cifar10,svhn,stl10",
    show_default=True,
    metavar="NAME,NAME…",
    help="Names of .npz files in the data folder, or digits.",
)
@data_dir_option
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How often each network sees its training images.",
)
@click.option(
    "--train-size",
    type=click.IntRange(min=32),
    default=10_000,
    show_default=True,
    help="Training images for each network; a smaller data set gives all it has.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides every random draw.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="What trains; auto is a GPU where there is one.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where blocks of networks are trained: here, or on the nodes of a Ray cluster.",
)
@click.option(
    "--out",
    "study",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="STUDY.duckdb",
    help="The study to create, continue or add to.",
)
@click.option(
    "--design",
    type=click.Choice(["independent", "common"]),
    default="independent",
    show_default=True,
    help="Draw anew for each block, or the same for all data sets, batch sizes and so on.",
)
@click.option(
    "--replicates",
    type=float,
    default=0.0,
    show_default=True,
    help="Share of the blocks that repeat an earlier one with other seeds, up to 0.5.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and train nothing.")
def sweep_command(
    *,
    space_name: str,
    trainings: int,
    datasets: str,
    data_dir: Path,
    epochs: int,
    train_size: int,
    seed: int,
    device: str,
    engine: str,
    study: Path,
    design: Design,
    replicates: float,
    dry_run: bool,
) -> None:
    """Train networks with random hyper-parameters and record each in a DuckDB study.

    Ctrl-C keeps what is finished; the same command goes on where it stopped.
    """
    # torch takes seconds to import, and only training needs it
    from train.machine import DeviceError  # noqa: PLC0415
    from train.speed import expected_seconds  # noqa: PLC0415
    from train.split import usable_train_size  # noqa: PLC0415

    console = Console(stderr=True)
    try:
        store.check_name(study)
        with _engine(engine, device, data_dir) as computer:
            space = load_space(space_name)
            images = _load_all(datasets, data_dir, fetch=not dry_run)
            settings = Settings(
                trainings=trainings,
                train_sizes={d.name: usable_train_size(d, train_size) for d in images},
                epochs=epochs,
                seed=seed,
                design=design,
                replicates=replicates,
            )
            plan = make_plan(space, settings)
            with console.status("Finding out what trains fastest …"):
                measured = computer.speeds(batch_sizes(plan))
            if dry_run:
                Console().print(_plan_table(plan, space))
                seconds = expected_seconds(plan, measured, computer.workers)
                Console().print(f"About {_duration(seconds)} on {_processes(computer.workers)}.")
                return
            with open_journal(study) as journal:
                provenance = _provenance(space, settings, images, computer.label())
                store.prepare(study, space, images, provenance)
                del images  # the engine loads its own
                _run(plan, computer, study, journal, console)
    except (*EXPLAINED, DeviceError, EngineError) as error:
        _refuse(error)


@commands.command()
@click.argument("study", type=click.Path(path_type=Path, dir_okay=False))
def status(study: Path) -> None:
    """Show what STUDY holds."""
    try:
        summary = summarise(study)
        waiting = sweep.waiting_runs(study)
    except EXPLAINED as error:
        _refuse(error)
    table = Table(title=f"{summary.title}: {summary.runs:,} runs in {summary.blocks:,} blocks")
    table.add_column("Data set")
    for heading in ("completed", "diverged", "failed", "median accuracy", "best accuracy"):
        table.add_column(heading, justify="right")
    for row in summary.datasets:
        counts = [f"{count:,}" for count in (row.completed, row.diverged, row.failed)]
        table.add_row(row.label, *counts, _percent(row.median), _percent(row.best))
    console = Console()
    console.print(table)
    if waiting:
        console.print(f"{waiting:,} more runs are finished and not collected yet.")
    if summary.last_started:
        console.print(f"The last block started at {summary.last_started} UTC.")


@commands.command()
@click.argument("study", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(study: Path, folder: Path) -> None:
    """Write STUDY as Parquet files into FOLDER, the form that is kept in git."""
    try:
        export_study(study, folder)
        waiting = sweep.waiting_runs(study)
    except EXPLAINED as error:
        _refuse(error)
    if waiting:
        click.echo(f"{waiting:,} runs are finished and not collected yet: left out.", err=True)


@commands.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@data_dir_option
def download(names: Sequence[str], data_dir: Path) -> None:
    """Fetch the official images of data sets and convert them once.

    NAME is one of mnist, fashion_mnist, cifar10, svhn and stl10.
    """
    from train.downloads import download as fetch  # noqa: PLC0415 - torchvision

    try:
        for name in names:
            click.echo(fetch(name, data_dir, click.echo))
    except EXPLAINED as error:
        _refuse(error)


@contextmanager
def _engine(name: str, device: str, data_dir: Path) -> "Iterator[Local | Cluster]":
    """What trains the blocks, for as long as it is needed."""
    if name == "ray":
        from train.cluster import connected  # noqa: PLC0415 - torch

        with connected(device, data_dir) as cluster:
            yield cluster
    else:
        from train.local import Local  # noqa: PLC0415 - torch
        from train.machine import choose_device  # noqa: PLC0415

        yield Local(choose_device(device).type, data_dir)


def _run(
    plan: Sequence[Block], engine: Engine, study: Path, journal: Journal, console: Console
) -> None:
    bar = ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        console=console,
    )
    task = bar.add_task("training", total=sum(len(block.runs) for block in plan), rate="")
    try:
        with bar, closing(sweep.run(plan, engine, study, journal)) as steps:
            for step in steps:
                bar.update(task, completed=step.finished, rate=_rate(step))
                if not console.is_terminal:  # a log file shows no bar
                    console.print(f"{step.finished}/{step.total} {_rate(step)}")
    except KeyboardInterrupt:
        console.print(f"Stopped. {study} holds all finished blocks; run the same command to go on.")
        sys.exit(130)
    except (EngineError, sweep.TrainingError, StoreError, JournalError) as error:
        raise Refusal(f"{error}; all finished blocks are kept, run the command again") from error


def _rate(step: sweep.Progress) -> str:
    if step.models_per_hour is None or step.seconds_left is None:
        return ""
    return f"{step.models_per_hour:,.0f} models/h, {_duration(step.seconds_left)} left"


def _duration(seconds: float) -> str:
    """Such as "2 h 05 min" or "40 s"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes:02d} min" if hours else f"{minutes} min"


def _processes(count: int) -> str:
    return "one process" if count == 1 else f"{count} processes"


def _load_all(names: str, data_dir: Path, *, fetch: bool) -> list[Dataset]:
    """Load the data sets; those that have a download and are not there are fetched if `fetch`."""
    asked = [name.strip() for name in names.split(",") if name.strip()]
    if not asked:
        raise DatasetError(f"no data set is named; {data_dir} has {', '.join(available(data_dir))}")
    asked = list(dict.fromkeys(asked))
    for name in asked if fetch else []:
        if name in DOWNLOADABLE and name not in available(data_dir):
            from train.downloads import download as fetch_images  # noqa: PLC0415 - torchvision

            fetch_images(name, data_dir, lambda line: click.echo(line, err=True))
    return [load(name, data_dir) for name in asked]


def _provenance(
    space: Space, settings: Settings, images: Sequence[Dataset], device: str
) -> store.Provenance:
    from train.machine import code_version  # noqa: PLC0415 - torch

    return store.Provenance(
        space=space.name,
        datasets={d.name: d.checksum for d in images},
        train_sizes=dict(settings.train_sizes),
        epochs=settings.epochs,
        seed=settings.seed,
        trainings=settings.trainings,
        design=settings.design,
        replicates=settings.replicates,
        device=device,
        versions={
            "hyperatlas": code_version(),
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: version(name) for name in ("torch", "numpy", "duckdb")},
        },
        started_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
    )


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


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _refuse(error: Exception) -> NoReturn:
    raise Refusal(str(error)) from error


if __name__ == "__main__":
    commands(prog_name="python -m train")

"""The command that trains: python -m train sweep."""

from pathlib import Path

import click
from rich.console import Console

from train import store
from train.order import Order, Place
from train.plan import Design
from train.terminal import data_dir_option, device_option, refuse


@click.command("sweep")
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
@device_option
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
    from train.session import EXPLAINED, show_plan, train_order  # noqa: PLC0415

    console = Console(stderr=True)
    order = Order(
        space=space_name,
        datasets=tuple(dict.fromkeys(name.strip() for name in datasets.split(",") if name.strip())),
        trainings=trainings,
        epochs=epochs,
        train_size=train_size,
        seed=seed,
        design=design,
        replicates=replicates,
    )
    place = Place(study=study, data_dir=data_dir, device=device, engine=engine)
    try:
        store.check_name(study)
        if dry_run:
            show_plan(order, place, console)
        else:
            train_order(order, place, console)
    except EXPLAINED as error:
        refuse(error)

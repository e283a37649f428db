"""Do a study's runs agree with the plain loop that trains one network at a time?

    PYTHONPATH=tests/train python tests/benchmarks/agreement.py STUDY.duckdb --data-dir images

trains a random sample of the study's configurations with the plain loop, seeds of their own, and
compares: the distributions of the accuracies, the paired differences, and these with what seeds
alone make. Each result is kept at once in STUDY.duckdb.plain: interrupt it, and run it again.
Exit code 1 if something differs beyond chance.
"""

import argparse
import json
import math
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from paired import Comparison, Pair, compare, disagreements
from plain_loop import train_plain
from rich.console import Console
from rich.table import Table

from train.database import reading
from train.datasets import load
from train.machine import keep_freed_memory, usable_cores
from train.recipe import Recipe
from train.space import load_space
from train.split import Split, split


@dataclass(frozen=True)
class Work:
    """A run of the study to train again."""

    run_id: str
    dataset: str
    train_size: int
    epochs: int
    recipe: Recipe


@dataclass(frozen=True)
class Sampled:
    """A run of the study; the accuracy is that of chance if it diverged."""

    work: Work
    accuracy: float
    chance: float


def main(arguments: list[str]) -> int:
    """Train what is missing, compare, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("study", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path("images"))
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--processes", type=int, default=usable_cores())
    parser.add_argument("--space", help="instead of the space that the study names")
    options = parser.parse_args(arguments)
    runs = read_runs(options.study, options.space)
    kept = options.study.with_name(options.study.name + ".plain")
    done = read_results(kept)
    left = [run.work for run in runs.values() if run.work.run_id not in done]
    missing = options.sample - sum(run_id in runs for run_id in done)
    if missing > 0:
        train_all(left[:missing], options.data_dir, kept, options.processes)
    comparisons = compare(paired(runs, read_results(kept)), seed_pairs(options.study))
    return tell(comparisons)


def read_runs(study: Path, space_name: str | None) -> dict[str, Sampled]:
    """All ended runs of a study, in a random order that stays the same while it grows."""
    with reading(study) as database:
        (recorded,) = database.execute("SELECT provenance FROM study").fetchone() or ("[]",)
        sweeps = json.loads(recorded)
        sizes = {name: size for sweep in sweeps for name, size in sweep["train_sizes"].items()}
        base = load_space(space_name or sweeps[-1]["space"]).base
        columns = database.execute(
            "SELECT run.*, coalesce(test_accuracy, chance) AS reached, chance FROM run "
            "JOIN dataset ON run.dataset = dataset.name WHERE status <> 'failed' "
            "ORDER BY md5(run_id)"
        ).fetchnumpy()
        names = [name for (name,) in database.execute("SELECT name FROM parameter").fetchall()]
    return {
        str(run_id): Sampled(
            Work(
                run_id=str(run_id),
                dataset=str(columns["dataset"][place]),
                train_size=sizes[str(columns["dataset"][place])],
                epochs=sweeps[-1]["epochs"],
                recipe=base.replacing({name: columns[name].tolist()[place] for name in names}),
            ),
            accuracy=float(columns["reached"][place]),
            chance=float(columns["chance"][place]),
        )
        for place, run_id in enumerate(columns["run_id"])
    }


def read_results(file: Path) -> dict[str, float | None]:
    """The accuracies of the plain loop so far; None for a run that diverged."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {entry["run_id"]: entry["accuracy"] for entry in map(json.loads, lines)}


def train_all(works: list[Work], data_dir: Path, kept: Path, processes: int) -> None:
    """Train them, in so many processes, and keep each result as soon as it is there."""
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(processes, mp_context=context, initializer=prepare) as pool,
        kept.open("a", encoding="utf-8") as file,
    ):
        futures = {pool.submit(train_one, work, data_dir): work for work in works}
        for number, future in enumerate(as_completed(futures), 1):
            entry = {"run_id": futures[future].run_id, "accuracy": future.result()}
            file.write(json.dumps(entry) + "\n")
            file.flush()
            print(f"{number}/{len(works)}", flush=True)


def prepare() -> None:
    """What a process does before its first network."""
    keep_freed_memory()
    torch.set_num_threads(1)


def train_one(work: Work, data_dir: Path) -> float | None:
    """The accuracy that the plain loop reaches."""
    seed = int(work.run_id[:8], 16)  # another than the study's, the same each time
    parts = images(work.dataset, work.train_size, data_dir)
    return train_plain(work.recipe, parts, work.epochs, seed)


@lru_cache(maxsize=16)
def images(dataset: str, train_size: int, data_dir: Path) -> Split:
    """The same images as those of the study."""
    return split(load(dataset, data_dir), train_size, torch.device("cpu"))


def paired(runs: dict[str, Sampled], results: dict[str, float | None]) -> list[Pair]:
    """Each run of the study with what the plain loop made of it."""
    return [
        Pair(run.work.dataset, run.accuracy, run.chance if plain is None else plain)
        for run_id, plain in results.items()
        if (run := runs.get(run_id))
    ]


def seed_pairs(study: Path) -> list[Pair]:
    """Runs of the study that differ in their seed alone, two by two."""
    with reading(study) as database:
        rows = database.execute(
            "SELECT a.dataset, "
            "coalesce(a.test_accuracy, chance), coalesce(b.test_accuracy, chance) "
            "FROM run AS a JOIN run AS b ON a.dataset = b.dataset AND a.config_id = b.config_id "
            "AND a.run_id < b.run_id JOIN dataset ON a.dataset = dataset.name "
            "ORDER BY a.run_id, b.run_id"
        ).fetchall()
    return [Pair(*row) for row in rows]


def tell(comparisons: list[Comparison]) -> int:
    """Print the comparison and the verdict; 1 if something differs beyond chance."""
    table = Table(title="The study against the plain loop (differences in points of accuracy)")
    for heading in ("Data set", "pairs", "KS", "p", "fused - plain [95 %]", "p"):
        table.add_column(heading, justify="left" if heading == "Data set" else "right")
    for heading in ("spread", "of seeds", "p"):
        table.add_column(heading, justify="right")
    for each in comparisons:
        table.add_row(
            each.dataset,
            str(each.pairs),
            shown(each.ks),
            shown(each.ks_p),
            difference(each),
            shown(each.paired_p),
            shown(100 * each.spread),
            shown(100 * each.seed_spread),
            shown(each.noise_p),
        )
    Console(width=130).print(table)
    if not any(math.isfinite(each.ks_p) for each in comparisons):
        print("Too few pairs to tell.")
        return 1
    found = disagreements(comparisons)
    agreed = f"They agree within chance, as far as {comparisons[0].pairs} pairs tell"
    if not math.isfinite(comparisons[0].noise_p):
        agreed += "; no repeated configurations say what seeds alone make"
    print(f"They differ: {', '.join(found)}." if found else f"{agreed}.")
    return 1 if found else 0


def difference(each: Comparison) -> str:
    """The mean difference with its interval, in points, or a dash."""
    if not math.isfinite(each.mean):
        return "-"
    return f"{100 * each.mean:+.2f} [{100 * each.low:+.2f}, {100 * each.high:+.2f}]"


def shown(figure: float) -> str:
    """Two digits, or a dash."""
    return f"{figure:.2f}" if math.isfinite(figure) else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

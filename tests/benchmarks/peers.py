"""What other tools export of the same runs, as pages that open from disk."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import hiplot
import optuna
import pandas as pd
from optuna.distributions import CategoricalDistribution
from optuna.visualization import plot_parallel_coordinate, plot_slice

METRIC = "test_accuracy"


def hiplot_page(study: Path, page: Path) -> None:
    """HiPlot's static page."""
    hiplot.Experiment.from_iterable(_rows(study).to_dict("records")).to_html(str(page))


def optuna_parallel_page(study: Path, page: Path) -> None:
    """Optuna's parallel coordinates, by Plotly."""
    _written(study, page, plot_parallel_coordinate)


def optuna_slice_page(study: Path, page: Path) -> None:
    """Optuna's slice plot, by Plotly."""
    _written(study, page, plot_slice)


def _written(study: Path, page: Path, plot: Callable[[optuna.Study], object]) -> None:
    runs = _rows(study)
    names = [name for name in runs.columns if name not in {METRIC, "config_id", "seed", "seconds"}]
    kinds = {name: CategoricalDistribution(sorted(runs[name].unique())) for name in names}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    trials = optuna.create_study(direction="maximize")
    trials.add_trials(
        [
            optuna.trial.create_trial(
                params={name: run[name] for name in names}, distributions=kinds, value=run[METRIC]
            )
            for run in runs.to_dict("records")
        ]
    )
    plot(trials).write_html(page)  # type: ignore[attr-defined]


def _rows(study: Path) -> pd.DataFrame:
    with duckdb.connect(str(study), read_only=True) as database:
        names = [name for (name,) in database.execute("SELECT name FROM parameter").fetchall()]
        columns = ", ".join(f'"{name}"' for name in names)
        return database.execute(
            f"SELECT dataset, config_id, seed, seconds, {columns}, {METRIC} FROM run"
        ).df()

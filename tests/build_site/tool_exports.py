"""Small sweeps recorded and exported by the real tools.

    python tests/build_site/tool_exports.py DIR NAME...

The same eight configurations in each, so that the same must come out. What the tools that are no
test dependencies wrote once lies in exports/.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path


@dataclass(frozen=True)
class Trial:
    """A configuration, and the accuracy that it reached."""

    lr: float
    optimizer: str
    layers: int

    @property
    def accuracy(self) -> float:
        return round(0.9 - self.lr - (0.1 if self.optimizer == "sgd" else 0) + self.layers / 100, 6)


TRIALS = tuple(
    Trial(lr, optimizer, layers)
    for lr, optimizer, layers in product((0.1, 0.001), ("adam", "sgd"), (1, 3))
)


def optuna_study(storage: object = None) -> object:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=storage, study_name="sweep", direction="minimize")
    for place, trial in enumerate(TRIALS):
        study.enqueue_trial(vars(trial), user_attrs={"dataset": f"d{place % 2}"})

    def objective(trial: "optuna.Trial") -> float:
        suggested = Trial(
            trial.suggest_float("lr", 1e-4, 1, log=True),
            trial.suggest_categorical("optimizer", ["sgd", "adam"]),
            trial.suggest_int("layers", 1, 4),
        )
        if trial.number >= len(TRIALS):
            raise optuna.TrialPruned
        return 1 - suggested.accuracy

    study.optimize(objective, n_trials=len(TRIALS) + 1)
    return study


def optuna_csv(folder: Path) -> Path:
    path = folder / "optuna.csv"
    optuna_study().trials_dataframe().to_csv(path, index=False)  # type: ignore[attr-defined]
    return path


def optuna_database(folder: Path) -> Path:
    path = folder / "optuna.db"
    optuna_study(f"sqlite:///{path}")
    return path


def optuna_journal(folder: Path) -> Path:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    path = folder / "optuna.log"
    optuna_study(JournalStorage(JournalFileBackend(str(path))))
    return path


def optuna_dashboard_csv(folder: Path) -> Path:
    """Through the dashboard's own web application, as a browser would ask for it."""
    import io

    import optuna
    from optuna_dashboard import wsgi

    storage = optuna.storages.InMemoryStorage()
    optuna_study(storage)
    environment = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/csv/0",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
    }
    path = folder / "optuna_dashboard.csv"
    path.write_bytes(b"".join(wsgi(storage)(environment, lambda *_: None)))
    return path


def hiplot_experiment() -> object:
    import hiplot

    experiment = hiplot.Experiment.from_iterable(
        [{**vars(trial), "accuracy": trial.accuracy} for trial in TRIALS]
    )
    experiment.parameters_definition["lr"].type = hiplot.ValueType.NUMERIC_LOG
    return experiment


def hiplot_csv(folder: Path) -> Path:
    path = folder / "hiplot.csv"
    hiplot_experiment().to_csv(path)  # type: ignore[attr-defined]
    return path


def hiplot_json(folder: Path) -> Path:
    path = folder / "hiplot.json"
    experiment = hiplot_experiment()
    path.write_text(json.dumps(experiment._asdict()), encoding="utf-8")  # type: ignore[attr-defined]
    return path


def mlflow_csv(folder: Path) -> Path:
    import mlflow

    mlflow.set_tracking_uri((folder / "mlruns").as_uri())
    mlflow.set_experiment("sweep")
    for place, trial in enumerate(TRIALS):
        with mlflow.start_run():
            mlflow.log_params({**vars(trial), "seed": place, "dataset": "digits", "team": "vision"})
            mlflow.log_metrics({"val_accuracy": trial.accuracy, "val_loss": 1 - trial.accuracy})
    with mlflow.start_run():
        mlflow.log_params({"dataset": "digits"})
        mlflow.end_run("FAILED")
    path = folder / "mlflow.csv"
    mlflow.search_runs(experiment_names=["sweep"]).to_csv(path, index=False)
    return path


def wandb_csv(folder: Path) -> Path:
    """The table that W&B's documentation makes of a project, here of runs that were never sent."""
    import pandas as pd
    import wandb

    rows = []
    for trial in TRIALS:
        configuration = {**vars(trial), "net": {"width": None}}
        with wandb.init(
            project="sweep", config=configuration, dir=folder, mode="offline", reinit=True
        ) as run:
            run.log({"accuracy": 0.1})
            run.log({"accuracy": trial.accuracy, "grad": float("nan")})
            rows.append(
                {"summary": dict(run.summary), "config": dict(run.config), "name": run.name}
            )
    path = folder / "wandb.csv"
    pd.DataFrame(rows).to_csv(path)
    return path


def ray_csv(folder: Path) -> Path:
    import ray
    from ray import tune

    def train(config: dict[str, object]) -> None:
        trial = Trial(config["lr"], config["net"]["optimizer"], config["layers"])  # type: ignore[index]
        tune.report({"accuracy": 0.1})
        tune.report({"accuracy": trial.accuracy})

    space = {
        "lr": tune.grid_search([0.1, 0.001]),
        "net": {"optimizer": tune.grid_search(["adam", "sgd"])},
        "layers": tune.grid_search([1, 3]),
    }
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        tuner = tune.Tuner(
            train,
            param_space=space,
            run_config=tune.RunConfig(storage_path=str(folder / "ray"), verbose=0),
        )
        path = folder / "ray.csv"
        tuner.fit().get_dataframe().to_csv(path)
    finally:
        ray.shutdown()
    return path


def deepcave_run(folder: Path) -> Path:
    import ConfigSpace
    from deepcave.runs.objective import Objective
    from deepcave.runs.recorder import Recorder

    space = ConfigSpace.ConfigurationSpace()
    space.add(
        ConfigSpace.Float("lr", (1e-4, 1), log=True),
        ConfigSpace.Categorical("optimizer", ["sgd", "adam"]),
        ConfigSpace.Integer("layers", (1, 4)),
    )
    objective = Objective("accuracy", lower=0, upper=1, optimize="upper")
    with Recorder(space, objectives=[objective], save_path=folder, prefix="deepcave") as recorder:
        for trial in TRIALS:
            configuration = ConfigSpace.Configuration(space, values=vars(trial))
            for budget in (10, 20):
                recorder.start(configuration, budget)
                recorder.end(costs=[trial.accuracy * budget / 20])
    return folder / "deepcave_1"


# Each tool, and what must be importable for it.
TOOLS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "optuna.csv": ("optuna", optuna_csv),
    "optuna.db": ("optuna", optuna_database),
    "optuna.log": ("optuna", optuna_journal),
    "optuna_dashboard.csv": ("optuna_dashboard", optuna_dashboard_csv),
    "hiplot.csv": ("hiplot", hiplot_csv),
    "hiplot.json": ("hiplot", hiplot_json),
    "mlflow.csv": ("mlflow", mlflow_csv),
    "wandb.csv": ("wandb", wandb_csv),
    "ray.csv": ("ray.tune", ray_csv),
    "deepcave_1": ("deepcave", deepcave_run),
}


def _export(names: list[str], folder: Path) -> Iterator[Path]:
    for name in names:
        yield TOOLS[name][1](folder)


if __name__ == "__main__":
    print(*_export(sys.argv[2:], Path(sys.argv[1]).resolve()))  # noqa: T201

"""What the real tools write becomes the study that was recorded with them."""

import shutil
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from importing import Study, imported, refusal
from tool_exports import TOOLS, TRIALS

EXPORTS = Path(__file__).parent / "exports"
# Tools that answer a question which only the user can: whether more or less is better.
ASKED = {
    "optuna.csv": ["--direction", "minimize"],
    "optuna_dashboard.csv": ["--direction", "minimize"],
}
TITLES = {
    "optuna.csv": "Optuna",
    "optuna.db": "Optuna storage",
    "optuna.log": "Optuna storage",
    "optuna_dashboard.csv": "Optuna",
    "hiplot.csv": "HiPlot",
    "hiplot.json": "HiPlot experiment",
    "mlflow.csv": "MLflow",
    "wandb.csv": "Weights & Biases, public API",
    "ray.csv": "Ray Tune",
    "deepcave_1": "DeepCAVE",
}


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What a tool writes here and now, once; skips where it is not installed."""

    @cache
    def exported(name: str) -> Path:
        needed, write = TOOLS[name]
        pytest.importorskip(needed, exc_type=ImportError)
        return write(tmp_path_factory.mktemp("exported"))

    return exported


@pytest.fixture
def storage(export: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of a database of Optuna, alone in its folder."""
    return Path(shutil.copy(export("optuna.db"), tmp_path))


def check(study: Study, name: str) -> None:
    """Whether it holds TRIALS, however the tool called and ordered things."""
    assert study.provenance["format"] == TITLES[name]
    labels = {label.rpartition("/")[2]: row for label, row in study.parameters.items()}
    assert {"lr", "optimizer", "layers"} <= set(labels)
    columns = {label: row["name"] for label, row in labels.items()}
    metric = study.study["metric"]
    minimized = name.startswith("optuna")
    assert study.study["direction"] == ("minimize" if minimized else "maximize")
    found = sorted(
        (
            run[columns["lr"]],
            run[columns["optimizer"]],
            run[columns["layers"]],
            round(1 - run[metric] if minimized else run[metric], 6),
        )
        for run in study.runs
        if run["status"] == "completed"
    )
    assert found == sorted((t.lr, t.optimizer, t.layers, t.accuracy) for t in TRIALS)
    assert labels["optimizer"]["kind"] == "categorical"
    assert labels["optimizer"]["values"] in (["adam", "sgd"], ["sgd", "adam"])


@pytest.mark.parametrize("name", [name for name in TOOLS if (EXPORTS / name).exists()])
def test_what_a_tool_once_wrote(name: str, tmp_path: Path) -> None:
    check(imported(tmp_path / "s.duckdb", EXPORTS / name, *ASKED.get(name, [])), name)


@pytest.mark.filterwarnings("ignore")  # what the tools do is not ours to judge
@pytest.mark.parametrize("name", TOOLS)
def test_what_the_installed_tool_writes(
    name: str, export: Callable[[str], Path], tmp_path: Path
) -> None:
    check(imported(tmp_path / "s.duckdb", export(name), *ASKED.get(name, [])), name)


@pytest.mark.filterwarnings("ignore")
def test_optuna_storage_knows_directions_scales_and_pruned_trials(
    storage: Path, tmp_path: Path
) -> None:
    study = imported(tmp_path / "s.duckdb", storage)
    assert study.parameters["lr"]["scale"] == "log"
    assert study.parameters["optimizer"]["values"] == ["sgd", "adam"]  # as they were declared
    assert study.datasets == ["d0", "d1"]
    assert study.provenance["left out"] == {"unfinished (pruned)": 1}
    assert "1 is left out: 1 unfinished (pruned)" in study.study["description"]


@pytest.mark.filterwarnings("ignore")
def test_reading_a_storage_does_not_touch_it(storage: Path, tmp_path: Path) -> None:
    before = storage.read_bytes()
    imported(tmp_path / "out" / "s.duckdb", storage)
    assert storage.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["optuna.db", "out"]


@pytest.mark.filterwarnings("ignore")
def test_one_of_several_studies_in_a_storage_is_named_after_a_hash(
    storage: Path, tmp_path: Path
) -> None:
    optuna = pytest.importorskip("optuna")
    optuna.create_study(storage=f"sqlite:///{storage}", study_name="other")
    assert "it holds 2 studies (sweep, other): name one, as FILE#NAME" in refusal(
        "import", storage, "--out", tmp_path / "s.duckdb"
    )
    for where in (f"{storage}#sweep", f"sqlite:///{storage}#sweep"):
        check(imported(tmp_path / "s.duckdb", where), "optuna.db")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@host:5432/sweeps", "postgresql://host:5432/sweeps"),
        (
            "postgresql://host/sweeps?user=me&password=s3cret#sweep",
            "postgresql://host/sweeps#sweep",
        ),
        ("redis://:s3c/ret@host:6379", "redis://host:6379"),
    ],
)
def test_password_of_a_storage_stands_nowhere(
    url: str, shown: str, storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    optuna = pytest.importorskip("optuna")
    known = optuna.storages.RDBStorage(f"sqlite:///{storage}")
    monkeypatch.setattr(optuna.storages, "get_storage", lambda _: known)
    out = tmp_path / "out" / "s.duckdb"
    study = imported(out, url)
    assert study.provenance["imported from"] == [shown.rpartition("/")[2]]
    told = (out.parent / "s.map.toml").read_text(encoding="utf-8")
    assert shown in told
    for kept in (told, str(study.study), study.said):
        assert "s3c" not in kept


@pytest.mark.parametrize("content", ['{"op_code": 99}\n{broken\n', '{"op_code": "x"}\n'])
def test_damaged_journal_is_refused_in_our_words(content: str, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    journal = tmp_path / "journal.log"
    journal.write_text(content, encoding="utf-8")
    message = refusal("import", journal, "--out", tmp_path / "s.duckdb")
    assert "Optuna cannot read it: it is damaged, or of another version of Optuna; " in message


def test_damaged_run_of_deepcave_is_refused_in_our_words(tmp_path: Path) -> None:
    run = Path(shutil.copytree(EXPORTS / "deepcave_1", tmp_path / "run"))
    (run / "meta.json").write_text("{}", encoding="utf-8")
    message = refusal("import", run, "--out", tmp_path / "s.duckdb")
    assert "one of meta.json, configspace.json, configs.json, history.jsonl is damaged" in message
    assert "KeyError" not in message


def test_sqlite_database_of_another_program_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    with sqlite3.connect(tmp_path / "photos.db") as database:
        database.execute("CREATE TABLE photos (name)")
    database.close()
    before = (tmp_path / "photos.db").read_bytes()
    assert "not one of Optuna's" in refusal(
        "import", tmp_path / "photos.db", "--out", tmp_path / "s.duckdb"
    )
    assert (tmp_path / "photos.db").read_bytes() == before


def test_mlflow_counts_failed_runs_and_keeps_what_never_varies(tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", EXPORTS / "mlflow.csv")
    assert [run["status"] for run in study.runs].count("failed") == 1
    assert study.datasets == ["digits"]
    assert sorted(s for s in study.column("seed") if s is not None) == list(range(8))


def test_deepcave_compares_the_largest_budget(tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", EXPORTS / "deepcave_1")
    assert set(study.column("epochs")) == {20}
    assert study.provenance["left out"] == {"another epoch, or budget, of a run": 8}


def wandb_table() -> str:
    """The table that W&B's site saves; only its site can, so it is written here after real ones.

    Every cell is quoted, truth is in lower case, a note that is not there is a dash; after the
    fixed columns those of the configuration are sorted, and then those of the results.
    """
    names = (
        *("Name", "State", "Notes", "User", "Tags", "Created", "Runtime", "Sweep"),
        *("activation", "batch_size", "checkpoint", "data_dir", "freeze", "seed", "width"),
        *("activation_mem_mb", "best_epoch", "test_acc", "val_loss"),
    )
    rows = [
        (
            *(f"{['relu', 'tanh'][n % 2]}_{n}", "crashed" if n == 5 else "finished", "-", "me", ""),
            *(f"2026-12-13T23:{n:02d}:41.000Z", 40 + n, ""),
            *(["relu", "tanh"][n % 2], 128, f"./nets/{n % 3}.pth", "./data"),
            *(["true", "false"][n // 2 % 2], 42, 2 ** (n % 3)),
            *(("", "", "", "") if n == 5 else (1560.5 + n, n, 85.78 + n / 4, 0.52 - n / 100)),
        )
        for n in range(24)
    ]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [names, *rows])


def test_wandb_table_from_its_site_is_understood_by_names(tmp_path: Path) -> None:
    table = tmp_path / "wandb_export_2026-12-14T00_12_03.441+01_00.csv"
    table.write_text(wandb_table(), encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", table)
    assert study.provenance["format"] == "Weights & Biases"
    assert {label: row["values"] for label, row in study.parameters.items()} == {
        "activation": ["relu", "tanh"],
        "checkpoint": ["./nets/0.pth", "./nets/1.pth", "./nets/2.pth"],
        "freeze": ["False", "True"],
        "width": ["1", "2", "4"],
    }
    assert (study.study["metric_label"], study.study["direction"]) == ("Test acc", "maximize")
    assert max(value for value in study.column("test_acc") if value is not None) < 1
    assert study.column("status").count("failed") == 1
    assert sorted(study.column("seconds")) == [40 + n for n in range(24)]


def test_format_can_be_chosen(tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", EXPORTS / "ray.csv", "--format", "table")
    assert study.provenance["format"] == "table"
    assert "config/lr" in study.parameters

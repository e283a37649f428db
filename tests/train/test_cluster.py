"""A sweep on a Ray cluster gives what one machine gives, also if one of two nodes is lost."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
import warnings
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click.testing
import duckdb
import pytest
from examples import most_cores, save_digits

from train.__main__ import commands
from train.cluster import choose_device, connected
from train.machine import DeviceError
from train.plan import Settings, make_plan
from train.space import load_space
from train.sweep import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psutil
    from ray._private.node import Node
    from ray.cluster_utils import Cluster

    from train.records import Block, RunResult

# Ray leaves files and processes to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

TRAININGS, EPOCHS, TRAIN_SIZE = 96, 3, 256
SPACE = """
[fixed]
filter_size = 3
conv_depth = 2
conv_width = 2
dense_depth = 1
dense_width = 8

[[parameter]]
name = "batch_size"
kind = "ordinal"
values = [32, 64]

[[parameter]]
name = "optimizer"
values = ["adam", "momentum_sgd"]
"""
OUTCOMES = """
    SELECT run_id, block_id, status, test_accuracy, validation_accuracy, train_accuracy, train_loss
    FROM run ORDER BY run_id
"""
NODE = {
    "num_cpus": 1,
    "object_store_memory": 80 * 2**20,
    "include_dashboard": False,
    "include_log_monitor": False,
}
# A lost node is given up after a second, not after half a minute.
IMPATIENT = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_failure_threshold": 2,
}
Row = tuple[object, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the space and the images."""
    path = tmp_path_factory.mktemp("cluster")
    (path / "tiny.toml").write_text(SPACE)
    save_digits(path)
    return path


@pytest.fixture(autouse=True, scope="module")
def environment() -> Iterator[None]:
    """What nodes and workers inherit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        yield
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster of one node, the head."""
    utilities = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed")
    # A short path: it becomes part of the names of sockets.
    with (
        tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as session,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Ray leaves the cluster's address in a folder that it does not make itself.
        patch.setenv("RAY_TMPDIR", session)
        Path(session, "ray").mkdir()
        head = {**NODE, "temp_dir": session, "_system_config": IMPATIENT}
        started = utilities.Cluster(initialize_head=True, head_node_args=head)
        patch.setenv("RAY_ADDRESS", started.address)
        yield started
        started.shutdown()


@pytest.fixture
def second_node(cluster: Cluster) -> Iterator[Node]:
    node = cluster.add_node(**NODE)
    yield node
    cluster.remove_node(node, allow_graceful=False)


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[Row]:
    """The runs that this machine trains without a cluster."""
    with most_cores(1):  # a second process would spend more time on its start than on training
        result = sweep(folder, "local")
    assert result.exit_code == 0, result.output
    return rows(folder / "local.duckdb", OUTCOMES)


def plan(folder: Path) -> list[Block]:
    settings = Settings(TRAININGS, {"digits": TRAIN_SIZE}, epochs=EPOCHS, seed=0)
    return make_plan(load_space(str(folder / "tiny.toml")), settings)


def sweep(folder: Path, engine: str, *arguments: str) -> click.testing.Result:
    command = ["sweep", "--engine", engine, "--space", str(folder / "tiny.toml")]
    command += ["--datasets", "digits", "--data-dir", str(folder), "--device", "cpu"]
    command += ["--trainings", str(TRAININGS), "--epochs", str(EPOCHS)]
    command += ["--train-size", str(TRAIN_SIZE), "--out", str(folder / f"{engine}.duckdb")]
    return click.testing.CliRunner(env={"COLUMNS": "500"}).invoke(commands, [*command, *arguments])


def assert_refused(result: click.testing.Result, sentence: str) -> None:
    assert (result.exit_code, result.output) == (2, f"Error: {sentence}\n")


def rows(study: Path, query: str) -> list[Row]:
    with duckdb.connect(str(study), read_only=True) as database:
        return database.execute(query).fetchall()


def outcome(block: str, run: RunResult) -> Row:
    accuracies = (run.test_accuracy, run.validation_accuracy, run.train_accuracy)
    return (run.run_id, block, run.status, *accuracies, run.train_loss)


def assert_same(runs: list[Row], expected: list[Row]) -> None:
    """The same runs of the same blocks, each once, with the same outcomes but for rounding."""
    assert [run[:3] for run in runs] == [run[:3] for run in expected]
    for run, other in zip(runs, expected, strict=True):
        # In fact bit for bit, since every node is this machine.
        assert run[3:] == pytest.approx(other[3:], rel=1e-6)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def processes(node: Node) -> list[psutil.Process]:
    """What the node has started in order to train."""
    import psutil  # noqa: PLC0415 - comes with Ray

    raylet = node.all_processes["raylet"][0].process.pid
    return psutil.Process(raylet).children(recursive=True)


def trains(process: psutil.Process) -> bool:
    """Whether a block is being trained: Ray names a process by what it does."""
    import psutil  # noqa: PLC0415

    try:
        return "ray::_train" in process.cmdline()
    except psutil.Error:  # it has ended meanwhile
        return False


def stopped_in_training(node: Node) -> bool:
    """Whether the node was training; the process that did is stopped in the middle of it."""
    for process in filter(trains, processes(node)):
        process.suspend()
        if trains(process):
            return True
        process.resume()
    return False


def cut_power(node: Node) -> None:
    for process in processes(node):
        process.kill()
    node.kill_raylet()


@pytest.mark.usefixtures("cluster")
def test_a_sweep_on_a_cluster_gives_what_this_machine_gives(folder: Path, alone: list[Row]) -> None:
    result = sweep(folder, "ray")
    assert (result.exit_code, f"{TRAININGS}/{TRAININGS}" in result.output) == (0, True)
    study = folder / "ray.duckdb"
    assert_same(rows(study, OUTCOMES), alone)
    ((provenance,),) = rows(study, "SELECT provenance FROM study")
    (recorded,) = json.loads(str(provenance))
    assert rows(study, "SELECT DISTINCT device FROM run") == [(recorded["device"],)]


def test_blocks_of_a_lost_node_are_trained_on_another(
    second_node: Node, folder: Path, alone: list[Row]
) -> None:
    with connected("auto", folder) as computer:
        assert (computer.device, computer.workers) == ("cpu", 2)
        computer.label()  # now both nodes have a process that is ready to train
        with closing(computer.run(plan(folder))) as results:
            trained = [next(results)]
            wait_until(lambda: stopped_in_training(second_node))
            cut_power(second_node)
            trained += results
    runs = [outcome(result.block_id, run) for result in trained for run in result.runs]
    assert_same(sorted(runs), alone)


def test_the_end_of_the_connection_stops_what_is_under_way(cluster: Cluster, folder: Path) -> None:
    first, *others = plan(folder)
    endless = [replace(block, epochs=10**6) for block in others]
    with connected("cpu", folder) as computer, closing(computer.run([first, *endless])) as results:
        assert next(results).block_id == first.block_id
        wait_until(lambda: any(map(trains, processes(cluster.head_node))))
    wait_until(lambda: not any(map(trains, processes(cluster.head_node))))


@pytest.mark.usefixtures("cluster")
def test_blocks_that_cannot_be_trained_do_not_keep_the_others(folder: Path) -> None:
    first, second, *_ = plan(folder)
    run = first.runs[0]
    wrong = replace(first, runs=(replace(run, recipe=replace(run.recipe, optimizer="newton")),))
    missing = replace(second, dataset="gone")
    with connected("cpu", folder) as computer:
        results = computer.run([wrong, missing, second])
        assert next(results).block_id == second.block_id
        with pytest.raises(TrainingError) as caught:
            next(results)
    sentence = f"block {missing.block_id} on gone could not be trained: There is no data set 'gone'"
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(", and 1 more failed")


@pytest.mark.usefixtures("cluster")
def test_a_gpu_where_no_node_has_one(folder: Path) -> None:
    sentence = "no node of the Ray cluster has a GPU for --device cuda"
    assert_refused(sweep(folder, "ray", "--device", "cuda"), sentence)


def test_auto_takes_the_gpus_if_there_are_any() -> None:
    assert choose_device("auto", {"CPU": 64.0, "GPU": 8.0}) == "cuda"
    assert choose_device("auto", {"CPU": 64.0}) == "cpu"
    assert choose_device("cpu", {"CPU": 64.0, "GPU": 8.0}) == "cpu"
    with pytest.raises(DeviceError, match="has a CPU for --device auto"):
        choose_device("auto", {})


def test_no_cluster(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    assert_refused(
        sweep(folder, "ray"),
        "no Ray cluster answers at 127.0.0.1:1: "
        "start one with `ray start --head`, or name another in RAY_ADDRESS",
    )


def test_no_ray(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert_refused(
        sweep(folder, "ray"),
        "--engine ray needs Ray, which is not installed: run `pip install 'hyperatlas[cluster]'`",
    )

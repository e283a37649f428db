"""A sweep passes its checks, and a study that something went wrong with does not."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from examples import PROVENANCE, change

from train import store
from train.__main__ import commands
from train.accuracies import AccuraciesError, Figure, Reachable, read_accuracies
from train.block import train_blocks
from train.checking import TITLES, check_study
from train.datasets import load
from train.export import export_study
from train.plan import Settings, make_plan
from train.plausibility import Accuracies, best_check, failure_check, spike_check
from train.space import load_space
from train.split import split

SPACE = """
[fixed]
filter_size = 3
conv_depth = 1
conv_width = 2
dense_depth = 1
dense_width = 8

[[parameter]]
name = "optimizer"
values = ["adam", "rmsprop"]

[[parameter]]
name = "learning_rate"
scale = "log"
range = [1e-3, 1e-2]
"""
SIZE, EPOCHS = 96, 2
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of 48 real trainings, a third of which repeat others."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "tiny.toml").write_text(SPACE)
    space, digits = load_space(str(folder / "tiny.toml")), load("digits", folder)
    study = folder / "tiny.duckdb"
    trained = {"datasets": {"digits": digits.checksum}, "train_sizes": {"digits": SIZE}}
    store.prepare(study, space, [digits], replace(PROVENANCE, **trained, epochs=EPOCHS))  # type: ignore[arg-type]
    settings = Settings(48, {"digits": SIZE}, EPOCHS, seed=1, replicates=1 / 3)
    parts = split(digits, SIZE, torch.device("cpu"))
    plan = make_plan(space, settings)
    store.collect(study, [train_blocks([block], parts, 16)[0] for block in plan])
    return study


@pytest.fixture
def doctored(swept: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the study, changed by a statement."""

    def doctor(statement: str) -> Path:
        copy = tmp_path / "doctored.duckdb"
        shutil.copy(swept, copy)
        change(copy, statement)
        return copy

    return doctor


def failing(study: Path) -> list[str]:
    return [check.title for check in check_study(study, {}) if check.faults]


def test_a_real_sweep_passes(swept: Path) -> None:
    assert failing(swept) == []
    result = CliRunner().invoke(commands, ["check", str(swept)])
    assert (result.exit_code, "FAULT" in result.output) == (0, False)
    assert "digits: the best of 48 runs reaches" in result.output


ONE = "WHERE run_id = (SELECT min(run_id) FROM run)"
REPEATED = (
    "WHERE run_id = (SELECT min(run_id) FROM run WHERE config_id IN "
    "(SELECT config_id FROM run GROUP BY config_id HAVING count(*) > 1))"
)
ONE_COURSE = f"""
UPDATE epoch SET train_loss = other.train_loss FROM epoch AS other
{ONE.replace("run_id =", "epoch.run_id =")} AND epoch.epoch = other.epoch
AND other.run_id = (SELECT max(run_id) FROM run)
"""


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("provenance", "UPDATE dataset SET checksum = 'other images'"),
        ("provenance", "UPDATE study SET provenance = replace(provenance, 'digits', 'd')"),
        ("blocks", f"UPDATE run SET block_id = NULL {ONE}"),
        ("blocks", f"UPDATE run SET code_version = 'other' {ONE}"),
        ("blocks", f"UPDATE run SET seconds = 0 {ONE}"),
        ("identities", f"UPDATE run SET config_id = 'other' {REPEATED}"),
        ("identities", "UPDATE run SET config_id = (SELECT min(config_id) FROM run)"),
        ("identities", "UPDATE run SET seed = 1"),
        ("curves", f"DELETE FROM epoch {ONE} AND epoch = 1"),
        ("curves", f"UPDATE epoch SET test_accuracy = 0.75 {ONE} AND epoch = {EPOCHS}"),
        ("curves", f"UPDATE run SET epochs = epochs - 1 {ONE}"),
        ("curves", f"UPDATE run SET status = 'failed' {ONE}"),
        ("accuracies", f"UPDATE run SET test_accuracy = NULL {ONE}"),
        ("accuracies", f"UPDATE run SET test_accuracy = 0.5001 {ONE}"),
        ("accuracies", f"UPDATE run SET status = 'diverged' {ONE}"),
        ("copies", ONE_COURSE),
        ("replicates", "UPDATE run SET config_id = run_id, optimizer = 'adam'"),
    ],
)
def test_what_must_not_be_is_found(
    doctored: Callable[[str], Path], check: str, statement: str
) -> None:
    study = doctored(statement)
    assert TITLES[check] in failing(study)
    result = CliRunner().invoke(commands, ["check", str(study)])
    assert (result.exit_code, f"FAULT  {TITLES[check]}" in result.output) == (1, True)


def test_an_exported_study_is_checked_like_the_file_it_is_from(
    swept: Path, doctored: Callable[[str], Path], tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    export_study(swept, whole)
    export_study(doctored("UPDATE run SET test_accuracy = 2"), broken)
    assert check_study(whole, {}) == check_study(swept, {})
    assert "Accuracies are shares of the test images" in failing(broken)


def test_the_shipped_study_passes() -> None:
    checks = check_study(ROOT / "data" / "cnn", read_accuracies())
    assert [(check.title, check.faults) for check in checks if check.faults] == []


def test_a_folder_that_is_no_export_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands, ["check", str(tmp_path)])
    assert result.exit_code == 2
    assert f"{tmp_path} is a folder, but no exported study" in result.stderr


def test_sweeps_of_different_lengths_are_found(doctored: Callable[[str], Path]) -> None:
    study = doctored(
        "UPDATE study SET provenance = "
        "provenance[:-2] || ',' || replace(provenance, '\"epochs\": 2', '\"epochs\": 3')[2:]"
    )
    assert "All runs trained equally long" in failing(study)


def test_a_study_that_no_sweep_made_is_refused(doctored: Callable[[str], Path]) -> None:
    study = doctored("UPDATE study SET provenance = '[]'")
    result = CliRunner().invoke(commands, ["check", str(study)])
    assert (result.exit_code, result.output) == (
        2,
        f"Error: {study} was made by no sweep, so nothing is known to hold it against\n",
    )


def runs(count: int = 400) -> Accuracies:
    """Runs that reach 60 to 90 %, with settings that say nothing of it."""
    luck = np.random.default_rng(7)
    return Accuracies(
        dataset="easy",
        reached=np.rint(luck.uniform(0.6, 0.9, count) * 10_000) / 10_000,
        completed=np.ones(count, np.bool_),
        guessed=0.11,
        test_size=10_000,
        configurations=np.arange(count).astype(str),
        settings={
            "optimizer": luck.choice(["adam", "rmsprop"], count),
            "activation": luck.choice(["relu", "tanh", "elu"], count),
            "learning_rate": luck.uniform(1e-4, 1e-2, count),
        },
    )


def test_an_accuracy_that_many_runs_share_is_found() -> None:
    usual = runs()
    assert spike_check([usual]).faults == ()
    reached = usual.reached.copy()
    reached[:12] = 0.7512
    assert spike_check([replace(usual, reached=reached)]).faults == (
        "easy: 12 runs reach exactly 75.12%",
    )
    reached[:12] = 0.1  # these guess
    assert spike_check([replace(usual, reached=reached)]).faults == ()


def test_failures_that_settings_tell_are_explained_and_others_are_not() -> None:
    usual = runs()
    assert failure_check([usual]).faults == ()
    bad = (usual.settings["optimizer"] == "adam") & (usual.settings["learning_rate"] > 7e-3)
    explained = failure_check([replace(usual, reached=np.where(bad, 0.1, usual.reached))])
    assert explained.faults == ()
    assert "with optimizer adam with learning_rate 0.0076 to 0.01" in explained.notes[0]
    unlucky = np.random.default_rng(1).permutation(bad)
    found = failure_check([replace(usual, completed=~unlucky)])
    assert len(found.faults) == 1
    assert f"{bad.sum()} of 400 runs are no better than guessing" in found.faults[0]


@pytest.mark.parametrize(
    ("least", "most", "passes"), [(0.5, 0.95, True), (0.95, 0.99, False), (0.5, 0.8, False)]
)
def test_the_best_accuracy_must_be_possible(*, least: float, most: float, passes: bool) -> None:
    known = Reachable(Figure(least, "a line"), Figure(0.7, "a network"), Figure(most, "a giant"))
    found = best_check([runs()], {"easy": known})
    assert (found.faults == ()) == passes
    assert best_check([runs()], {}).faults == ()


def test_what_is_known_of_accuracies_is_in_order() -> None:
    known = read_accuracies()
    assert {"mnist", "fashion_mnist", "cifar10", "svhn", "stl10"} <= known.keys()
    for each in known.values():
        accuracies = [figure.accuracy for figure in (each.least, each.such, each.most) if figure]
        assert accuracies == sorted(accuracies)


@pytest.mark.parametrize(
    "text",
    [
        "easy = 3",
        "[easy]\nleast = 0.5",
        "[easy]\nmost = 2\nmost_source = 'x'",
        "[easy",
        "[easy]\nx = 1",
    ],
)
def test_a_list_of_accuracies_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(AccuraciesError, match=r"a\.toml"):
        read_accuracies(tmp_path / "a.toml")

"""How a machine trains fastest is measured once, remembered, and what plans are timed by."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from train import speed
from train.convolutions import CONVOLUTIONS
from train.formulation import PLAIN, Formulation
from train.plan import Settings, make_plan
from train.recipe import Architecture
from train.space import load_space
from train.speed import Speed, arithmetic, expected_seconds, is_remembered, speeds

CPU = torch.device("cpu")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Measure for milliseconds, few models, and remember in an empty folder."""
    monkeypatch.setattr(speed, "ROUND_SECONDS", 0.01)
    monkeypatch.setitem(speed.FIRST_MODELS, "cpu", 2)
    monkeypatch.setitem(speed.MOST_MODELS, "cpu", 4)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("quick")
def test_a_speed_is_measured_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_remembered(CPU, 32)
    (measured,) = speeds(CPU, [32])
    assert measured.batch_size == 32
    assert measured.models in {2, 4}
    assert measured.samples_per_second > 0
    assert is_remembered(CPU, 32)
    monkeypatch.delattr(speed, "measure")  # it is not needed again
    assert speeds(CPU, [32]) == [measured]


@pytest.mark.usefixtures("quick")
def test_each_batch_size_has_a_speed_of_its_own() -> None:
    assert [measured.batch_size for measured in speeds(CPU, [32, 48])] == [32, 48]


@pytest.mark.usefixtures("quick")
def test_a_memory_that_cannot_be_read_is_measured_anew(tmp_path: Path) -> None:
    speeds(CPU, [32])
    (file,) = tmp_path.rglob("speed-*.json")
    file.write_text("{")
    assert not is_remembered(CPU, 32)
    speeds(CPU, [32])
    assert is_remembered(CPU, 32)


@pytest.mark.usefixtures("quick")
def test_without_a_place_to_remember_it_is_measured_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (measured,) = speeds(CPU, [32])
    assert measured.samples_per_second > 0
    assert not is_remembered(CPU, 32)


@pytest.mark.usefixtures("quick")
def test_a_formulation_that_computes_something_else_is_not_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = Formulation(compiled=True)
    monkeypatch.setattr(speed, "formulations", lambda _: (PLAIN, wrong))
    tried = []

    def rate(formulation: Formulation, models: int, *_: object) -> float | None:
        tried.append((formulation, models))
        return None if formulation == wrong else 1000.0 / models

    monkeypatch.setattr(speed, "_rate", rate)
    assert speed.measure(CPU, 64) == Speed(64, PLAIN, 2, 500.0)
    assert tried == [(PLAIN, 2), (PLAIN, 2), (wrong, 2), (PLAIN, 4)]


@pytest.mark.usefixtures("quick")
def test_models_are_doubled_while_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speed.FIRST_MODELS, "cpu", 8)
    monkeypatch.setitem(speed.MOST_MODELS, "cpu", 64)
    rates = {8: 100.0, 16: 150.0, 32: 151.0}
    monkeypatch.setattr(speed, "_rate", lambda _, models, *__: rates[models])
    assert speed.measure(CPU, 64) == Speed(64, PLAIN, 16, 150.0)


@pytest.mark.usefixtures("quick")
def test_fewer_models_are_tried_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speed.FIRST_MODELS, "cpu", 8)
    monkeypatch.setitem(speed.MOST_MODELS, "cpu", 16)
    monkeypatch.setattr(speed, "_rate", lambda _, models, *__: 100.0 if models <= 2 else None)
    assert speed.measure(CPU, 64) == Speed(64, PLAIN, 2, 100.0)


def test_a_wrong_convolution_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONVOLUTIONS, "triton", lambda *given: -CONVOLUTIONS["grouped"](*given))
    assert not speed.agrees(Formulation("triton"), 32, CPU)


def test_every_formulation_of_this_device_agrees_with_the_plain_one() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    for formulation in speed.formulations(device):
        assert speed.agrees(formulation, 32, device), formulation


def test_the_fixed_network_takes_as_many_multiplications_as_counted_by_hand() -> None:
    convolutions = 32 * 32 * 3 * 8 * 25 + 16 * 16 * 8 * 16 * 25 + 8 * 8 * 16 * 32 * 25
    assert arithmetic(Architecture()) == convolutions + 512 * 128 + 128 * 64 + 64 * 10


def test_expected_time_counts_samples_networks_and_processes() -> None:
    settings = Settings(trainings=160, train_sizes={"a": 8_000}, epochs=10, seed=0)
    plan = make_plan(load_space("seed"), settings)
    measured = [Speed(size, PLAIN, 16, 1_000.0) for size in (32, 64, 128, 256)]
    one = expected_seconds(plan, measured, workers=1)
    assert one == pytest.approx(160 * 8_000 * 10 / 1_000, rel=0.05)  # the rest is evaluation
    assert expected_seconds(plan, measured, workers=4) == one / 4
    twice = [replace(each, samples_per_second=2_000.0) for each in measured]
    assert expected_seconds(plan, twice, workers=1) == one / 2

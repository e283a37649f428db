"""Methods: what it says is what the program does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from grids import write_grid
from studies import Run

from build_site.answers.limits import limits
from build_site.evidence import bootstrap
from build_site.findings import Findings
from build_site.methods_page import client_constant, methods_page
from build_site.study import open_study
from train.recipe import Architecture, Recipe

WriteStudy = Callable[..., Path]


def test_numbers_are_those_that_the_program_computes_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1,999 times" in methods_page([])
    monkeypatch.setattr(bootstrap, "REPLICATES", 4999)
    assert "4,999 times" in methods_page([])


def test_numbers_of_the_pages_are_read_from_their_scripts() -> None:
    assert client_constant("statistics", "FEWEST") == 5
    with pytest.raises(LookupError, match=r"statistics\.js has no constant MOST"):
        client_constant("statistics", "MOST")


def test_the_training_it_describes_is_that_of_the_engine() -> None:
    text = " ".join(methods_page([]).split())
    recipe, network = Recipe(), Architecture()
    assert f"multiplied by {recipe.learning_rate_decay} after each epoch" in text
    assert f"Momentum SGD has a momentum of {recipe.momentum}" in text
    assert f"dropout {recipe.dropout}" in text
    size = network.filter_size
    assert f"({size}\N{MULTIPLICATION SIGN}{size} filters" in text
    first, second, third = network.channels
    assert f"{first}, {second} and {third} of them" in text
    assert "{} and {} units".format(*network.widths) in text


def test_limits_name_what_was_tried(write_study: WriteStudy) -> None:
    runs = [Run("easy", n / 20, "adam", learning_rate=n / 1000) for n in range(1, 13)]
    said = " ".join(limits(Findings(open_study(write_study(*runs)))))
    assert "It has 12 runs on 1 data set (Easy)." in said
    assert "Optimizer: adam, rmsprop, momentum_sgd; Learning rate from 0.001 to 0.012." in said


def test_limits_tell_luck_where_seeds_were_repeated(tmp_path: Path) -> None:
    rows = [
        {"dataset": "easy", "accuracy": n / 20, "a": "x", "config": f"c{n // 2}", "seed": n}
        for n in range(10)
    ]
    said = " ".join(
        limits(Findings(open_study(write_grid(tmp_path / "g.duckdb", {"a": "x"}, rows))))
    )
    assert "5 configurations had other seeds too" in said
    assert "trained for 3 epochs" in said


def test_a_study_without_runs_has_limits_too(write_study: WriteStudy) -> None:
    assert "It has 0 runs on 0 data sets." in limits(Findings(open_study(write_study())))[0]

"""A space file says what is drawn, and one that cannot be used says why in one sentence."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.recipe import Recipe
from train.space import Parameter, Space, SpaceError, load_space


def test_the_seed_space_draws_the_six_hyper_parameters_of_the_paper() -> None:
    space = load_space("seed")
    assert [(p.name, p.kind, p.scale, p.values, p.bounds) for p in space.parameters] == [
        ("batch_size", "ordinal", "linear", (32, 64, 128, 256), None),
        ("augmentation", "categorical", "linear", ("off", "on"), None),
        ("optimizer", "categorical", "linear", ("adam", "rmsprop", "momentum_sgd"), None),
        ("activation", "categorical", "linear", ("relu", "elu", "sigmoid", "tanh"), None),
        (
            "initialization",
            "categorical",
            "linear",
            ("constant", "random_normal", "glorot_uniform", "glorot_normal"),
            None,
        ),
        ("learning_rate", "numeric", "log", (), (2e-4, 5e-3)),
    ]
    assert all(p.label and p.description and p.default is not None for p in space.parameters)
    labels = {p.name: p.value_labels for p in space.parameters}
    assert labels["batch_size"] == ("32", "64", "128", "256")
    assert labels["optimizer"] == ("Adam", "RMSProp", "momentum SGD")
    assert space.base == Recipe()
    assert [p.name for p in space.shared] == ["batch_size", "augmentation"]
    assert [p.name for p in space.free] == [
        "optimizer",
        "activation",
        "initialization",
        "learning_rate",
    ]


def test_the_main_space_of_the_paper_also_draws_the_architecture() -> None:
    main, seed = load_space("nws"), load_space("seed")
    assert main.parameters[: len(seed.parameters)] == seed.parameters
    assert {p.name: p.values for p in main.parameters[len(seed.parameters) :]} == {
        "filter_size": (3, 5, 7),
        "conv_depth": (3, 4, 5),
        "conv_width": (4, 8, 12),
        "dense_depth": (2, 3, 4),
        "dense_width": (64, 128, 192),
    }


def test_anyone_can_write_a_space(tmp_path: Path) -> None:
    file = tmp_path / "deeper.toml"
    file.write_text(
        """
        title = "Deeper networks"
        description = "How deep?"

        [fixed]
        optimizer = "rmsprop"
        dropout = 0.0

        [[parameter]]
        name = "conv_depth"
        label = "Depth"
        kind = "ordinal"
        values = [3, 4, 5]
        value_labels = ["three", "four", "five"]
        default = 3
        description = "Convolution blocks."

        [[parameter]]
        name = "learning_rate_decay"
        range = [0.9, 1]
        """
    )
    assert load_space(str(file)) == Space(
        name="deeper",
        title="Deeper networks",
        description="How deep?",
        parameters=(
            Parameter(
                name="conv_depth",
                label="Depth",
                kind="ordinal",
                scale="linear",
                values=(3, 4, 5),
                value_labels=("three", "four", "five"),
                bounds=None,
                default=3,
                description="Convolution blocks.",
            ),
            Parameter(
                name="learning_rate_decay",
                label="Learning rate decay",
                kind="numeric",
                scale="linear",
                values=(),
                value_labels=(),
                bounds=(0.9, 1.0),
                default=None,
                description="",
            ),
        ),
        base=Recipe(optimizer="rmsprop", dropout=0.0),
    )


def test_a_space_that_is_not_there_says_what_there_is() -> None:
    with pytest.raises(SpaceError) as caught:
        load_space("main")
    assert str(caught.value) == "there is no space 'main': name one of nws, seed, or a TOML file"


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe"], ids=["a torn line", "no text"])
def test_a_file_that_is_not_toml_says_so(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "torn.toml"
    file.write_bytes(content)
    with pytest.raises(SpaceError) as caught:
        load_space(str(file))
    assert str(caught.value).startswith(f"{file} is not a TOML file: ")
    assert "\n" not in str(caught.value)


def parameter(lines: str) -> str:
    return "[[parameter]]\n" + lines


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("tittle = 'x'", "'tittle' is not a key of a space file"),
        ("title = 'x'", "it draws no parameter; add a [[parameter]] table"),
        ("[parameter]\nname = 'dropout'", "parameters are tables headed [[parameter]], in double"),
        ("parameter = ['dropout']", "parameters are tables headed [[parameter]], in double brac"),
        ("fixed = 3", "fixed is a table headed [fixed]"),
        (parameter("name = 'depth'\nvalues = [1]"), "'depth': no such hyper-parameter; known: b"),
        (parameter("values = [1]"), "'': no such hyper-parameter; known: batch_size, augmentati"),
        (
            parameter("name = 'dropout'\nvalue = [0.5]"),
            "'value' is not a key of a parameter ('dropout')",
        ),
        (
            parameter("name = 'dropout'\nkind = 'real'\nvalues = [0.5]"),
            "'dropout' has kind 'real', not categorical, ordinal or numeric",
        ),
        (
            parameter("name = 'dropout'\nscale = 'sqrt'\nvalues = [0.5]"),
            "'dropout' has scale 'sqrt', not linear or log",
        ),
        (parameter("name = 'dropout'"), "'dropout' needs a range if it is numeric, values if it"),
        (
            parameter("name = 'dropout'\nkind = 'numeric'\nvalues = [0.5]"),
            "'dropout' needs a range if it is numeric, values if it is not",
        ),
        (
            parameter("name = 'dropout'\nrange = [0.1, 0.5]\nvalues = [0.1]"),
            "'dropout' needs a range if it is numeric, values if it is not",
        ),
        (
            parameter("name = 'dropout'\nvalues = [0.5, 0.5]"),
            "the values of 'dropout' are not a list of different values",
        ),
        (
            parameter("name = 'dropout'\nvalues = 0.5"),
            "the values of 'dropout' are not a list of different values",
        ),
        (
            parameter("name = 'dropout'\nvalues = [0.1, 0.5]\nvalue_labels = ['a', 'a', 'b']"),
            "'dropout' needs a different value label for each of its values",
        ),
        (
            parameter("name = 'dropout'\nvalues = [0.1, 0.5]\nvalue_labels = ['a', 'a']"),
            "'dropout' needs a different value label for each of its values",
        ),
        (
            parameter("name = 'dropout'\nrange = [0.5, 0.1]"),
            "the range of 'dropout' is not [low, high] with low < high",
        ),
        (
            parameter("name = 'dropout'\nrange = [0.1]"),
            "the range of 'dropout' is not [low, high] with low < high",
        ),
        (
            parameter("name = 'dropout'\nscale = 'log'\nrange = [0, 0.5]"),
            "the range of 'dropout' is logarithmic and must start above 0",
        ),
        (
            parameter("name = 'batch_size'\nrange = [16, 256]"),
            "'batch_size' takes whole numbers; list them as values instead of a range",
        ),
        (
            parameter("name = 'batch_size'\nvalues = [32, 48.5]"),
            "'batch_size': 48.5 is not a whole number of at least 1",
        ),
        (
            parameter("name = 'batch_size'\nvalues = [0]"),
            "'batch_size': 0 is not a whole number of at least 1",
        ),
        (
            parameter("name = 'batch_size'\nvalues = [true]"),
            "'batch_size': True is not a number",
        ),
        (
            parameter("name = 'conv_depth'\nvalues = [3, 6]"),
            "'conv_depth': 6 poolings leave nothing of a 32x32 image",
        ),
        (parameter("name = 'momentum'\nvalues = [1]"), "'momentum': 1 is not in [0, 1)"),
        (
            parameter("name = 'learning_rate'\nrange = [0.1, inf]"),
            "'learning_rate': inf is not a positive number",
        ),
        (
            parameter("name = 'optimizer'\nvalues = ['adam', 'lion']"),
            "'optimizer': 'lion' is not one of adam, rmsprop, momentum_sgd",
        ),
        (
            parameter("name = 'optimizer'\nvalues = ['adam']\ndefault = 'lion'"),
            "'optimizer': 'lion' is not one of adam, rmsprop, momentum_sgd",
        ),
        (
            "[fixed]\nactivation = 'gelu'\n" + parameter("name = 'dropout'\nvalues = [0.5]"),
            "'activation': 'gelu' is not one of relu, elu, sigmoid, tanh",
        ),
        (
            "[fixed]\ndropout = 0.1\n" + parameter("name = 'dropout'\nvalues = [0.5]"),
            "'dropout' is given twice",
        ),
        (
            parameter("name = 'dropout'\nvalues = [0.5]\n") * 2,
            "'dropout' is given twice",
        ),
    ],
)
def test_an_unusable_space_says_what_is_wrong_with_it(
    tmp_path: Path, content: str, problem: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content)
    with pytest.raises(SpaceError) as caught:
        load_space(str(file))
    assert str(caught.value).startswith(f"{file}: {problem}")
    assert "\n" not in str(caught.value)


@given(seed=st.integers(min_value=0))
def test_what_is_drawn_is_a_listed_value_or_within_the_range(seed: int) -> None:
    generator = np.random.default_rng(seed)
    for drawn in load_space("seed").parameters:
        value = drawn.draw(generator)
        if drawn.bounds is None:
            assert value in drawn.values
        else:
            assert isinstance(value, float)
            assert drawn.bounds[0] <= value <= drawn.bounds[1]


def test_every_value_is_alike_likely_and_a_log_scale_halves_at_the_geometric_mean() -> None:
    generator = np.random.default_rng(1)
    parameters = {p.name: p for p in load_space("seed").parameters}
    optimizers = [parameters["optimizer"].draw(generator) for _ in range(3000)]
    rates = [float(parameters["learning_rate"].draw(generator)) for _ in range(3000)]
    # Four standard deviations of 3,000 draws: 103 for one in three, 110 for one in two.
    for value in parameters["optimizer"].values:
        assert abs(optimizers.count(value) - 1000) < 103
    assert abs(sum(rate < math.sqrt(2e-4 * 5e-3) for rate in rates) - 1500) < 110

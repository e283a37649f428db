"""Other ways to compute a step are the same step: recorded, or compiled."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from train.block import Models
from train.compiled import CODES, compiled_finish, finish
from train.formulation import PLAIN, Formulation, formulations
from train.network import ACTIVATIONS, Network
from train.recipe import Recipe
from train.recording import unchanged

CPU = torch.device("cpu")
RECIPES = [Recipe(activation=activation, conv_width=4, dense_width=32) for activation in CODES]
# compiling takes a C++ compiler on a CPU, and Triton on a GPU
needs_compiler = pytest.mark.skipif(
    shutil.which("g++") is None and shutil.which("clang++") is None,
    reason="torch.compile finds no C++ compiler",
)


def test_a_cpu_has_the_plain_formulation_alone() -> None:
    assert formulations(CPU) == (PLAIN,)


def values(models: int, batch: int) -> list[Tensor]:
    """Arguments of `finish` for models of four channels."""
    generator = torch.Generator().manual_seed(1)
    channels = 4 * models
    images = torch.randn(batch, channels, 8, 8, generator=generator)
    return [
        images.contiguous(memory_format=torch.channels_last).requires_grad_(),
        torch.zeros(channels),
        torch.ones(channels),
        torch.rand(channels, generator=generator).requires_grad_(),
        torch.randn(channels, generator=generator).requires_grad_(),
        torch.arange(models).remainder(len(CODES)).repeat_interleave(4),
    ]


def outcome(function: Callable[..., Tensor], arguments: list[Tensor]) -> list[Tensor]:
    """Output, gradients and running statistics."""
    output = function(*arguments, 0.1, 1e-5)
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(2))
    inputs = [tensor for tensor in arguments if tensor.requires_grad]
    gradients = torch.autograd.grad((output * weights).sum(), inputs)
    return [output.detach(), *gradients, *arguments[1:3]]


def test_activations_chosen_by_number_are_those_chosen_by_name() -> None:
    arguments = values(models=len(CODES), batch=3)
    plain = torch.nn.functional.batch_norm(
        arguments[0], torch.zeros(16), torch.ones(16), *arguments[3:5], training=True
    )
    pooled = torch.nn.functional.max_pool2d(plain, 2).split(4, dim=1)
    expected = [ACTIVATIONS[name](part) for name, part in zip(CODES, pooled, strict=True)]
    torch.testing.assert_close(finish(*arguments, 0.1, 1e-5), torch.cat(expected, dim=1))


def test_one_models_nan_stays_out_of_the_others_gradients() -> None:
    calm, stormy = values(models=3, batch=4), values(models=3, batch=4)
    with torch.no_grad():
        stormy[0][:, 4:8] = float("nan")
    for one, other in zip(outcome(finish, calm), outcome(finish, stormy), strict=True):
        channels = one.dim() - 1 if one.dim() == 1 else 1
        for model in (0, 2):
            rows = torch.arange(4 * model, 4 * model + 4)
            assert torch.equal(one.index_select(channels, rows), other.index_select(channels, rows))


@needs_compiler
def test_compiled_layers_are_the_same_layers_whatever_their_size() -> None:
    # No two sizes are equal by chance in the first, which would be compiled for that case alone.
    for models, batch in ((3, 7), (6, 5)):
        expected = outcome(finish, values(models, batch))
        compiled = outcome(compiled_finish(), values(models, batch))
        for one, other in zip(compiled, expected, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


@needs_compiler
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # the compiler looks, and hides it
def test_a_network_with_compiled_layers_learns_the_same() -> None:
    def gradient(formulation: Formulation) -> Tensor:
        network = Network(
            RECIPES[0].architecture,
            RECIPES,
            range(len(RECIPES)),
            10,
            device=CPU,
            formulation=formulation,
        )
        # Few, for which the code is that of the small layers above: more would be compiled anew.
        images = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(3))
        logits = network.train_logits(images, torch.tensor(1))
        return torch.autograd.grad(logits.square().sum(), network.weights)[0]

    expected = gradient(PLAIN)
    difference = gradient(Formulation(compiled=True)) - expected
    assert difference.norm() <= 1e-4 * expected.norm()


def test_recording_does_not_advance_training() -> None:
    models = Models(RECIPES, range(len(RECIPES)), 10, device=CPU)
    images, labels = torch.randn(8, 3, 32, 32), torch.arange(8)
    state = models.state()
    before = [tensor.clone() for tensor in state]
    with unchanged(state):
        for _ in range(3):
            models.step(images, labels)
        assert not torch.equal(models.network.weights, before[2])
    assert all(torch.equal(now, then) for now, then in zip(state, before, strict=True))


def test_the_state_of_a_step_is_all_that_it_changes() -> None:
    """What a recording restores is complete: two steps from the same state are the same step."""
    explosive = replace(RECIPES[0], optimizer="momentum_sgd", learning_rate=1e30)
    models = Models([*RECIPES, explosive], range(5), 10, device=CPU)
    network, optimizer = models.network, models.optimizer
    changing = [
        *(network.weights, *network.means, *network.variances, models.alive, models.steps),
        *(optimizer.first_moment, optimizer.second_moment),
    ]
    images, labels = torch.randn(8, 3, 32, 32), torch.arange(8)

    def trained() -> list[Tensor]:
        for _ in range(3):
            models.step(images, labels)
        return [tensor.detach().clone() for tensor in changing]

    with unchanged(models.state()):
        first = trained()
    assert models.alive.all()
    for one, other in zip(first, trained(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True)
    assert models.alive.tolist() == [True, True, True, True, False]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_recorded_step_is_the_step() -> None:
    device = torch.device("cuda")
    plain, recorded = (
        Models(RECIPES, range(4), 10, device=device, formulation=Formulation(recorded=on))
        for on in (False, True)
    )
    generator = torch.Generator().manual_seed(4)
    for _ in range(4):
        images = torch.randn(8, 3, 32, 32, generator=generator).to(device)
        labels = torch.randint(10, (8,), generator=generator).to(device)
        torch.testing.assert_close(recorded.step(images, labels), plain.step(images, labels))

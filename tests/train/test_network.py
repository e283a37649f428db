"""A model in a mixed block follows the trajectory of the same model trained alone."""

import itertools
import statistics
from pathlib import Path
from typing import get_args

import pytest
import torch
from once import Once
from plain import PlainNetwork, dropout_masks, plain_optimizer
from torch.nn import functional

from train.network import Network
from train.optimizers import FusedOptimizer
from train.recipe import Activation, Architecture, Initialization, Optimizer, Recipe

CLASSES, BATCH, STEPS = 10, 8, 6
Batches = list[tuple[torch.Tensor, torch.Tensor]]
CPU = torch.device("cpu")

MIXED = [
    Recipe(activation=activation, optimizer=optimizer, initialization=initialization)
    for activation, optimizer, initialization in itertools.product(
        get_args(Activation), get_args(Optimizer), get_args(Initialization)
    )
]


@pytest.fixture(scope="module")
def batches() -> Batches:
    generator = torch.Generator().manual_seed(7)
    return [
        (
            torch.randn(BATCH, 3, 32, 32, generator=generator, dtype=torch.float64),
            torch.randint(0, CLASSES, (BATCH,), generator=generator),
        )
        for _ in range(STEPS)
    ]


class Fused:
    """Models side by side, with the losses of every step."""

    def __init__(self, recipes: list[Recipe], seeds: list[int], dtype: torch.dtype) -> None:
        self.network = Network(
            recipes[0].architecture, recipes, seeds, CLASSES, device=CPU, dtype=dtype
        )
        self.optimizer = FusedOptimizer(recipes, self.network.weights)
        self.alive = torch.ones(len(recipes), dtype=torch.bool)
        self.losses: list[torch.Tensor] = []

    def gradient(self, images: torch.Tensor, labels: torch.Tensor, step: int) -> torch.Tensor:
        logits = self.network.train_logits(images, torch.tensor(step))
        losses = torch.stack([functional.cross_entropy(model, labels) for model in logits])
        self.losses.append(losses.detach())
        return torch.autograd.grad(losses.sum(), self.network.weights)[0]

    def train(self, batches: Batches) -> torch.Tensor:
        for step, (images, labels) in enumerate(batches, start=1):
            gradient = self.gradient(images, labels, step)
            self.alive &= torch.isfinite(self.losses[-1])
            self.optimizer.update(self.network.weights, gradient, torch.tensor(step), self.alive)
        return torch.stack(self.losses)


def plain_losses(recipe: Recipe, seed: int, batches: Batches) -> tuple[torch.Tensor, PlainNetwork]:
    network = plain_network(recipe, seed, torch.float64)
    optimizer = plain_optimizer(recipe, network)
    losses = []
    for step, (images, labels) in enumerate(batches, start=1):
        optimizer.zero_grad()
        logits = network(images, dropout_masks(recipe, seed, step, BATCH))
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses), network


def plain_network(recipe: Recipe, seed: int, dtype: torch.dtype) -> PlainNetwork:
    """A plain network that starts from the weights that a block gives this recipe and seed."""
    alone = Network(recipe.architecture, [recipe], [seed], CLASSES, device=CPU, dtype=dtype)
    network = PlainNetwork(recipe, CLASSES).to(dtype)
    network.load({name: part[0] for name, part in alone.layers().items()})
    return network


@pytest.fixture(scope="module")
def mixed_losses(batches: Batches, once: Once) -> torch.Tensor:
    def train(file: Path) -> None:
        torch.save(Fused(MIXED, list(range(len(MIXED))), torch.float64).train(batches), file)

    return torch.load(once("mixed_losses.pt", train))


@pytest.mark.parametrize(
    "k",
    range(len(MIXED)),
    ids=[f"{r.optimizer}-{r.activation}-{r.initialization}" for r in MIXED],
)
def test_trajectory_is_that_of_the_model_trained_alone(
    k: int, batches: Batches, mixed_losses: torch.Tensor
) -> None:
    alone, _ = plain_losses(MIXED[k], k, batches)
    # Equal weights make gradients that cancel to rounding noise, which RMSProp and Adam divide by
    # itself: constant initialization amplifies the last bit more than the others do.
    tolerance = 1e-6 if MIXED[k].initialization == "constant" else 1e-8
    torch.testing.assert_close(mixed_losses[:, k], alone, rtol=tolerance, atol=tolerance)


def test_first_float32_gradients_are_as_exact_as_those_of_plain_pytorch(batches: Batches) -> None:
    images, labels = batches[0]
    gradients = Fused(MIXED, list(range(len(MIXED))), torch.float32).gradient(
        images.float(), labels, 1
    )
    fused, plain = [], []
    for k, recipe in enumerate(MIXED):
        exact = plain_gradient(recipe, k, images, labels)
        rounded = plain_gradient(recipe, k, images.float(), labels)
        fused.append(float((gradients[k] - exact).norm() / exact.norm()))
        plain.append(float((rounded - exact).norm() / exact.norm()))
    # Where rounding decides on which side of a kink a value falls, or which of two values a pool
    # takes, any float32 gradient is off by more than its last digits, in other places each time.
    assert statistics.median(fused) <= max(1e-5, 1.5 * statistics.median(plain))
    assert max(fused) <= 10 * max(plain)


def plain_gradient(
    recipe: Recipe, seed: int, images: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """The first gradient in the precision of `images`, from the same float32 weights."""
    network = plain_network(recipe, seed, torch.float32).to(images.dtype)
    masks = [mask.to(images.dtype) for mask in dropout_masks(recipe, seed, 1, BATCH)]
    functional.cross_entropy(network(images, masks), labels).backward()
    return network.flat_gradient()


def test_evaluation_uses_running_statistics_and_no_dropout(batches: Batches) -> None:
    recipe = Recipe(activation="elu")
    fused = Fused([recipe, MIXED[-1]], [0, 1], torch.float64)
    fused.train(batches)
    _, plain = plain_losses(recipe, 0, batches)
    images = batches[0][0]
    with torch.no_grad():
        expected = plain.eval()(images, None)
    torch.testing.assert_close(fused.network.evaluate(images)[0], expected, rtol=1e-6, atol=1e-6)


def test_statistics_and_evaluation_do_not_depend_on_the_neighbours(batches: Batches) -> None:
    recipe = Recipe(activation="elu")
    alone = Fused([recipe], [1], torch.float64)
    amid = Fused([MIXED[0], recipe, MIXED[-1]], [0, 1, 2], torch.float64)
    alone.train(batches[:5])
    amid.train(batches[:5])
    for name in ("means", "variances"):
        pairs = zip(getattr(alone.network, name), getattr(amid.network, name), strict=True)
        for one, three in pairs:
            torch.testing.assert_close(three.view(3, -1)[1], one, rtol=1e-9, atol=1e-9)
    images = batches[5][0]
    outputs = amid.network.evaluate(images)[1]
    torch.testing.assert_close(outputs, alone.network.evaluate(images)[0], rtol=1e-9, atol=1e-9)


def test_architecture_of_any_depth_and_width(batches: Batches) -> None:
    recipe = Recipe(filter_size=3, conv_depth=5, conv_width=4, dense_depth=4, dense_width=64)
    fused = Fused([recipe, recipe], [3, 4], torch.float64).train(batches[:5])
    alone, _ = plain_losses(recipe, 4, batches[:5])
    torch.testing.assert_close(fused[:, 1], alone, rtol=1e-7, atol=1e-7)


def test_fixed_network_has_the_weights_of_the_paper() -> None:
    network = Network(Architecture(), [Recipe()], [0], 10, device=CPU)
    convolution_biases = 8 + 16 + 32  # which batch norm makes useless, and we leave out
    assert network.weights.shape == (1, 91_722 - convolution_biases)


def test_a_model_that_diverges_leaves_its_neighbours_bit_identical(batches: Batches) -> None:
    healthy = [Recipe(activation="relu"), Recipe(activation="tanh", optimizer="momentum_sgd")]
    explosive = Recipe(activation="relu", optimizer="momentum_sgd", learning_rate=1e200)

    def trained(middle: Recipe) -> Fused:
        fused = Fused([healthy[0], middle, healthy[1]], [1, 2, 3], torch.float64)
        fused.train(batches[:6])
        return fused

    calm, stormy = trained(Recipe(activation="relu")), trained(explosive)
    assert stormy.alive.tolist() == [True, False, True]
    assert torch.isfinite(stormy.network.weights[[0, 2]]).all()
    assert torch.equal(stormy.network.weights[[0, 2]], calm.network.weights[[0, 2]])


def test_network_too_deep_for_the_images_is_refused() -> None:
    with pytest.raises(ValueError, match="6 poolings leave nothing"):
        Network(Architecture(conv_depth=6), [Recipe()], [0], 10, device=CPU)

"""Every formulation of the models' convolutions computes what one convolution a model computes.

Triton's are compiled where there is a GPU. Elsewhere a second process, with Triton's interpreter
switched on before Triton is imported, runs those tests of this file that concern it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NamedTuple

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from train.convolutions import CONVOLUTIONS, Convolution, available
from train.formulation import Formulation
from train.network import Network
from train.optimizers import FusedOptimizer
from train.recipe import Recipe

GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
each_formulation = pytest.mark.parametrize("name", available(DEVICE))
on_a_gpu = pytest.mark.skipif(not GPU or INTERPRETED, reason="needs a GPU")


class Shapes(NamedTuple):
    batch: int
    models: int
    inputs: int
    filters: int
    size: int
    height: int
    width: int


class Case(NamedTuple):
    """What a convolution takes, and the gradient of its outputs."""

    features: Tensor
    kernels: Tensor
    gradients: Tensor


SHAPES = [
    Shapes(1, 3, 4, 8, 3, 4, 5),
    Shapes(1, 1, 12, 24, 3, 5, 7),
    Shapes(2, 3, 8, 16, 5, 6, 6),
    Shapes(3, 2, 4, 8, 7, 4, 4),
    Shapes(2, 2, 5, 6, 4, 5, 3),  # an even filter is padded by one pixel less above
    Shapes(2, 2, 3, 40, 3, 3, 3),  # more filters than one program of Triton computes
]


@pytest.fixture(autouse=True)
def full_precision() -> Iterator[None]:
    """A GPU's convolutions shorten float32 by default, more than these tests could bear."""
    convolutions = torch.backends.cudnn.conv
    before = convolutions.fp32_precision
    convolutions.fp32_precision = "ieee"
    yield
    convolutions.fp32_precision = before


def draw(shapes: Shapes, dtype: torch.dtype = torch.float32) -> Case:
    batch, models, inputs, filters, size, height, width = shapes
    generator = torch.Generator().manual_seed(5)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(DEVICE, dtype)

    channels_last = torch.channels_last
    return Case(
        normal(batch, models * inputs, height, width).contiguous(memory_format=channels_last),
        normal(models, filters, inputs, size, size),
        normal(batch, models * filters, height, width).contiguous(memory_format=channels_last),
    )


def compute(name: Convolution, case: Case) -> list[Tensor]:
    """Outputs, and the gradients of features and kernels."""
    features = case.features.detach().requires_grad_()
    kernels = case.kernels.detach().requires_grad_()
    outputs = CONVOLUTIONS[name](features, kernels)
    assert outputs.is_contiguous(memory_format=torch.channels_last)
    return [
        outputs.detach(),
        *torch.autograd.grad(outputs, (features, kernels), case.gradients),
    ]


def one_by_one(case: Case) -> list[Tensor]:
    """The same from one plain convolution a model, in double precision."""
    features = case.features.double().requires_grad_()
    kernels = case.kernels.double().requires_grad_()
    models, size = kernels.shape[0], kernels.shape[-1]
    before, after = (size - 1) // 2, size // 2
    padded = functional.pad(features, (before, after, before, after))
    outputs = torch.cat(
        [
            functional.conv2d(own, kernel)
            for own, kernel in zip(padded.chunk(models, dim=1), kernels, strict=True)
        ],
        dim=1,
    )
    gradients = torch.autograd.grad(outputs, (features, kernels), case.gradients.double())
    return [outputs.detach(), *gradients]


def difference(actual: Tensor, expected: Tensor) -> float:
    """Relative, in the Euclidean norm."""
    return float((actual - expected).norm() / expected.norm())


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("shapes", SHAPES, ids=lambda shapes: "x".join(map(str, shapes)))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@each_formulation
def test_values_and_gradients_are_those_of_one_convolution_a_model(
    name: Convolution, dtype: torch.dtype, shapes: Shapes
) -> None:
    case = draw(shapes, dtype)
    tolerance = 1e-6 if dtype == torch.float32 else 1e-12
    for actual, expected in zip(compute(name, case), one_by_one(case), strict=True):
        assert actual.dtype == dtype
        assert difference(actual, expected) <= tolerance


@each_formulation
def test_features_in_another_memory_format_are_accepted(name: Convolution) -> None:
    case = draw(SHAPES[0])
    other = Case(case.features.contiguous(), case.kernels, case.gradients.contiguous())
    for actual, expected in zip(compute(name, other), compute(name, case), strict=True):
        assert difference(actual, expected) <= 1e-6


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")  # interpreter
@pytest.mark.parametrize("disease", [float("nan"), float("inf")])
@each_formulation
def test_a_model_that_diverged_leaves_its_neighbours_bit_identical(
    name: Convolution, disease: float
) -> None:
    shapes = SHAPES[0]
    healthy = draw(shapes)
    sick = Case(*(part.clone() for part in healthy))
    sick.features[:, shapes.inputs : 2 * shapes.inputs] = disease
    sick.kernels[1] = disease
    sick.gradients[:, shapes.filters : 2 * shapes.filters] = disease

    def apart(case: Case) -> list[Tensor]:
        outputs, of_features, of_kernels = compute(name, case)
        models = shapes.models
        return [
            outputs.unflatten(1, (models, -1)).transpose(0, 1),
            of_features.unflatten(1, (models, -1)).transpose(0, 1),
            of_kernels,
        ]

    for infected, clean in zip(apart(sick), apart(healthy), strict=True):
        assert torch.equal(infected[[0, 2]], clean[[0, 2]])
        assert not torch.isfinite(infected[1]).all()


def first_gradient_and_losses(
    name: Convolution, recipes: list[Recipe], dtype: torch.dtype, *, batch: int, steps: int
) -> tuple[Tensor, Tensor]:
    """Gradients [K, P] of the first step, and the losses [steps, K] of all."""
    generator = torch.Generator().manual_seed(7)
    network = Network(
        recipes[0].architecture,
        recipes,
        list(range(len(recipes))),
        10,
        device=DEVICE,
        dtype=dtype,
        formulation=Formulation(name),
    )
    optimizer = FusedOptimizer(recipes, network.weights)
    alive = torch.ones(len(recipes), dtype=torch.bool, device=DEVICE)
    gradients, losses = [], []
    for number in range(1, steps + 1):
        images = torch.randn(batch, 3, 32, 32, generator=generator).to(DEVICE, dtype)
        labels = torch.randint(0, 10, (batch,), generator=generator).to(DEVICE)
        step = torch.tensor(number, device=DEVICE)
        logits = network.train_logits(images, step)
        losses.append(torch.stack([functional.cross_entropy(own, labels) for own in logits]))
        gradients.append(torch.autograd.grad(losses[-1].sum(), network.weights)[0])
        optimizer.update(network.weights, gradients[-1], step, alive)
    return gradients[0], torch.stack(losses).detach()


def test_unfolded_network_follows_the_trajectory_of_the_grouped_one() -> None:
    recipes = [Recipe(), Recipe(activation="tanh", optimizer="rmsprop"), Recipe(activation="elu")]
    _, grouped = first_gradient_and_losses("grouped", recipes, torch.float64, batch=8, steps=10)
    _, unfolded = first_gradient_and_losses("unfolded", recipes, torch.float64, batch=8, steps=10)
    torch.testing.assert_close(unfolded, grouped, rtol=1e-7, atol=1e-7)


@each_formulation
def test_first_float32_gradients_of_a_network_are_those_of_the_grouped_one(
    name: Convolution,
) -> None:
    recipes = [
        Recipe(activation=activation, filter_size=3, conv_width=4, dense_width=16)
        for activation in ("relu", "tanh")
    ]
    grouped, _ = first_gradient_and_losses("grouped", recipes, torch.float32, batch=2, steps=1)
    actual, _ = first_gradient_and_losses(name, recipes, torch.float32, batch=2, steps=1)
    for model, expected in zip(actual, grouped, strict=True):
        assert difference(model, expected) <= 1e-5


def test_formulations_that_need_no_gpu_are_available_everywhere() -> None:
    assert available(torch.device("cpu"))[:2] == ("grouped", "unfolded")


if "triton" in available(DEVICE):

    def test_triton_adds_up_chunks_of_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
        case = draw(SHAPES[0])
        monkeypatch.setattr("train.triton_convolution.CHUNK_PIXELS", 16)  # then 4 are left
        for actual, expected in zip(compute("triton", case), one_by_one(case), strict=True):
            assert difference(actual, expected) <= 1e-6

    @on_a_gpu
    @pytest.mark.parametrize(
        "shapes",
        [Shapes(64, 16, 8, 16, 5, 16, 16), Shapes(64, 16, 16, 32, 5, 8, 8)],
        ids=["second", "third"],
    )
    def test_triton_computes_the_layers_of_a_real_block(shapes: Shapes) -> None:
        case = draw(shapes)
        for actual, expected in zip(compute("triton", case), one_by_one(case), strict=True):
            assert difference(actual, expected) <= 1e-5

    def test_triton_refuses_shapes_that_do_not_fit() -> None:
        features, kernels, _ = draw(SHAPES[0])
        with pytest.raises(ValueError, match="do not fit each other"):
            CONVOLUTIONS["triton"](features[:, 1:], kernels)

    def test_triton_refuses_kernels_of_another_precision() -> None:
        features, kernels, _ = draw(SHAPES[0])
        with pytest.raises(TypeError, match="float32 is needed"):
            CONVOLUTIONS["triton"](features, kernels.double())

    def test_triton_operators_keep_what_they_promise_to_torch_compile() -> None:
        features, kernels, gradients = draw(SHAPES[0])
        CONVOLUTIONS["triton"](features, kernels)  # which registers the operators
        # The remaining one of opcheck's tests compiles, which takes longer than all others here.
        promises = ("test_schema", "test_autograd_registration", "test_faketensor")
        torch.library.opcheck(
            torch.ops.hyperatlas.convolve.default,
            (features.requires_grad_(), kernels.requires_grad_(), 1),
            test_utils=promises,
        )
        torch.library.opcheck(
            torch.ops.hyperatlas.convolve_kernel_gradient.default,
            (features.detach(), gradients, kernels.detach(), 1),
            test_utils=promises,
        )

    @on_a_gpu
    def test_triton_shortens_factors_only_where_torch_does() -> None:
        if torch.cuda.get_device_capability() < (8, 0):
            pytest.skip("this GPU has no TF32")
        case = draw(SHAPES[0])
        torch.backends.cudnn.conv.fp32_precision = "tf32"
        for actual, expected in zip(compute("triton", case), one_by_one(case), strict=True):
            assert 1e-5 < difference(actual, expected) < 1e-2

    @on_a_gpu
    def test_triton_is_recorded_in_a_cuda_graph() -> None:
        case, later = draw(SHAPES[0]), draw(SHAPES[0])
        later.features.mul_(3)
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            compute("triton", case)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            recorded = compute("triton", case)
        case.features.copy_(later.features)
        graph.replay()
        for actual, expected in zip(recorded, compute("triton", later), strict=True):
            assert torch.equal(actual, expected)


@pytest.mark.skipif(GPU or INTERPRETED, reason="this process itself tests what Triton computes")
def test_kernels_pass_the_tests_of_this_file_in_the_interpreter() -> None:
    if find_spec("triton") is None:
        pytest.skip("Triton is not installed")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "triton", __file__],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr

"""K convolutional networks of one architecture, side by side in every tensor.

All K see the same mini-batch, so the first convolution is one dense convolution from 3 to 8·K
channels; the following ones are grouped (one group a model; convolutions.py has the ways to compute
them), the fully connected layers batched matrix products. Nothing is ever summed over models: what
happens to one leaves the others alone.

    images [N, 3, 32, 32] ──> convolutions [N, K·C, H, W] ──> fully connected [K, N, F] ──> logits
"""

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from train.compiled import CODES, compiled_finish
from train.convolutions import CONVOLUTIONS
from train.formulation import PLAIN, Formulation
from train.initialization import initial_weights
from train.randomness import keep_masks
from train.recipe import Activation, Architecture, Recipe

IMAGE_SIZE = 32
NORM_MOMENTUM = 0.1  # weight of the newest batch in the running statistics
NORM_EPSILON = 1e-5

ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "elu": functional.elu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


class Network:
    """The K networks: one flat buffer of weights, and the running statistics of batch norm."""

    def __init__(
        self,
        architecture: Architecture,
        recipes: Sequence[Recipe],
        seeds: Sequence[int],
        classes: int,
        *,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        formulation: Formulation = PLAIN,
    ) -> None:
        """Draw the initial weights of each model from its own seed, whoever stands beside it.

        Args:
            architecture: shared by all models.
            recipes: K recipes; activation, initialization and dropout may differ.
            seeds: K integers.
            classes: outputs of each model.
            device: where the weights live.
            dtype: of weights and computation.
            formulation: how the layers are computed.

        Raises:
            ValueError: if the images shrink to nothing before the last convolution.
        """
        if IMAGE_SIZE >> architecture.conv_depth == 0:
            raise ValueError(f"{architecture.conv_depth} poolings leave nothing of a 32x32 image")
        self.architecture = architecture
        self.formulation = formulation
        self.convolve = CONVOLUTIONS[formulation.convolution]
        self.classes = classes
        self.models = len(recipes)
        self.shapes = weight_shapes(architecture, classes)
        self.sizes = [math.prod(shape) for shape in self.shapes.values()]
        drawn = [
            initial_weights(self.shapes, recipe.initialization, seed)
            for recipe, seed in zip(recipes, seeds, strict=True)
        ]
        self.weights = torch.stack(drawn).to(device=device, dtype=dtype).requires_grad_()
        self.activations = [
            (activation, len(list(same)))
            for activation, same in itertools.groupby(recipe.activation for recipe in recipes)
        ]
        codes = torch.tensor([CODES.index(recipe.activation) for recipe in recipes], device=device)
        self.codes = [codes.repeat_interleave(width) for width in architecture.channels]
        self.dropout = torch.tensor([recipe.dropout for recipe in recipes], device=device)
        self.seeds = torch.tensor(seeds, device=device, dtype=torch.int64)
        normalised = [*architecture.channels, *architecture.widths]
        self.means = [torch.zeros(self.models * n, device=device, dtype=dtype) for n in normalised]
        self.variances = [torch.ones_like(mean) for mean in self.means]

    def train_logits(self, images: Tensor, step: Tensor) -> Tensor:
        """Logits [K, N, classes] in training: batch statistics, dropout drawn for this step.

        Args:
            images: [N, 3, 32, 32], the mini-batch that all models see.
            step: int64 scalar tensor, the number of this optimizer step.
        """
        return self._logits(images, step)

    def evaluate(self, images: Tensor) -> Tensor:
        """Logits [K, N, classes] with running statistics and without dropout."""
        with torch.no_grad():
            return self._logits(images, None)

    def _logits(self, images: Tensor, step: Tensor | None) -> Tensor:
        weights = self.layers()
        features = images.to(dtype=self.weights.dtype, memory_format=torch.channels_last)
        for layer in range(self.architecture.conv_depth):
            features = self._convolution(layer, features, weights, training=step is not None)
        hidden = self._to_models(features)
        for layer in range(self.architecture.dense_depth):
            hidden = self._dense(layer, hidden, weights, step)
        last = self.architecture.dense_depth
        return torch.baddbmm(
            weights[f"dense{last}.bias"].unsqueeze(1), hidden, weights[f"dense{last}.weight"]
        )

    def layers(self) -> dict[str, Tensor]:
        """Each layer's weights [K, *shape], as parts of the flat buffer."""
        parts = torch.split(self.weights, self.sizes, dim=1)
        return {
            name: part.view(self.models, *shape)
            for (name, shape), part in zip(self.shapes.items(), parts, strict=True)
        }

    def _convolution(
        self, layer: int, features: Tensor, weights: dict[str, Tensor], *, training: bool
    ) -> Tensor:
        """Convolution, batch norm, 2x2 max pool, activation: [N, C, H, W] -> [N, K·C', H/2, W/2].

        Pooling comes before the activation: all four activations are increasing, so the maximum
        of the activated values is the activated maximum, at a quarter of the work.
        """
        kernels = weights[f"conv{layer}.weight"]
        if layer == 0:
            dense = kernels.flatten(0, 1).contiguous(memory_format=torch.channels_last)
            features = functional.conv2d(features, dense, padding="same")
        else:
            features = self.convolve(features, kernels)
        gamma, beta = weights[f"conv{layer}.gamma"], weights[f"conv{layer}.beta"]
        if training and self.formulation.compiled:
            return compiled_finish()(
                features,
                self.means[layer],
                self.variances[layer],
                gamma.flatten(),
                beta.flatten(),
                self.codes[layer],
                NORM_MOMENTUM,
                NORM_EPSILON,
            )
        features = self._normalise(layer, features, gamma, beta, training=training)
        return self._activate(functional.max_pool2d(features, 2), dim=1)

    def _dense(
        self, layer: int, hidden: Tensor, weights: dict[str, Tensor], step: Tensor | None
    ) -> Tensor:
        """Fully connected, activation, batch norm, dropout: [K, N, F] -> [K, N, F']."""
        name = f"dense{layer}"
        hidden = torch.baddbmm(
            weights[f"{name}.bias"].unsqueeze(1), hidden, weights[f"{name}.weight"]
        )
        hidden = self._activate(hidden, dim=0)
        models, batch, width = hidden.shape
        beside = hidden.transpose(0, 1).reshape(batch, models * width)
        beside = self._normalise(
            self.architecture.conv_depth + layer,
            beside,
            weights[f"{name}.gamma"],
            weights[f"{name}.beta"],
            training=step is not None,
        )
        hidden = beside.view(batch, models, width).transpose(0, 1)
        if step is None:
            return hidden
        keep = keep_masks(self.seeds, step, layer, (batch, width), self.dropout)
        return hidden * keep.to(hidden.dtype)

    def _normalise(
        self, layer: int, values: Tensor, gamma: Tensor, beta: Tensor, *, training: bool
    ) -> Tensor:
        return functional.batch_norm(
            values,
            self.means[layer],
            self.variances[layer],
            gamma.flatten(),
            beta.flatten(),
            training=training,
            momentum=NORM_MOMENTUM,
            eps=NORM_EPSILON,
        )

    def _activate(self, values: Tensor, dim: int) -> Tensor:
        """Each model's activation, on its share of dimension `dim`."""
        per_model = values.shape[dim] // self.models
        parts = torch.split(values, [count * per_model for _, count in self.activations], dim=dim)
        return torch.cat(
            [
                ACTIVATIONS[name](part)
                for (name, _), part in zip(self.activations, parts, strict=True)
            ],
            dim=dim,
        )

    def _to_models(self, features: Tensor) -> Tensor:
        """[N, K·C, H, W] -> [K, N, H·W·C]."""
        batch, channels, height, width = features.shape
        apart = features.permute(0, 2, 3, 1).reshape(
            batch, height * width, self.models, channels // self.models
        )
        return apart.permute(2, 0, 1, 3).reshape(self.models, batch, -1)


def weight_shapes(architecture: Architecture, classes: int) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of one model, in the order of the flat buffer.

    Convolutions have no bias: batch norm follows and would take it out again.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    size, inputs = architecture.filter_size, 3
    for layer, channels in enumerate(architecture.channels):
        shapes[f"conv{layer}.weight"] = (channels, inputs, size, size)
        shapes[f"conv{layer}.gamma"] = (channels,)
        shapes[f"conv{layer}.beta"] = (channels,)
        inputs = channels
    inputs *= (IMAGE_SIZE >> architecture.conv_depth) ** 2
    for layer, width in enumerate((*architecture.widths, classes)):
        shapes[f"dense{layer}.weight"] = (inputs, width)
        shapes[f"dense{layer}.bias"] = (width,)
        if layer < architecture.dense_depth:
            shapes[f"dense{layer}.gamma"] = (width,)
            shapes[f"dense{layer}.beta"] = (width,)
        inputs = width
    return shapes

"""The reference: one model at a time, written as anyone would with torch.nn and torch.optim."""

import torch
from torch import nn

from train.randomness import keep_masks
from train.recipe import Architecture, Recipe

ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class PlainNetwork(nn.Module):
    """Convolution, batch norm, activation, pool; then dense, activation, batch norm, dropout."""

    def __init__(self, recipe: Recipe, classes: int) -> None:
        super().__init__()
        shape: Architecture = recipe.architecture
        activation = ACTIVATIONS[recipe.activation]
        self.blocks = nn.ModuleList()
        inputs = 3
        for channels in shape.channels:
            convolution = nn.Conv2d(inputs, channels, shape.filter_size, padding="same", bias=False)
            norm = nn.BatchNorm2d(channels)
            self.blocks.append(nn.Sequential(convolution, norm, activation(), nn.MaxPool2d(2)))
            inputs = channels
        inputs *= (32 >> shape.conv_depth) ** 2
        self.layers = nn.ModuleList()
        for width in shape.widths:
            dense, norm = nn.Linear(inputs, width), nn.BatchNorm1d(width)
            self.layers.append(nn.Sequential(dense, activation(), norm))
            inputs = width
        self.last = nn.Linear(inputs, classes)

    def forward(self, images: torch.Tensor, masks: list[torch.Tensor] | None) -> torch.Tensor:
        features = images
        for block in self.blocks:
            features = block(features)
        hidden = features.permute(0, 2, 3, 1).flatten(1)
        for number, layer in enumerate(self.layers):
            hidden = layer(hidden)
            if masks is not None:
                hidden = hidden * masks[number]
        return self.last(hidden)

    def load(self, weights: dict[str, torch.Tensor]) -> None:
        """Take over the weights of one model, named as in `train.network.weight_shapes`."""
        with torch.no_grad():
            for number, block in enumerate(self.blocks):
                block[0].weight.copy_(weights[f"conv{number}.weight"])
                block[1].weight.copy_(weights[f"conv{number}.gamma"])
                block[1].bias.copy_(weights[f"conv{number}.beta"])
            dense = [*(layer[0] for layer in self.layers), self.last]
            for number, layer in enumerate(dense):
                layer.weight.copy_(weights[f"dense{number}.weight"].T)
                layer.bias.copy_(weights[f"dense{number}.bias"])
            for number, layer in enumerate(self.layers):
                layer[2].weight.copy_(weights[f"dense{number}.gamma"])
                layer[2].bias.copy_(weights[f"dense{number}.beta"])

    def flat_gradient(self) -> torch.Tensor:
        """The gradient [P] in the order of `train.network.weight_shapes`."""
        parts = []
        for block in self.blocks:
            parts += [block[0].weight.grad, block[1].weight.grad, block[1].bias.grad]
        for layer in self.layers:
            parts += [layer[0].weight.grad.T, layer[0].bias.grad]
            parts += [layer[2].weight.grad, layer[2].bias.grad]
        parts += [self.last.weight.grad.T, self.last.bias.grad]
        return torch.cat([part.flatten() for part in parts])


def plain_optimizer(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    match recipe.optimizer:
        case "adam":
            return torch.optim.Adam(network.parameters(), lr=recipe.learning_rate)
        case "rmsprop":
            return torch.optim.RMSprop(network.parameters(), lr=recipe.learning_rate)
        case "momentum_sgd":
            return torch.optim.SGD(
                network.parameters(), lr=recipe.learning_rate, momentum=recipe.momentum
            )


def dropout_masks(recipe: Recipe, seed: int, step: int, batch: int) -> list[torch.Tensor]:
    """The masks that the model gets at this step in any block."""
    seeds, dropout = torch.tensor([seed]), torch.tensor([recipe.dropout])
    return [
        keep_masks(seeds, torch.tensor(step), layer, (batch, width), dropout)[0]
        for layer, width in enumerate(recipe.architecture.widths)
    ]

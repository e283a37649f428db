"""A model in a mixed block follows the trajectory of the same model trained alone."""

import itertools
from typing import get_args

import pytest
import torch
from torch import nn

from train.initialization import initial_weights
from train.network import Network, weight_shapes
from train.optimizers import FusedOptimizer
from train.randomness import keep_masks
from train.recipe import Activation, Architecture, Initialization, Optimizer, Recipe

CLASSES = 10
BATCH = 16
STEPS = 20

MIXED = [
    Recipe(optimizer=optimizer, activation=activation, initialization=initialization,
           learning_rate=1e-3)
    for activation, optimizer, initialization in itertools.product(
        get_args(Activation), get_args(Optimizer), get_args(Initialization)
    )
]
SEEDS = [100 + k for k in range(len(MIXED))]

ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class PlainNetwork(nn.Module):
    """The fixed network of Eilertsen et al., written as anyone would in plain PyTorch."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        super().__init__()
        self.seed, self.dropout = seed, recipe.dropout
        activation = ACTIVATIONS[recipe.activation]
        self.convolutions = nn.Sequential()
        for inputs, outputs in ((3, 8), (8, 16), (16, 32)):
            self.convolutions.extend([
                nn.Conv2d(inputs, outputs, 5, padding=2, bias=False),
                nn.BatchNorm2d(outputs),
                activation(),
                nn.MaxPool2d(2),
            ])
        self.dense = nn.ModuleList([nn.Linear(512, 128), nn.Linear(128, 64), nn.Linear(64, CLASSES)])
        self.norms = nn.ModuleList([nn.BatchNorm1d(128), nn.BatchNorm1d(64)])
        self.activation = activation()

    def forward(self, images: torch.Tensor, step: int) -> torch.Tensor:
        features = self.convolutions(images).permute(0, 2, 3, 1).flatten(1)
        for layer in range(2):
            features = self.norms[layer](self.activation(self.dense[layer](features)))
            if self.training:
                features = features * self.mask(layer, features)
        return self.dense[2](features)

    def mask(self, layer: int, features: torch.Tensor) -> torch.Tensor:
        seeds = torch.tensor([self.seed])
        dropout = torch.tensor([self.dropout])
        shape = (features.shape[0], features.shape[1])
        return keep_masks(seeds, torch.tensor(self.step), layer, shape, dropout)[0]

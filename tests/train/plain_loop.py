"""The plain loop: one network trained from its recipe to its test accuracy, as anyone would.

Of the program it uses the images, their augmentation and the recipe; network, initial weights,
dropout, optimizers, the loop and the test are PyTorch's own, one model at a time.
"""

import math
from collections.abc import Iterator

import torch
from plain import PlainNetwork, plain_optimizer
from torch import Tensor, nn
from torch.nn import functional

from train.augmentation import augment
from train.initialization import CONSTANT, NORMAL_STANDARD_DEVIATION
from train.recipe import Recipe
from train.split import Images, Split

TEST_BATCH = 256


def train_plain(recipe: Recipe, parts: Split, epochs: int, seed: int) -> float | None:
    """The share of the test images that are labelled correctly; None if the run diverged."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = PlainNetwork(recipe, parts.classes)
    initialise(network, recipe)
    optimizer = plain_optimizer(recipe, network)
    decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, recipe.learning_rate_decay)
    for _ in range(epochs):
        for pixels, labels in _batches(parts.train, recipe, generator):
            masks = [
                functional.dropout(torch.ones(len(labels), width), recipe.dropout)
                for width in recipe.architecture.widths
            ]
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(parts.standardise(pixels), masks), labels)
            if not math.isfinite(loss.item()):
                return None
            loss.backward()
            optimizer.step()
        decay.step()
    return _accuracy(network, parts)


def initialise(network: nn.Module, recipe: Recipe) -> None:
    """Draw the initial weights; biases are 0, batch norm starts as PyTorch has it."""
    for layer in network.modules():
        if not isinstance(layer, nn.Conv2d | nn.Linear):
            continue
        match recipe.initialization:
            case "constant":
                nn.init.constant_(layer.weight, CONSTANT)
            case "random_normal":
                nn.init.normal_(layer.weight, std=NORMAL_STANDARD_DEVIATION)
            case "glorot_normal":
                nn.init.xavier_normal_(layer.weight)
            case "glorot_uniform":
                nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _batches(
    images: Images, recipe: Recipe, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of full mini-batches in random order."""
    size = min(recipe.batch_size, len(images))
    order = torch.randperm(len(images), generator=generator)
    for start in range(0, len(images) - size + 1, size):
        chosen = order[start : start + size]
        pixels = images.pixels[chosen].float() / 255
        augmented = augment(pixels, generator) if recipe.augmentation == "on" else pixels
        yield augmented, images.labels[chosen]


def _accuracy(network: nn.Module, parts: Split) -> float | None:
    network.eval()
    correct = 0
    with torch.no_grad():
        for start in range(0, len(parts.test), TEST_BATCH):
            pixels = parts.test.pixels[start : start + TEST_BATCH].float() / 255
            outputs = network(parts.standardise(pixels), None)
            if not torch.isfinite(outputs).all():
                return None
            labels = parts.test.labels[start : start + TEST_BATCH]
            correct += int((outputs.argmax(dim=1) == labels).sum())
    return correct / len(parts.test)

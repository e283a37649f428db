"""A data set on its device, cut into training, validation and test images."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from train.datasets import Dataset

VALIDATION_SHARE = 0.1  # of the training images, held out from every run on the data set
VALIDATION_LIMIT = 2_000
SPLIT_SEED = 20_200  # fixed, so that every run on a data set shares its validation images


@dataclass(frozen=True)
class Images:
    """Images [N, 3, 32, 32] uint8 and labels [N] int64 on a device."""

    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int) -> "Images":
        """The first `count` of them."""
        return Images(self.pixels[:count], self.labels[:count])


@dataclass(frozen=True)
class Split:
    """A data set on a device, cut into the parts that a block needs, in a fixed random order."""

    classes: int
    train: Images
    validation: Images
    test: Images
    mean: Tensor
    standard_deviation: Tensor

    def standardise(self, pixels: Tensor) -> Tensor:
        """Float images [N, 3, 32, 32] in [0, 1] to zero mean and unit variance a channel."""
        return (pixels - self.mean) / self.standard_deviation


def usable_train_size(dataset: Dataset, train_size: int) -> int:
    """How many training images a run gets: `train_size`, or all that validation leaves."""
    return min(train_size, len(dataset.y_train) - validation_size(len(dataset.y_train)))


def validation_size(available: int) -> int:
    """How many of `available` training images are held out for validation."""
    return min(VALIDATION_LIMIT, int(available * VALIDATION_SHARE))


def split(dataset: Dataset, train_size: int, device: torch.device) -> Split:
    """Cut `dataset` up: held-out validation images first, then `train_size` training images."""
    shuffle = np.random.default_rng(SPLIT_SEED)
    order = shuffle.permutation(len(dataset.y_train))
    held_out = validation_size(len(order))

    def images(pixels: np.ndarray, labels: np.ndarray, chosen: np.ndarray) -> Images:
        return Images(
            torch.from_numpy(pixels[chosen]).permute(0, 3, 1, 2).contiguous().to(device),
            torch.from_numpy(labels[chosen]).to(device),
        )

    train = images(dataset.x_train, dataset.y_train, order[held_out : held_out + train_size])
    values = train.pixels.to(torch.float32) / 255
    return Split(
        classes=dataset.classes,
        train=train,
        validation=images(dataset.x_train, dataset.y_train, order[:held_out]),
        test=images(dataset.x_test, dataset.y_test, shuffle.permutation(len(dataset.y_test))),
        mean=values.mean(dim=(0, 2, 3)).view(1, 3, 1, 1),
        standard_deviation=values.std(dim=(0, 2, 3)).clamp_min(1e-3).view(1, 3, 1, 1),
    )

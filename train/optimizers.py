"""Adam, RMSProp and momentum SGD as one update over all models.

All three are instances of

    m <- beta1 * m + gain * g
    v <- beta2 * v + (1 - beta2) * g^2
    w <- w - rate * m / (adaptive * sqrt(v / (1 - beta2^t)) + epsilon)

with their own coefficients (epsilon = 1 and adaptive = 0 leave plain momentum SGD), so a block of
mixed optimizers needs no masks: every coefficient is a column [K, 1]. Matches torch.optim.Adam,
torch.optim.RMSprop and torch.optim.SGD(momentum=…) with their defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from train.recipe import Optimizer, Recipe


@dataclass(frozen=True)
class Coefficients:
    """The constants of one optimizer; `bias_corrected` divides m and v by 1 - beta^t (Adam)."""

    beta1: float
    gain: float
    beta2: float
    adaptive: float
    epsilon: float
    bias_corrected: bool


def coefficients(optimizer: Optimizer, momentum: float) -> Coefficients:
    """The constants of `optimizer`; `momentum` is used by momentum SGD alone."""
    match optimizer:
        case "adam":
            return Coefficients(0.9, 0.1, 0.999, 1.0, 1e-8, bias_corrected=True)
        case "rmsprop":
            return Coefficients(0.0, 1.0, 0.99, 1.0, 1e-8, bias_corrected=False)
        case "momentum_sgd":
            return Coefficients(momentum, 1.0, 0.0, 0.0, 1.0, bias_corrected=False)


class FusedOptimizer:
    """The optimizer state of K models: two buffers of the shape of the weights [K, P]."""

    def __init__(self, recipes: Sequence[Recipe], weights: Tensor) -> None:
        chosen = [coefficients(recipe.optimizer, recipe.momentum) for recipe in recipes]

        def column(values: Sequence[float]) -> Tensor:
            return torch.tensor(values, dtype=weights.dtype, device=weights.device).unsqueeze(1)

        self.beta1 = column([c.beta1 for c in chosen])
        self.gain = column([c.gain for c in chosen])
        self.beta2 = column([c.beta2 for c in chosen])
        self.adaptive = column([c.adaptive for c in chosen])
        self.epsilon = column([c.epsilon for c in chosen])
        self.bias_corrected = column([float(c.bias_corrected) for c in chosen])
        self.learning_rate = column([recipe.learning_rate for recipe in recipes])
        self.decay = column([recipe.learning_rate_decay for recipe in recipes])
        self.first_moment = torch.zeros_like(weights)
        self.second_moment = torch.zeros_like(weights)

    @torch.no_grad()
    def update(self, weights: Tensor, gradient: Tensor, step: Tensor, alive: Tensor) -> None:
        """One step, in place.

        Args:
            weights: [K, P].
            gradient: [K, P]; rows of models that are not alive may hold anything.
            step: int64 scalar tensor, 1 for the first step.
            alive: bool [K]; the weights of the others stay as they are.
        """
        self.first_moment.mul_(self.beta1).addcmul_(gradient, self.gain)
        self.second_moment.mul_(self.beta2).addcmul_(gradient * (1 - self.beta2), gradient)
        time = step.to(weights.dtype)
        first = 1 - self.bias_corrected * self.beta1**time
        second = 1 - self.bias_corrected * self.beta2**time
        scale = self.adaptive / second.sqrt()
        denominator = self.second_moment.sqrt().mul_(scale).add_(self.epsilon)
        change = self.first_moment.mul(self.learning_rate / first).div_(denominator)
        weights.sub_(torch.where(alive.unsqueeze(1), change, 0.0))

    def end_epoch(self) -> None:
        """Decay every model's learning rate by its own factor."""
        self.learning_rate.mul_(self.decay)

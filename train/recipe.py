"""What one training is told: every choice that a space may draw, with the usual default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

Optimizer = Literal["adam", "rmsprop", "momentum_sgd"]
Activation = Literal["relu", "elu", "sigmoid", "tanh"]
Initialization = Literal["constant", "random_normal", "glorot_uniform", "glorot_normal"]
Augmentation = Literal["off", "on"]

MAX_CONV_DEPTH = 5  # each convolution block halves the image, from 32x32 down to one pixel
MAX_DENSE_DEPTH = 4  # each step has four keys for dropout masks, see randomness.py


@dataclass(frozen=True)
class Architecture:
    """The shape of the network of Eilertsen et al. (ECAI 2020), section 3.

    Convolution blocks (convolution, batch norm, activation, 2x2 max pool) double their width from
    one to the next; fully connected layers halve theirs. The defaults are the paper's "fixed"
    network: 8, 16, 32 filters of 5x5, then 128 and 64 units.
    """

    filter_size: int = 5
    conv_depth: int = 3
    conv_width: int = 8
    dense_depth: int = 2
    dense_width: int = 128

    @property
    def channels(self) -> tuple[int, ...]:
        """Filters of each convolution block."""
        return tuple(self.conv_width * 2**i for i in range(self.conv_depth))

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of each fully connected layer before the last one, which has one a class."""
        return tuple(max(1, self.dense_width // 2**i) for i in range(self.dense_depth))


@dataclass(frozen=True)
class Recipe:
    """Every hyper-parameter of one training. A space draws some; the rest stay at these values."""

    batch_size: int = 64
    augmentation: Augmentation = "off"
    optimizer: Optimizer = "adam"
    activation: Activation = "relu"
    initialization: Initialization = "glorot_uniform"
    learning_rate: float = 1e-3
    learning_rate_decay: float = 0.96  # a factor an epoch
    momentum: float = 0.95  # of momentum SGD
    dropout: float = 0.5  # share of units dropped after each fully connected layer
    filter_size: int = 5
    conv_depth: int = 3
    conv_width: int = 8
    dense_depth: int = 2
    dense_width: int = 128

    def replacing(self, values: Mapping[str, str | float]) -> "Recipe":
        """A copy with other values, each known to suit its field (see `problem_with`)."""
        return Recipe(**{**asdict(self), **values})

    @property
    def architecture(self) -> Architecture:
        """The part of the recipe that decides the shapes of the weights."""
        return Architecture(**{f.name: getattr(self, f.name) for f in fields(Architecture)})


FIELDS = {field.name: field.type for field in fields(Recipe)}

# Models trained side by side in one block must agree on these: the mini-batches that they see
# and the shapes of their weights. Everything else is free to differ from model to model.
SHARED = ("batch_size", "augmentation", *(field.name for field in fields(Architecture)))


def problem_with(name: str, value: object) -> str | None:
    """Why `value` cannot be the recipe's field `name`, in a few words; None if it can."""
    if name not in FIELDS:
        return f"no such hyper-parameter; known: {', '.join(FIELDS)}"
    choices = get_args(FIELDS[name])
    if choices:
        known = ", ".join(choices)
        return None if value in choices else f"{value!r} is not one of {known}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value!r} is not a number"
    if FIELDS[name] is int:
        return _problem_with_size(name, value)
    if name in ("dropout", "momentum"):
        return None if 0 <= value < 1 else f"{value!r} is not in [0, 1)"
    return None if 0 < value < float("inf") else f"{value!r} is not a positive number"


def _problem_with_size(name: str, value: float) -> str | None:
    if not isinstance(value, int) or value < 1:
        return f"{value!r} is not a whole number of at least 1"
    if name == "batch_size" and value == 1:
        return "batch norm needs at least 2 images"
    if name == "conv_depth" and value > MAX_CONV_DEPTH:
        return f"{value} poolings leave nothing of a 32x32 image"
    if name == "dense_depth" and value > MAX_DENSE_DEPTH:
        return f"{value} is more than {MAX_DENSE_DEPTH} fully connected layers"
    return None

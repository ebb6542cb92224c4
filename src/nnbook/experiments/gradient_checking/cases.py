"""What the gradient check of the whole package is run on: activations with their options, losses, batches."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array, Loss
from nnbook.activations import ACTIVATIONS
from nnbook.layers import Activate, Layer, Sequential
from nnbook.losses import binary_cross_entropy, cross_entropy, hinge, mse
from nnbook.models import mlp
from nnbook.normalization import BatchNorm, GroupNorm, LayerNorm
from nnbook.regularization import DropConnect, Dropout

Case: TypeAlias = tuple[Callable[[], Layer], Array]
Norm = TypeVar("Norm", BatchNorm, LayerNorm, GroupNorm)
Noisy = TypeVar("Noisy", bound=Dropout | DropConnect)

MARGIN = 0.02
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "leaky_relu": [{"negative_slope": 0.2}, {"negative_slope": 0.0}],
    "elu": [{"alpha": 0.5}],
    "gelu": [{"approximate": True}],
    "silu": [{"beta": 2.0}],
}


def fresh(seed: int = 0) -> np.random.Generator:
    """A generator that starts at the seed."""
    return np.random.default_rng(seed)


def away_from_zero(*shape: int) -> Array:
    """Normal numbers, kept from the kink at 0 by more than the step of the differences."""
    x = fresh(7).standard_normal(shape)
    return np.asarray(x + MARGIN * np.sign(x))


def activation_cases() -> Iterator[tuple[str, Case]]:
    """Every activation, and every value of its options that is worth a check."""
    for name in ACTIVATIONS:
        for options in [{}, *OPTIONS.get(name, [])]:
            label = " ".join([name, *(f"{k}={v}" for k, v in options.items())])
            yield label, (partial(Activate, name, **options), away_from_zero(4, 3))


def learned(norm: Norm) -> Norm:
    """The norm with gamma, beta and running statistics that are not where they start."""
    for array in [*norm.params.values(), *norm.buffers.values()]:
        array[...] += fresh(8).uniform(0.2, 1.5, array.shape)
    return norm


def small_mlp(activation: str) -> Sequential:
    """A net with two hidden layers."""
    return mlp((3, 5, 4, 2), rng=fresh(3), activation=activation)


class SameDraws:
    """A generator that starts anew at each draw."""

    def random(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """The same numbers each time."""
        return fresh(8).random(shape)


def same_mask(layer: Noisy) -> Noisy:
    """The layer with one mask for all calls: a new one each time would not be one function."""
    layer.rng = cast(np.random.Generator, SameDraws())
    return layer


LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "cross_entropy smoothed": partial(cross_entropy, label_smoothing=0.1),
    "cross_entropy nearly uniform": partial(cross_entropy, label_smoothing=0.9),
    "hinge": hinge,
    "hinge of a wide margin": partial(hinge, margin=10),
    "mse": mse,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy, yes and no": binary_cross_entropy,
}


def classes_for(scores: Array) -> NDArray[Any]:
    """One class for each example."""
    return fresh(3).integers(scores.shape[1], size=len(scores))


# What a loss compares the scores with, where that is not one class an example.
TARGETS: dict[str, Callable[[Array], NDArray[Any]]] = {
    "mse": lambda scores: fresh(3).standard_normal(scores.shape),
    "binary_cross_entropy": lambda scores: fresh(3).random(scores.shape),
    "binary_cross_entropy, yes and no": lambda scores: fresh(3).integers(2, size=scores.shape),
}

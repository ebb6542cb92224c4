"""Perceptrons for the digits and a small convnet, with a norm in every hidden layer."""

from typing import Any

import numpy as np

from nnbook._checks import check_choice
from nnbook._types import Array, Backward
from nnbook.convolution import Conv2d
from nnbook.experiments.nets import INITS
from nnbook.initializers import kaiming_normal
from nnbook.layers import Activate, Flatten, Layer, Linear, Sequential
from nnbook.normalization import BatchNorm, GroupNorm, LayerNorm

FLOAT: dict[str, Any] = {"dtype": np.float32}
GROUPS = 4
NORMS = ("plain", "batch", "layer", "group")


def norm_layers(norm: str, features: int) -> list[Layer]:
    """The norm of that name as a list of one layer; no layer for "plain"."""
    if check_choice("norm", norm, NORMS) == "batch":
        return [BatchNorm(features, **FLOAT)]
    if norm == "layer":
        return [LayerNorm(features, **FLOAT)]
    return [GroupNorm(GROUPS, features, **FLOAT)] if norm == "group" else []


class AsImages(Layer):
    """Rows of 64 pixels as images of shape (N, 1, 8, 8)."""

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Give x the shape of images; backward gives the gradient the shape of rows."""
        return x.reshape(-1, 1, 8, 8), lambda dy: (dy.reshape(x.shape), {})


def norm_net(
    norm: str,
    hidden: tuple[int, ...],
    seed: int,
    *,
    activation: str = "relu",
    factor: float = 1.0,
    after: bool = False,
) -> Sequential:
    """A net for the digits: linear, norm and activation in each hidden layer, or the norm last.

    Equal seeds have equal weights, whatever the norm, and the weights that `make_net` gives them. `factor`
    multiplies all weights.
    """
    rng, fan_in = np.random.default_rng([seed, 1]), 64
    init = INITS.get(activation, kaiming_normal)
    layers: list[Layer] = []
    for width in hidden:
        middle = [*norm_layers(norm, width), Activate(activation)]
        layers.append(Linear(fan_in, width, rng=rng, init=init, **FLOAT))
        layers += reversed(middle) if after else middle
        fan_in = width
    net = Sequential(*layers, Linear(fan_in, 10, rng=rng, init=init, **FLOAT))
    for name, values in net.params.items():
        if name.endswith("weight"):
            np.multiply(values, np.float32(factor), out=values)
    return net


def conv_net(norm: str, seed: int) -> Sequential:
    """Two convolutions of 8 and 16 channels, each with a norm and ReLU, and a linear layer."""
    rng = np.random.default_rng([seed, 1])
    return Sequential(
        AsImages(),
        Conv2d(1, 8, 3, padding=1, rng=rng, **FLOAT),
        *norm_layers(norm, 8),
        Activate("relu"),
        Conv2d(8, 16, 3, padding=1, stride=2, rng=rng, **FLOAT),
        *norm_layers(norm, 16),
        Activate("relu"),
        Flatten(),
        Linear(16 * 4 * 4, 10, rng=rng, **FLOAT),
    )

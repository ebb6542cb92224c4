"""Perceptrons for the digits and a small convnet, with a norm in every hidden layer."""

from typing import Any

import numpy as np

from nnbook._checks import check_choice
from nnbook._types import Array, Backward
from nnbook.convolution import Conv2d
from nnbook.experiments.nets import INITS
from nnbook.initializers import kaiming_normal
from nnbook.layers import Activate, Flatten, Layer, Linear, Sequential
from nnbook.models import mlp
from nnbook.normalization import BatchNorm, GroupNorm, LayerNorm

FLOAT: dict[str, Any] = {"dtype": np.float32}
GROUPS = 4
NORMS, CONV_NORMS = ("plain", "batch", "layer"), ("plain", "batch", "group")


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
    net = mlp(
        (64, *hidden, 10),
        rng=np.random.default_rng([seed, 1]),
        activation=activation,
        norm=None if check_choice("norm", norm, NORMS) == "plain" else norm,
        init=INITS.get(activation, kaiming_normal),
        dtype=np.float32,
    )
    for name, values in net.params.items():
        if name.endswith("weight"):
            np.multiply(values, np.float32(factor), out=values)
    return norms_last(net) if after else net


def norms_last(net: Sequential) -> Sequential:
    """The same layers, with each norm behind the activation that it stood before."""
    layers = list(net.layers)
    for i, layer in enumerate(net.layers):
        if isinstance(layer, BatchNorm | LayerNorm):
            layers[i : i + 2] = [layers[i + 1], layer]
    return Sequential(*layers)


def conv_net(norm: str, seed: int) -> Sequential:
    """Two convolutions of 8 and 16 channels, each with a norm and ReLU, and a linear layer."""
    check_choice("norm", norm, CONV_NORMS)
    rng = np.random.default_rng([seed, 1])
    layers: list[Layer] = [AsImages()]
    for channels, out_channels, stride in ((1, 8, 1), (8, 16, 2)):
        layers.append(
            Conv2d(channels, out_channels, 3, padding=1, stride=stride, rng=rng, **FLOAT)
        )
        if norm == "batch":
            layers.append(BatchNorm(out_channels, **FLOAT))
        if norm == "group":
            layers.append(GroupNorm(GROUPS, out_channels, **FLOAT))
        layers.append(Activate("relu"))
    return Sequential(*layers, Flatten(), Linear(16 * 4 * 4, 10, rng=rng, **FLOAT))

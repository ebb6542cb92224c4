"""Whole models, put together from layers."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnbook._checks import check_choice, check_count, check_number, refuse, show
from nnbook.activations import ACTIVATIONS
from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.initializers import Initializer, kaiming_normal
from nnbook.layers import Activate, Layer, Linear, Maxout, PReLU, Sequential
from nnbook.normalization import BatchNorm, LayerNorm
from nnbook.regularization import Dropout

NORMS: dict[str, type[BatchNorm] | type[LayerNorm]] = {"batch": BatchNorm, "layer": LayerNorm}


def mlp(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: str = "relu",
    norm: str | None = None,
    dropout: float = 0.0,
    init: Initializer = kaiming_normal,
    bias: float = 0.0,
    dtype: Any = np.float64,
) -> Sequential:
    """Linear layers with an activation between each two: sizes (64, 100, 10) has one hidden layer of 100.

    Args:
        sizes: input features, hidden widths, outputs.
        rng: draws the weights, which are the same whatever norm and dropout are.
        activation: a name for `Activate`, or "prelu" (learned slope), or "maxout" (two pieces a unit).
        norm: "batch" or "layer", before each activation. The Linear before it keeps its bias, whose
            gradient is 0 with batch norm.
        dropout: probability of dropping an output of a hidden layer.
        init: initial weights of every layer.
        bias: initial biases of the hidden layers, maxout's excepted; the output's are 0.
        dtype: of the parameters.
    """
    _check_sizes(sizes, "inputs", "outputs")
    _check_kinds(activation, {*ACTIVATIONS, "prelu", "maxout"}, norm, NORMS)
    check_number("dropout", dropout, 0, 1, closed="[)")
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes[:-1]):
        if activation == "maxout":
            layers.append(Maxout(fan_in, fan_out, rng=rng, init=init, dtype=dtype))
        else:
            layers.append(Linear(fan_in, fan_out, rng=rng, init=init, bias=bias, dtype=dtype))
            if norm:
                layers.append(NORMS[norm](fan_out, dtype=dtype))
            layers.append(PReLU(dtype=dtype) if activation == "prelu" else Activate(activation))
        if dropout:
            layers.append(Dropout(dropout, rng=rng))
    return Sequential(*layers, Linear(sizes[-2], sizes[-1], rng=rng, init=init, dtype=dtype))


def convnet(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: str = "relu",
    norm: str | None = "batch",
    init: Initializer = kaiming_normal,
    dtype: Any = np.float64,
) -> Sequential:
    """3x3 convolutions for small images (N, C, H, W): sizes (1, 16, 32, 10) has two, for gray pixels.

    A norm and an activation follow each, and MaxPool2d(2) stands between two. Then GlobalAveragePool, Linear.

    Args:
        sizes: channels of the images, of each convolution, outputs.
        rng: draws the weights.
        activation: a name for `Activate`.
        norm: "batch" or None.
        init: initial weights of every layer.
        dtype: of the parameters.
    """
    _check_sizes(sizes, "channels", "channels", "outputs")
    _check_kinds(activation, ACTIVATIONS, norm, ("batch",))
    layers: list[Layer] = []
    for channels, out_channels in pairwise(sizes[:-1]):
        if layers:
            layers.append(MaxPool2d(2))
        layers.append(
            Conv2d(channels, out_channels, 3, padding=1, rng=rng, init=init, dtype=dtype)
        )
        if norm:
            layers.append(BatchNorm(out_channels, dtype=dtype))
        layers.append(Activate(activation))
    head = Linear(sizes[-2], sizes[-1], rng=rng, init=init, dtype=dtype)
    return Sequential(*layers, GlobalAveragePool(), head)


def _check_sizes(sizes: Sequence[int], *least: str) -> None:
    if not isinstance(sizes, Sequence) or len(sizes) < len(least):
        raise refuse("sizes", f"at least ({', '.join(least)})", show(sizes))
    for size in sizes:
        check_count("sizes", size)


def _check_kinds(
    activation: str, activations: Collection[str], norm: str | None, norms: Collection[str]
) -> None:
    check_choice("activation", activation, activations)
    if norm is not None:
        check_choice("norm", norm, norms)
        if activation == "maxout":
            raise refuse("norm", "None with maxout", show(norm))

"""Whole models, put together from layers."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnbook._checks import check_choice, check_count, refuse
from nnbook.activations import ACTIVATIONS
from nnbook.initializers import Initializer, kaiming_normal
from nnbook.layers import Activate, Layer, Linear, Maxout, PReLU, Sequential


def mlp(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: str = "relu",
    init: Initializer = kaiming_normal,
    bias: float = 0.0,
    dtype: Any = np.float64,
) -> Sequential:
    """Linear layers with an activation between each two: sizes (64, 100, 10) has one hidden layer of 100.

    Args:
        sizes: input features, hidden widths, outputs.
        rng: draws the weights.
        activation: a name in `ACTIVATIONS`, or "prelu" (learned slope), or "maxout" (two pieces a unit).
        init: initial weights of every layer.
        bias: initial biases of the hidden layers, maxout's excepted; the output's are 0.
        dtype: of the parameters.
    """
    if len(sizes) < 2:
        raise refuse("sizes", "at least (inputs, outputs)", tuple(sizes))
    for size in sizes:
        check_count("sizes", size)
    check_choice("activation", activation, {*ACTIVATIONS, "prelu", "maxout"})
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes[:-1]):
        if activation == "maxout":
            layers.append(Maxout(fan_in, fan_out, rng=rng, init=init, dtype=dtype))
            continue
        layers.append(Linear(fan_in, fan_out, rng=rng, init=init, bias=bias, dtype=dtype))
        layers.append(PReLU(dtype=dtype) if activation == "prelu" else Activate(activation))
    return Sequential(*layers, Linear(sizes[-2], sizes[-1], rng=rng, init=init, dtype=dtype))

"""What goes on inside a model: activations and gradients layer by layer, dead and saturated units."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_array, check_choice, check_function, check_kind, check_number
from nnbook._types import Array, Loss
from nnbook.activations import ACTIVATIONS
from nnbook.layers import Sequential

SLOPE_GRID = np.linspace(-20, 20, 4001)


def activations_by_layer(model: Sequential, x: Array) -> list[Array]:
    """The output of every layer for a batch, in order."""
    outputs = []
    for layer in check_kind("model", model, Sequential).layers:
        x, _ = layer(x)
        outputs.append(x)
    return outputs


def gradients_by_layer(
    model: Sequential, loss_fn: Loss, x: Array, y: NDArray[Any]
) -> list[Array]:
    """The gradient of the loss with respect to the output of every layer, in order."""
    backwards = []
    check_function("loss_fn", loss_fn)
    for layer in check_kind("model", model, Sequential).layers:
        x, backward = layer(x)
        backwards.append(backward)
    _, dy = loss_fn(x, y)
    grads = [dy]
    for backward in reversed(backwards[1:]):
        dy, _ = backward(dy)
        grads.append(dy)
    return grads[::-1]


def dead_fraction(activations: Array) -> float:
    """Share of the units, columns of (N, D), that are 0 on every one of the N examples."""
    activations = check_array("activations", activations, ndim=2)
    return float((activations == 0).all(axis=0).mean())


def saturated_fraction(x: Array, activation: str, threshold: float = 0.05) -> float:
    """Share of the inputs x at which the slope is less than `threshold` of the function's largest slope."""
    check_choice("activation", activation, ACTIVATIONS)
    threshold = check_number("threshold", threshold, 0, 1, closed="()")
    slope = ACTIVATIONS[activation][1]
    steepest = np.abs(slope(SLOPE_GRID)).max()
    return float((np.abs(slope(check_array("x", x))) < threshold * steepest).mean())

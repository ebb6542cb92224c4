"""Is a gradient right? Compare it with centered differences (f(x + h) - f(x - h)) / 2h."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_positive, check_rng, refuse
from nnbook._types import Array, Loss
from nnbook.layers import Layer


def numerical_grad(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """The gradient of f at x by centered differences, one entry after the other; error of order h^2.

    x is changed during the call and restored before it returns, so that f may hold x in a closure.
    """
    check_positive("h", h)
    if not np.issubdtype(x.dtype, np.floating):
        raise refuse("x", "an array of floats", f"dtype {x.dtype}")
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        below = f(x)
        x[i] = kept
        grad[i] = (above - below) / (2 * h)
    return grad


def relative_error(a: Array, b: Array) -> float:
    """||a - b|| / max(||a||, ||b||), and 0 if both are zero."""
    scale = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / scale if scale else 0.0


def check_layer(
    layer: Layer, x: Array, *, rng: np.random.Generator, training: bool = False, h: float = 1e-5
) -> dict[str, float]:
    """Relative errors of the gradients for x and for each parameter, in one random direction.

    With a random dy, sum(dy * layer(x)) is one number whose gradient involves the whole Jacobian.

    Args:
        layer: with parameters in float64.
        x: a batch in float64, away from kinks.
        rng: draws dy.
        training: the mode of the layer.
        h: the step of the differences.

    Returns: "x" and parameter names -> errors; about 1e-8 when right, above 1e-4 when wrong.
    """
    y, backward = layer(x, training=training)
    dy = check_rng(rng).standard_normal(y.shape)

    def objective(_: Array) -> float:
        return float((dy * layer(x, training=training)[0]).sum())

    dx, grads = backward(dy)
    errors = {"x": relative_error(dx, numerical_grad(objective, x, h))}
    for name, param in layer.params.items():
        errors[name] = relative_error(grads[name], numerical_grad(objective, param, h))
    return errors


def check_loss(loss_fn: Loss, scores: Array, targets: NDArray[Any], h: float = 1e-5) -> float:
    """Relative error of a loss's gradient with respect to the scores."""
    _, grad = loss_fn(scores, targets)
    return relative_error(grad, numerical_grad(lambda s: loss_fn(s, targets)[0], scores, h))

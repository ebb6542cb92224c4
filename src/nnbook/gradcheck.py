"""Is a gradient right? Compare it with centered differences (f(x + h) - f(x - h)) / 2h."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import (
    as_array,
    check_function,
    check_kind,
    check_positive,
    check_rng,
    is_float,
    refuse,
    show,
)
from nnbook._params import check_writeable
from nnbook._types import Array, Backward, Loss
from nnbook.layers import Layer

Index: TypeAlias = tuple[int, ...]
ROUNDINGS = 8  # A second difference of f is off by a few units in the last place of f.


def numerical_grad(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """The gradient of f at x by centered differences, one entry after the other; error of order h^2.

    x is changed during the call and restored before it returns, so that f may hold x in a closure.
    """
    check_function("f", f)
    h = check_positive("h", h)
    grad = np.zeros_like(_changeable(x))
    for i in np.ndindex(x.shape):
        grad[i] = (_value(f, x, i, x[i] + h) - _value(f, x, i, x[i] - h)) / (2 * h)
    return grad


def relative_error(a: Array, b: Array) -> float:
    """||a - b|| / max(||a||, ||b||), and 0 if both are zero."""
    a, b = (array.astype(np.float64) for array in _alike(a, b))
    scale = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / scale if scale else 0.0


def check_layer(
    layer: Layer, x: Array, *, rng: np.random.Generator, training: bool = False, h: float = 1e-5
) -> dict[str, float]:
    """Relative errors of the gradients for x and for each parameter, in one random direction.

    Args:
        layer: with parameters in float64; a model, too.
        x: a batch in float64, away from kinks; near one, `disagreements` tells them from mistakes.
        rng: draws dy; differentiated is sum(dy * layer(x)), one number that involves the whole Jacobian.
        training: the mode. In training, copies of the layer are called, so that dropout draws one mask for
            all calls, and the layer keeps its running statistics and its streams of random numbers.
        h: the step of the differences.

    Returns: "x" and parameter names -> errors; about 1e-8 when right, above 1e-4 when wrong, and of any size
    where a gradient is 0, as of biases before batch norm: rounding errors are compared then.
    """
    x, h = _changeable(x, np.float64), check_positive("h", h)
    for name, param in check_kind("layer", layer, Layer).params.items():
        _changeable(param, np.float64, f"params[{name!r}]")

    def call() -> tuple[Array, Backward]:
        return (deepcopy(layer) if training else layer)(x, training=training)

    y, backward = call()
    dy = check_rng(rng).standard_normal(y.shape)

    def objective(_: Array) -> float:
        return float((dy * call()[0]).sum())

    dx, grads = backward(dy)
    errors = {"x": relative_error(dx, numerical_grad(objective, x, h))}
    for name, param in layer.params.items():
        errors[name] = relative_error(grads[name], numerical_grad(objective, param, h))
    return errors


def check_loss(loss_fn: Loss, scores: Array, targets: NDArray[Any], h: float = 1e-5) -> float:
    """Relative error of a loss's gradient with respect to the scores."""
    scores, h = _changeable(scores, np.float64, "scores"), check_positive("h", h)
    _, grad = check_function("loss_fn", loss_fn)(scores, targets)
    return relative_error(grad, numerical_grad(lambda s: loss_fn(s, targets)[0], scores, h))


def relative_errors(a: Array, b: Array) -> Array:
    """|a - b| / max(|a|, |b|) entry by entry, and 0 where both are zero; nan where one is nan.

    Above 1e-2 a gradient is wrong, below 1e-4 fine where there are kinks, below 1e-7 fine (CS231n).
    """
    a, b = (array.astype(np.float64) for array in _alike(a, b))
    scale = np.maximum(np.abs(a), np.abs(b))
    return np.divide(np.abs(a - b), scale, out=np.zeros_like(scale), where=scale != 0)


def suspected_kinks(
    f: Callable[[Array], float], x: Array, h: float = 1e-5, tolerance: float = 1e-4
) -> list[Index]:
    """The entries of x along which f seems to have a kink within h of x, so that differences mislead.

    Where f is smooth, (f(x + s) - 2 f(x) + f(x - s)) / s^2 is about the same for s = h, h/3 and h/10;
    with a kink inside, wherever it is, the three are far apart.

    Args:
        f: a number for x; it may hold x in a closure.
        x: in float64; changed during the call and restored.
        h: the step of the differences that are in doubt.
        tolerance: a kink counts if it turns the slope by more than this share of it.
    """
    h, tolerance = check_positive("h", h), check_positive("tolerance", tolerance)
    center = _number(check_function("f", f)(_changeable(x, np.float64)))
    return [i for i in np.ndindex(x.shape) if _kinked(f, x, i, center, h, tolerance)]


def disagreements(
    f: Callable[[Array], float], grad: Array, x: Array, h: float = 1e-5, limit: float = 1e-4
) -> tuple[list[Index], list[Index]]:
    """Where grad is not the numerical gradient of f at x: (mistakes, suspected kinks).

    Args:
        f: a number for x in float64.
        grad: of the shape of x, to be checked.
        x: changed during the call and restored.
        h: the step of the differences.
        limit: the relative error of an entry from which on it is listed.
    """
    limit = check_positive("limit", limit)
    _alike(_changeable(x, np.float64), grad, names=("x", "grad"))
    kinks = suspected_kinks(f, x, h)
    errors = relative_errors(grad, numerical_grad(f, x, h))
    found = [i for i in np.ndindex(x.shape) if not errors[i] <= limit]
    return [i for i in found if i not in kinks], [i for i in found if i in kinks]


def _kinked(
    f: Callable[[Array], float], x: Array, i: Index, center: float, h: float, tolerance: float
) -> bool:
    """Does f have a kink between x - h and x + h along entry i?"""
    bends, slopes = [], []
    for s in (h, h / 3, h / 10):
        right = _value(f, x, i, x[i] + s) - center
        left = center - _value(f, x, i, x[i] - s)
        bends.append((right - left) / (s * s))
        slopes += [abs(right) / s, abs(left) / s]
    rounding = ROUNDINGS * np.finfo(x.dtype).eps * abs(center) / (h / 10) ** 2
    unlike = max(bends) - min(bends) > max(map(abs, bends)) / 2 + rounding
    return bool(unlike and max(map(abs, bends)) * h > tolerance * max(slopes))


def _value(f: Callable[[Array], float], x: Array, i: Index, entry: Any) -> float:
    """f(x) with another entry i, which is put back, also where f fails."""
    kept = x[i]
    x[i] = entry
    try:
        return _number(f(x))
    finally:
        x[i] = kept


def _number(y: float) -> float:
    """Refuse what a function returns if it is no real number."""
    if np.shape(y) != () or np.asarray(y).dtype.kind not in "biuf":
        raise refuse("f", "a function to a number", show(y))
    return y


def _changeable(
    x: Array, dtype: type[np.floating[Any]] = np.floating, name: str = "x"
) -> Array:
    """Refuse what is no array of floats, or of float64, that can be changed in place."""
    words = "floats" if dtype is np.floating else "float64"
    if (
        not isinstance(x, np.ndarray)
        or not np.issubdtype(x.dtype, dtype)
        or not is_float(x.dtype)
    ):
        got = f"dtype {x.dtype}" if isinstance(x, np.ndarray) else show(x)
        raise refuse(name, f"an array of {words}", got)
    check_writeable(name, x)
    return x


def _alike(a: Array, b: Array, names: tuple[str, str] = ("a", "b")) -> tuple[Array, Array]:
    """Refuse what is no pair of arrays of numbers of the same shape."""
    a, b = as_array(names[0], a), as_array(names[1], b)
    for name, array in zip(names, (a, b), strict=True):
        if array.dtype.kind not in "biuf":
            raise refuse(name, "an array of real numbers", f"dtype {array.dtype}")
    if a.shape != b.shape:
        raise refuse(names[1], f"an array of shape {a.shape}", f"shape {b.shape}")
    return a, b

"""Initial weights from data: every layer is scaled until its outputs have variance 1."""

from collections.abc import Iterator

import numpy as np

from nnbook._checks import check_count, check_finite, check_kind, check_positive, refuse
from nnbook._types import Array
from nnbook.layers import Layer, Sequential


def lsuv(
    model: Sequential, x: Array, *, tolerance: float = 0.01, attempts: int = 10
) -> dict[str, float]:
    """Layer-sequential unit variance (Mishkin and Matas 2015): scale weights in place, first layer first.

    The paper starts from `orthogonal` weights: build the model with them. Biases stay; where they are not
    0 one scaling may not do.

    Args:
        model: each layer with a "weight" in it or in a Sequential in it is scaled; a Residual is not.
        x: a batch to measure on.
        tolerance: how far from 1 a variance may be.
        attempts: scalings of a layer; if they do not do, a ValueError, and nothing is changed.

    Returns: name of the weight -> variance of the layer's output, over units and examples.
    """
    x = check_finite("x", x)
    tolerance, attempts = (
        check_positive("tolerance", tolerance),
        check_count("attempts", attempts),
    )
    check_kind("model", model, Sequential)
    kept = {name: p.copy() for name, p in model.params.items()}
    variances: dict[str, float] = {}
    try:
        for prefix, layer in _leaves(model):
            if "weight" in layer.params:
                name = f"{prefix}weight"
                variances[name] = _scale(name, layer, x, tolerance, attempts)
            x, _ = layer(x)
    except BaseException:  # an interrupted call changes nothing either
        for name, before in kept.items():
            model.params[name][...] = before
        raise
    return variances


def _leaves(model: Sequential, prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """The layers in order of their calls, those of a Sequential in place of it."""
    for i, layer in enumerate(model.layers):
        if isinstance(layer, Sequential):
            yield from _leaves(layer, f"{prefix}{i}.")
        else:
            yield f"{prefix}{i}.", layer


def _scale(name: str, layer: Layer, x: Array, tolerance: float, attempts: int) -> float:
    """Divide the weight by the outputs' standard deviation until their variance is near 1."""
    variance = _variance(layer, x)
    for _ in range(attempts):
        if abs(variance - 1) <= tolerance:
            break
        if not 0 < variance < np.inf:
            raise refuse(f"variance of the outputs of {name}", "above 0 and finite", variance)
        layer.params["weight"] /= variance**0.5
        variance = _variance(layer, x)
    if not abs(variance - 1) <= tolerance:
        expected = f"within {tolerance} of 1 after {attempts} scalings"
        raise refuse(f"variance of the outputs of {name}", expected, variance)
    return variance


def _variance(layer: Layer, x: Array) -> float:
    return float(layer(x)[0].var(dtype=np.float64))

"""A batch on its way up through an untrained stack of square layers, and a gradient on its way down."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnbook._types import Array
from nnbook.activations import ACTIVATIONS


class Walk(NamedTuple):
    """Inputs, pre-activations and outputs of each layer, and the gradient at each layer's pre-activations."""

    inputs: Sequence[Array]
    z: Sequence[Array]
    h: Sequence[Array]
    dz: Sequence[Array]


def unit_matrices(width: int, depth: int, rng: np.random.Generator) -> list[Array]:
    """Square matrices of standard normal numbers, in float32."""
    shape = (width, width)
    return [rng.standard_normal(shape, dtype=np.float32) for _ in range(depth)]


def unit_noise(batch: int, width: int, rng: np.random.Generator) -> Array:
    """A batch of standard normal numbers, in float32."""
    return rng.standard_normal((batch, width), dtype=np.float32)


def walk(
    matrices: Sequence[Array], activation: str, sigma_w: float, x: Array, dh: Array
) -> Walk:
    """Send x up and the gradient dh down; weights are the matrices times sigma_w / sqrt(width)."""
    f, f_grad = ACTIVATIONS[activation]
    std = float(sigma_w / np.sqrt(x.shape[1]))
    inputs, zs, hs, dzs = [], [], [], []
    for unit in matrices:
        inputs.append(x)
        zs.append(std * (x @ unit))
        x = f(zs[-1])
        hs.append(x)
    for unit, z in zip(reversed(matrices), reversed(zs), strict=True):
        dzs.append(dh * f_grad(z))
        dh = std * (dzs[-1] @ unit.T)
    return Walk(inputs, zs, hs, dzs[::-1])


def rms(a: Array) -> float:
    """Root mean square of all entries."""
    return float(np.sqrt(np.mean(np.square(a, dtype=np.float64))))


def weight_gradient_rms(x: Array, dz: Array) -> float:
    """Root mean square of dW = x^T dz / N, for N examples, without forming the matrix.

    The sum of its squares is the sum over pairs of examples (a, b) of (x_a x_b) (dz_a dz_b), over N^2.
    """
    x, dz = x.astype(np.float64), dz.astype(np.float64)
    squares = ((x @ x.T) * (dz @ dz.T)).sum()
    return float(np.sqrt(squares / (x.shape[1] * dz.shape[1])) / len(x))


def mean_cosine(h: Array) -> float:
    """The mean cosine of the angle between the outputs for two different examples."""
    unit = h / np.linalg.norm(h, axis=1, keepdims=True)
    pairs = unit @ unit.T
    n = len(h)
    return float((pairs.sum() - np.trace(pairs)) / (n * (n - 1)))

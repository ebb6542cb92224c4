"""What theory expects of an untrained net, layer by layer: the mean-field picture.

For square layers without biases, and exact for infinite width (Poole et al. 2016, Schoenholz et al. 2017).
`q` is the mean square of the pre-activations of a layer, which are taken to be Gaussian.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnbook._types import Array
from nnbook.activations import ACTIVATIONS

# Midpoints of cells that do not straddle the kink of ReLU at 0, with the normal density as weights.
Z = (np.arange(-6000, 6000) + 0.5) / 500
DENSITY = np.exp(-(Z**2) / 2) / np.exp(-(Z**2) / 2).sum()


class Expected(NamedTuple):
    """What is expected of each layer, from the first to the last; the gradient at the top has rms 1."""

    q: list[float]
    rms: list[float]
    std: list[float]
    dz: list[float]
    dw: list[float]


def gaussian_mean(g: Callable[[Array], Array], q: float) -> float:
    """The mean of g(z) for z from N(0, q), summed over a grid."""
    return float(DENSITY @ g(np.sqrt(q) * Z))


def next_q(activation: str, sigma_w: float, q: float) -> float:
    """The q of the layer above: sigma_w^2 E f(z)^2 for z from N(0, q)."""
    f, _ = ACTIVATIONS[activation]
    return sigma_w**2 * gaussian_mean(lambda z: f(z) ** 2, q)


def chi(activation: str, sigma_w: float, q: float) -> float:
    """What a layer multiplies the mean square of a gradient by: sigma_w^2 E f'(z)^2 for z from N(0, q)."""
    _, f_grad = ACTIVATIONS[activation]
    return sigma_w**2 * gaussian_mean(lambda z: f_grad(z) ** 2, q)


def expect(activation: str, sigma_w: float, depth: int, batch: int) -> Expected:
    """What a batch of inputs of mean square 1 and a gradient of mean square 1 at the top should meet."""
    f, f_grad = ACTIVATIONS[activation]
    q = [sigma_w**2]
    while len(q) < depth:
        q.append(next_q(activation, sigma_w, q[-1]))
    rms = [np.sqrt(gaussian_mean(lambda z: f(z) ** 2, level)) for level in q]
    mean = [gaussian_mean(f, level) for level in q]
    slope = [np.sqrt(gaussian_mean(lambda z: f_grad(z) ** 2, level)) for level in q]
    dz = [slope[-1]]
    for below in reversed(slope[:-1]):
        dz.append(dz[-1] * sigma_w * below)
    dz.reverse()
    below = [1.0, *rms[:-1]]
    dw = [h * d / np.sqrt(batch) for h, d in zip(below, dz, strict=True)]
    return Expected(
        q, rms, [np.sqrt(r**2 - m**2) for r, m in zip(rms, mean, strict=True)], dz, dw
    )


def next_cosine(cosine: float) -> float:
    """The cosine between the outputs of two examples behind a ReLU layer (Cho and Saul 2009)."""
    c = min(cosine, 1.0)
    return float((np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / np.pi)

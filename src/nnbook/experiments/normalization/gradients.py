"""What an untrained stack with batch norm does to a gradient on its way down, and what theory expects."""

import numpy as np

from nnbook._types import Array
from nnbook.activations import ACTIVATIONS
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import variance_scaling
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.normalization import BatchNorm

DEPTH, WIDTH, BATCH = 30, 256, 256
FIRST, LAST = 5, 25  # the layers between which the growth is taken, away from both ends
STACKS = {
    "relu": ("relu", True, np.sqrt(2)),
    "tanh": ("tanh", True, 1.0),
    "sigmoid": ("sigmoid", True, 1.0),
    "plain_he": ("relu", False, np.sqrt(2)),
    "plain_lecun": ("relu", False, 1.0),
}


def stack(
    activation: str, sigma_w: float, *, batch_norm: bool, rng: np.random.Generator
) -> Sequential:
    """DEPTH layers of WIDTH units with weights of standard deviation sigma_w / sqrt(WIDTH)."""

    def init(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
        return variance_scaling(fan_in, fan_out, rng=rng, scale=sigma_w**2)

    layers: list[Layer] = []
    for _ in range(DEPTH):
        layers.append(Linear(WIDTH, WIDTH, rng=rng, init=init))
        layers += [BatchNorm(WIDTH)] * batch_norm
        layers.append(Activate(activation))
    return Sequential(*layers)


def gradient_rms(net: Sequential, x: Array, dy: Array) -> list[float]:
    """The rms of a gradient dy at the output of every activation, from the first to the last, in training."""
    backwards, rms = [], []
    for layer in net.layers:
        x, backward = layer(x, training=True)
        backwards.append(backward)
    for layer, backward in zip(reversed(net.layers), reversed(backwards), strict=True):
        if isinstance(layer, Activate):
            rms.append(float(np.sqrt((dy**2).mean())))
        dy, _ = backward(dy)
    return rms[::-1]


def growth(rms: list[float], first: int, last: int) -> float:
    """The factor by which the gradient grows in one layer on its way down from layer `last` to `first`."""
    return float((rms[first - 1] / rms[last - 1]) ** (1 / (last - first)))


def expected_growth(activation: str) -> float:
    """sqrt(E f'(z)^2 / Var f(z)) for z from N(0, 1): the growth in wide nets with large batches.

    sqrt(pi / (pi - 1)) for ReLU (Yang et al. 2019).
    """
    f, f_grad = ACTIVATIONS[activation]
    z = (np.arange(-6000, 6000) + 0.5) / 500
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    mean = density @ f(z)
    return float(np.sqrt(density @ f_grad(z) ** 2 / (density @ (f(z) - mean) ** 2)))


def gradient_growth(seed: int) -> Outcome:
    """Growth a layer in each stack; for those with batch norm also over what theory expects."""
    outcome: Outcome = {}
    for name, (activation, batch_norm, sigma_w) in STACKS.items():
        rng = np.random.default_rng([seed, 3])
        net = stack(activation, sigma_w, batch_norm=batch_norm, rng=rng)
        x, dy = rng.standard_normal((2, BATCH, WIDTH))
        rms = gradient_rms(net, x, dy)
        outcome |= {f"growth_{name}": growth(rms, FIRST, LAST), f"rms_{name}": rms}
        if batch_norm:
            outcome[f"over_theory_{name}"] = outcome[f"growth_{name}"] / expected_growth(
                activation
            )
    away = {name: abs(np.log(outcome[f"growth_{name}"])) for name in STACKS}
    return outcome | {
        "nearer_than_he": float(away["plain_he"] - away["relu"]),
        "nearer_than_lecun": float(away["plain_lecun"] - away["relu"]),
    }


GRADIENT_GROWTH = Experiment("norm_gradient_growth", gradient_growth, seeds=10)

"""How much does a gradient change from one input to the next? Balduzzi's shattered gradients."""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import Initializer, kaiming_normal, lecun_normal
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.residual import Residual

WIDTH, DEPTH, POINTS = 200, 50, 256


def first_layers(rng: np.random.Generator) -> list[Layer]:
    """From one number to WIDTH ReLUs whose kinks lie at random between -2 and 2."""
    first = Linear(1, WIDTH, rng=rng)
    weight = first.params["weight"][0]
    first.params["bias"][:] = weight * rng.uniform(-2, 2, WIDTH)
    return [first, Activate("relu")]


def column(depth: int, init: Initializer, rng: np.random.Generator) -> Sequential:
    """A plain ReLU net with one input, one output and `depth` hidden layers."""
    layers = first_layers(rng)
    for _ in range(depth - 1):
        layers += [Linear(WIDTH, WIDTH, rng=rng, init=init), Activate("relu")]
    return Sequential(*layers, Linear(WIDTH, 1, rng=rng))


def skipping(depth: int, rng: np.random.Generator) -> Sequential:
    """The same depth as residual blocks of two layers, whose branches have a variance of 2 / depth."""
    layers = first_layers(rng)
    for _ in range(depth // 2):
        last = Linear(WIDTH, WIDTH, rng=rng)
        last.params["weight"] /= np.sqrt(depth)
        layers.append(Residual(Linear(WIDTH, WIDTH, rng=rng), Activate("relu"), last))
    return Sequential(*layers, Linear(WIDTH, 1, rng=rng))


def slopes(net: Sequential) -> Array:
    """The derivative of the output with respect to the input, at POINTS inputs from -2 to 2."""
    y, backward = net(np.linspace(-2, 2, POINTS)[:, None])
    dx, _ = backward(np.ones_like(y))
    return dx[:, 0]


def shattered(seed: int) -> Outcome:
    """Correlation of the slope at neighboring inputs, and its size, for four untrained nets."""
    rng = np.random.default_rng([seed, 29])
    nets = {
        "shallow": column(1, kaiming_normal, rng),
        "deep": column(DEPTH, kaiming_normal, rng),
        "lecun": column(DEPTH, lecun_normal, rng),
        "residual": skipping(DEPTH, rng),
    }
    outcome: Outcome = {}
    for name, net in nets.items():
        slope = slopes(net)
        off = slope - slope.mean()
        outcome[f"alike_{name}"] = float(off[1:] @ off[:-1] / (off @ off))
        outcome[f"size_{name}"] = float(np.sqrt((slope**2).mean()))
        outcome[f"slopes_{name}"] = slope / outcome[f"size_{name}"]
    return outcome


SHATTERED = Experiment("shattered", shattered, seeds=10)

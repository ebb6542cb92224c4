"""A net on two-dimensional data, whose hidden units can be drawn as lines, and which of them die."""

from typing import NamedTuple

import numpy as np

from nnbook._types import Array
from nnbook.datasets import moons
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.training import fit


class Cloud(NamedTuple):
    """Points (N, 2), weights (2, units) and biases (units,), and the active share of each hidden unit."""

    #: The points, of shape (N, 2).
    x: Array
    #: Those into the hidden units, of shape (2, units).
    weights: Array
    #: Those of the hidden units.
    biases: Array
    #: The share of the points at which each hidden unit is above 0.
    active: Array


def train_on_moons(rate: float, seed: int, *, units: int = 16, epochs: int = 100) -> Cloud:
    """Train a ReLU net with one hidden layer on two moons, centered, and look at its hidden units."""
    rng = np.random.default_rng([seed, 8])
    x, y = moons(200, rng=rng, noise=0.15)
    x = x - x.mean(axis=0)
    net = mlp((2, units, 2), rng=rng)
    fit(net, cross_entropy, SGD(rate), x, y, epochs=epochs, batch_size=20, rng=rng)
    weights, biases = net.params["0.weight"], net.params["0.bias"]
    return Cloud(x, weights, biases, (x @ weights + biases > 0).mean(axis=0))

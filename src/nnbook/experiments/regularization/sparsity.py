"""How many weights are near zero, how many exactly zero, and what it costs to remove the former."""

from copy import deepcopy

import numpy as np

from nnbook._types import Array
from nnbook.layers import Sequential

NEAR = 1e-3  # the initial weights have a standard deviation above 0.14


def weights_of(net: Sequential) -> Array:
    """All weights of a net, without the biases, in one row."""
    return np.concatenate([p.ravel() for name, p in net.params.items() if "weight" in name])


def near_zero(net: Sequential) -> float:
    """Weights of absolute value below 0.001, in percent of all."""
    return 100 * float((np.abs(weights_of(net)) < NEAR).mean())


def exactly_zero(net: Sequential) -> float:
    """Weights that are 0, in percent of all."""
    return 100 * float((weights_of(net) == 0).mean())


def pruned(net: Sequential) -> Sequential:
    """A copy in which the weights near zero are 0."""
    bare = deepcopy(net)
    for name, p in bare.params.items():
        if "weight" in name:
            p[np.abs(p) < NEAR] = 0
    return bare

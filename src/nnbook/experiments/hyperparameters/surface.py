"""How good is a net on digits, over learning rate and weight decay? Measured on a mesh, then interpolated."""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import map_coordinates

from nnbook._types import Array
from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.optimizers.runs import learn
from nnbook.optimizers import SGD

RATES, DECAYS = np.geomspace(1e-6, 10, 19), np.geomspace(1e-5, 1, 11)
EXAMPLES, HIDDEN, EPOCHS, BATCH = 600, (32,), 10, 32


def validated(seed: int, lr: float, weight_decay: float) -> float:
    """Accuracy in percent on the digits that are not for training, after training with these settings."""
    data, net = digits_split(seed, EXAMPLES), make_net("relu", HIDDEN, seed)
    optimizer = SGD(lr, 0.9, weight_decay=weight_decay)
    learn(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def measured(seed: int) -> Array:
    """Accuracy at every rate (rows) with every decay (columns); equal weights and order throughout."""
    return np.array([[validated(seed, lr, decay) for decay in DECAYS] for lr in RATES.tolist()])


def interpolated(table: Array) -> Callable[[Array], Array]:
    """The table, linear between its entries, as a function of points (..., 2) of the unit square.

    Both axes are logarithmic: (0, 0) has the least rate and decay, (1, 1) the greatest.
    """

    def surface(points: Array) -> Array:
        places = np.moveaxis(points * (np.array(table.shape) - 1), -1, 0)
        values: Array = map_coordinates(table, places, order=1)
        return values

    return surface

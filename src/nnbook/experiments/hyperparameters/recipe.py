"""The lecture's seven steps on digits: a split in three parts, a score for searches, curves to look at."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import digits_split, make_net
from nnbook.layers import Layer
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD
from nnbook.training import train

EXAMPLES, CHECKED, BATCH, HIDDEN = 600, 400, 32, (64,)


class Parts(NamedTuple):
    """Training, validation and test part of the digits."""

    #: Inputs to train on.
    x: Array
    #: Their labels.
    y: NDArray[np.integer[Any]]
    #: Inputs to choose settings by.
    x_val: Array
    #: Their labels.
    y_val: NDArray[np.integer[Any]]
    #: Inputs to use once.
    x_test: Array
    #: Their labels.
    y_test: NDArray[np.integer[Any]]


class History(NamedTuple):
    """The loss of every update, and both accuracies in percent after every epoch."""

    #: In nats, one an update.
    losses: Array
    #: On the training part.
    trained: Array
    #: On the validation part.
    validated: Array


@lru_cache(maxsize=1)
def parts(seed: int = 0) -> Parts:
    """600 digits to train on, 400 to choose by, 797 for the end."""
    x, y, rest, labels = digits_split(seed, EXAMPLES)
    return Parts(x, y, rest[:CHECKED], labels[:CHECKED], rest[CHECKED:], labels[CHECKED:])


def percent(net: Layer, x: Array, y: NDArray[np.integer[Any]]) -> float:
    """Accuracy in percent; scores that are not numbers are wrong."""
    scores, _ = net(x)
    return 100 * accuracy(scores, y) if np.isfinite(scores).all() else 0.0


def trained(
    seed: int, lr: float, weight_decay: float = 0.0, budget: int = 5
) -> tuple[Layer, History]:
    """A net after `budget` epochs of SGD with momentum 0.9, and its history; a loss of nan ends both."""
    data, net, rng = parts(), make_net("relu", HIDDEN, seed), np.random.default_rng([seed, 2])
    optimizer = SGD(lr, 0.9, weight_decay=weight_decay)
    losses: list[float] = []
    curves: list[tuple[float, float]] = []
    for _ in range(budget):
        for step in train(
            net, cross_entropy, optimizer, data.x, data.y, epochs=1, batch_size=BATCH, rng=rng
        ):
            losses.append(step.loss)
        curves.append((percent(net, data.x, data.y), percent(net, data.x_val, data.y_val)))
        if not np.isfinite(losses[-1]):
            break
    on_training, on_validation = np.array(curves).T
    return net, History(np.array(losses), on_training, on_validation)


def score(seed: int, lr: float, weight_decay: float = 0.0, budget: int = 5) -> float:
    """Validation accuracy in percent after training: what a search makes large."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        _, history = trained(seed, lr, weight_decay, budget)
    return float(history.validated[-1])

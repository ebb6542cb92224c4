"""What the experiments on digits share: the data, the nets and one way to train them.

Nets compute in float32. Pixels are centered with the mean image of the training part and divided by the
standard deviation of all its raw pixel values, one number: scaling pixel by pixel would blow up those
that are almost constant.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.datasets import digits, split
from nnbook.initializers import Initializer, kaiming_normal, lecun_normal, xavier_normal
from nnbook.layers import Layer, Sequential
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.models import mlp
from nnbook.optimizers import SGD, Optimizer
from nnbook.training import Step, train

# The scheme that theory gives for each function; all others get Kaiming's.
INITS: dict[str, Initializer] = {
    "sigmoid": xavier_normal,
    "tanh": xavier_normal,
    "selu": lecun_normal,
}


# How figures and cards call the arms.
LABELS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "Swish",
    "softplus": "softplus",
    "maxout": "maxout",
}


class Split(NamedTuple):
    """Training and test part of the digits, preprocessed with the statistics of the training part."""

    #: Inputs of the training part.
    x: Array
    #: Their labels.
    y: NDArray[np.integer[Any]]
    #: Inputs of the test part.
    x_test: Array
    #: Their labels.
    y_test: NDArray[np.integer[Any]]


@lru_cache(maxsize=1)
def _digits() -> tuple[Array, NDArray[np.integer[Any]]]:
    return digits()


def digits_split(seed: int, train_size: int = 1200, *, scaled: bool = True) -> Split:
    """A random split of the 1797 digits; all that are not for training are for testing."""
    x, y = _digits()
    share = train_size / len(x)
    (a, ya), (b, yb) = split(x, y, (share, 1 - share), rng=np.random.default_rng([seed, 0]))
    if scaled:
        mean, std = a.mean(axis=0), a.std()
        a, b = (a - mean) / std, (b - mean) / std
    return Split(a.astype(np.float32), ya, b.astype(np.float32), yb)


def make_net(
    activation: str, hidden: tuple[int, ...], seed: int, bias: float = 0.0
) -> Sequential:
    """A net for the digits with the initialization that suits its activation; equal seeds, equal draws."""
    return mlp(
        (64, *hidden, 10),
        rng=np.random.default_rng([seed, 1]),
        activation=activation,
        init=INITS.get(activation, kaiming_normal),
        bias=bias,
        dtype=np.float32,
    )


def train_steps(
    net: Layer, data: Split, optimizer: Optimizer, seed: int, *, epochs: int, batch: int
) -> Iterator[Step]:
    """Train in place, one update each time that the next is asked for; equal seeds, equal batches."""
    rng = np.random.default_rng([seed, 2])
    return train(
        net, cross_entropy, optimizer, data.x, data.y, epochs=epochs, batch_size=batch, rng=rng
    )


def train_net(
    net: Sequential,
    data: Split,
    seed: int,
    *,
    lr: float,
    epochs: int,
    batch: int,
    momentum: float = 0.9,
) -> bool:
    """Train in place; stops and returns False if the loss is no longer finite."""
    optimizer = SGD(lr, momentum=momentum)
    steps = train_steps(net, data, optimizer, seed, epochs=epochs, batch=batch)
    return all(np.isfinite(step.loss) for step in steps)


def test_accuracy(net: Sequential, data: Split) -> float:
    """Accuracy on the test part, in percent. Scores that are not numbers count as wrong."""
    scores, _ = net(data.x_test)
    if not np.isfinite(scores).all():
        return 0.0
    return 100 * accuracy(scores, data.y_test)

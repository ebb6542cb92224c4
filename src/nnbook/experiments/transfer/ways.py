"""Ways to learn a target: what is copied from a net that has learned the source, and what is frozen."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from nnbook.experiments.nets import Split
from nnbook.experiments.transfer.tasks import classes_of, digits_task
from nnbook.layers import Layer, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD, Optimizer
from nnbook.training import Step, train
from nnbook.transfer import copy_params

HIDDEN = (100, 100)
BATCH, MOMENTUM, UPDATES = 32, 0.9, 200
SOURCE_RATE, SOURCE_UPDATES = 0.03, 400


class Way(NamedTuple):
    """A net for the target: the number of its hidden layers, of those copied, and of those frozen.

    Copied and frozen are the lowest ones; what is not copied begins at random.
    """

    #: Hidden layers below the head.
    hidden: int
    #: How many of them begin as those of the source.
    copied: int
    #: How many of them stay as they begin.
    frozen: int


WAYS = {
    "pixels": Way(0, 0, 0),
    "scratch": Way(2, 0, 0),
    "random": Way(2, 0, 2),
    "frozen": Way(2, 2, 2),
    "layer1": Way(1, 1, 1),
    "upper": Way(2, 2, 1),
    "all": Way(2, 2, 0),
}
LABELS = {
    "pixels": "linear on pixels",
    "scratch": "from scratch",
    "random": "frozen, random",
    "frozen": "frozen, pre-trained",
    "layer1": "linear on layer 1",
    "upper": "fine-tuned, layer 2",
    "all": "fine-tuned",
}


def assemble(
    way: Way, source: Sequential, data: Split, hidden: tuple[int, ...], seed: int
) -> Sequential:
    """A fresh net for the target with the lowest layers of the source copied into it."""
    net = mlp(
        (data.x.shape[1], *hidden[: way.hidden], classes_of(data)),
        rng=np.random.default_rng([seed, 6]),
        dtype=np.float32,
    )
    linears = [f"{2 * i}" for i in range(way.copied)]  # an activation follows each
    copy_params(source, net, linears)
    return net


def above_frozen(net: Sequential, data: Split, frozen: int) -> tuple[Sequential, Split]:
    """The layers that are trained, and as their data what the frozen ones make of it: computed once."""
    below, above = Sequential(*net.layers[: 2 * frozen]), Sequential(*net.layers[2 * frozen :])
    return above, data._replace(x=below(data.x)[0], x_test=below(data.x_test)[0])


def steps(
    net: Layer, data: Split, optimizer: Optimizer, seed: int, updates: int
) -> Iterator[Step]:
    """Train in place for a number of updates, up to the first loss that is not finite."""
    rng = np.random.default_rng([seed, 2])
    run = train(
        net, cross_entropy, optimizer, data.x, data.y, epochs=updates, batch_size=BATCH, rng=rng
    )
    for step in islice(run, updates):
        yield step
        if not np.isfinite(step.loss):
            break


def learn(net: Layer, data: Split, rate: float, seed: int, updates: int = UPDATES) -> int:
    """Train by SGD with momentum at a constant rate; the number of updates that were made."""
    return sum(1 for _ in steps(net, data, SGD(rate, MOMENTUM), seed, updates))


@lru_cache(maxsize=128)
def source_net(task: str, seed: int, hidden: tuple[int, ...] = HIDDEN) -> Sequential:
    """A net that has learned the source of a task on digits; not to be changed."""
    return pretrained(digits_task(task, seed).source, seed, hidden)


def pretrained(
    data: Split,
    seed: int,
    hidden: tuple[int, ...] = HIDDEN,
    *,
    rate: float = SOURCE_RATE,
    updates: int = SOURCE_UPDATES,
) -> Sequential:
    """A fresh net that learns the data."""
    net = mlp(
        (data.x.shape[1], *hidden, classes_of(data)),
        rng=np.random.default_rng([seed, 1]),
        dtype=np.float32,
    )
    learn(net, data, rate, seed, updates)
    return net


def transferred(
    way: Way,
    source: Sequential,
    data: Split,
    rate: float,
    seed: int,
    *,
    hidden: tuple[int, ...] = HIDDEN,
    updates: int = UPDATES,
) -> tuple[Sequential, Split]:
    """Learn the target in one way; the trained layers, and the data as they see it."""
    net = assemble(way, source, data, hidden, seed)
    above, seen = above_frozen(net, data, way.frozen)
    learn(above, seen, rate, seed, updates)
    return above, seen

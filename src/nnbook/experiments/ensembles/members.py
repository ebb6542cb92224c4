"""Nets that learned the same digits apart from each other: the members of an ensemble."""

from typing import NamedTuple

import numpy as np

from nnbook._types import Array
from nnbook.ensembles import logits_by_model
from nnbook.experiments.nets import Split, make_net, train_net
from nnbook.layers import Sequential

WIDTH = 100
# What two members do not share: the first weights, the order of the examples, the examples.
SOURCES = {
    "start": ("start",),
    "order": ("order",),
    "both": ("start", "order"),
    "bagging": ("start", "order", "examples"),
}


class Plan(NamedTuple):
    """How long a net learns: how many digits, in batches of what size, for how many epochs."""

    examples: int
    batch: int
    epochs: int


PLANS = {200: Plan(200, 20, 40), 1200: Plan(1200, 32, 15)}


def member(
    data: Split, plan: Plan, lr: float, start: int, order: int, width: int = WIDTH
) -> Sequential:
    """A net with one hidden layer that has learned the data, by its seeds of first weights and of order."""
    net = make_net("relu", (width,), start)
    train_net(net, data, order, lr=lr, epochs=plan.epochs, batch=plan.batch)
    return net


def members(
    data: Split, plan: Plan, lr: float, seed: int, count: int, source: str = "both"
) -> list[Sequential]:
    """Nets that differ by a source of SOURCES; of two calls with one seed, the first nets are the same."""
    differs = SOURCES[source]
    nets = []
    for i in range(100 * seed, 100 * seed + count):
        start = i if "start" in differs else 100 * seed
        order = i if "order" in differs else 100 * seed
        seen = resampled(data, i) if "examples" in differs else data
        nets.append(member(seen, plan, lr, start, order))
    return nets


def resampled(data: Split, seed: int) -> Split:
    """As many training examples, drawn with replacement: some come twice, about a third not at all."""
    rows = np.random.default_rng([seed, 6]).integers(len(data.x), size=len(data.x))
    return data._replace(x=data.x[rows], y=data.y[rows])


def test_logits(nets: list[Sequential], data: Split) -> Array:
    """What the nets say about the test part: of shape (members, N, classes), in float64."""
    return np.stack(logits_by_model(nets, data.x_test)).astype(np.float64)

"""The lottery ticket: prune a trained net, and train what is left from its own start, or from another."""

from functools import lru_cache

import numpy as np

from nnbook._types import Array, Params
from nnbook.experiments.initialization.nets import BATCH, GRID
from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_steps
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.optimizers import SGD

HIDDEN, EPOCHS, DENSE_RATE = (200, 100), 10, 0.1
KEPT = (20, 10, 5)  # percent of the weights of each layer
STARTS = ("rewind", "reinit", "random")
ARMS = tuple(f"{start} {kept}" for kept in KEPT for start in STARTS)


def train_masked(net: Sequential, masks: Params, seed: int, rate: float) -> None:
    """Train in place; a weight whose mask is 0 is 0 before every step and after the last."""
    data, optimizer = digits_split(seed), SGD(rate, momentum=0.9)
    apply(net, masks)
    for step in train_steps(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH):
        apply(net, masks)
        if not np.isfinite(step.loss):
            break


def apply(net: Sequential, masks: Params) -> None:
    """Multiply each weight that has a mask by it."""
    for name, mask in masks.items():
        net.params[name] *= mask


def largest(weight: Array, kept: int) -> Array:
    """A mask of 0 and 1 that keeps the given percentage of the weights, those of largest size."""
    count = max(1, round(weight.size * kept / 100))
    limit = np.partition(np.abs(weight), -count, axis=None)[-count]
    return np.where(np.abs(weight) >= limit, 1, 0).astype(weight.dtype)


@lru_cache(maxsize=32)
def trained_weights(seed: int) -> Params:
    """The weights of the dense net after training."""
    net = make_net("relu", HIDDEN, seed)
    train_masked(net, {}, seed, DENSE_RATE)
    return {name: p for name, p in net.params.items() if name.endswith("weight")}


def ticket_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of an arm such as "rewind 10".

    rewind: the largest weights of the trained net, at their values before training. reinit: the same
    places, with new draws. random: places at random, at their values before training.
    """
    begin, kept = arm.split()
    masks = {name: largest(w, int(kept)) for name, w in trained_weights(seed).items()}
    if begin == "random":
        rng = np.random.default_rng([seed, 30])
        masks = {name: rng.permuted(m.ravel()).reshape(m.shape) for name, m in masks.items()}
    net = make_net("relu", HIDDEN, seed + (5000 if begin == "reinit" else 0))
    train_masked(net, masks, seed, rate)
    return test_accuracy(net, digits_split(seed))


def dense_score(seed: int) -> float:
    """Test accuracy in percent of the net before pruning."""
    net = make_net("relu", HIDDEN, seed)
    train_masked(net, {}, seed, DENSE_RATE)
    return test_accuracy(net, digits_split(seed))


def tickets(seed: int, rates: Rates) -> Outcome:
    """Accuracy of every arm, of the dense net, and what a rewound ticket gains over the two others."""
    found = {arm: ticket_score(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {arm.replace(" ", "_"): value for arm, value in found.items()}
    outcome["dense"] = dense_score(seed)
    for kept in KEPT:
        for other in STARTS[1:]:
            outcome[f"rewind_minus_{other}_{kept}"] = (
                found[f"rewind {kept}"] - found[f"{other} {kept}"]
            )
    return outcome


TICKETS = Experiment("tickets", tickets, trial=ticket_score, arms=ARMS, grid=GRID[2:])

"""What the experiments on optimizers share: digits with wrong labels, and training by any optimizer."""

import numpy as np

from nnbook.experiments.nets import Split, digits_split, train_steps
from nnbook.layers import Layer
from nnbook.optimizers import Optimizer


def mislabeled(seed: int, train_size: int, share: float) -> Split:
    """Digits of which a share of the training labels is drawn anew at random; the test labels stay."""
    data, rng = digits_split(seed, train_size), np.random.default_rng([seed, 5])
    wrong = rng.random(len(data.y)) < share
    return data._replace(y=np.where(wrong, rng.integers(0, 10, len(data.y)), data.y))


def learn(
    net: Layer, data: Split, optimizer: Optimizer, seed: int, *, epochs: int, batch: int
) -> list[float]:
    """Train in place; the loss of every update, up to the first that is not finite."""
    losses = []
    for step in train_steps(net, data, optimizer, seed, epochs=epochs, batch=batch):
        losses.append(step.loss)
        if not np.isfinite(step.loss):
            break
    return losses

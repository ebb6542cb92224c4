"""Nets for the digits from any initializer, and one way to train and to score them."""

import numpy as np

from nnbook.diagnostics import activations_by_layer, gradients_by_layer
from nnbook.experiments.initialization.signal import rms
from nnbook.experiments.nets import digits_split, test_accuracy, train_net
from nnbook.initializers import Initializer
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp

EPOCHS, BATCH, IMAGES = 10, 50, 256
GRID = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
# Nets that no rate of the grid makes learn have no best one: they run at these, and the best result counts.
HOPELESS_RATES = (0.003, 0.03, 0.3)


def start(
    init: Initializer, hidden: tuple[int, ...], seed: int, activation: str = "relu"
) -> Sequential:
    """A net 64-hidden-10 in float32; equal seeds give equal draws, so that only the scales differ."""
    return mlp(
        (64, *hidden, 10),
        rng=np.random.default_rng([seed, 1]),
        activation=activation,
        init=init,
        dtype=np.float32,
    )


def score(net: Sequential, seed: int, rate: float, epochs: int = EPOCHS) -> float:
    """Test accuracy in percent after training on 1200 digits."""
    data = digits_split(seed)
    train_net(net, data, seed, lr=rate, epochs=epochs, batch=BATCH)
    return test_accuracy(net, data)


def fresh_statistics(net: Sequential, seed: int) -> tuple[float, float]:
    """Rms of the signal that enters the last layer, and of the gradient at the output of the first.

    Of an untrained net, on 256 digits; the first may be a block, the gradient is of one example's loss.
    """
    data = digits_split(seed)
    x, y = data.x[:IMAGES], data.y[:IMAGES]
    top = activations_by_layer(net, x)[-2]
    bottom = gradients_by_layer(net, cross_entropy, x, y)[0]
    return rms(top), rms(bottom) * IMAGES

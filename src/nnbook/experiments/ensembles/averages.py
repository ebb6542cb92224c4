"""What does a running average of the weights gain, at a constant learning rate?"""

from typing import NamedTuple

import numpy as np

from nnbook.averaging import MovingAverage
from nnbook.experiments.ensembles.labels import WRONG, labeled
from nnbook.experiments.nets import Split, make_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Layer
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD
from nnbook.schedules import constant, cosine
from nnbook.training import train

EXAMPLES, BATCH, EPOCHS, WIDTH, DECAY = 600, 8, 20, 50, 0.995
PER_EPOCH = EXAMPLES // BATCH
SAME = 0.2
USES = ("constant", "averaged", "cosine")
ARMS = tuple(f"{use} {labels}" for labels in WRONG for use in USES)
GRID = (0.003, 0.01, 0.03, 0.1, 0.4, 0.8)


class Reached(NamedTuple):
    """Test accuracies in percent, of the net and of the average of its weights, as often as was looked."""

    net: list[float]
    average: list[float]


def reached(use: str, labels: str, lr: float, seed: int, *, every: int = EPOCHS) -> Reached:
    """Train by plain SGD, at a constant rate or along a cosine, and look after `every` so many epochs."""
    data, net = labeled(labels, seed, EXAMPLES), make_net("relu", (WIDTH,), seed)
    schedule = cosine(lr, EPOCHS * PER_EPOCH) if use == "cosine" else constant(lr)
    average, found = MovingAverage(net, DECAY), Reached([], [])
    rng, x, y = np.random.default_rng([seed, 2]), data.x, data.y
    optimizer = SGD(schedule)
    run = train(net, cross_entropy, optimizer, x, y, epochs=EPOCHS, batch_size=BATCH, rng=rng)
    for step in run:
        average.update()
        if (step.index + 1) % (every * PER_EPOCH) == 0:
            found.net.append(_accuracy(net, data))
            found.average.append(_accuracy(average.model(), data))
    return found


def _accuracy(model: Layer, data: Split) -> float:
    """As `test_accuracy`, for any layer."""
    scores, _ = model(data.x_test)
    return 100 * accuracy(scores, data.y_test) if np.isfinite(scores).all() else 0.0


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent at the end."""
    use, labels = arm.split()
    end = reached(use, labels, lr, seed)
    return end.average[-1] if use == "averaged" else end.net[-1]


def averages(seed: int, rates: Rates) -> Outcome:
    """The average against the last weights, at own rates and both at SAME, and against a falling rate."""
    outcome: Outcome = {}
    for labels in WRONG:
        arms = [f"{use} {labels}" for use in USES]
        last, average, falling = (score(arm, rates[arm], seed) for arm in arms)
        same = reached("averaged", labels, SAME, seed, every=1)
        found = {
            "constant": last,
            "averaged": average,
            "cosine": falling,
            "gain": average - last,
            "gain_same": same.average[-1] - same.net[-1],
            "over_cosine": average - falling,
            "better": 100.0 * (average > last),
            "better_same": 100.0 * (same.average[-1] > same.net[-1]),
            "curve_net": same.net,
            "curve_average": same.average,
        }
        outcome |= {f"{key}_{labels}": value for key, value in found.items()}
    return outcome


AVERAGES = Experiment("weight-average", averages, trial=score, arms=ARMS, grid=GRID)

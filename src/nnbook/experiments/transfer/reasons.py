"""Why may features of a trained net be worse than random ones? What training on the source does to them.

Nets learn 0 to 4; their last hidden layer is then judged by 5 to 9, with few labels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.transfer.labels import LITTLE
from nnbook.experiments.transfer.tasks import digits_task, few
from nnbook.experiments.transfer.ways import WAYS, pretrained, source_net, transferred
from nnbook.layers import Sequential
from nnbook.models import mlp

# How long the source is learned, in updates, and how wide the hidden layers are.
TIMES = (10, 30, 100, 400)
WIDTHS = (50, 100, 200, 400)
ARMS = (
    "pixels 0",
    *(f"{origin} {width}" for origin in ("random", "trained") for width in WIDTHS),
)
GRID = (0.0005, 0.002, 0.008, 0.03, 0.12, 0.5, 2.0)


def effective_dimension(h: Array) -> float:
    """(sum of the variances)^2 / (sum of their squares) along the principal directions.

    It is n if n directions have the same variance and the others have none.
    """
    centered = h.astype(np.float64) - h.mean(axis=0, dtype=np.float64)
    covariance = centered.T @ centered
    return float(np.trace(covariance) ** 2 / (covariance**2).sum())


def between_share(h: Array, labels: NDArray[np.integer[Any]]) -> float:
    """How much of the variance of the rows lies between the means of their classes, from 0 to 1."""
    centered = h.astype(np.float64) - h.mean(axis=0, dtype=np.float64)
    groups = [centered[labels == label] for label in np.unique(labels)]
    between = sum(len(group) * float((group.mean(axis=0) ** 2).sum()) for group in groups)
    return between / float((centered**2).sum())


def parity_ceiling(count: Array) -> Array:
    """Percent that a learner who knows all ten digits gets right from `count` random examples of each parity.

    Digits that it has seen are right, and those of the five that it has not are guessed.
    """
    return np.asarray(100 * (1 - (4 / 5) ** np.asarray(count) / 2))


def fresh(width: int, seed: int) -> Sequential:
    """The net that a source net begins as."""
    return mlp((64, width, width, 5), rng=np.random.default_rng([seed, 1]), dtype=np.float32)


def on_top(source: Sequential, width: int, rate: float, seed: int) -> float:
    """Test accuracy on 5 to 9, in percent, of a head on the hidden layers of a net, from few labels."""
    data = few(digits_task("similar", seed).target, LITTLE)
    way, hidden = WAYS["frozen" if width else "pixels"], (width, width)
    return test_accuracy(*transferred(way, source, data, rate, seed, hidden=hidden))


def dimension(source: Sequential, seed: int) -> float:
    """Effective dimension of the last hidden layer on images of 5 to 9."""
    return effective_dimension(Sequential(*source.layers[:-1])(images(seed))[0])


def images(seed: int) -> Array:
    """All training images of 5 to 9."""
    return digits_task("similar", seed).target.x


def width_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent; an arm is what the layers below the head are, and their width."""
    origin, _, digits = arm.partition(" ")
    width = int(digits)
    if origin == "trained":
        return on_top(source_net("similar", seed, (width, width)), width, rate, seed)
    return on_top(fresh(width or WIDTHS[0], seed), width, rate, seed)


def reasons(seed: int, rates: Rates) -> Outcome:
    """Accuracy over the width, and over the time spent on the source, with the effective dimension."""
    found = {arm: width_score(arm, rates[arm], seed) for arm in ARMS}
    random, trained = ([found[f"{o} {w}"] for w in WIDTHS] for o in ("random", "trained"))
    source = digits_task("similar", seed).source
    nets = [fresh(100, seed), *(pretrained(source, seed, updates=t) for t in TIMES)]
    dimensions = [dimension(net, seed) for net in nets]
    return {
        "dimension_by_time": dimensions,
        "accuracy_by_time": [on_top(net, 100, rates["trained 100"], seed) for net in nets],
        "random_by_width": random,
        "trained_by_width": trained,
        "dimension_pixels": effective_dimension(images(seed)),
        "dimension_random": dimensions[0],
        "dimension_source": dimensions[-1],
        "training_gain_narrow": trained[0] - random[0],
        "training_gain_wide": trained[-1] - random[-1],
        "width_gain_random": random[-1] - random[0],
        "width_gain_trained": trained[-1] - trained[0],
        "wide_random_over_pixels": random[-1] - found["pixels 0"],
        "pixels": found["pixels 0"],
    }


REASONS = Experiment("transfer-reasons", reasons, trial=width_score, arms=ARMS, grid=GRID)

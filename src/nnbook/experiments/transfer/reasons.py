"""Why may features of a trained net be worse than random ones? What training on the source does to them.

Nets of one kind learn 0 to 4; their last hidden layer is then judged by the images of 5 to 9. Heads are
trained at one rate for all, so that only the features differ.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import Split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.experiments.transfer.tasks import digits_task, few
from nnbook.experiments.transfer.ways import (
    HIDDEN,
    WAYS,
    above_frozen,
    assemble,
    pretrained,
    transferred,
)
from nnbook.layers import Sequential
from nnbook.models import mlp

RATE, EXAMPLES = 0.03, 60
# How long the source is learned, in updates, and how many of its classes: the same number of images for each.
TIMES = (10, 30, 100, 400)
CLASSES = (2, 3, 4, 5)
IMAGES = 200


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


def judged(source: Sequential, target: Split, seed: int) -> tuple[float, float]:
    """Effective dimension of the last hidden layer on the target's images, and accuracy on top of it."""
    data = few(target, EXAMPLES)
    net = assemble(WAYS["frozen"], source, data, HIDDEN, seed)
    _, seen = above_frozen(net, target, len(HIDDEN))
    accuracy = test_accuracy(*transferred(WAYS["frozen"], source, data, RATE, seed))
    return effective_dimension(seen.x), accuracy


def narrowed(source: Split, classes: int) -> Split:
    """The first images of the first classes, as many in all whatever the number of classes."""
    inside = source.y < classes
    part = source._replace(x=source.x[inside], y=source.y[inside])
    return few(part, IMAGES // classes)


def reasons(seed: int) -> Outcome:
    """Both judgments over the time spent on the source, from none on, and over its number of classes."""
    task = digits_task("similar", seed)
    fresh = mlp((64, *HIDDEN, 5), rng=np.random.default_rng([seed, 1]), dtype=np.float32)
    nets = [fresh, *(pretrained(task.source, seed, updates=t) for t in TIMES)]
    narrow = [pretrained(narrowed(task.source, c), seed, updates=200) for c in CLASSES]
    dimensions, accuracies = zip(*(judged(n, task.target, seed) for n in nets), strict=True)
    _, by_classes = zip(*(judged(n, task.target, seed) for n in narrow), strict=True)
    return {
        "dimension_by_time": dimensions,
        "accuracy_by_time": accuracies,
        "accuracy_by_classes": by_classes,
        "dimension_pixels": effective_dimension(task.target.x),
        "dimension_random": dimensions[0],
        "dimension_source": dimensions[-1],
        "training_cost": accuracies[0] - accuracies[-1],
        "classes_gain": by_classes[-1] - by_classes[0],
    }


REASONS = Experiment("transfer-reasons", reasons)

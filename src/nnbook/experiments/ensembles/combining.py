"""Ways to make one prediction of several, and the sums behind what that gains."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.ensembles import average_probabilities
from nnbook.metrics import accuracy, brier_score, negative_log_likelihood

Labels = NDArray[np.integer[Any]]


def average_logits(logits: Array) -> Array:
    """Softmax of the mean logits of shape (members, N, classes): the geometric mean of the probabilities."""
    return softmax(logits.mean(axis=0))


def vote(logits: Array) -> Array:
    """The share of members that choose each class; of equal shares, the more probable class gets more."""
    count, _, classes = logits.shape
    shares = np.eye(classes)[logits.argmax(axis=-1)].mean(axis=0)
    return np.asarray(shares + average_probabilities(logits) / (2 * count))


def spread(probabilities: Array) -> float:
    """Half the mean squared distance between the probabilities of two members.

    The mean is over examples and over all pairs of different members of (members, N, classes): it is the
    variance of a member, summed over classes, in its unbiased form.
    """
    return float(probabilities.var(axis=0, ddof=1).sum(axis=-1).mean())


def expected_brier(probabilities: Array, labels: Labels, counts: ArrayLike) -> Array:
    """The Brier score of ensembles of so many members, from that of one and the distance of two.

    It is the mean over all choices of that many of the members.
    """
    alone = np.mean([brier_score(p, labels) for p in probabilities])
    return np.asarray(alone - (1 - 1 / np.asarray(counts)) * spread(probabilities))


def by_count(logits: Array, labels: Labels) -> dict[str, list[float]]:
    """Scores of ensembles of 1, 2, ... members: means over runs of neighbors, the last next to the first."""
    size, p = len(logits), softmax(logits)
    scores: dict[str, list[float]] = {
        "accuracy": [],
        "brier": [],
        "loss": [],
        "loss_logits": [],
    }
    for count in range(1, size + 1):
        groups = [np.arange(first, first + count) % size for first in range(size)]
        found = [_scores(p[group].mean(axis=0), logits[group], labels) for group in groups]
        for name, row in zip(scores, zip(*found, strict=True), strict=True):
            scores[name].append(float(np.mean(row)))
    return scores


def _scores(mean: Array, logits: Array, labels: Labels) -> tuple[float, float, float, float]:
    return (
        100 * accuracy(mean, labels),
        brier_score(mean, labels),
        negative_log_likelihood(mean, labels),
        negative_log_likelihood(average_logits(logits), labels),
    )

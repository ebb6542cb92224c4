"""Losses: each returns its value, averaged over the batch, and its gradient with respect to the scores."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbook._checks import as_array, check_array, check_labels, check_number, refuse
from nnbook._types import Array
from nnbook.activations import log_softmax, sigmoid, softplus


def cross_entropy(
    logits: Array, labels: NDArray[np.integer], label_smoothing: float = 0.0
) -> tuple[float, Array]:
    """Softmax cross-entropy, -sum(t * log softmax(logits)) averaged over the batch, in nats.

    The target t puts 1 - label_smoothing on the label and spreads the rest evenly over all classes,
    as PyTorch does. The gradient is (softmax(logits) - t) / N.

    Args:
        logits: scores of shape (N, classes).
        labels: N whole numbers in [0, classes).
        label_smoothing: in [0, 1).

    Returns: the loss, and its gradient of shape (N, classes).
    """
    logits = check_array("logits", logits, ndim=2)
    n, classes = logits.shape
    labels = check_labels("labels", labels, n, classes)
    smoothing = check_number("label_smoothing", label_smoothing, 0, 1, closed="[)")
    log_p = log_softmax(logits)
    rows = np.arange(n)
    loss = -(1 - smoothing) * log_p[rows, labels].sum() / n
    grad = np.exp(log_p)
    grad[rows, labels] -= 1 - smoothing
    if smoothing:  # 0 * log_p would be nan where a score is -inf
        loss -= smoothing * log_p.mean()
        grad -= smoothing / classes
    grad /= n
    return float(loss), grad


def mse(predictions: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Mean squared error, the mean of (predictions - targets)^2 over all entries.

    With several outputs it is averaged over them too, as in PyTorch and Keras; CS231n adds them up.

    Args:
        predictions: of shape (N, ...).
        targets: numbers of the same shape; nothing is broadcast.

    Returns: the loss, and its gradient 2 (predictions - targets) / size.
    """
    predictions = check_array("predictions", predictions)
    error = predictions - _targets(targets, predictions)
    return float((error**2).mean()), 2 * error / error.size


def hinge(
    scores: Array, labels: NDArray[np.integer], margin: float = 1.0
) -> tuple[float, Array]:
    """Multi-class hinge loss, the sum over j != y of max(0, s_j - s_y + margin), averaged over the batch.

    This is CS231n's (Weston and Watkins 1999); PyTorch's MultiMarginLoss divides by the number of
    classes as well. At the kink the gradient is 0.

    Args:
        scores: of shape (N, classes).
        labels: N whole numbers in [0, classes).
        margin: at least 0.

    Returns: the loss, and its gradient of shape (N, classes).
    """
    scores = check_array("scores", scores, ndim=2)
    labels = check_labels("labels", labels, *scores.shape)
    margin = check_number("margin", margin, 0)
    n, rows = len(scores), np.arange(len(scores))
    short = np.maximum(scores - scores[rows, labels][:, None] + margin, 0)
    short[rows, labels] = 0
    grad = (short > 0).astype(scores.dtype)
    grad[rows, labels] = -grad.sum(axis=1)
    return float(short.sum(axis=1).mean()), grad / n


def binary_cross_entropy(logits: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Cross-entropy of yes-or-no questions, -t log p - (1 - t) log(1 - p) with p = sigmoid(logits).

    The mean over all entries, in nats, as PyTorch's BCEWithLogitsLoss. Both logarithms are softplus,
    so nothing overflows and no small loss or gradient is the difference of large numbers.

    Args:
        logits: of shape (N, ...).
        targets: numbers in [0, 1] of the same shape.

    Returns: the loss, and its gradient (p - t) / size.
    """
    logits = check_array("logits", logits)
    t = _targets(targets, logits)
    outside = t[~((t >= 0) & (t <= 1))]
    if outside.size:
        raise refuse("targets", "in [0, 1]", outside[0])
    loss = (1 - t) * softplus(logits) + t * softplus(-logits)
    grad = (1 - t) * sigmoid(logits) - t * sigmoid(-logits)
    return float(loss.mean()), grad / grad.size


def _targets(targets: ArrayLike, like: Array) -> Array:
    """Refuse targets that are not real numbers of the shape of `like`; return them in its dtype."""
    targets = as_array("targets", targets)
    if targets.dtype.kind not in "biuf":
        raise refuse("targets", "an array of real numbers", f"dtype {targets.dtype}")
    if targets.shape != like.shape:
        raise refuse("targets", f"an array of shape {like.shape}", f"shape {targets.shape}")
    return targets.astype(like.dtype)

"""Losses: each returns its value, averaged over the batch, and its gradient with respect to the scores."""

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_array, check_labels, check_number
from nnbook._types import Array
from nnbook.activations import log_softmax


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
    check_number("label_smoothing", label_smoothing, 0, 1, closed="[)")
    log_p = log_softmax(logits)
    rows = np.arange(n)
    loss = -(1 - label_smoothing) * log_p[rows, labels].mean()
    grad = np.exp(log_p)
    grad[rows, labels] -= 1 - label_smoothing
    if label_smoothing:  # 0 * log_p would be nan where a score is -inf
        loss -= label_smoothing * log_p.mean()
        grad -= label_smoothing / classes
    return float(loss), grad / n

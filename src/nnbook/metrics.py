"""Numbers that say how good a model is."""

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_array, check_labels
from nnbook._types import Array


def accuracy(scores: Array, labels: NDArray[np.integer]) -> float:
    """Share of the examples whose highest score, of shape (N, classes), belongs to their label."""
    scores = check_array("scores", scores, ndim=2)
    labels = check_labels("labels", labels, *scores.shape)
    return float((scores.argmax(axis=1) == labels).mean())

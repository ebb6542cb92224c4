"""Numbers that say how good a model is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import as_array, check_array, check_count, check_labels, refuse
from nnbook._types import Array

SUM_TOLERANCE = 1e-3  # A sum of 1 in float16 is off by about this much.


def accuracy(scores: Array, labels: NDArray[np.integer]) -> float:
    """Share of the examples whose highest score, of shape (N, classes), belongs to their label."""
    scores = check_array("scores", scores, ndim=2)
    labels = check_labels("labels", labels, *scores.shape)
    return float((scores.argmax(axis=1) == labels).mean())


def confusion_matrix(
    predicted: NDArray[np.integer], labels: NDArray[np.integer], classes: int
) -> NDArray[np.integer[Any]]:
    """How often each class was taken for each: entry (i, j) counts examples of class i predicted as j.

    Rows are the truth, as in scikit-learn.

    Args:
        predicted: N whole numbers in [0, classes).
        labels: N whole numbers in [0, classes).
        classes: their number.

    Returns: counts of shape (classes, classes) that add up to N.
    """
    classes, predicted = check_count("classes", classes), as_array("predicted", predicted)
    if predicted.ndim != 1:
        raise refuse("predicted", "an array of rank 1", f"shape {predicted.shape}")
    if predicted.size == 0:
        raise refuse("predicted", "a batch of at least one example", "shape (0,)")
    predicted = check_labels("predicted", predicted, len(predicted), classes)
    labels = check_labels("labels", labels, len(predicted), classes)
    pairs = labels.astype(np.intp) * classes + predicted.astype(np.intp)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def expected_calibration_error(
    probabilities: Array, labels: NDArray[np.integer], bins: int = 15
) -> float:
    """Mean distance between confidence and accuracy (Naeini et al. 2015, Guo et al. 2017).

    The confidence of an example is its highest probability. Examples are put in bins of equal width
    by confidence, an edge counting to the bin below; each bin weighs as much as it has examples.

    Args:
        probabilities: of shape (N, classes), each row summing to 1.
        labels: N whole numbers in [0, classes).
        bins: their number on [0, 1].
    """
    probabilities = check_array("probabilities", probabilities, ndim=2).astype(np.float64)
    labels = check_labels("labels", labels, *probabilities.shape)
    edges = np.linspace(0, 1, check_count("bins", bins) + 1)
    outside = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if outside.size:
        raise refuse("probabilities", "in [0, 1]", outside[0])
    off = np.abs(probabilities.sum(axis=1) - 1)
    if off.max() > SUM_TOLERANCE:
        worst = probabilities[off.argmax()].sum()
        raise refuse("probabilities", "rows that sum to 1", f"a sum of {worst:.6g}")
    confidence = probabilities.max(axis=1)
    surplus = confidence - (probabilities.argmax(axis=1) == labels)
    bin_of = np.maximum(np.searchsorted(edges, confidence) - 1, 0)
    return float(np.abs(np.bincount(bin_of, surplus)).sum() / len(labels))

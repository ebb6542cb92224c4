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


def top_k_accuracy(scores: Array, labels: NDArray[np.integer], k: int = 5) -> float:
    """Share of the examples whose label is among the k highest scores; of equals the first come first."""
    scores = check_array("scores", scores, ndim=2)
    labels = check_labels("labels", labels, *scores.shape)
    if check_count("k", k) > scores.shape[1]:
        raise refuse("k", f"at most the number of classes ({scores.shape[1]})", k)
    highest = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float((highest == labels[:, None]).any(axis=1).mean())


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


def negative_log_likelihood(probabilities: Array, labels: NDArray[np.integer]) -> float:
    """Mean of -log p(label), in nats; inf if a label was said to be impossible.

    For a model's logits `cross_entropy` is the same number, and does not underflow. scikit-learn's log_loss
    moves probabilities away from 0.

    Args:
        probabilities: of shape (N, classes), each row summing to 1, such as an ensemble's.
        labels: N whole numbers in [0, classes).
    """
    p, labels = _checked(probabilities, labels)
    with np.errstate(divide="ignore"):
        return float(-np.log(p[np.arange(len(p)), labels]).mean())


def brier_score(probabilities: Array, labels: NDArray[np.integer]) -> float:
    """Mean squared distance between the probabilities and certainty of the label (Brier 1950), in [0, 2].

    Squares are summed over the classes, as in the paper. For two classes scikit-learn gives half of it.

    Args:
        probabilities: of shape (N, classes), each row summing to 1.
        labels: N whole numbers in [0, classes).
    """
    p, labels = _checked(probabilities, labels)
    return float(((p - np.eye(p.shape[1])[labels]) ** 2).sum(axis=1).mean())


def reliability_curve(
    probabilities: Array, labels: NDArray[np.integer], bins: int = 15
) -> tuple[Array, Array, NDArray[np.integer[Any]]]:
    """Mean confidence, accuracy and number of examples in every bin that is not empty (Guo et al. 2017).

    The confidence of an example is its highest probability. Examples are put in bins of equal width
    by confidence, an edge counting to the bin below. Calibrated are those where the first two agree.

    Args:
        probabilities: of shape (N, classes), each row summing to 1.
        labels: N whole numbers in [0, classes).
        bins: their number on [0, 1].
    """
    p, labels = _checked(probabilities, labels)
    edges = np.linspace(0, 1, check_count("bins", bins) + 1)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    bin_of = np.maximum(np.searchsorted(edges, confidence) - 1, 0)
    counts = np.bincount(bin_of)
    sums = np.stack([np.bincount(bin_of, values) for values in (confidence, right)])
    used = counts > 0
    mean_confidence, share_right = sums[:, used] / counts[used]
    return mean_confidence, share_right, counts[used]


def expected_calibration_error(
    probabilities: Array, labels: NDArray[np.integer], bins: int = 15
) -> float:
    """Mean distance between confidence and accuracy (Naeini et al. 2015, Guo et al. 2017).

    Each bin of the `reliability_curve`, whose arguments these are, weighs as much as it has examples.
    """
    confidence, right, counts = reliability_curve(probabilities, labels, bins)
    return float((counts * np.abs(confidence - right)).sum() / counts.sum())


def _checked(
    probabilities: Array, labels: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.integer[Any]]]:
    """The probabilities in float64, and the labels, if they are such."""
    p = check_array("probabilities", probabilities, ndim=2).astype(np.float64)
    labels = check_labels("labels", labels, *p.shape)
    outside = p[~((p >= 0) & (p <= 1))]
    if outside.size:
        raise refuse("probabilities", "in [0, 1]", outside[0])
    off = np.abs(p.sum(axis=1) - 1)
    if off.max() > SUM_TOLERANCE:
        worst = p[off.argmax()].sum()
        raise refuse("probabilities", "rows that sum to 1", f"a sum of {worst:.6g}")
    return p, labels

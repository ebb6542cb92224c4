"""The metrics: by hand, against scikit-learn, under permutations, and what they refuse."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from nnbook.activations import softmax
from nnbook.losses import cross_entropy
from nnbook.metrics import (
    accuracy,
    brier_score,
    confusion_matrix,
    expected_calibration_error,
    negative_log_likelihood,
    reliability_curve,
    top_k_accuracy,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)


def test_by_hand():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [-1.0, -2.0]])
    assert accuracy(scores, np.array([0, 1, 1, 0])) == 0.75
    assert accuracy(scores, np.array([1, 0, 1, 1])) == 0.0


def test_a_tie_counts_for_the_first_class():
    assert accuracy(np.zeros((2, 3)), np.array([0, 1])) == 0.5


@quick
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 6))
def test_the_order_of_examples_and_a_growing_map_of_the_scores_do_not_matter(seed, n, classes):
    rng = np.random.default_rng(seed)
    scores, labels = rng.standard_normal((n, classes)), rng.integers(classes, size=n)
    order = rng.permutation(n)
    value = accuracy(scores, labels)
    assert accuracy(scores[order], labels[order]) == value
    assert accuracy(np.exp(3 * scores + 1), labels) == value
    assert 0 <= value <= 1
    assert accuracy(scores, scores.argmax(axis=1)) == 1


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        (np.ones(3), [0], "scores must be an array of rank 2, got shape (3,)"),
        (
            np.ones((0, 3)),
            np.zeros(0, int),
            "scores must be a batch of at least one example, got shape (0, 3)",
        ),
        (np.ones((2, 3)), [0], "labels must be an array of shape (2,), got shape (1,)"),
        (np.ones((2, 3)), [0, 3], "labels must be in [0, 3), got 3"),
        (
            np.ones((2, 3)),
            [0.0, 1.0],
            "labels must be an array of whole numbers, got dtype float64",
        ),
    ],
)
def test_refusals(scores, labels, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        accuracy(scores, labels)


# --- the k highest --------------------------------------------------------------------------------


def test_top_k_by_hand():
    scores = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]])
    labels = np.array([1, 0, 0])
    assert [top_k_accuracy(scores, labels, k) for k in (1, 2, 3)] == [0, 2 / 3, 1]


def test_of_equal_scores_the_first_come_first():
    scores = np.zeros((4, 4))
    assert [top_k_accuracy(scores, np.arange(4), k) for k in (1, 2, 4)] == [0.25, 0.5, 1]


@quick
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(3, 6))
def test_top_k_is_scikit_learns_and_top_1_the_accuracy(seed, n, classes):
    rng = np.random.default_rng(seed)
    scores, labels = rng.standard_normal((n, classes)), rng.integers(classes, size=n)
    assert top_k_accuracy(scores, labels, 1) == accuracy(scores, labels)
    for k in range(1, classes):
        theirs = reference.top_k_accuracy_score(labels, scores, k=k, labels=range(classes))
        assert top_k_accuracy(scores, labels, k) == pytest.approx(theirs)
    assert top_k_accuracy(scores, labels, classes) == 1


# --- confusion ------------------------------------------------------------------------------------


def test_rows_of_the_confusion_matrix_are_the_truth():
    counts = confusion_matrix(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), 3)
    np.testing.assert_array_equal(counts, [[1, 1, 0], [0, 1, 1], [0, 0, 0]])


@quick
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(2, 6))
def test_the_confusion_matrix_is_scikit_learns_and_its_diagonal_the_accuracy(seed, n, classes):
    rng = np.random.default_rng(seed)
    scores, labels = rng.standard_normal((n, classes)), rng.integers(classes, size=n)
    predicted = scores.argmax(axis=1)
    counts = confusion_matrix(predicted, labels, classes)
    expected = reference.confusion_matrix(labels, predicted, labels=range(classes))
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(confusion_matrix(labels, predicted, classes), counts.T)
    assert counts.sum() == n
    assert counts.trace() / n == accuracy(scores, labels)


def test_small_integers_do_not_overflow():
    top = np.full(3, 199, np.uint8)
    counts = confusion_matrix(top, top, 200)
    assert counts[199, 199] == 3


# --- proper scores --------------------------------------------------------------------------------


def test_scores_of_probabilities_by_hand():
    p, labels = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]), np.array([1, 2])
    expected = -(np.log(0.25) + np.log(0.7)) / 2
    assert negative_log_likelihood(p, labels) == pytest.approx(expected, rel=1e-14)
    by_hand = (0.25 + 0.5625 + 0.0625 + 0.01 + 0.04 + 0.09) / 2
    assert brier_score(p, labels) == pytest.approx(by_hand, rel=1e-14)


def test_the_best_and_the_worst():
    p = np.eye(3)
    for score, worst in ((negative_log_likelihood, np.inf), (brier_score, 2)):
        assert score(p, np.arange(3)) == 0
        assert score(p, np.array([1, 2, 0])) == worst


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(2, 6))
def test_they_are_cross_entropy_and_scikit_learns(dtype, seed, n, classes):
    rng = np.random.default_rng(seed)
    logits = (2 * rng.standard_normal((n, classes))).astype(dtype)
    labels, p = rng.integers(classes, size=n), softmax(logits)
    digits = 1e-5 if dtype == "float32" else 1e-10
    likelihood, brier = negative_log_likelihood(p, labels), brier_score(p, labels)
    assert likelihood == pytest.approx(cross_entropy(logits, labels)[0], rel=digits)
    assert (type(likelihood), type(brier)) == (float, float)
    by_class = [
        reference.brier_score_loss(labels == k, p[:, k], pos_label=True) for k in range(classes)
    ]
    assert brier == pytest.approx(sum(by_class), rel=digits)


@pytest.mark.parametrize("score", [negative_log_likelihood, brier_score])
def test_who_tells_the_truth_scores_best(score):
    """Both are proper: probabilities that are sharper or flatter than the truth lose."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.standard_normal((20_000, 3))
    p = softmax(logits)
    labels = (rng.random((20_000, 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1)
    truth = score(p, labels)
    assert truth < min(score(softmax(factor * logits), labels) for factor in (0.5, 1.5))


# --- calibration ----------------------------------------------------------------------------------


def test_calibration_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
    # Two bins of (0.5, 0.75] and (0.75, 1] in use: |0.65 - 0.5| and |0.9 - 0.5|, half the examples each.
    error = expected_calibration_error(p, np.array([0, 1, 1, 0]), bins=4)
    assert error == pytest.approx((0.15 + 0.4) / 2, rel=1e-14)


def test_the_reliability_curve_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
    confidence, right, counts = reliability_curve(p, np.array([0, 1, 1, 0]), bins=4)
    np.testing.assert_allclose(confidence, [0.65, 0.9], rtol=1e-14)
    np.testing.assert_array_equal(right, [0.5, 0.5])
    np.testing.assert_array_equal(counts, [2, 2])


def test_sure_and_right_is_calibrated_and_sure_and_wrong_is_off_by_one():
    p = np.eye(3)
    assert expected_calibration_error(p, np.arange(3)) == 0
    assert expected_calibration_error(p, np.array([1, 2, 0])) == 1


def test_an_edge_counts_to_the_bin_below():
    p = np.array([[0.5, 0.5], [0.25, 0.75]])
    # In bins of their own the errors add up, |0.5 - 1| + |0.75 - 0|; in one bin they would cancel.
    assert expected_calibration_error(p, np.array([0, 0]), bins=2) == 0.625


def by_loop(p, labels, bins):
    """Guo et al. (2017), written as their reference code does it."""
    confidence, hit = p.max(axis=1), p.argmax(axis=1) == labels
    total = 0.0
    for low, high in zip(
        np.linspace(0, 1, bins + 1)[:-1], np.linspace(0, 1, bins + 1)[1:], strict=True
    ):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - hit[inside].mean())
    return total


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 5), st.integers(1, 20))
def test_calibration_is_the_loop_over_bins(dtype, seed, n, classes, bins):
    rng = np.random.default_rng(seed)
    p = softmax(2 * rng.standard_normal((n, classes)).astype(dtype))
    labels, order = rng.integers(classes, size=n), rng.permutation(n)
    error = expected_calibration_error(p, labels, bins)
    assert error == pytest.approx(by_loop(p.astype(float), labels, bins), rel=1e-12, abs=1e-14)
    assert 0 <= error <= 1
    assert expected_calibration_error(p[order], labels[order], bins) == pytest.approx(error)
    confidence, right, counts = reliability_curve(p, labels, bins)
    assert counts.min() > 0
    assert counts.sum() == n
    assert (np.diff(confidence) > 0).all()  # bins rise
    assert counts @ right / n == pytest.approx(accuracy(p, labels))
    assert counts @ confidence / n == pytest.approx(p.max(axis=1).mean(dtype=float))
    # One bin sees the means alone; more bins can only find more.
    whole = abs(p.max(axis=1).mean(dtype=float) - accuracy(p, labels))
    assert expected_calibration_error(p, labels, bins=1) == pytest.approx(whole, abs=1e-12)
    assert error >= whole - 1e-12


def test_probabilities_that_tell_the_truth_are_calibrated():
    rng = np.random.default_rng(0)
    p = softmax(2 * rng.standard_normal((20_000, 3)))
    labels = (rng.random((20_000, 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1)
    assert expected_calibration_error(p, labels) < 0.015
    assert expected_calibration_error(softmax(3 * np.log(p)), labels) > 0.1


HALVES = np.full((2, 2), 0.5)
OF_PROBABILITIES = [
    negative_log_likelihood,
    brier_score,
    reliability_curve,
    expected_calibration_error,
]
MORE_REFUSALS = [
    (
        top_k_accuracy,
        (np.ones((2, 3)), [0, 1]),
        "k must be at most the number of classes (3), got 5",
    ),
    (top_k_accuracy, (HALVES, [0, 1], 0), "k must be a whole number of at least 1, got 0"),
    (top_k_accuracy, (HALVES, [0, 2], 1), "labels must be in [0, 2), got 2"),
    (top_k_accuracy, (np.ones(2), [0], 1), "scores must be an array of rank 2, got shape (2,)"),
    (
        confusion_matrix,
        ([[0]], [0], 2),
        "predicted must be an array of rank 1, got shape (1, 1)",
    ),
    (
        confusion_matrix,
        (np.zeros(0, int), np.zeros(0, int), 2),
        "predicted must be a batch of at least one example, got shape (0,)",
    ),
    (confusion_matrix, ([0, 2], [0, 1], 2), "predicted must be in [0, 2), got 2"),
    (confusion_matrix, ([0, 1], [0, -1], 2), "labels must be in [0, 2), got -1"),
    (
        confusion_matrix,
        ([0, 1], [0], 2),
        "labels must be an array of shape (2,), got shape (1,)",
    ),
    (
        confusion_matrix,
        ([0.0], [0], 2),
        "predicted must be an array of whole numbers, got dtype float64",
    ),
    (confusion_matrix, ([0], [0], 0), "classes must be a whole number of at least 1, got 0"),
    *[
        (metric, arguments, message)
        for metric in OF_PROBABILITIES
        for arguments, message in [
            ((np.ones(2), [0]), "probabilities must be an array of rank 2, got shape (2,)"),
            (
                (np.ones((2, 2)), [0, 1]),
                "probabilities must be rows that sum to 1, got a sum of 2",
            ),
            ((np.array([[-1.0, 2.0]]), [0]), "probabilities must be in [0, 1], got -1.0"),
            ((np.array([[np.nan, 1.0]]), [0]), "probabilities must be in [0, 1], got nan"),
            ((HALVES, [0, 2]), "labels must be in [0, 2), got 2"),
        ]
    ],
    (
        expected_calibration_error,
        (HALVES, [0, 1], 0),
        "bins must be a whole number of at least 1, got 0",
    ),
]


@pytest.mark.parametrize(("metric", "arguments", "message"), MORE_REFUSALS)
def test_more_refusals(metric, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        metric(*arguments)

"""Accuracy: by hand, under permutations, and what it refuses."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.metrics import accuracy

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

"""Cross-entropy: by hand, by properties, far out, and what it refuses."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.losses import cross_entropy

quick = settings(max_examples=30, deadline=None, derandomize=True)
both = pytest.mark.parametrize("dtype", ["float32", "float64"])
seeds, smoothings = st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.9])


def batch(seed, dtype="float64", n=7, classes=4):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 3, (n, classes)).astype(dtype), rng.integers(classes, size=n)


def test_equal_scores_cost_the_logarithm_of_the_number_of_classes():
    loss, grad = cross_entropy(np.zeros((2, 4)), np.array([0, 3]))
    assert loss == pytest.approx(np.log(4), rel=1e-15)
    np.testing.assert_allclose(grad[0], [-0.375, 0.125, 0.125, 0.125], rtol=1e-15)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_it_is_the_mean_of_minus_target_times_log_probability(smoothing):
    logits, labels = batch(0)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    target = np.full(p.shape, smoothing / 4)
    target[np.arange(7), labels] += 1 - smoothing
    loss, grad = cross_entropy(logits, labels, label_smoothing=smoothing)
    assert loss == pytest.approx(-(target * np.log(p)).sum() / 7, rel=1e-13)
    np.testing.assert_allclose(grad, (p - target) / 7, rtol=0, atol=1e-15)


@both
@quick
@given(seeds, smoothings)
def test_dtype_and_input_are_kept_and_rows_of_the_gradient_sum_to_zero(dtype, seed, smoothing):
    logits, labels = batch(seed, dtype)
    before = logits.copy()
    loss, grad = cross_entropy(logits, labels, smoothing)
    assert (type(loss), grad.dtype, grad.shape) == (float, np.dtype(dtype), logits.shape)
    np.testing.assert_array_equal(logits, before)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=4 * np.finfo(dtype).eps)
    assert loss >= 0


@quick
@given(seeds, smoothings, st.floats(-100, 100))
def test_a_shift_of_all_scores_changes_nothing(seed, smoothing, shift):
    logits, labels = batch(seed)
    loss, grad = cross_entropy(logits, labels, smoothing)
    shifted, grad_shifted = cross_entropy(logits + shift, labels, smoothing)
    assert shifted == pytest.approx(loss, rel=1e-10, abs=1e-12)
    np.testing.assert_allclose(grad_shifted, grad, rtol=1e-10, atol=1e-13)


@quick
@given(seeds, smoothings)
def test_permuting_the_batch_permutes_the_gradient(seed, smoothing):
    logits, labels = batch(seed)
    order = np.random.default_rng(seed + 1).permutation(len(labels))
    loss, grad = cross_entropy(logits, labels, smoothing)
    same, permuted = cross_entropy(logits[order], labels[order], smoothing)
    assert same == pytest.approx(loss, rel=1e-13)
    np.testing.assert_array_equal(permuted, grad[order])


@both
def test_far_out_the_loss_is_the_margin_and_nothing_overflows(dtype):
    big = np.array([[3e4, 0.0], [0.0, 3e4]], dtype)
    loss, grad = cross_entropy(big, np.array([1, 1]))
    assert loss == 1.5e4
    np.testing.assert_array_equal(grad, np.array([[0.5, -0.5], [0.0, 0.0]], dtype))


def test_a_class_ruled_out_by_minus_infinity_costs_nothing():
    logits = np.array([[0.0, -np.inf]])
    loss, grad = cross_entropy(logits, np.array([0]))
    assert loss == 0
    np.testing.assert_array_equal(grad, [[0.0, 0.0]])


REFUSALS = [
    ({"logits": np.ones(3)}, "logits must be an array of rank 2, got shape (3,)"),
    (
        {"logits": np.ones((0, 3)), "labels": np.zeros(0, int)},
        "logits must be a batch of at least one example, got shape (0, 3)",
    ),
    ({"logits": np.ones((2, 3), int)}, "logits must be an array of floats, got dtype int64"),
    ({"labels": np.array([0])}, "labels must be an array of shape (2,), got shape (1,)"),
    (
        {"labels": np.array([0.0, 1.0])},
        "labels must be an array of whole numbers, got dtype float64",
    ),
    ({"labels": np.array([0, 3])}, "labels must be in [0, 3), got 3"),
    ({"labels": np.array([-1, 2])}, "labels must be in [0, 3), got -1"),
    ({"label_smoothing": 1.0}, "label_smoothing must be in [0, 1), got 1.0"),
    ({"label_smoothing": -0.1}, "label_smoothing must be in [0, 1), got -0.1"),
    ({"label_smoothing": "x"}, "label_smoothing must be in [0, 1), got 'x'"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_refusals(change, message):
    arguments = {"logits": np.ones((2, 3)), "labels": np.array([0, 2])} | change
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cross_entropy(**arguments)

"""The losses: by hand, as SciPy, scikit-learn and PyTorch (golden/losses.json), properties, refusals."""

import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit
from sklearn.metrics import hinge_loss, log_loss, mean_squared_error
from stored import golden

from nnbook.losses import binary_cross_entropy, cross_entropy, hinge, mse

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


def test_a_fraction_smooths_as_its_float_does():
    logits, labels = batch(0, "float32")
    loss, grad = cross_entropy(logits, labels, Fraction(1, 10))
    expected, expected_grad = cross_entropy(logits, labels, 0.1)
    assert (loss, grad.dtype) == (expected, np.float32)
    np.testing.assert_array_equal(grad, expected_grad)


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_refusals(change, message):
    arguments = {"logits": np.ones((2, 3)), "labels": np.array([0, 2])} | change
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cross_entropy(**arguments)


# --- the other losses -----------------------------------------------------------------------------

RATIOS = st.sampled_from([0.0, 1.0, 0.3])


def for_all_losses(seed, dtype="float64"):
    """Name -> (loss, scores, targets)."""
    scores, labels = batch(seed, dtype)
    rng = np.random.default_rng(seed)
    return {
        "mse": (mse, scores, rng.standard_normal(scores.shape)),
        "hinge": (hinge, scores, labels),
        "binary_cross_entropy": (binary_cross_entropy, scores, rng.random(scores.shape)),
    }


@both
@pytest.mark.parametrize("name", ["mse", "hinge", "binary_cross_entropy"])
@quick
@given(seed=seeds)
def test_every_loss_keeps_dtype_and_input_and_averages_over_the_batch(name, dtype, seed):
    loss_fn, scores, targets = for_all_losses(seed, dtype)[name]
    before = scores.copy()
    loss, grad = loss_fn(scores, targets)
    assert (type(loss), grad.dtype, grad.shape) == (float, np.dtype(dtype), scores.shape)
    np.testing.assert_array_equal(scores, before)
    assert loss >= 0
    twice, half = loss_fn(np.tile(scores, (2, 1)), np.concatenate([targets, targets]))
    assert twice == pytest.approx(loss, rel=1e-5 if dtype == "float32" else 1e-13)
    np.testing.assert_allclose(half[:7], grad / 2, rtol=1e-5 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize("name", ["mse", "hinge", "binary_cross_entropy"])
@quick
@given(seed=seeds)
def test_every_loss_lies_above_its_tangents(name, seed):
    """All of them are convex in the scores, kinks included: the gradient is a subgradient."""
    loss_fn, scores, targets = for_all_losses(seed)[name]
    other = scores + np.random.default_rng(seed + 1).standard_normal(scores.shape)
    here, grad = loss_fn(scores, targets)
    there, _ = loss_fn(other, targets)
    assert there >= here + (grad * (other - scores)).sum() - 1e-12


def test_mse_by_hand():
    loss, grad = mse(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 0], [3, 5]]))
    assert loss == 1.25
    np.testing.assert_array_equal(grad, [[0, 1], [0, -0.5]])


@quick
@given(seeds)
def test_mse_is_scikit_learns(seed):
    _, predictions, targets = for_all_losses(seed)["mse"]
    expected = mean_squared_error(targets, predictions)
    assert mse(predictions, targets)[0] == pytest.approx(expected, rel=1e-13)


def test_mse_takes_targets_of_any_rank_and_broadcasts_nothing():
    assert mse(np.ones(3), np.zeros(3))[0] == 1
    assert mse(np.ones((2, 3, 4, 4)), np.ones((2, 3, 4, 4)))[0] == 0


def test_hinge_by_hand():
    # CS231n, notes on linear classification: scores 13, -7, 11 and the first class.
    loss, grad = hinge(np.array([[13.0, -7.0, 11.0]]), np.array([0]), margin=10.0)
    assert loss == 8
    np.testing.assert_array_equal(grad, [[-1, 0, 1]])


def test_hinge_of_equal_scores_is_the_number_of_classes_less_one():
    loss, grad = hinge(np.zeros((4, 10)), np.zeros(4, int))
    assert loss == 9
    np.testing.assert_array_equal(grad[0], [-2.25, *[0.25] * 9])


def test_hinge_has_gradient_zero_at_the_kink():
    loss, grad = hinge(np.array([[1.0, 0.0, -5.0]]), np.array([0]))
    assert loss == 0
    np.testing.assert_array_equal(grad, 0)


@quick
@given(seeds, st.floats(-100, 100))
def test_hinge_knows_differences_of_scores_only(seed, shift):
    _, scores, labels = for_all_losses(seed)["hinge"]
    loss, grad = hinge(scores, labels)
    assert hinge(scores + shift, labels)[0] == pytest.approx(loss, rel=1e-10, abs=1e-12)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-15)


@quick
@given(seeds)
def test_hinge_of_two_classes_is_scikit_learns(seed):
    scores, labels = batch(seed, classes=2)
    decision = scores[:, 1] - scores[:, 0]
    expected = hinge_loss(2 * labels - 1, decision, labels=[-1, 1])
    assert hinge(scores, labels)[0] == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_a_margin_from_numpy_leaves_float32_alone():
    _, grad = hinge(np.ones((2, 3), np.float32), np.array([0, 1]), np.float64(0.5))
    assert grad.dtype == np.float32


@quick
@given(seeds)
def test_binary_cross_entropy_is_scipys_and_scikit_learns(seed):
    _, z, t = for_all_losses(seed)["binary_cross_entropy"]
    expected = -(t * log_expit(z) + (1 - t) * log_expit(-z)).mean()
    loss, grad = binary_cross_entropy(z, t)
    assert loss == pytest.approx(expected, rel=1e-13)
    np.testing.assert_allclose(grad, (expit(z) - t) / t.size, rtol=1e-12, atol=1e-16)
    yes = t[:, 0] > 0.5
    assert binary_cross_entropy(z[:, 0], yes)[0] == pytest.approx(
        log_loss(yes, expit(z[:, 0]), labels=[False, True]), rel=1e-10
    )


@quick
@given(seeds)
def test_binary_cross_entropy_is_that_of_two_classes_with_scores_zero_and_z(seed):
    scores, labels = batch(seed, classes=2)
    z = scores[:, 1]
    two, grad_two = cross_entropy(np.stack([np.zeros(7), z], axis=1), labels)
    loss, grad = binary_cross_entropy(z, labels)
    assert loss == pytest.approx(two, rel=1e-12)
    np.testing.assert_allclose(grad, grad_two[:, 1], rtol=1e-12, atol=1e-16)


@both
@quick
@given(seed=seeds, target=RATIOS)
def test_yes_and_no_are_mirror_images(dtype, seed, target):
    z, _ = batch(seed, dtype)
    t = np.full(z.shape, target)
    loss, grad = binary_cross_entropy(z, t)
    mirrored, grad_mirrored = binary_cross_entropy(-z, 1 - t)
    rtol = 1e-5 if dtype == "float32" else 1e-13
    assert mirrored == pytest.approx(loss, rel=rtol)
    np.testing.assert_allclose(grad_mirrored, -grad, rtol=rtol, atol=rtol)


@both
def test_far_out_binary_cross_entropy_is_the_score_and_keeps_small_gradients(dtype):
    z = np.array([1e4, -1e4, 40.0], dtype)
    loss, grad = binary_cross_entropy(z, np.array([0, 1, 1]))
    assert loss == pytest.approx(2e4 / 3, rel=1e-6)
    np.testing.assert_allclose(grad, np.array([1, -1, -np.exp(-40.0)]) / 3, rtol=1e-6)


OF_PYTORCH = {
    "mse": (mse, "targets"),
    "hinge": (hinge, "labels"),
    "hinge of margin 2.5": (partial(hinge, margin=2.5), "labels"),
    "binary_cross_entropy": (binary_cross_entropy, "targets"),
}


@pytest.mark.parametrize("name", OF_PYTORCH)
def test_the_numbers_of_pytorch(name):
    f, kind = OF_PYTORCH[name]
    stored = golden("losses")[name]
    loss, grad = f(np.array(stored["scores"]), np.array(golden("losses")[kind]))
    assert loss == pytest.approx(stored["loss"], rel=1e-14)
    np.testing.assert_allclose(grad, stored["grad"], rtol=1e-13, atol=1e-17)


MORE_REFUSALS = [
    (
        mse,
        (np.ones((2, 3)), np.ones(2)),
        "targets must be an array of shape (2, 3), got shape (2,)",
    ),
    (
        mse,
        (np.ones((2, 1)), np.ones(2)),
        "targets must be an array of shape (2, 1), got shape (2,)",
    ),
    (
        mse,
        (np.ones(2, int), np.ones(2)),
        "predictions must be an array of floats, got dtype int64",
    ),
    (mse, (np.ones(2), ["a", "b"]), "targets must be an array of real numbers, got dtype <U1"),
    (
        mse,
        (np.ones(2), np.ones(2) * 1j),
        "targets must be an array of real numbers, got dtype complex128",
    ),
    (
        mse,
        (np.ones((0, 2)), np.ones((0, 2))),
        "predictions must be a batch of at least one example, got shape (0, 2)",
    ),
    (hinge, (np.ones(3), [0]), "scores must be an array of rank 2, got shape (3,)"),
    (hinge, (np.ones((2, 3)), [0]), "labels must be an array of shape (2,), got shape (1,)"),
    (hinge, (np.ones((2, 3)), [0, 3]), "labels must be in [0, 3), got 3"),
    (
        hinge,
        (np.ones((2, 3)), [0.0, 1.0]),
        "labels must be an array of whole numbers, got dtype float64",
    ),
    (hinge, (np.ones((1, 2)), [0], -1), "margin must be a finite number of at least 0, got -1"),
    (
        hinge,
        (np.ones((1, 2)), [0], np.nan),
        "margin must be a finite number of at least 0, got nan",
    ),
    (binary_cross_entropy, (np.ones(2), [0, 2]), "targets must be in [0, 1], got 2.0"),
    (binary_cross_entropy, (np.ones(2), [-0.5, 1]), "targets must be in [0, 1], got -0.5"),
    (binary_cross_entropy, (np.ones(2), [0, np.nan]), "targets must be in [0, 1], got nan"),
    (
        binary_cross_entropy,
        (np.ones((2, 1)), [0, 1]),
        "targets must be an array of shape (2, 1), got shape (2,)",
    ),
    (
        binary_cross_entropy,
        (np.ones(2, bool), [0, 1]),
        "logits must be an array of floats, got dtype bool",
    ),
]


@pytest.mark.parametrize(("loss", "arguments", "message"), MORE_REFUSALS)
def test_more_refusals(loss, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        loss(*arguments)

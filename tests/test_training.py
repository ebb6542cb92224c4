"""The training loop: batches, steps, early stopping, memory, learning, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.datasets import blobs, moons
from nnbook.layers import Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.normalization import BatchNorm
from nnbook.optimizers import SGD, Adam
from nnbook.training import (
    clip_by_norm,
    evaluate,
    fit,
    global_norm,
    loss_and_grads,
    minibatches,
    train,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)


def fresh(seed=0):
    return np.random.default_rng(seed)


def net(dtype=np.float64, sizes=(2, 8, 2)):
    return mlp(sizes, rng=fresh(), dtype=dtype)


def run(model, optimizer, x, y, *, epochs=3, batch_size=8, seed=0):
    return train(
        model,
        cross_entropy,
        optimizer,
        x,
        y,
        epochs=epochs,
        batch_size=batch_size,
        rng=fresh(seed),
    )


# --- batches --------------------------------------------------------------------------------------


@quick
@given(st.integers(1, 50), st.integers(1, 60), st.integers(0, 99))
def test_batches_are_a_shuffled_partition(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, rng=fresh(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert [len(b) for b in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert 1 <= len(batches[-1]) <= batch_size


def test_batches_come_in_another_order_each_time():
    rng = fresh()
    first, second = (np.concatenate(list(minibatches(50, 7, rng=rng))) for _ in range(2))
    assert (first != second).any()


# --- steps ----------------------------------------------------------------------------------------


def test_steps_are_numbered_and_carry_the_loss_and_gradients_they_started_from():
    x, y = blobs(10, rng=fresh())
    model = net()
    steps = []
    for step in run(model, SGD(0.1), x, y):
        steps.append(step)
        assert step.grads.keys() == model.params.keys()
    assert [s.index for s in steps] == list(range(9))
    assert [s.epoch for s in steps] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    batch = next(minibatches(20, 8, rng=fresh()))
    loss, grads = loss_and_grads(net(), cross_entropy, x[batch], y[batch])
    assert steps[0].loss == loss
    np.testing.assert_array_equal(steps[0].grads["0.weight"], grads["0.weight"])


def test_a_step_is_the_optimizers_on_the_gradients_of_the_batch():
    x, y = blobs(4, rng=fresh())
    trained, by_hand = net(), net()
    fit(trained, cross_entropy, SGD(0.1), x, y, epochs=1, batch_size=8, rng=fresh())
    for name, grad in loss_and_grads(by_hand, cross_entropy, x, y)[1].items():
        np.testing.assert_allclose(
            trained.params[name], by_hand.params[name] - 0.1 * grad, rtol=1e-12, atol=1e-15
        )


def test_break_stops_at_once():
    x, y = blobs(10, rng=fresh())
    model, once = net(), net()
    for _ in run(model, SGD(0.1), x, y):
        break
    fit(once, cross_entropy, SGD(0.1), x, y, epochs=1, batch_size=8, rng=fresh())
    first = next(minibatches(20, 8, rng=fresh()))
    _, grads = loss_and_grads(net(), cross_entropy, x[first], y[first])
    np.testing.assert_array_equal(
        model.params["0.bias"], net().params["0.bias"] - 0.1 * grads["0.bias"]
    )
    assert (model.params["0.bias"] != once.params["0.bias"]).any()


def test_equal_seeds_give_equal_runs_and_fit_is_the_losses_of_train():
    x, y = blobs(10, rng=fresh())
    losses = [step.loss for step in run(net(), Adam(0.01), x, y)]
    again = fit(net(), cross_entropy, Adam(0.01), x, y, epochs=3, batch_size=8, rng=fresh())
    assert losses == again


def test_a_second_call_goes_on_with_the_memory_of_the_optimizer():
    x, y = blobs(4, rng=fresh())
    halves, whole = net(), net()
    optimizer, rng = SGD(0.05, momentum=0.9), fresh(1)
    for _ in range(2):
        fit(halves, cross_entropy, optimizer, x, y, epochs=2, batch_size=3, rng=rng)
    fit(
        whole,
        cross_entropy,
        SGD(0.05, momentum=0.9),
        x,
        y,
        epochs=4,
        batch_size=3,
        rng=fresh(1),
    )
    for name, param in whole.params.items():
        np.testing.assert_array_equal(halves.params[name], param)


def test_the_model_is_called_in_training_mode_and_evaluated_at_inference():
    class Spy(Layer):
        def __call__(self, x, *, training=False):
            modes.append(training)
            return x, lambda dy: (dy, {})

    modes = []
    x, y = blobs(2, rng=fresh())
    fit(Spy(), cross_entropy, SGD(0.1), x, y, epochs=1, batch_size=4, rng=fresh())
    evaluate(Spy(), x, y)
    assert modes == [True, False]


@pytest.mark.parametrize("make", [lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.01)])
def test_float32_stays_float32_through_forward_backward_and_update(make):
    x, y = blobs(10, rng=fresh())
    model, x = net(np.float32), x.astype(np.float32)
    for step in run(model, make(), x, y):
        assert {g.dtype for g in step.grads.values()} == {np.dtype(np.float32)}
    assert {p.dtype for p in model.params.values()} == {np.dtype(np.float32)}
    assert model(x)[0].dtype == np.float32


@pytest.mark.parametrize("activation", ["relu", "tanh", "prelu", "maxout"])
def test_a_small_net_learns_the_moons(activation):
    x, y = moons(100, rng=fresh())
    model = mlp((2, 16, 2), rng=fresh(), activation=activation)
    before = evaluate(model, x, y)
    losses = fit(model, cross_entropy, Adam(0.02), x, y, epochs=40, batch_size=32, rng=fresh())
    assert losses[-1] < 0.1 < losses[0]
    assert evaluate(model, x, y) > max(0.98, before)


# --- the norm -------------------------------------------------------------------------------------


def test_the_global_norm_is_that_of_all_gradients_as_one_vector():
    assert global_norm({"a": np.array([3.0]), "b": np.array([[0.0], [4.0]])}) == 5
    assert global_norm({}) == 0
    assert global_norm({"a": np.full(4, 1e30, np.float32)}) == pytest.approx(2e30)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(st.integers(0, 2**32), st.floats(1e-3, 1e3))
def test_clipping_bounds_the_norm_and_keeps_direction_dtype_and_small_gradients(
    dtype, seed, limit
):
    rng = fresh(seed)
    grads = {name: (100 * rng.standard_normal(3)).astype(dtype) for name in "ab"}
    before, norm = {name: g.copy() for name, g in grads.items()}, global_norm(grads)
    clipped = clip_by_norm(grads, np.float64(limit))
    assert global_norm(clipped) == pytest.approx(min(norm, limit), rel=1e-6)
    for name, g in clipped.items():
        assert g.dtype == np.dtype(dtype)
        assert g is not grads[name]
        np.testing.assert_array_equal(grads[name], before[name])
        np.testing.assert_allclose(g, grads[name] * min(1, limit / norm), rtol=1e-5)
        if norm <= limit:
            np.testing.assert_array_equal(g, grads[name])


def test_clipping_leaves_what_has_no_finite_norm_and_what_is_zero():
    for g in ([np.inf, 1.0], [np.nan, 1.0], [0.0, 0.0]):
        np.testing.assert_array_equal(clip_by_norm({"a": np.array(g)}, 1.0)["a"], g)
    assert clip_by_norm({}, 1.0) == {}


@pytest.mark.parametrize("limit", [0, -1, np.inf, np.nan, "x"])
def test_clipping_refuses_a_limit_that_is_no_number_above_zero(limit):
    message = f"limit must be a finite number above 0, got {limit!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        clip_by_norm({}, limit)


# --- refusals -------------------------------------------------------------------------------------

REFUSALS = [
    ({"x": np.ones((0, 2))}, "x must be a batch of at least one example, got shape (0, 2)"),
    ({"x": np.ones((4, 2), int)}, "x must be an array of floats, got dtype int64"),
    (
        {"x": np.ones((4, 3))},
        "in layer 0 (Linear): x must be an array of shape (N, 2), got shape (4, 3)",
    ),
    ({"y": np.zeros(3, int)}, "y must be as many as x has rows (4), got 3"),
    ({"y": np.full(4, 2)}, "labels must be in [0, 2), got 2"),
    ({"epochs": 0}, "epochs must be a whole number of at least 1, got 0"),
    ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
    ({"batch_size": 2.5}, "batch_size must be a whole number of at least 1, got 2.5"),
    ({"rng": 0}, "rng must be a numpy.random.Generator, got 0"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_refusals_come_before_any_update(change, message):
    model = net()
    good = {"x": np.ones((4, 2)), "y": np.zeros(4, int), "epochs": 1, "batch_size": 4}
    arguments = {**good, "rng": fresh(), **change}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fit(model, cross_entropy, SGD(0.1), **arguments)
    for name, param in net().params.items():
        np.testing.assert_array_equal(model.params[name], param)


def test_a_batch_that_the_loss_refuses_leaves_the_running_statistics():
    model = Sequential(Linear(2, 3, rng=fresh()), BatchNorm(3))
    before = {name: b.copy() for name, b in model.buffers.items()}
    with pytest.raises(ValueError, match=r"^labels must be in \[0, 3\), got 3$"):
        loss_and_grads(model, cross_entropy, fresh(1).standard_normal((4, 2)), np.full(4, 3))
    for name, b in model.buffers.items():
        np.testing.assert_array_equal(b, before[name])


def test_minibatches_refuse_an_empty_set():
    with pytest.raises(ValueError, match=r"^n must be a whole number of at least 1, got 0$"):
        next(minibatches(0, 1, rng=fresh()))

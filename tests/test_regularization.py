"""Dropout and DropConnect: masks, means, streams. Penalties: values and gradients. max_norm. Refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.gradcheck import numerical_grad, relative_error
from nnbook.layers import Linear, Maxout, PReLU, Sequential
from nnbook.models import mlp
from nnbook.regularization import (
    DropConnect,
    Dropout,
    elastic_net,
    l1_penalty,
    l2_penalty,
    max_norm,
)

quick = settings(max_examples=40, deadline=None, derandomize=True)
rates = st.floats(0, 0.95)


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- dropout --------------------------------------------------------------------------------------


@quick
@given(rates, st.sampled_from(["float32", "float64"]))
def test_dropout_keeps_the_mean_the_dtype_and_its_input(rate, dtype):
    x = np.ones((400, 50), dtype)
    y, _ = Dropout(rate, rng=fresh())(x, training=True)
    error = np.sqrt(rate / (1 - rate) / x.size)  # of the mean of that many masks
    assert y.dtype == dtype
    assert abs(y.mean(dtype=float) - 1) <= 5 * error + 1e-6
    assert abs((y == 0).mean() - rate) <= 5 * np.sqrt(rate * (1 - rate) / x.size) + 1e-6
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize("shape", [(4,), (4, 3), (4, 3, 5, 5)])
def test_what_is_kept_is_scaled_and_what_is_dropped_is_zero(shape):
    x = fresh(1).standard_normal(shape)
    y, _ = Dropout(0.75, rng=fresh())(x, training=True)
    kept = y != 0
    np.testing.assert_array_equal(y[kept], 4 * x[kept])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_backward_uses_the_mask_of_its_own_call(dtype):
    dropout, x = Dropout(0.5, rng=fresh()), np.ones((8, 9), dtype)
    first, back_first = dropout(x, training=True)
    second, back_second = dropout(x, training=True)
    assert (first != second).any()
    for y, backward in [(first, back_first), (second, back_second)]:
        dx, grads = backward(3 * x)
        np.testing.assert_array_equal(dx, 3 * y)
        assert dx.dtype == dtype
        assert grads == {}


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True), (0.0, False)])
def test_dropout_is_the_identity_at_inference_and_at_rate_0(rate, training):
    x = fresh(1).standard_normal((4, 3))
    y, backward = Dropout(rate, rng=fresh())(x, training=training)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(x)[0], x)


def test_dropout_draws_from_its_own_stream():
    rng, alone = fresh(), fresh()
    a, b = Dropout(0.5, rng=rng), Dropout(0.5, rng=rng)
    x = np.ones((8, 9))
    masks = [layer(x, training=True)[0] for layer in (a, b)]
    assert (masks[0] != masks[1]).any()
    assert rng.random() == alone.random()
    again = Dropout(0.5, rng=fresh())(x, training=True)[0]
    np.testing.assert_array_equal(again, masks[0])


def test_the_average_over_masks_is_the_output_at_inference():
    """Exact for a linear net: E[W (x * mask)] = W x."""
    net = Sequential(Dropout(0.5, rng=fresh()), Linear(6, 2, rng=fresh(1)))
    x = fresh(2).standard_normal((1, 6))
    many, _ = net(np.repeat(x, 40_000, axis=0), training=True)
    np.testing.assert_allclose(many.mean(axis=0), net(x)[0][0], atol=0.05)


# --- DropConnect ----------------------------------------------------------------------------------


def pair(rate, dtype="float64"):
    return (
        DropConnect(5, 4, rate, rng=fresh(), bias=0.3, dtype=dtype),
        Linear(5, 4, rng=fresh(), bias=0.3, dtype=dtype),
    )


@pytest.mark.parametrize(("rate", "training"), [(0.0, True), (0.0, False), (0.6, False)])
def test_dropconnect_is_linear_at_rate_0_and_at_inference(rate, training):
    drop, linear = pair(rate)
    x = fresh(1).standard_normal((6, 5))
    (y, backward), (expected, linear_backward) = drop(x, training=training), linear(x)
    np.testing.assert_array_equal(y, expected)
    (dx, grads), (linear_dx, linear_grads) = backward(y), linear_backward(y)
    np.testing.assert_array_equal(dx, linear_dx)
    for name in ("weight", "bias"):
        np.testing.assert_array_equal(grads[name], linear_grads[name])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dropconnect_drops_weights_for_the_whole_batch_and_not_the_bias(dtype):
    drop, _ = pair(0.5, dtype)
    y, backward = drop(np.eye(5, dtype=dtype), training=True)  # row i is row i of the masked W
    dx, grads = backward(np.ones_like(y))
    mask = grads["weight"]
    assert set(np.unique(mask)) == {0, 2}
    np.testing.assert_allclose(y - drop.params["bias"], drop.params["weight"] * mask, atol=1e-6)
    np.testing.assert_array_equal(grads["bias"], 5)
    assert {a.dtype for a in (y, dx, *grads.values())} == {np.dtype(dtype)}


def test_dropconnect_keeps_the_mean():
    drop, linear = pair(0.5)
    x = fresh(1).standard_normal((1, 5))
    draws = [drop(x, training=True)[0] for _ in range(20_000)]
    np.testing.assert_allclose(np.mean(draws, axis=0), linear(x)[0], atol=0.05)


def test_dropconnect_leaves_the_stream_of_weights_alone():
    rng, alone = fresh(), fresh()
    DropConnect(5, 4, rng=rng)(np.ones((1, 5)), training=True)
    Linear(5, 4, rng=alone)
    assert rng.random() == alone.random()


# --- penalties ------------------------------------------------------------------------------------

PENALTIES = [
    (lambda p: l1_penalty(p, 0.3), 0.3, 0.0),
    (lambda p: l2_penalty(p, 0.2), 0.0, 0.2),
    (lambda p: elastic_net(p, 0.3, 0.2), 0.3, 0.2),
    (lambda p: elastic_net(p, 0, 0), 0.0, 0.0),
]


def a_net(dtype="float64"):
    net = Sequential(Linear(3, 4, rng=fresh(), bias=0.5, dtype=dtype), PReLU(dtype=dtype))
    return Sequential(net, Maxout(4, 2, rng=fresh(1), dtype=dtype))


@pytest.mark.parametrize(("penalty", "l1", "l2"), PENALTIES)
def test_value_and_gradient_of_the_penalties(penalty, l1, l2):
    params = a_net().params
    value, grads = penalty(params)
    weights = np.concatenate([params[name].ravel() for name in grads])
    assert grads.keys() == {"0.0.weight", "1.weight"}
    assert value == pytest.approx(
        l1 * np.abs(weights).sum() + l2 * (weights**2).sum(), rel=1e-14
    )
    for name, param in params.items():
        numerical = numerical_grad(lambda _: penalty(params)[0], param)
        assert relative_error(grads.get(name, np.zeros_like(param)), numerical) < 1e-6, name


@pytest.mark.parametrize(("penalty", "l1", "l2"), PENALTIES)
def test_penalties_keep_the_dtype_and_take_numpy_numbers(penalty, l1, l2):
    params = a_net("float32").params
    for value, grads in (
        penalty(params),
        elastic_net(params, np.float64(l1), np.float64(l2)),
        l2_penalty(params, np.float64(0.1)),
    ):
        assert type(value) is float
        assert {g.dtype for g in grads.values()} == {np.dtype("float32")}


def test_the_l1_gradient_at_zero_is_zero():
    assert l1_penalty({"weight": np.zeros((1, 1))}, 1.0)[1]["weight"] == 0


def test_a_name_that_ends_in_weight_is_not_weight():
    params = {"0.weight": np.ones((1, 1)), "0.overweight": np.ones((1, 1))}
    assert l2_penalty(params, 1.0)[0] == 1


# --- max-norm -------------------------------------------------------------------------------------


@quick
@given(st.floats(0.1, 10), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_max_norm_shortens_long_columns_and_leaves_short_ones_alone(limit, dtype, seed):
    W = (fresh(seed).standard_normal((5, 8)) * np.logspace(-2, 1, 8)).astype(dtype)
    before = W.copy()
    max_norm({"weight": W}, limit)
    norms, now = np.linalg.norm(before.astype(float), axis=0), np.linalg.norm(W, axis=0)
    short = norms <= limit
    np.testing.assert_array_equal(W[:, short], before[:, short])
    np.testing.assert_allclose(now[~short], limit, rtol=1e-6)
    np.testing.assert_allclose(W / now, before / norms, rtol=1e-5)  # no column turned
    assert W.dtype == dtype


@quick
@given(st.floats(0.1, 10), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_max_norm_again_changes_nothing_but_the_last_digit(limit, dtype, seed):
    W = (fresh(seed).standard_normal((5, 8)) * np.logspace(-2, 1, 8)).astype(dtype)
    max_norm({"weight": W}, limit)
    once = W.copy()
    max_norm({"weight": W}, limit)
    np.testing.assert_allclose(W, once, rtol=2 * np.finfo(dtype).eps)


def test_max_norm_works_in_place_on_each_weight_of_a_model_and_on_nothing_else():
    net = a_net()
    for param in net.params.values():
        param[:] = 9
    arrays = dict(net.params)
    max_norm(net.params, 2.0)
    assert all(net.params[name] is array for name, array in arrays.items())
    np.testing.assert_allclose(np.linalg.norm(net.params["0.0.weight"], axis=0), 2)
    np.testing.assert_allclose(np.linalg.norm(net.params["1.weight"], axis=1), 2)
    assert all((p == 9).all() for name, p in net.params.items() if not name.endswith("weight"))


def test_a_column_of_zeros_stays():
    W = np.zeros((3, 2))
    max_norm({"weight": W}, 1)
    np.testing.assert_array_equal(W, 0)


# --- refusals -------------------------------------------------------------------------------------

OK = {"weight": np.ones((2, 2))}
REFUSALS = [
    (lambda: Dropout(1.0, rng=fresh()), "rate must be in [0, 1), got 1.0"),
    (lambda: Dropout(-0.1, rng=fresh()), "rate must be in [0, 1), got -0.1"),
    (lambda: Dropout(np.nan, rng=fresh()), "rate must be in [0, 1), got nan"),
    (lambda: Dropout("half", rng=fresh()), "rate must be in [0, 1), got 'half'"),
    (lambda: Dropout(0.5, rng=7), "rng must be a numpy.random.Generator, got 7"),
    (
        lambda: Dropout(0.5, rng=fresh())(np.ones((0, 2)), training=True),
        "x must be a batch of at least one example, got shape (0, 2)",
    ),
    (
        lambda: Dropout(0.5, rng=fresh())(np.ones((1, 2), int)),
        "x must be an array of floats, got dtype int64",
    ),
    (lambda: DropConnect(2, 2, 1.5, rng=fresh()), "rate must be in [0, 1), got 1.5"),
    (lambda: DropConnect(2, 2, rng=None), "rng must be a numpy.random.Generator, got None"),
    (
        lambda: DropConnect(2, 0, rng=fresh()),
        "out_features must be a whole number of at least 1, got 0",
    ),
    (
        lambda: DropConnect(2, 2, rng=fresh())(np.ones((4, 3)), training=True),
        "x must be an array of shape (N, 2), got shape (4, 3)",
    ),
    (
        lambda: DropConnect(2, 2, rng=fresh())(np.ones(2), training=True),
        "x must be an array of rank 2, got shape (2,)",
    ),
    (lambda: l1_penalty(OK, -1), "strength must be a finite number of at least 0, got -1"),
    (lambda: l2_penalty(OK, np.inf), "strength must be a finite number of at least 0, got inf"),
    (lambda: elastic_net(OK, -1, 0), "l1 must be a finite number of at least 0, got -1"),
    (lambda: elastic_net(OK, 0, None), "l2 must be a finite number of at least 0, got None"),
    (
        lambda: l1_penalty({"bias": np.ones(2)}, 1),
        "params must be parameters with one called weight, got ['bias']",
    ),
    (lambda: max_norm({}, 1), "params must be parameters with one called weight, got []"),
    (lambda: max_norm(OK, 0), "limit must be a finite number above 0, got 0"),
    (
        lambda: max_norm({"weight": np.ones(2)}, 1),
        "params['weight'] must be an array of rank 2 or more, got shape (2,)",
    ),
    (
        lambda: l2_penalty({"weight": np.ones((2, 2), int)}, 1),
        "params['weight'] must be an array of floats, got dtype int64",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("bad", [np.inf, np.nan, 1e300])
def test_max_norm_refuses_weights_without_a_norm_and_changes_nothing(bad):
    params = {"0.weight": np.full((2, 2), 9.0), "1.weight": np.full((2, 2), bad)}
    with pytest.raises(
        ValueError, match=r"^params\['1.weight'\] must be of finite norm, got inf or nan$"
    ):
        max_norm(params, 1)
    np.testing.assert_array_equal(params["0.weight"], 9)


def test_a_refused_dropconnect_draws_nothing():
    rng, alone = fresh(), fresh()
    with pytest.raises(ValueError, match="rate"):
        DropConnect(2, 2, 1.0, rng=rng)
    assert rng.random() == alone.random()


def test_penalties_on_a_whole_model():
    params = mlp((3, 5, 2), rng=fresh()).params
    assert l2_penalty(params, 1.0)[1].keys() == {"0.weight", "2.weight"}

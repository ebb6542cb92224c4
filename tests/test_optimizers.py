"""Optimizers: against their formulas, by properties, dtype and place kept, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.optimizers import SGD, Adam, Optimizer

quick = settings(max_examples=30, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
MAKERS = {
    "SGD": lambda lr=0.1: SGD(lr),
    "momentum": lambda lr=0.1: SGD(lr, momentum=0.9),
    "Adam": lambda lr=0.1: Adam(lr),
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def gradients(seed, steps=5, size=4):
    return np.random.default_rng(seed).standard_normal((steps, size))


def path(optimizer, grads, start=0.0, dtype="float64"):
    """The parameter after each step."""
    params = {"w": np.full(grads.shape[1], start, dtype)}
    points = []
    for grad in grads.astype(dtype):
        optimizer.step(params, {"w": grad})
        points.append(params["w"].copy())
    return np.array(points)


# --- formulas -------------------------------------------------------------------------------------


def test_sgd_is_minus_rate_times_gradient():
    grads = gradients(0)
    np.testing.assert_allclose(path(SGD(0.1), grads), -0.1 * grads.cumsum(axis=0), rtol=1e-12)


def test_momentum_keeps_a_geometric_sum_of_gradients():
    grads, v, w = gradients(1), np.zeros(4), np.zeros(4)
    for grad, point in zip(grads, path(SGD(0.1, momentum=0.9), grads), strict=True):
        v = 0.9 * v + grad
        w = w - 0.1 * v
        np.testing.assert_allclose(point, w, rtol=1e-12)


def test_adam_is_its_paper():
    grads, m, s, w = gradients(2), 0, 0, np.zeros(4)
    points = path(Adam(0.01, betas=(0.8, 0.95), eps=1e-3), grads)
    for t, (grad, point) in enumerate(zip(grads, points, strict=True), start=1):
        m, s = 0.8 * m + 0.2 * grad, 0.95 * s + 0.05 * grad**2
        w = w - 0.01 * (m / (1 - 0.8**t)) / (np.sqrt(s / (1 - 0.95**t)) + 1e-3)
        np.testing.assert_allclose(point, w, rtol=1e-12)


def test_the_first_step_of_adam_is_the_rate_against_the_sign():
    grads = gradients(3, steps=1)
    np.testing.assert_allclose(path(Adam(0.1), grads), -0.1 * np.sign(grads), rtol=1e-6)


# --- properties -----------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(seeds)
def test_parameters_keep_dtype_and_place_and_gradients_are_left_alone(make, dtype, seed):
    optimizer, grads = make(), gradients(seed).astype(dtype)
    w, before = np.ones(4, dtype), grads.copy()
    params = {"w": w}
    for grad in grads:
        optimizer.step(params, {"w": grad})
    assert params["w"] is w
    assert w.dtype == np.dtype(dtype)
    assert (w != 1).all()
    np.testing.assert_array_equal(grads, before)


@quick
@given(seeds)
def test_momentum_zero_equals_plain(seed):
    grads = gradients(seed)
    np.testing.assert_array_equal(path(SGD(0.1, momentum=0.0), grads), path(SGD(0.1), grads))


@quick
@given(seeds, st.floats(1e-3, 1e3))
def test_adam_ignores_the_scale_of_the_gradient(seed, scale):
    grads = gradients(seed)
    scaled = path(Adam(0.1, eps=1e-30), scale * grads)
    np.testing.assert_allclose(scaled, path(Adam(0.1, eps=1e-30), grads), rtol=1e-9, atol=1e-12)


@quick
@given(seeds, st.floats(1e-3, 1e3), st.sampled_from([0.0, 0.9]))
def test_sgd_scales_with_the_gradient(seed, scale, momentum):
    grads = gradients(seed)
    scaled = path(SGD(0.1, momentum=momentum), scale * grads)
    expected = scale * path(SGD(0.1, momentum=momentum), grads)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9, atol=1e-12)


@every
@quick
@given(seeds)
def test_the_update_does_not_depend_on_where_it_starts(make, seed):
    grads = gradients(seed)
    np.testing.assert_allclose(
        path(make(), grads, start=5.0) - 5, path(make(), grads), atol=1e-13
    )


@every
def test_parameters_do_not_disturb_each_other(make):
    both, one = make(), make()
    params, alone = {"a": np.zeros(4), "b": np.zeros(4)}, {"a": np.zeros(4)}
    for a, b in zip(gradients(0), gradients(1), strict=True):
        both.step(params, {"a": a, "b": 100 * b})
        one.step(alone, {"a": a})
    np.testing.assert_array_equal(params["a"], alone["a"])


@every
def test_a_parameter_without_a_gradient_is_left_alone(make):
    params = {"a": np.ones(2), "b": np.ones(2)}
    make().step(params, {"a": np.ones(2)})
    np.testing.assert_array_equal(params["b"], 1)
    assert (params["a"] < 1).all()


def test_adam_corrects_a_parameter_by_the_steps_it_took_itself():
    optimizer, params = Adam(0.1), {"a": np.zeros(1), "b": np.zeros(1)}
    for _ in range(5):
        optimizer.step(params, {"a": np.ones(1)})
    optimizer.step(params, {"b": np.ones(1)})
    np.testing.assert_allclose(params["b"], -0.1, rtol=1e-6)


@every
def test_the_rate_may_be_a_function_of_the_step_from_zero(make):
    asked = []

    def rate(step):
        asked.append(step)
        return np.float64(0.1)

    grads = gradients(0)
    np.testing.assert_array_equal(path(make(rate), grads), path(make(), grads))
    assert asked == [0, 1, 2, 3, 4]


@every
def test_all_of_them_go_down_a_bowl(make):
    optimizer, params = make(), {"w": np.array([3.0, -2.0])}
    for _ in range(400):
        optimizer.step(params, {"w": params["w"].copy()})
    assert np.abs(params["w"]).max() < 1e-2


# --- refusals -------------------------------------------------------------------------------------


def test_a_bare_optimizer_has_no_direction():
    with pytest.raises(NotImplementedError, match=r"^Optimizer defines no direction$"):
        Optimizer(0.1).step({"w": np.ones(1)}, {"w": np.ones(1)})


REFUSALS = [
    (lambda: SGD(0), "lr must be a finite number above 0, got 0"),
    (lambda: SGD(-0.1), "lr must be a finite number above 0, got -0.1"),
    (lambda: SGD(np.inf), "lr must be a finite number above 0, got inf"),
    (lambda: SGD("fast"), "lr must be a finite number above 0, got 'fast'"),
    (lambda: SGD(0.1, momentum=1.0), "momentum must be in [0, 1), got 1.0"),
    (lambda: SGD(0.1, momentum=-0.5), "momentum must be in [0, 1), got -0.5"),
    (lambda: Adam(0.1, betas=(1.0, 0.9)), "betas must be in [0, 1), got 1.0"),
    (lambda: Adam(0.1, betas=(0.9, -0.1)), "betas must be in [0, 1), got -0.1"),
    (lambda: Adam(0.1, eps=0), "eps must be a finite number above 0, got 0"),
]


@pytest.mark.parametrize(("make", "message"), REFUSALS)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


@every
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"c": np.ones(2)}, "params['c'] must be a parameter of shape (2,), got none"),
        ({"b": np.ones(3)}, "params['b'] must be a parameter of shape (3,), got (2,)"),
        ({"b": np.ones((1, 2))}, "params['b'] must be a parameter of shape (1, 2), got (2,)"),
    ],
)
def test_a_gradient_that_fits_no_parameter_changes_nothing(make, bad, message):
    optimizer, params = make(), {"a": np.ones(2), "b": np.ones(2)}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        optimizer.step(params, {"a": np.ones(2)} | bad)
    np.testing.assert_array_equal(params["a"], 1)
    assert optimizer.steps == 0

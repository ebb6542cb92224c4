"""The gradient checker: right on known gradients, and it tells wrong ones."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.activations import ACTIVATIONS
from nnbook.gradcheck import (
    check_layer,
    check_loss,
    disagreements,
    numerical_grad,
    relative_error,
    relative_errors,
    suspected_kinks,
)
from nnbook.layers import Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual


def fresh(seed=0):
    return np.random.default_rng(seed)


def test_the_numerical_gradient_of_a_known_function():
    x = fresh().standard_normal((3, 2))
    grad = numerical_grad(lambda x: float((x**3).sum()), x)
    np.testing.assert_allclose(grad, 3 * x**2, rtol=1e-8, atol=1e-9)


def test_the_error_is_of_order_h_squared():
    x = np.array([1.0])
    errors = [
        abs(numerical_grad(lambda x: float(np.exp(x[0])), x, h) - np.e) for h in (0.1, 0.01)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_x_is_changed_in_place_and_restored():
    x = np.array([1.0, 2.0])
    before = x.copy()
    grad = numerical_grad(lambda _: float(x[0] * x[1]), x)  # f holds x in a closure
    np.testing.assert_allclose(grad, [2, 1], rtol=1e-9)
    np.testing.assert_array_equal(x, before)


def test_relative_error():
    a, b = np.array([3.0, 4.0]), np.array([3.0, 3.0])
    assert relative_error(a, a) == 0
    assert relative_error(a, b) == relative_error(b, a) == 0.2
    assert relative_error(1e9 * a, 1e9 * b) == pytest.approx(0.2)
    assert relative_error(a, 0 * a) == 1
    assert relative_error(0 * a, 0 * a) == 0
    assert np.isnan(relative_error(a, np.array([np.nan, 1.0])))


class Wrong(Layer):
    """A linear layer with a mistake in its backward."""

    def __init__(self, mistake):
        super().__init__()
        self.inner, self.mistake = Linear(3, 3, rng=fresh()), mistake
        self.params = self.inner.params

    def __call__(self, x, *, training=False):
        y, right = self.inner(x)
        return y, lambda dy: self.mistake(x, self.params["weight"], dy, *right(dy))


def in_training_only(training):
    class Doubles(Layer):
        def __call__(self, x, *, training=False):
            return (2 * x if training else x), lambda dy: (dy, {})

    return check_layer(Doubles(), np.ones((2, 2)), rng=fresh(), training=training)["x"]


MISTAKES = {
    "x": {
        "one percent": lambda x, w, dy, dx, g: (1.01 * dx, g),
        "transposed": lambda x, w, dy, dx, g: (dy @ w, g),
        "sign": lambda x, w, dy, dx, g: (-dx, g),
        "zero": lambda x, w, dy, dx, g: (0 * dx, g),
        "rows swapped": lambda x, w, dy, dx, g: (dx[::-1], g),
    },
    "weight": {
        "divided by N": lambda x, w, dy, dx, g: (dx, g | {"weight": g["weight"] / len(x)}),
        "transposed": lambda x, w, dy, dx, g: (dx, g | {"weight": g["weight"].T}),
    },
    "bias": {
        "one example": lambda x, w, dy, dx, g: (dx, g | {"bias": dy[0]}),
        "mean": lambda x, w, dy, dx, g: (dx, g | {"bias": dy.mean(axis=0)}),
    },
}


@pytest.mark.parametrize(
    ("where", "mistake"),
    [
        pytest.param(where, mistake, id=f"{where} {name}")
        for where, mistakes in MISTAKES.items()
        for name, mistake in mistakes.items()
    ],
)
def test_a_mistake_is_told_and_where_it_is(where, mistake):
    # Seeds apart: with dy equal to x the gradient of the weight would be symmetric.
    errors = check_layer(Wrong(mistake), fresh(1).standard_normal((4, 3)), rng=fresh(2))
    assert {name for name, error in errors.items() if error > 1e-3} == {where}
    assert max(error for name, error in errors.items() if name != where) < 1e-8


def test_a_right_layer_passes_and_nothing_is_changed():
    layer, x = Linear(3, 2, rng=fresh()), fresh(1).standard_normal((4, 3))
    before, weight = x.copy(), layer.params["weight"].copy()
    errors = check_layer(layer, x, rng=fresh())
    assert errors.keys() == {"x", "weight", "bias"}
    assert max(errors.values()) < 1e-8
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(layer.params["weight"], weight)


@pytest.mark.parametrize("training", [True, False])
def test_a_model_with_masks_and_running_statistics_passes_and_is_not_changed(training):
    x = fresh(1).standard_normal((6, 3))
    noisy = [
        Dropout(0.4, rng=fresh(2)),
        Dropout(0.4, rng=fresh(3)),
        DropConnect(3, 2, 0.4, rng=fresh(4)),
    ]
    net = Sequential(BatchNorm(3), noisy[0], Residual(BatchNorm(3), noisy[1]), noisy[2])

    def state():
        return net.buffers, [layer.rng.bit_generator.state for layer in noisy]

    net(x, training=True)  # statistics and streams are not where they start
    before = deepcopy(state())
    errors = check_layer(net, x, rng=fresh(5), training=training)
    assert errors.keys() == {"x", *net.params}
    assert max(errors.values()) < 1e-7
    np.testing.assert_equal(state(), before)


def test_the_mode_is_passed_on():
    assert in_training_only(training=False) < 1e-8
    assert in_training_only(training=True) == pytest.approx(0.5)


def test_a_wrong_loss_is_told():
    scores, labels = fresh().standard_normal((4, 3)), np.array([0, 1, 2, 0])
    assert check_loss(cross_entropy, scores, labels) < 1e-8
    summed = check_loss(
        lambda s, t: (cross_entropy(s, t)[0], 4 * cross_entropy(s, t)[1]), scores, labels
    )
    assert summed == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: numerical_grad(lambda x: 0.0, np.ones(1), h=0),
            "^h must be a finite number above 0, got 0$",
        ),
        (
            lambda: numerical_grad(lambda x: 0.0, np.ones(1, int)),
            "^x must be an array of floats, got dtype int64$",
        ),
        (
            lambda: check_layer(Linear(1, 1, rng=fresh()), np.ones((1, 1)), rng=1),
            r"^rng must be a numpy\.random\.Generator, got 1$",
        ),
        (
            lambda: check_layer(
                Linear(1, 1, rng=fresh(), dtype="float32"), np.ones((1, 1)), rng=fresh()
            ),
            r"^params\['weight'\] must be an array of float64, got dtype float32$",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- entry by entry, and kinks --------------------------------------------------------------------

quick = settings(max_examples=50, deadline=None, derandomize=True)
H = 1e-5


def total(f):
    return lambda x: float(f(x).sum())


def test_relative_errors_by_hand():
    a, b = np.array([1.0, 0.0, 0.0, -2.0, 1.0]), np.array([1.0, 0.0, 3.0, 2.0, 1.1])
    np.testing.assert_allclose(relative_errors(a, b), [0, 0, 1, 2, 1 / 11], rtol=1e-14)
    np.testing.assert_array_equal(
        np.isnan(relative_errors([np.nan, 1.0], [0.0, 1.0])), [True, False]
    )


@quick
@given(st.integers(0, 2**32), st.floats(1e-6, 1e6))
def test_relative_errors_are_symmetric_scale_free_and_at_most_two(seed, scale):
    a, b = fresh(seed).integers(-2, 3, (2, 4, 3)).astype(float)
    errors = relative_errors(a, b)
    np.testing.assert_array_equal(errors, relative_errors(b, a))
    np.testing.assert_allclose(relative_errors(scale * a, scale * b), errors, rtol=1e-12)
    assert ((errors >= 0) & (errors <= 2)).all()
    np.testing.assert_array_equal(errors == 0, a == b)


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
@quick
@given(place=st.floats(-0.98, 0.98))
def test_a_kink_is_told_wherever_it_is_between_the_points(name, place):
    x = np.array([1.0, place * H, -1.0])
    before = x.copy()
    assert suspected_kinks(total(ACTIVATIONS[name][0]), x) == [(1,)]
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_away_from_kinks_none_are_suspected(name):
    x = fresh().standard_normal((4, 5))
    x += 0.01 * np.sign(x)
    assert suspected_kinks(total(ACTIVATIONS[name][0]), x) == []


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gelu", "silu", "softplus"])
@quick
@given(x=st.floats(-30, 30))
def test_smooth_functions_have_none(name, x):
    assert suspected_kinks(total(ACTIVATIONS[name][0]), np.array([x])) == []


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sin(1000 * x),
        lambda x: 1e8 + x**2,
        lambda x: x**3,
        lambda x: np.exp(20 * x),
        lambda x: 0 * x,
        lambda x: 1 / (x + 3),
    ],
)
def test_neither_strong_curvature_nor_rounding_is_taken_for_a_kink(f):
    assert suspected_kinks(total(f), np.array([0.0, 0.3, -0.7, 1.0])) == []


def test_a_max_a_hinge_and_an_absolute_value_have_kinks():
    assert suspected_kinks(lambda x: float(x.max()), np.array([1.0, 1.0 - H / 3, 0.0])) == [
        (0,),
        (1,),
    ]
    assert suspected_kinks(total(np.abs), np.array([[0.0, 1.0], [1.0, H / 20]])) == [
        (0, 0),
        (1, 1),
    ]


def test_mistakes_and_kinks_are_told_apart():
    x = np.array([[1.0, 0.3 * H, -1.0], [0.0, 2.0, -0.2 * H]])
    grad = np.where(x > 0, 1.0, 0.0)
    relu = total(lambda x: np.maximum(x, 0))
    assert disagreements(relu, grad, x) == ([], [(0, 1), (1, 0), (1, 2)])
    grad[0, 2], grad[1, 1] = 1.0, 1.001
    assert disagreements(relu, grad, x) == ([(0, 2), (1, 1)], [(0, 1), (1, 0), (1, 2)])
    assert disagreements(relu, grad, x, limit=0.01)[0] == [(0, 2)]
    grad[0, 0] = np.nan
    assert disagreements(relu, grad, x)[0][0] == (0, 0)


def test_a_right_gradient_of_a_smooth_function_has_neither():
    x = fresh().standard_normal((3, 4))
    assert disagreements(total(np.tanh), 1 - np.tanh(x) ** 2, x, limit=1e-7) == ([], [])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda f: relative_errors(np.ones(2), np.ones((2, 1))),
            r"^b must be an array of shape \(2,\), got shape \(2, 1\)$",
        ),
        (
            lambda f: suspected_kinks(f, np.ones(1, np.float32)),
            "^x must be an array of float64, got dtype float32$",
        ),
        (
            lambda f: suspected_kinks(f, np.ones(1), h=-1),
            "^h must be a finite number above 0, got -1$",
        ),
        (
            lambda f: suspected_kinks(f, np.ones(1), tolerance=0),
            "^tolerance must be a finite number above 0, got 0$",
        ),
        (
            lambda f: disagreements(f, np.ones(2), np.ones(1)),
            r"^grad must be an array of shape \(1,\), got shape \(2,\)$",
        ),
        (
            lambda f: disagreements(f, np.ones(1), np.ones(1), limit=0),
            "^limit must be a finite number above 0, got 0$",
        ),
    ],
)
def test_more_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call(total(np.abs))

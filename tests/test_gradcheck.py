"""The gradient checker: right on known gradients, and it tells wrong ones."""

import numpy as np
import pytest

from nnbook.gradcheck import check_layer, check_loss, numerical_grad, relative_error
from nnbook.layers import Layer, Linear
from nnbook.losses import cross_entropy


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
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()

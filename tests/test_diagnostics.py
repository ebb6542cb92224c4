"""Diagnostics: activations and gradients by layer, dead and saturated units."""

import re

import numpy as np
import pytest

from nnbook import diagnostics
from nnbook.activations import ACTIVATIONS
from nnbook.gradcheck import numerical_grad, relative_error
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp


def setting():
    rng = np.random.default_rng(0)
    net = mlp((3, 5, 4, 2), rng=rng, activation="tanh")
    return net, rng.standard_normal((6, 3)), rng.integers(2, size=6)


def test_activations_are_the_outputs_of_all_layers_in_order():
    net, x, _ = setting()
    outputs = diagnostics.activations_by_layer(net, x)
    assert [h.shape for h in outputs] == [(6, 5), (6, 5), (6, 4), (6, 4), (6, 2)]
    np.testing.assert_array_equal(outputs[1], np.tanh(outputs[0]))
    np.testing.assert_array_equal(outputs[-1], net(x)[0])


@pytest.mark.parametrize("place", range(5))
def test_gradients_are_those_of_the_loss_with_respect_to_each_output(place):
    net, x, y = setting()
    grad = diagnostics.gradients_by_layer(net, cross_entropy, x, y)[place]
    rest = Sequential(*net.layers[place + 1 :])
    h = diagnostics.activations_by_layer(net, x)[place].copy()
    expected = numerical_grad(lambda h: cross_entropy(rest(h)[0], y)[0], h)
    assert relative_error(grad, expected) < 1e-7


def test_a_unit_is_dead_if_it_is_zero_on_all_examples():
    activations = np.array([[0.0, 0.0, 1.0, -1.0], [0.0, 2.0, 1.0, -1.0]])
    assert diagnostics.dead_fraction(activations) == 0.25
    assert diagnostics.dead_fraction(np.zeros((2, 3))) == 1
    assert diagnostics.dead_fraction(np.ones((2, 3), np.float32)) == 0


@pytest.mark.parametrize(
    ("activation", "x", "share"),
    [
        ("sigmoid", [0.0, 10.0, -10.0, 2.0], 0.5),
        ("tanh", [0.0, 10.0, -10.0, 1.0], 0.5),
        ("relu", [-1.0, 1.0, 0.0, 2.0], 0.5),
        ("leaky_relu", [-1.0, 1.0, -3.0, 2.0], 0.5),
        ("elu", [-0.1, 100.0, -10.0, 2.0], 0.25),
    ],
)
def test_an_input_saturates_where_the_slope_is_a_small_part_of_the_largest(
    activation, x, share
):
    assert diagnostics.saturated_fraction(np.array(x), activation) == share


def test_the_threshold_is_a_part_of_the_largest_slope():
    x = np.linspace(-8, 8, 1001)
    slopes = ACTIVATIONS["sigmoid"][1](x)
    for threshold in (0.01, 0.5):
        expected = (slopes < threshold / 4).mean()
        assert diagnostics.saturated_fraction(x, "sigmoid", threshold) == expected


REFUSALS = [
    (
        lambda: diagnostics.dead_fraction(np.ones(3)),
        "activations must be an array of rank 2, got shape (3,)",
    ),
    (
        lambda: diagnostics.dead_fraction(np.ones((0, 3))),
        "activations must be a batch of at least one example, got shape (0, 3)",
    ),
    (
        lambda: diagnostics.saturated_fraction(np.ones(3), "rely"),
        f"activation must be one of {', '.join(sorted(ACTIVATIONS))}, got 'rely'",
    ),
    (
        lambda: diagnostics.saturated_fraction(np.ones(3), "relu", 1.0),
        "threshold must be in (0, 1), got 1.0",
    ),
    (
        lambda: diagnostics.saturated_fraction(np.ones(0), "relu"),
        "x must be a batch of at least one example, got shape (0,)",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()

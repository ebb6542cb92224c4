"""Diagnostics: activations and gradients by layer, dead and saturated units, updates, a test of rates."""

import re
from copy import deepcopy
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook import diagnostics
from nnbook.activations import ACTIVATIONS
from nnbook.diagnostics import lr_range_test, update_ratios
from nnbook.gradcheck import numerical_grad, relative_error
from nnbook.layers import Linear, Sequential
from nnbook.losses import cross_entropy, mse
from nnbook.models import mlp
from nnbook.optimizers import SGD, AdaGrad, Adam, RMSProp
from nnbook.training import fit, loss_and_grads

quick = settings(max_examples=30, deadline=None, derandomize=True)


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


# --- updates --------------------------------------------------------------------------------------


def test_the_ratio_of_an_update_is_its_length_over_that_of_the_parameter():
    before = {"w": np.array([[3.0, 0.0], [0.0, 4.0]]), "b": np.zeros(2), "c": np.zeros(2)}
    after = {
        "w": np.array([[3.0, 0.3], [0.4, 4.0]]),
        "b": np.array([0.0, 1e-9]),
        "c": np.zeros(2),
    }
    assert update_ratios(before, after) == {"w": pytest.approx(0.1), "b": np.inf, "c": 0.0}
    assert update_ratios({}, after) == {}


@quick
@given(st.integers(0, 99), st.floats(1e-4, 1), st.sampled_from([np.float32, np.float64]))
def test_for_plain_sgd_it_is_the_rate_times_the_ratio_of_gradient_and_weight(seed, lr, dtype):
    rng = np.random.default_rng(seed)
    net = mlp((3, 5, 4), rng=rng, bias=0.1, dtype=dtype)
    x, y = rng.standard_normal((6, 3)).astype(dtype), rng.integers(4, size=6)
    before = {name: p.copy() for name, p in net.params.items()}
    _, grads = loss_and_grads(net, cross_entropy, x, y)
    SGD(lr).step(net.params, grads)
    ratios = update_ratios(before, net.params)
    assert list(ratios) == list(net.params)
    for name, p in before.items():
        if p.any():
            expected = float(lr * np.linalg.norm(grads[name]) / np.linalg.norm(p))
            rounding = float(np.finfo(dtype).eps)  # of each entry, as a share of it
            assert ratios[name] == pytest.approx(expected, rel=1e-5, abs=rounding)


# --- the test of rates ----------------------------------------------------------------------------


def clouds(n=200):
    rng = np.random.default_rng(3)
    y = rng.integers(4, size=n)
    return rng.standard_normal((n, 6)) + 2 * np.eye(4, 6)[y], y


def small(**options):
    return mlp((6, 20, 4), rng=np.random.default_rng(1), **options)


def range_test(net=None, make=SGD, **options):
    x, y = clouds()
    defaults = {"batch_size": 20, "rng": np.random.default_rng(0)}
    return lr_range_test(net or small(), cross_entropy, make, x, y, **defaults | options)


MAKES = {
    "SGD": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "AdaGrad": AdaGrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
optimizers = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)


@optimizers
def test_rates_rise_by_one_factor_from_low_to_high(make):
    found = range_test(make=make, low=1e-4, high=1e-2, steps=31)
    np.testing.assert_allclose(found.rates, np.geomspace(1e-4, 1e-2, 31))
    assert len(found.losses) == len(found.averages) == 31


@optimizers
def test_the_suggestion_is_a_tenth_of_the_rate_of_the_least_average_and_trains(make):
    found = range_test(make=make)
    least = found.averages.argmin()
    assert found.suggestion == found.rates[least] / 10
    x, y = clouds()
    net = small()
    before = loss_and_grads(net, cross_entropy, x, y)[0]
    optimizer = make(found.suggestion)
    fit(
        net,
        cross_entropy,
        optimizer,
        x,
        y,
        epochs=20,
        batch_size=20,
        rng=np.random.default_rng(5),
    )
    assert loss_and_grads(net, cross_entropy, x, y)[0] < before / 3


def test_losses_are_those_of_a_training_run_and_averages_forget():
    found = range_test(low=1e-3, high=1.0, steps=25)
    x, y = clouds()
    rates = np.geomspace(1e-3, 1.0, 25)
    by_hand = fit(
        small(),
        cross_entropy,
        SGD(lambda step: rates[min(step, 24)]),
        x,
        y,
        epochs=3,
        batch_size=20,
        rng=np.random.default_rng(0),
    )
    np.testing.assert_allclose(found.losses, by_hand[:25])
    for i in range(25):
        weights = 0.9 ** np.arange(i, -1, -1)
        assert found.averages[i] == pytest.approx(
            np.average(found.losses[: i + 1], weights=weights)
        )


def test_the_test_ends_when_the_loss_explodes_and_warns_of_nothing():
    found = range_test(high=1e12, low=1e-2, steps=200)
    assert 10 < len(found.rates) < 200
    assert not found.averages[-1] <= 4 * found.averages.min()
    assert (found.averages[:-1] <= 4 * found.averages[:-1].min()).all()
    overflown = lr_range_test(
        *(Linear(6, 4, rng=np.random.default_rng(1)), mse, SGD),
        *(clouds()[0], np.ones((200, 4))),
        **{"batch_size": 200, "rng": np.random.default_rng(0), "low": 1e-3, "high": 1e300},
    )
    assert not np.isfinite(overflown.losses[-1]) or overflown.losses[-1] > 100
    assert np.isfinite(overflown.suggestion)


def test_there_is_no_suggestion_where_nothing_is_learned():
    x, y = np.zeros((40, 6)), np.repeat([0, 1], 20)
    net = Sequential(Linear(6, 2, rng=np.random.default_rng(0)))
    found = lr_range_test(
        net, cross_entropy, SGD, x, y, batch_size=40, rng=np.random.default_rng(0)
    )
    assert np.isnan(found.suggestion)
    assert len(found.rates) == 100
    assert np.isnan(range_test(low=1e-7, high=1e-6).suggestion)


def test_a_first_loss_that_is_no_number_ends_the_test():
    net = small()
    net.params["0.weight"][0, 0] = np.nan
    found = range_test(net)
    assert len(found.rates) == 1
    assert np.isnan([found.losses[0], found.suggestion]).all()


def test_the_model_stays_as_it_was():
    net = small(norm="batch", dropout=0.2)
    kept = {name: p.copy() for name, p in {**net.params, **net.buffers}.items()}
    twin = deepcopy(net)
    range_test(net)
    for name, p in {**net.params, **net.buffers}.items():
        np.testing.assert_array_equal(p, kept[name])
    x, _ = clouds()
    np.testing.assert_array_equal(net(x, training=True)[0], twin(x, training=True)[0])


# --- refusals -------------------------------------------------------------------------------------

REFUSALS = [
    (
        lambda: update_ratios({"w": np.ones(2)}, {}),
        "after['w'] must be an array of shape (2,), got none",
    ),
    (
        lambda: update_ratios({"w": np.ones(2)}, {"w": np.ones(3)}),
        "after['w'] must be an array of shape (2,), got shape (3,)",
    ),
    (lambda: update_ratios(3, {}), "before must be a dict of arrays, got 3"),
    (lambda: range_test(make=3), "make_optimizer must be a function, got 3"),
    (lambda: range_test(make=lambda _: 3), "optimizer must be an Optimizer, got 3"),
    (lambda: range_test(low=0.0), "low must be a finite number above 0, got 0.0"),
    (lambda: range_test(low=1.0, high=1.0), "high must be a finite number above 1.0, got 1.0"),
    (lambda: range_test(steps=1), "steps must be a whole number of at least 2, got 1"),
    (
        lambda: range_test(batch_size=0),
        "batch_size must be a whole number of at least 1, got 0",
    ),
    (lambda: range_test(rng=3), "rng must be a numpy.random.Generator, got 3"),
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

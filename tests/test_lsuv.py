"""LSUV: unit variance layer by layer, in place, repeatable, and nothing changed when it refuses."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.diagnostics import activations_by_layer
from nnbook.initializers import constant, normal, orthogonal
from nnbook.layers import Activate, Linear, Sequential
from nnbook.lsuv import lsuv
from nnbook.models import mlp

quick = settings(max_examples=20, deadline=None, derandomize=True)
SIZES = (20, 30, 30, 30, 10)


def fresh(seed=0):
    return np.random.default_rng(seed)


def batch(dtype=np.float64):
    return fresh(1).standard_normal((64, 20)).astype(dtype)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "prelu", "maxout"])
@quick
@given(seed=st.integers(0, 99), std=st.sampled_from([1e-3, 0.1, 10.0]))
def test_every_weighted_layer_gets_unit_variance_whatever_it_started_from(
    activation, seed, std
):
    init = partial(normal, std=std)
    model, x = mlp(SIZES, rng=fresh(seed), activation=activation, init=init), batch()
    weights = dict(model.params)
    said = lsuv(model, x)
    assert list(said) == [name for name in model.params if name.endswith("weight")]
    outputs = activations_by_layer(model, x)
    for name, variance in said.items():
        assert outputs[int(name.split(".")[0])].var() == pytest.approx(variance, rel=1e-12)
        assert variance == pytest.approx(1, abs=0.01)
    assert all(model.params[name] is p for name, p in weights.items())


def test_without_biases_one_scaling_is_exact_and_keeps_the_directions():
    model = mlp(SIZES, rng=fresh(), init=orthogonal)
    before = {name: p.copy() for name, p in model.params.items()}
    said = lsuv(model, batch(), attempts=1)
    np.testing.assert_allclose(list(said.values()), 1, rtol=1e-12)
    for name, p in model.params.items():
        if name.endswith("weight"):
            ratio = p / before[name]
            np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-12)
        else:
            np.testing.assert_array_equal(p, before[name])


def test_unequal_biases_take_several_scalings():
    model, x = Sequential(Linear(20, 30, rng=fresh())), batch()
    model.params["0.bias"][:] = 0.4 * fresh(2).standard_normal(30)
    before = model.params["0.weight"].copy()
    message = r"^variance of the outputs of 0\.weight must be within 0\.001 of 1 after 1 scalings, got "
    with pytest.raises(ValueError, match=message):
        lsuv(model, x, attempts=1, tolerance=1e-3)
    np.testing.assert_array_equal(model.params["0.weight"], before)
    assert lsuv(model, x, tolerance=1e-3)["0.weight"] == pytest.approx(1, abs=1e-3)


def test_a_second_call_changes_nothing_and_float32_stays():
    model, x = mlp(SIZES, rng=fresh(), dtype=np.float32), batch(np.float32)
    lsuv(model, x)
    before = {name: p.copy() for name, p in model.params.items()}
    lsuv(model, x)
    for name, p in model.params.items():
        assert p.dtype == np.float32
        np.testing.assert_array_equal(p, before[name])


def test_layers_inside_of_a_sequential_are_found_by_their_names():
    inner = Sequential(Linear(20, 8, rng=fresh()), Activate("relu"))
    model = Sequential(inner, Linear(8, 3, rng=fresh(1)))
    assert set(lsuv(model, batch())) == {"0.0.weight", "1.weight"}


def test_it_scales_the_deep_net_that_small_weights_silence():
    model, x = mlp((20, *[30] * 12, 10), rng=fresh(), init=normal), batch()
    assert model(x)[0].std() < 1e-10
    lsuv(model, x)
    assert model(x)[0].std() == pytest.approx(1, abs=0.01)


def test_biases_that_vary_too_much_are_no_matter_of_weights():
    model = Sequential(Linear(20, 30, rng=fresh()))
    model.params["0.bias"][:] = 5 * fresh(2).standard_normal(30)
    with pytest.raises(ValueError, match=r"must be within 0\.01 of 1 after 10 scalings, got "):
        lsuv(model, batch())


SILENT = "variance of the outputs of 2.weight must be above 0 and finite, got 0.0"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.ones((4, 3))}, "x must be an array of shape (N, 20), got shape (4, 3)"),
        ({"x": np.full((4, 20), np.nan)}, "x must be finite, got an array with inf or nan"),
        (
            {"x": np.ones((0, 20))},
            "x must be a batch of at least one example, got shape (0, 20)",
        ),
        ({"tolerance": 0}, "tolerance must be a finite number above 0, got 0"),
        ({"attempts": 0}, "attempts must be a whole number of at least 1, got 0"),
        ({"model": 3}, "model must be a Sequential, got 3"),
        ({}, SILENT),
    ],
)
def test_refusals_change_nothing(change, message):
    first, silent = Linear(20, 5, rng=fresh()), Linear(5, 4, rng=fresh(), init=constant)
    model = Sequential(first, Activate("relu"), silent)
    before = {name: p.copy() for name, p in model.params.items()}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lsuv(**{"model": model, "x": batch(), **change})
    for name, p in model.params.items():
        np.testing.assert_array_equal(p, before[name])

"""mlp: its layers, its initial weights, and what it refuses."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.activations import ACTIVATIONS
from nnbook.initializers import lecun_normal
from nnbook.layers import Activate, Linear, Maxout, PReLU
from nnbook.models import mlp

quick = settings(max_examples=20, deadline=None, derandomize=True)
KINDS = (*ACTIVATIONS, "prelu", "maxout")


def fresh(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("activation", "between"),
    [("tanh", [Linear, Activate]), ("prelu", [Linear, PReLU]), ("maxout", [Maxout])],
)
def test_the_layers(activation, between):
    net = mlp((4, 3, 3, 2), rng=fresh(), activation=activation)
    assert [type(layer) for layer in net.layers] == [*between, *between, Linear]
    assert net(np.ones((5, 4)))[0].shape == (5, 2)


def test_no_hidden_width_makes_a_linear_classifier():
    assert [type(layer) for layer in mlp((4, 2), rng=fresh()).layers] == [Linear]


@quick
@given(st.sampled_from(KINDS), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_dtype_and_repeatability(activation, dtype, seed):
    first, second = (
        mlp((3, 4, 2), rng=fresh(seed), activation=activation, dtype=dtype) for _ in range(2)
    )
    for name, param in first.params.items():
        assert param.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(param, second.params[name])
    assert first(np.ones((2, 3), dtype))[0].dtype == np.dtype(dtype)


def test_weights_are_kaimings_unless_told_otherwise():
    for options, variance in (({}, 2 / 200), ({"init": lecun_normal}, 1 / 200)):
        net = mlp((200, 200, 2), rng=fresh(), **options)
        assert net.params["0.weight"].var() == pytest.approx(variance, rel=0.05)


def test_hidden_biases_start_where_told_and_the_outputs_at_zero():
    net = mlp((3, 4, 4, 2), rng=fresh(), bias=0.1)
    assert [set(net.params[f"{i}.bias"]) for i in (0, 2, 4)] == [{0.1}, {0.1}, {0.0}]


REFUSALS = [
    ({"sizes": (3,)}, "sizes must be at least (inputs, outputs), got (3,)"),
    ({"sizes": (3, 0, 2)}, "sizes must be a whole number of at least 1, got 0"),
    ({"sizes": (3, -4, 2)}, "sizes must be a whole number of at least 1, got -4"),
    ({"sizes": (3, 4.0, 2)}, "sizes must be a whole number of at least 1, got 4.0"),
    ({"rng": 3}, "rng must be a numpy.random.Generator, got 3"),
    ({"bias": np.nan}, "bias must be a finite number, got nan"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_refusals(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mlp(**{"sizes": (3, 4, 2), "rng": fresh()} | change)


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 4, 4, 2)])
def test_an_unknown_activation_is_refused_before_any_draw_and_the_known_ones_are_listed(sizes):
    rng = fresh()
    with pytest.raises(
        ValueError, match=r"^activation must be one of .*, got 'rely'$"
    ) as refusal:
        mlp(sizes, rng=rng, activation="rely")
    listed = re.search("one of (.*), got", str(refusal.value))[1].split(", ")
    assert listed == sorted(KINDS)
    assert rng.bit_generator.state == fresh().bit_generator.state

"""Layers: values by hand, dtypes, no memory between calls, refusals. Gradients: test_gradients.py."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook._backward import only_grads
from nnbook.activations import ACTIVATIONS, leaky_relu, relu
from nnbook.layers import Activate, Flatten, Layer, Linear, Maxout, PReLU, Sequential

quick = settings(max_examples=20, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
both = pytest.mark.parametrize("dtype", ["float32", "float64"])


def fresh(seed=0):
    return np.random.default_rng(seed)


def stack(seed=0, dtype="float64"):
    return Sequential(
        Linear(3, 4, rng=fresh(seed), dtype=dtype),
        PReLU(4, dtype=dtype),
        Linear(4, 2, rng=fresh()),
    )


# (make(dtype), shape of one batch)
LAYERS = {
    "Linear": (lambda dtype: Linear(3, 4, rng=fresh(), dtype=dtype), (5, 3)),
    "PReLU": (lambda dtype: PReLU(dtype=dtype), (5, 3)),
    "PReLU per feature": (lambda dtype: PReLU(3, dtype=dtype), (5, 3)),
    "PReLU per channel": (lambda dtype: PReLU(3, dtype=dtype), (5, 3, 2, 2)),
    "Maxout": (lambda dtype: Maxout(3, 4, rng=fresh(), dtype=dtype), (5, 3)),
    "Flatten": (lambda _: Flatten(), (5, 3, 2)),
    "Sequential": (
        lambda dtype: Sequential(
            Flatten(), Linear(6, 4, rng=fresh(), dtype=dtype), Activate("gelu")
        ),
        (5, 3, 2),
    ),
    **{name: (lambda _, name=name: Activate(name), (5, 3)) for name in ACTIVATIONS},
}
every = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


# --- what every layer keeps -----------------------------------------------------------------------


@every
@both
@quick
@given(seeds, st.booleans())
def test_dtype_shape_and_input_are_kept(make, shape, dtype, seed, training):
    layer, rng = make(dtype), fresh(seed)
    x = rng.standard_normal(shape).astype(dtype)
    before = x.copy()
    y, backward = layer(x, training=training)
    dy = rng.standard_normal(y.shape).astype(dtype)
    dx, grads = backward(dy)
    assert y.dtype == dx.dtype == np.dtype(dtype)
    assert (len(y), dx.shape) == (len(x), x.shape)
    assert {n: (g.dtype, g.shape) for n, g in grads.items()} == {
        n: (p.dtype, p.shape) for n, p in layer.params.items()
    }
    np.testing.assert_array_equal(x, before)


@every
@quick
@given(seeds)
def test_a_second_call_leaves_the_first_backward_right(make, shape, seed):
    layer, rng = make("float64"), fresh(seed)
    batches = [rng.standard_normal(shape) for _ in range(2)]
    calls = [layer(x) for x in batches]
    for x, (y, backward) in zip(batches, calls, strict=True):
        dy = rng.standard_normal(y.shape)
        alone, backward_alone = layer(x)
        np.testing.assert_array_equal(y, alone)
        (dx, grads), (dx_alone, grads_alone) = backward(dy), backward_alone(dy)
        np.testing.assert_array_equal(dx, dx_alone)
        assert grads.keys() == grads_alone.keys()
        for name, grad in grads.items():
            np.testing.assert_array_equal(grad, grads_alone[name])


@every
@quick
@given(seeds)
def test_permuting_the_batch_permutes_outputs_and_not_parameter_gradients(make, shape, seed):
    layer, rng = make("float64"), fresh(seed)
    x, order = rng.standard_normal(shape), rng.permutation(shape[0])
    (y, backward), (permuted, backward_permuted) = layer(x), layer(x[order])
    dy = rng.standard_normal(y.shape)
    (dx, grads), (dx_permuted, same) = backward(dy), backward_permuted(dy[order])
    np.testing.assert_allclose(permuted, y[order], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(dx_permuted, dx[order], rtol=1e-13, atol=1e-13)
    for name, grad in grads.items():
        np.testing.assert_allclose(same[name], grad, rtol=1e-12, atol=1e-12)


@every
def test_backward_is_linear_in_dy(make, shape):
    layer, rng = make("float64"), fresh()
    y, backward = layer(rng.standard_normal(shape))
    a, b = rng.standard_normal((2, *y.shape))
    combined = 2 * backward(a)[0] - 3 * backward(b)[0]
    np.testing.assert_allclose(backward(2 * a - 3 * b)[0], combined, rtol=1e-12, atol=1e-12)


# --- one by one -----------------------------------------------------------------------------------


def test_a_bare_layer_has_no_parameters_and_no_call():
    layer = Layer()
    assert layer.params == {}
    with pytest.raises(NotImplementedError, match=r"^Layer defines no call$"):
        layer(np.ones((1, 1)))


def test_linear_by_hand():
    layer = Linear(2, 3, rng=fresh(), bias=0.5)
    layer.params["weight"][:] = [[1, 2, 3], [4, 5, 6]]
    y, backward = layer(np.array([[1.0, -1.0]]))
    np.testing.assert_array_equal(y, [[-2.5, -2.5, -2.5]])
    dx, grads = backward(np.array([[1.0, 0.0, 2.0]]))
    np.testing.assert_array_equal(dx, [[7.0, 16.0]])
    np.testing.assert_array_equal(grads["weight"], [[1, 0, 2], [-1, 0, -2]])
    np.testing.assert_array_equal(grads["bias"], [1, 0, 2])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activate_applies_the_pair_of_the_table(name):
    f, f_grad = ACTIVATIONS[name]
    x, dy = fresh().standard_normal((2, 4, 3))
    y, backward = Activate(name)(x)
    np.testing.assert_array_equal(y, f(x))
    np.testing.assert_array_equal(backward(dy)[0], dy * f_grad(x))


def test_activate_passes_its_options_to_both():
    x = np.array([[-2.0, 3.0]])
    y, backward = Activate("leaky_relu", negative_slope=0.5)(x)
    np.testing.assert_array_equal(y, [[-1.0, 3.0]])
    np.testing.assert_array_equal(backward(np.ones((1, 2)))[0], [[0.5, 1.0]])


@pytest.mark.parametrize(
    ("alpha", "same"), [(0.0, relu), (0.01, leaky_relu), (1.0, lambda x: x)]
)
def test_prelu_contains_its_relatives(alpha, same):
    x = fresh().standard_normal((6, 4))
    np.testing.assert_allclose(PReLU(alpha=alpha)(x)[0], same(x), rtol=1e-15)
    np.testing.assert_allclose(PReLU(4, alpha=alpha)(x)[0], same(x), rtol=1e-15)


def test_prelu_by_hand():
    layer = PReLU(2)
    layer.params["alpha"][:] = 0.1, 0.5
    y, backward = layer(np.array([[-2.0, -2.0], [3.0, 0.0]]))
    np.testing.assert_allclose(y, [[-0.2, -1.0], [3.0, 0.0]])
    dx, grads = backward(np.ones((2, 2)))
    np.testing.assert_allclose(dx, [[0.1, 0.5], [1.0, 0.5]])  # at x = 0 the slope is alpha's
    np.testing.assert_allclose(grads["alpha"], [-2.0, -2.0])


def test_maxout_by_hand():
    layer = Maxout(1, 2, rng=fresh())
    layer.params["weight"][:] = [[[1.0, 2.0]], [[-1.0, 0.0]]]
    layer.params["bias"][:] = [[0.0, 0.0], [0.0, 1.0]]
    y, backward = layer(np.array([[3.0], [-3.0]]))
    np.testing.assert_array_equal(y, [[3.0, 6.0], [3.0, 1.0]])
    dx, grads = backward(np.ones((2, 2)))
    np.testing.assert_array_equal(dx, [[3.0], [-1.0]])
    np.testing.assert_array_equal(grads["weight"], [[[3.0, 3.0]], [[-3.0, -3.0]]])
    np.testing.assert_array_equal(grads["bias"], [[1.0, 1.0], [1.0, 1.0]])


def test_maxout_of_one_piece_is_linear():
    maxout, linear = Maxout(3, 4, 1, rng=fresh()), Linear(3, 4, rng=fresh())
    x = fresh(1).standard_normal((5, 3))
    np.testing.assert_array_equal(maxout(x)[0], linear(x)[0])


def test_flatten_and_back():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    y, backward = Flatten()(x)
    np.testing.assert_array_equal(y, x.reshape(2, 12))
    np.testing.assert_array_equal(backward(y)[0], x)


def test_sequential_names_parameters_by_place_and_shares_them():
    net = stack()
    assert list(net.params) == ["0.weight", "0.bias", "1.alpha", "2.weight", "2.bias"]
    for name, param in net.params.items():
        place, own = name.split(".")
        assert param is net.layers[int(place)].params[own]
    inner = Sequential(Flatten(), stack())
    assert list(inner.params)[:1] == ["1.0.weight"]
    _, grads = inner(fresh().standard_normal((2, 3)))[1](np.ones((2, 2)))
    assert grads.keys() == inner.params.keys()


def test_sequential_is_composition():
    net, x = stack(), fresh(2).standard_normal((5, 3))
    y = x
    for layer in net.layers:
        y, _ = layer(y)
    np.testing.assert_array_equal(net(x)[0], y)


def test_an_empty_sequential_is_the_identity():
    x = np.ones((2, 3))
    y, backward = Sequential()(x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(3 * x)[0], 3 * x)


def test_the_mode_reaches_every_layer():
    class Spy(Layer):
        def __call__(self, x, *, training=False):
            modes.append(training)
            return x, lambda dy: (dy, {})

    modes = []
    for training in (True, False):
        Sequential(Spy(), Sequential(Spy()))(np.ones((1, 1)), training=training)
    Spy()(np.ones((1, 1)))
    assert modes == [True, True, False, False, False]


def test_nothing_below_the_lowest_parameters_is_called_for_their_gradients():
    class Spy(Layer):
        def __call__(self, x, *, training=False):
            return x, self.backward

        def backward(self, dy):
            called.append(self)
            return dy, {}

    called, below, above = [], Spy(), Spy()
    inner = Sequential(below, Linear(2, 2, rng=fresh()), above)
    for net in (inner, Sequential(below, inner, above), Sequential(below)):
        y, backward = net(np.ones((3, 2)))
        assert only_grads(backward, y).keys() == net.params.keys()
        assert below not in called
        backward(y)
        assert below in called
        called.clear()


# --- refusals -------------------------------------------------------------------------------------

KNOWN = ", ".join(sorted(ACTIVATIONS))
CONSTRUCTIONS = [
    (
        lambda: Linear(0, 3, rng=fresh()),
        "in_features must be a whole number of at least 1, got 0",
    ),
    (
        lambda: Linear(3, -1, rng=fresh()),
        "out_features must be a whole number of at least 1, got -1",
    ),
    (lambda: Linear(3, 4, rng=7), "rng must be a numpy.random.Generator, got 7"),
    (lambda: Linear(3, 4, rng=fresh(), bias=np.inf), "bias must be a finite number, got inf"),
    (lambda: Activate("rely"), f"activation must be one of {KNOWN}, got 'rely'"),
    (lambda: Activate("relu", slope=1), "options must be parameters of relu, got {'slope': 1}"),
    (
        lambda: Activate("leaky_relu", negative_slope=2),
        "negative_slope must be in [0, 1], got 2",
    ),
    (lambda: PReLU(0), "features must be a whole number of at least 1, got 0"),
    (lambda: PReLU(alpha=np.nan), "alpha must be a finite number, got nan"),
    (
        lambda: Maxout(2.5, 4, rng=fresh()),
        "in_features must be a whole number of at least 1, got 2.5",
    ),
    (
        lambda: Maxout(3, 0, rng=fresh()),
        "out_features must be a whole number of at least 1, got 0",
    ),
    (
        lambda: Maxout(3, 4, 0, rng=fresh()),
        "pieces must be a whole number of at least 1, got 0",
    ),
    (lambda: Maxout(3, 4, rng=None), "rng must be a numpy.random.Generator, got None"),
]


@pytest.mark.parametrize(("make", "message"), CONSTRUCTIONS)
def test_a_bad_layer_is_refused_when_it_is_made(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


CALLS = [
    (
        Linear(3, 4, rng=fresh()),
        np.ones((2, 4)),
        "x must be an array of shape (N, 3), got shape (2, 4)",
    ),
    (Linear(3, 4, rng=fresh()), np.ones(3), "x must be an array of rank 2, got shape (3,)"),
    (
        Linear(3, 4, rng=fresh()),
        np.ones((0, 3)),
        "x must be a batch of at least one example, got shape (0, 3)",
    ),
    (
        Linear(3, 4, rng=fresh()),
        np.ones((2, 3), int),
        "x must be an array of floats, got dtype int64",
    ),
    (
        Maxout(3, 4, rng=fresh()),
        np.ones((2, 4)),
        "x must be an array of shape (N, 3), got shape (2, 4)",
    ),
    (PReLU(3), np.ones((2, 4)), "x must be an array of shape (N, 3), got shape (2, 4)"),
    (PReLU(3), np.ones(3), "x must be an array of shape (N, 3), got shape (3,)"),
    (PReLU(), np.ones((0, 3)), "x must be a batch of at least one example, got shape (0, 3)"),
    (Flatten(), np.ones((0, 3)), "x must be a batch of at least one example, got shape (0, 3)"),
    (
        stack(),
        np.ones((2, 5)),
        "in layer 0 (Linear): x must be an array of shape (N, 3), got shape (2, 5)",
    ),
]


@pytest.mark.parametrize(("layer", "x", "message"), CALLS)
def test_a_bad_batch_is_refused_when_it_comes(layer, x, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        layer(x)

"""Convolution and pooling: by hand, as SciPy, as PyTorch (golden/convolution.json), naive twins, refusals.

Gradient checks of the usual sizes are in test_gradients.py; here are more strides, paddings and shapes.
"""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d
from stored import golden

from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.gradcheck import check_layer
from nnbook.initializers import lecun_normal
from nnbook.layers import Activate, Flatten, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD
from nnbook.training import fit

quick = settings(max_examples=40, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
both = pytest.mark.parametrize("dtype", ["float32", "float64"])
TOLERANCE = {"float64": {"rtol": 1e-12, "atol": 1e-14}, "float32": {"rtol": 2e-6, "atol": 2e-6}}


def fresh(seed=0):
    return np.random.default_rng(seed)


def cases_of(kind):
    return sorted({key.split(" ", 1)[1] for key in golden("convolution") if f" {kind}" in key})


# --- the same numbers as PyTorch ------------------------------------------------------------------


def in_our_layout(name, value, dtype):
    """PyTorch's (out, in, k, k) as our (in * k * k, out); everything else as it is."""
    value = np.array(value, dtype)
    return value.reshape(len(value), -1).T if name.endswith("weight") else value


def compare(layer, case, dtype, backward_of=None):
    for name, param in layer.params.items():
        param[:] = in_our_layout(name, case["params"][name], dtype)
    y, backward = layer(np.array(case["x"], dtype))
    dy = np.array(case["dy"], dtype) if backward_of is None else backward_of(y)
    dx, grads = backward(dy)
    expected = {name: in_our_layout(name, g, dtype) for name, g in case["grads"].items()}
    expected |= {"y": np.array(case["y"], dtype), "dx": np.array(case["dx"], dtype)}
    got = {**grads, "y": y, "dx": dx}
    assert got.keys() == expected.keys()
    for name, value in got.items():
        assert (value.dtype, value.shape) == (expected[name].dtype, expected[name].shape), name
        np.testing.assert_allclose(value, expected[name], **TOLERANCE[dtype], err_msg=name)


@both
@pytest.mark.parametrize("name", cases_of("conv "))
def test_convolution_is_pytorchs(name, dtype):
    case = golden("convolution")[f"{dtype} {name}"]
    out, channels, k, _ = np.shape(case["params"]["weight"])
    options = {"stride": case["stride"], "padding": case["padding"]}
    compare(Conv2d(channels, out, k, **options, rng=fresh(), dtype=dtype), case, dtype)


@both
@pytest.mark.parametrize("name", cases_of("pool"))
def test_max_pooling_is_pytorchs_also_at_equal_maxima(name, dtype):
    case = golden("convolution")[f"{dtype} {name}"]
    compare(MaxPool2d(case["size"], case["stride"]), case, dtype)


@both
def test_a_convnet_is_pytorchs(dtype):
    case = golden("convolution")[f"{dtype} convnet"]
    net = Sequential(
        Conv2d(1, 3, 3, padding=1, rng=fresh(), dtype=dtype),
        Activate("relu"),
        MaxPool2d(2),
        Conv2d(3, 4, 3, rng=fresh(), dtype=dtype),
        Activate("tanh"),
        GlobalAveragePool(),
    )

    def gradient_of_the_loss(logits):
        loss, grad = cross_entropy(logits, np.array(case["labels"]))
        np.testing.assert_allclose(loss, case["loss"], **TOLERANCE[dtype])
        return grad

    compare(net, case, dtype, gradient_of_the_loss)


def test_the_layout_of_the_weight_is_as_the_docstring_says():
    w = np.array(golden("convolution")["float64 conv 1"]["params"]["weight"])
    layer = Conv2d(3, 2, 3, padding=1, rng=fresh())
    layer.params["weight"][:] = in_our_layout("weight", w, "float64")
    np.testing.assert_array_equal(layer.params["weight"].T.reshape(2, 3, 3, 3), w)


# --- as SciPy, and as naive twins -----------------------------------------------------------------


@st.composite
def geometries(draw):
    """(N, C, H, W), window, stride, padding; the window fits."""
    n, channels, stride = (draw(st.integers(1, 3)) for _ in range(3))
    window, padding = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    low = max(1, window - 2 * padding)
    height, width = (draw(st.integers(low, low + 4)) for _ in range(2))
    return (n, channels, height, width), window, stride, padding


@quick
@given(geometries(), st.integers(1, 3), seeds)
def test_convolution_is_scipys_correlation(geometry, out, seed):
    (n, channels, height, width), k, stride, padding = geometry
    x = fresh(seed).standard_normal((n, channels, height, width))
    layer = Conv2d(channels, out, k, stride=stride, padding=padding, rng=fresh(seed), bias=0.5)
    kernels = layer.params["weight"].T.reshape(out, channels, k, k)
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    y, _ = layer(x)
    for i, o in product(range(n), range(out)):
        # "valid" of SciPy swaps its arguments when the second is the larger; here it never is.
        maps = [correlate2d(padded[i, c], kernels[o, c], "valid") for c in range(channels)]
        expected = sum(maps)[::stride, ::stride] + 0.5
        np.testing.assert_allclose(y[i, o], expected, rtol=1e-12, atol=1e-12)


@quick
@given(geometries(), seeds)
def test_gradients_of_a_convolution(geometry, seed):
    shape, k, stride, padding = geometry
    layer = Conv2d(shape[1], 2, k, stride=stride, padding=padding, rng=fresh(seed))
    errors = check_layer(layer, fresh(seed).standard_normal(shape), rng=fresh(1))
    assert max(errors.values()) < 1e-6


def naive_max_pool(x, dy, size, stride):
    y, dx = np.empty(dy.shape), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = (
            slice(i * stride, i * stride + size),
            slice(j * stride, j * stride + size),
        )
        window = x[n, c, rows, columns]
        y[n, c, i, j] = window.max()
        dx[n, c, rows, columns].flat[window.argmax()] += dy[n, c, i, j]  # the first of equals
    return y, dx


@quick
@given(geometries(), seeds)
def test_max_pooling_is_its_naive_twin_also_at_equal_maxima(geometry, seed):
    (n, channels, height, width), size, stride, _ = geometry
    x = fresh(seed).integers(-2, 2, (n, channels, height + size, width + size)).astype(float)
    y, backward = MaxPool2d(size, stride)(x)
    dy = fresh(seed).standard_normal(y.shape)
    expected_y, expected_dx = naive_max_pool(x, dy, size, stride)
    np.testing.assert_array_equal(y, expected_y)
    np.testing.assert_allclose(backward(dy)[0], expected_dx, rtol=1e-12, atol=1e-14)


# --- by hand --------------------------------------------------------------------------------------


def test_a_convolution_by_hand():
    layer = Conv2d(1, 1, 2, rng=fresh(), bias=10.0)
    layer.params["weight"][:, 0] = [1, 2, 3, 4]
    y, backward = layer(np.arange(6.0).reshape(1, 1, 2, 3))
    np.testing.assert_array_equal(y, [[[[10 + 2 + 9 + 16, 10 + 1 + 4 + 12 + 20]]]])
    dx, grads = backward(np.array([[[[1.0, 10.0]]]]))
    np.testing.assert_array_equal(dx, [[[[1, 12, 20], [3, 34, 40]]]])
    np.testing.assert_array_equal(grads["weight"][:, 0], [10, 21, 43, 54])
    np.testing.assert_array_equal(grads["bias"], [11])


def test_a_kernel_of_one_pixel_is_linear_at_every_pixel():
    conv, linear = Conv2d(3, 4, 1, rng=fresh()), Linear(3, 4, rng=fresh())
    x = fresh(1).standard_normal((2, 3, 5, 4))
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, 3)
    expected = linear(pixels)[0].reshape(2, 5, 4, 4).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(conv(x)[0], expected, rtol=1e-13, atol=1e-15)


def test_a_kernel_as_large_as_the_image_is_flatten_and_linear():
    conv, linear = Conv2d(3, 4, 5, rng=fresh()), Linear(75, 4, rng=fresh())
    x = fresh(1).standard_normal((2, 3, 5, 5))
    expected = linear(Flatten()(x)[0])[0]
    np.testing.assert_allclose(conv(x)[0][:, :, 0, 0], expected, rtol=1e-12, atol=1e-14)


def test_a_shifted_image_gives_a_shifted_output():
    layer = Conv2d(2, 3, 3, rng=fresh())
    x = fresh(1).standard_normal((2, 2, 7, 8))
    y, moved = layer(x)[0], layer(np.roll(x, (1, 2), axis=(2, 3)))[0]
    np.testing.assert_allclose(moved[:, :, 1:, 2:], y[:, :, :-1, :-2], rtol=1e-12, atol=1e-14)


def test_max_pooling_by_hand():
    x = np.array([[[[1.0, 2.0, 5.0], [2.0, 0.0, 5.0], [9.0, 9.0, 9.0]]]])
    y, backward = MaxPool2d(2)(x)
    np.testing.assert_array_equal(y, [[[[2]]]])  # the last row and column are left out
    np.testing.assert_array_equal(
        backward(np.ones(y.shape))[0], [[[[0, 1, 0], [0, 0, 0], [0, 0, 0]]]]
    )
    y, backward = MaxPool2d(2, stride=1)(x)
    np.testing.assert_array_equal(y, [[[[2, 5], [9, 9]]]])
    np.testing.assert_array_equal(
        backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))[0],
        [[[[0, 1, 2], [0, 0, 0], [3, 4, 0]]]],
    )


def test_a_nan_passes_through_max_pooling_and_its_gradient_is_not_lost():
    x = np.array([[[[1.0, np.nan], [3.0, 2.0]]]])
    y, backward = MaxPool2d(2)(x)
    assert np.isnan(y).all()
    assert backward(np.ones(y.shape))[0].sum() == 1


def test_global_average_pooling_by_hand():
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    y, backward = GlobalAveragePool()(x)
    np.testing.assert_array_equal(y, [[2.5, 8.5]])
    dx, _ = backward(np.array([[6.0, 12.0]]))
    np.testing.assert_array_equal(dx, np.repeat([1.0, 2.0], 6).reshape(x.shape))
    dx += 1  # an array of its own, and no view of dy


# --- initial weights ------------------------------------------------------------------------------


def test_fan_in_counts_every_entry_of_a_kernel():
    layer = Conv2d(8, 200, 5, rng=fresh(), bias=0.25)
    weight, bias = layer.params["weight"], layer.params["bias"]
    assert (weight.shape, bias.shape) == ((200, 200), (200,))
    np.testing.assert_allclose(weight.var() * 8 * 25, 2, rtol=0.03)
    np.testing.assert_array_equal(bias, 0.25)
    other = Conv2d(8, 200, 5, rng=fresh(), init=lecun_normal).params["weight"]
    np.testing.assert_allclose(np.sqrt(2) * other, weight, rtol=1e-14)


# --- what every layer keeps -----------------------------------------------------------------------

LAYERS = {
    "Conv2d": lambda dtype: Conv2d(3, 4, 3, rng=fresh(), dtype=dtype),
    "Conv2d strided": lambda dtype: Conv2d(
        3, 4, 2, stride=2, padding=1, rng=fresh(), dtype=dtype
    ),
    "Conv2d of one pixel": lambda dtype: Conv2d(3, 4, 1, rng=fresh(), dtype=dtype),
    "MaxPool2d": lambda _: MaxPool2d(2),
    "MaxPool2d overlapping": lambda _: MaxPool2d(3, 1),
    "GlobalAveragePool": lambda _: GlobalAveragePool(),
}
every = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@every
@both
@pytest.mark.parametrize("training", [True, False])
def test_dtype_shape_and_input_are_kept(make, dtype, training):
    layer, x = make(dtype), fresh().standard_normal((2, 3, 6, 5)).astype(dtype)
    before = x.copy()
    y, backward = layer(x, training=training)
    dx, grads = backward(fresh(1).standard_normal(y.shape).astype(dtype))
    assert y.dtype == dx.dtype == np.dtype(dtype)
    assert dx.shape == x.shape
    assert {n: (g.dtype, g.shape) for n, g in grads.items()} == {
        n: (p.dtype, p.shape) for n, p in layer.params.items()
    }
    np.testing.assert_array_equal(x, before)


@every
def test_a_second_call_leaves_the_first_backward_right_and_dy_unchanged(make):
    layer = make("float64")
    x, other = fresh().standard_normal((2, 2, 3, 6, 5))
    y, backward = layer(x)
    dy = fresh(1).standard_normal(y.shape)
    before, (dx, grads) = dy.copy(), backward(dy)
    layer(other)[1](2 * dy)
    again, same = backward(dy)
    np.testing.assert_array_equal(again, dx)
    np.testing.assert_array_equal(dy, before)
    for name, grad in grads.items():
        np.testing.assert_array_equal(same[name], grad)


@every
def test_the_layout_in_memory_does_not_matter(make):
    layer, x = make("float64"), fresh().standard_normal((2, 3, 6, 5))
    y, backward = layer(x)
    dy = fresh(1).standard_normal(y.shape)
    turned, backward_turned = layer(np.asfortranarray(x))
    np.testing.assert_allclose(turned, y, rtol=1e-13)
    dx = backward_turned(np.asfortranarray(dy))[0]
    np.testing.assert_allclose(dx, backward(dy)[0], rtol=1e-12, atol=1e-14)


def test_a_convnet_in_float32_learns_where_the_bar_is_and_stays_float32():
    labels = np.arange(64) % 4
    x = 0.1 * fresh().standard_normal((64, 1, 8, 8)).astype(np.float32)
    x[np.arange(64), 0, 2 * labels] += 1
    net = Sequential(
        Conv2d(1, 4, 3, padding=1, rng=fresh(), dtype=np.float32),
        Activate("relu"),
        MaxPool2d(2),
        Flatten(),
        Linear(64, 4, rng=fresh(), dtype=np.float32),
    )
    losses = fit(net, cross_entropy, SGD(0.1), x, labels, epochs=10, batch_size=16, rng=fresh())
    assert losses[-1] < 0.1 < losses[0]
    assert {p.dtype for p in net.params.values()} == {np.dtype(np.float32)}


# --- refusals -------------------------------------------------------------------------------------

WHOLE = "must be a whole number of at least"
CONSTRUCTIONS = [
    (lambda: Conv2d(0, 2, 3, rng=fresh()), f"in_channels {WHOLE} 1, got 0"),
    (lambda: Conv2d(1, 2.0, 3, rng=fresh()), f"out_channels {WHOLE} 1, got 2.0"),
    (lambda: Conv2d(1, 2, 0, rng=fresh()), f"kernel_size {WHOLE} 1, got 0"),
    (lambda: Conv2d(1, 2, (3, 3), rng=fresh()), f"kernel_size {WHOLE} 1, got (3, 3)"),
    (lambda: Conv2d(1, 2, 3, stride=0, rng=fresh()), f"stride {WHOLE} 1, got 0"),
    (lambda: Conv2d(1, 2, 3, padding=-1, rng=fresh()), f"padding {WHOLE} 0, got -1"),
    (lambda: Conv2d(1, 2, 3, padding="same", rng=fresh()), f"padding {WHOLE} 0, got 'same'"),
    (
        lambda: Conv2d(1, 2, 3, rng=fresh(), bias=np.nan),
        "bias must be a finite number, got nan",
    ),
    (lambda: Conv2d(1, 2, 3, rng=7), "rng must be a numpy.random.Generator, got 7"),
    (lambda: MaxPool2d(0), f"size {WHOLE} 1, got 0"),
    (lambda: MaxPool2d(-2), f"size {WHOLE} 1, got -2"),
    (lambda: MaxPool2d(2, 0), f"stride {WHOLE} 1, got 0"),
]


@pytest.mark.parametrize(("make", "message"), CONSTRUCTIONS)
def test_a_bad_layer_is_refused_when_it_is_made(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


def conv(**options):
    return Conv2d(3, 2, 5, rng=fresh(), **options)


CALLS = [
    (conv(), (2, 3, 5), "x must be an array of rank 4, got shape (2, 3, 5)"),
    (conv(), (2, 1, 5, 5), "x must be an array of shape (N, 3, H, W), got shape (2, 1, 5, 5)"),
    (conv(), (2, 3, 4, 9), "x must be at least 5 x 5, got shape (2, 3, 4, 9)"),
    (
        conv(padding=1),
        (2, 3, 9, 2),
        "x must be at least 5 x 5 with a padding of 1, got shape (2, 3, 9, 2)",
    ),
    (conv(), (0, 3, 5, 5), "x must be a batch of at least one example, got shape (0, 3, 5, 5)"),
    (MaxPool2d(2), (2, 3), "x must be an array of rank 4, got shape (2, 3)"),
    (MaxPool2d(3, 1), (2, 3, 4, 2), "x must be at least 3 x 3, got shape (2, 3, 4, 2)"),
    (
        MaxPool2d(2),
        (0, 3, 4, 4),
        "x must be a batch of at least one example, got shape (0, 3, 4, 4)",
    ),
    (GlobalAveragePool(), (2, 3), "x must be an array of rank 4, got shape (2, 3)"),
    (
        GlobalAveragePool(),
        (2, 3, 0, 4),
        "x must be a batch of at least one example, got shape (2, 3, 0, 4)",
    ),
]


@pytest.mark.parametrize(("layer", "shape", "message"), CALLS)
def test_a_bad_batch_is_refused_when_it_comes(layer, shape, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        layer(np.ones(shape))


@every
def test_images_of_whole_numbers_are_refused(make):
    with pytest.raises(ValueError, match=r"^x must be an array of floats, got dtype int64$"):
        make("float64")(np.ones((2, 3, 6, 5), np.int64))

"""Normalization: PyTorch's stored numbers, closed forms, properties, buffers, fusing, refusals.

Gradients by differences: test_gradients.py. The numbers: tests/golden/make_norm_golden.py.
"""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import golden

from nnbook.convolution import Conv2d
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, fuse, normalize
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

quick = settings(max_examples=30, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
scales = st.floats(-3, 6).map(lambda exponent: 10**exponent)
both = pytest.mark.parametrize("dtype", ["float32", "float64"])
modes = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])

# name -> (make(dtype), shape of a batch)
NORMS = {
    "batch": (lambda dtype="float64": BatchNorm(3, dtype=dtype), (8, 3)),
    "batch images": (lambda dtype="float64": BatchNorm(3, dtype=dtype), (4, 3, 2, 5)),
    "layer": (lambda dtype="float64": LayerNorm(5, dtype=dtype), (6, 5)),
    "layer images": (lambda dtype="float64": LayerNorm((3, 2, 2), dtype=dtype), (4, 3, 2, 2)),
    "instance": (lambda dtype="float64": InstanceNorm(3, dtype=dtype), (4, 3, 2, 3)),
    "group": (lambda dtype="float64": GroupNorm(2, 6, dtype=dtype), (4, 6, 2, 2)),
    "group dense": (lambda dtype="float64": GroupNorm(2, 6, dtype=dtype), (4, 6)),
}
every = pytest.mark.parametrize(("make", "shape"), NORMS.values(), ids=NORMS)
of_one_example = {name: row for name, row in NORMS.items() if not name.startswith("batch")}


def fresh(seed=0):
    return np.random.default_rng(seed)


def learned(layer, seed=0):
    """The layer with gamma, beta and running statistics away from where they start."""
    for value in [*layer.params.values(), *layer.buffers.values()]:
        value += fresh(seed).uniform(0.2, 1.5, value.shape)
    return layer


def close(got, expected, tolerance=1e-12):
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


# --- PyTorch's numbers ----------------------------------------------------------------------------


GOLDEN = {
    "batch dense": lambda dtype: BatchNorm(4, dtype=dtype),
    "batch dense momentum=0.3 eps=0.01": lambda dtype: BatchNorm(
        4, momentum=0.3, eps=0.01, dtype=dtype
    ),
    "batch images": lambda dtype: BatchNorm(3, dtype=dtype),
    "layer dense": lambda dtype: LayerNorm(5, dtype=dtype),
    "layer images": lambda dtype: LayerNorm((3, 2, 2), dtype=dtype),
    "instance images": lambda dtype: InstanceNorm(3, dtype=dtype),
    **{
        f"group images {g}": lambda dtype, g=g: GroupNorm(g, 6, dtype=dtype)
        for g in (1, 2, 3, 6)
    },
    "group dense 2": lambda dtype: GroupNorm(2, 6, dtype=dtype),
}


def test_every_stored_case_is_compared():
    assert golden("norms").keys() == {"torch", *GOLDEN}


@both
@pytest.mark.parametrize("name", GOLDEN)
def test_pytorch_gives_the_same_numbers(name, dtype):
    layer, case = GOLDEN[name](dtype), golden("norms")[name]
    assert layer.params.keys() == case["params"].keys()
    for key, param in layer.params.items():
        param[:] = case["params"][key]
    tolerance = {"float64": 1e-12, "float32": 1e-5}[dtype]  # the stored numbers are of float64
    for call in case["calls"]:
        y, backward = layer(np.array(call["x"], dtype), training=call["training"])
        dx, grads = backward(np.array(call["dy"], dtype))
        got = {"y": y, "dx": dx, **grads, **layer.buffers}
        stored = {"y": call["y"], "dx": call["dx"], **call["grads"], **call["buffers"]}
        assert got.keys() == stored.keys()
        for key, value in got.items():
            assert value.dtype == dtype
            close(value, stored[key], tolerance)


# --- normalize ------------------------------------------------------------------------------------


@quick
@given(seeds, st.sampled_from([(0,), (1,), (2,), (0, 2), (1, 2), (2, 1), (0, 1, 2)]))
def test_normalize_gives_mean_0_and_variance_1_along_its_axes(seed, axes):
    x = 3 + 2 * fresh(seed).standard_normal((4, 5, 6))
    before = x.copy()
    x_hat, backward = normalize(x, axes, 1e-12)
    close(x_hat.mean(axis=axes), 0, 1e-10)
    close(x_hat.var(axis=axes), 1, 1e-8)
    np.testing.assert_array_equal(x, before)
    # x_hat does not change with x's level or scale, so a gradient has neither in it.
    dx = backward(fresh(seed + 1).standard_normal(x.shape))
    close(dx.sum(axis=axes), 0, 1e-10)
    close((dx * x_hat).sum(axis=axes), 0, 1e-8)


def test_normalize_by_hand():
    x_hat, backward = normalize(np.array([[1.0, 5.0]]), (1,), 5.0)  # sqrt(4 + 5) = 3
    close(x_hat, [[-2 / 3, 2 / 3]])
    close(backward(np.array([[1.0, 0.0]])), [[5 / 54, -5 / 54]])


def test_equal_values_give_0_and_no_gradient_blows_up():
    x_hat, backward = normalize(np.full((4, 2), 0.1), (0,))
    close(x_hat, 0, 1e-10)
    assert np.abs(backward(np.ones((4, 2)))).max() < 1e-6


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
def test_normalize_keeps_float32_also_with_numpy_numbers(axes):
    x_hat, backward = normalize(np.eye(3, dtype="float32"), axes, np.float64(1e-5))
    assert x_hat.dtype == backward(x_hat).dtype == np.float32


# --- what every norm keeps ------------------------------------------------------------------------


@every
@both
@modes
@pytest.mark.parametrize("seed", [0, 1])
def test_dtype_shape_and_input_are_kept(make, shape, dtype, training, seed):
    layer, rng = make(dtype), fresh(seed)
    x = rng.standard_normal(shape).astype(dtype)
    before = x.copy()
    y, backward = layer(x, training=training)
    dx, grads = backward(rng.standard_normal(shape).astype(dtype))
    assert (y.dtype, y.shape) == (dx.dtype, dx.shape) == (np.dtype(dtype), shape)
    assert grads.keys() == layer.params.keys() == {"gamma", "beta"}
    for kept in (layer.params, layer.buffers):
        assert {value.dtype for value in kept.values()} <= {np.dtype(dtype)}
    for name, grad in grads.items():
        assert (grad.dtype, grad.shape) == (np.dtype(dtype), layer.params[name].shape)
    np.testing.assert_array_equal(x, before)


@both
@pytest.mark.parametrize("make", [BatchNorm, LayerNorm])
def test_numpy_numbers_as_options_do_not_change_the_dtype(make, dtype):
    options = {"momentum": np.float64(0.2)} if make is BatchNorm else {}
    layer = make(3, eps=np.float64(1e-4), dtype=dtype, **options)
    y, backward = layer(np.eye(4, 3, dtype=dtype), training=True)
    dx, _ = backward(y)
    assert y.dtype == dx.dtype == layer(y)[0].dtype == dtype


@every
@modes
@quick
@given(seeds)
def test_a_second_call_leaves_the_first_backward_right(make, shape, training, seed):
    rng = fresh(seed)
    layer, batches = learned(make()), rng.standard_normal((2, *shape))
    calls = [layer(x, training=training) for x in batches]
    for i, (y, backward) in enumerate(calls):
        alone = learned(make())
        for x in batches[: i if training else 0]:  # running statistics of the same past
            alone(x, training=True)
        dy = rng.standard_normal(shape)
        y_alone, backward_alone = alone(batches[i], training=training)
        np.testing.assert_array_equal(y, y_alone)
        (dx, grads), (dx_alone, grads_alone) = backward(dy), backward_alone(dy)
        np.testing.assert_array_equal(dx, dx_alone)
        for name, grad in grads.items():
            np.testing.assert_array_equal(grad, grads_alone[name])


def test_the_backward_of_an_inference_call_outlives_a_training_call():
    layer, x = learned(BatchNorm(3)), fresh().standard_normal((5, 3))
    _, backward = layer(x)
    before = backward(x)[0]
    layer(10 * x, training=True)
    np.testing.assert_array_equal(backward(x)[0], before)


@every
@modes
@quick
@given(seeds)
def test_permuting_the_batch_permutes_outputs_and_not_parameter_gradients(
    make, shape, training, seed
):
    layer, rng = learned(make()), fresh(seed)
    x, dy, order = *rng.standard_normal((2, *shape)), rng.permutation(shape[0])
    y, backward = layer(x, training=training)
    permuted, backward_permuted = layer(x[order], training=training)
    (dx, grads), (dx_permuted, same) = backward(dy), backward_permuted(dy[order])
    close(permuted, y[order], 1e-10)
    close(dx_permuted, dx[order], 1e-9)
    for name, grad in grads.items():
        close(same[name], grad, 1e-10)


@every
def test_memory_order_does_not_matter(make, shape):
    x, dy = fresh().standard_normal((2, *shape))
    (y, backward), (same, back) = (
        make()(batch, training=True) for batch in (x, np.asfortranarray(x))
    )
    close(same, y)
    close(back(np.asfortranarray(dy))[0], backward(dy)[0])


# --- the norms of one example ---------------------------------------------------------------------


@pytest.mark.parametrize(("make", "shape"), of_one_example.values(), ids=of_one_example)
@quick
@given(seeds)
def test_both_modes_are_the_same_and_examples_do_not_meet(make, shape, seed):
    layer = learned(make())
    x, dy = fresh(seed).standard_normal((2, *shape))
    (y, backward), (y_training, backward_training) = layer(x), layer(x, training=True)
    np.testing.assert_array_equal(y, y_training)
    np.testing.assert_array_equal(backward(dy)[0], backward_training(dy)[0])
    assert layer.buffers == {}
    close(layer(x[:1])[0], y[:1])


@quick
@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_one_group_is_layer_norm_over_channels_and_places(seed, n, channels, side):
    if channels * side == 1:
        side = 2
    x, dy = fresh(seed).standard_normal((2, n, channels, side, side))
    group, layer = learned(GroupNorm(1, channels)), LayerNorm((channels, side, side))
    for name, value in group.params.items():
        layer.params[name][:] = value[:, None, None]
    (y, backward), (same, back) = group(x), layer(x)
    close(y, same)
    (dx, grads), (dx_same, grads_same) = backward(dy), back(dy)
    close(dx, dx_same, 1e-9)
    for name, grad in grads.items():
        close(grad, grads_same[name].sum(axis=(1, 2)), 1e-10)


@quick
@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(2, 4))
def test_as_many_groups_as_channels_is_instance_norm(seed, n, channels, side):
    x, dy = fresh(seed).standard_normal((2, n, channels, side, side))
    group, instance = (learned(GroupNorm(channels, channels)), learned(InstanceNorm(channels)))
    # InstanceNorm is built as such groups, so its definition is compared, too.
    x_hat, back = normalize(x, (2, 3), 1e-5)
    gamma, beta = (p[:, None, None] for p in instance.params.values())
    for layer in (group, instance):
        y, backward = layer(x)
        close(y, gamma * x_hat + beta)
        close(backward(dy)[0], back(gamma * dy), 1e-9)


def test_groups_are_neighbours():
    x = fresh().standard_normal((2, 4, 3, 3))
    y, _ = GroupNorm(2, 4)(x)
    close(y[:, :2], LayerNorm((2, 3, 3))(x[:, :2])[0])
    close(y[:, 2:], LayerNorm((2, 3, 3))(x[:, 2:])[0])


# --- batch norm -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(16, 3), (4, 3, 2, 5)])
@quick
@given(seeds, scales)
def test_the_output_has_mean_beta_and_std_gamma_whatever_the_scale(shape, seed, scale):
    layer = learned(BatchNorm(3, eps=1e-12), seed)
    axes = (0, *range(2, len(shape)))
    x = scale * (5 + fresh(seed).standard_normal(shape))
    y, _ = layer(x, training=True)
    close(y.mean(axis=axes), layer.params["beta"], 1e-9)
    close(y.std(axis=axes), layer.params["gamma"], 1e-5)


@quick
@given(seeds, scales, st.floats(-10, 10))
def test_level_and_scale_of_the_input_do_not_matter_in_training(seed, scale, level):
    layer, x = BatchNorm(3, eps=1e-12), fresh(seed).standard_normal((8, 3))
    y, _ = layer(x, training=True)
    close(layer(scale * (x + level), training=True)[0], y, 1e-4)


@quick
@given(seeds, st.integers(2, 9))
def test_backward_is_the_closed_form(seed, n):
    layer, rng = learned(BatchNorm(4), seed), fresh(seed)
    x, g = rng.standard_normal((2, n, 4))
    _, backward = layer(x, training=True)
    dx, grads = backward(g)
    std = np.sqrt(x.var(axis=0) + layer.eps)
    x_hat = (x - x.mean(axis=0)) / std
    inner = n * g - g.sum(axis=0) - x_hat * (g * x_hat).sum(axis=0)
    expected = layer.params["gamma"] / (n * std) * inner
    np.testing.assert_allclose(dx, expected, rtol=1e-8, atol=1e-9 * (1 / std).max())
    close(grads["gamma"], (g * x_hat).sum(axis=0), 1e-11)
    close(grads["beta"], g.sum(axis=0), 1e-11)


def test_images_are_rows_of_channels():
    x, dy = fresh().standard_normal((2, 4, 3, 2, 5))

    def rows(a):
        return a.transpose(0, 2, 3, 1).reshape(-1, 3)

    images, dense = BatchNorm(3), BatchNorm(3)
    for training in (True, False):
        (y, backward), (y_rows, back) = (
            images(x, training=training),
            dense(rows(x), training=training),
        )
        close(rows(y), y_rows)
        (dx, grads), (dx_rows, grads_rows) = backward(dy), back(rows(dy))
        close(rows(dx), dx_rows)
        for name, grad in grads.items():
            close(grad, grads_rows[name])
    for name, value in images.buffers.items():
        close(value, dense.buffers[name])


def test_running_statistics_start_at_0_and_1_and_weight_the_new_batch_by_momentum():
    layer, mean, var = BatchNorm(3, momentum=0.25), np.zeros(3), np.ones(3)
    np.testing.assert_array_equal(layer.buffers["running_mean"], mean)
    np.testing.assert_array_equal(layer.buffers["running_var"], var)
    for x in fresh().standard_normal((4, 6, 3)):
        layer(x, training=True)
        mean = 0.75 * mean + 0.25 * x.mean(axis=0)
        var = 0.75 * var + 0.25 * x.var(axis=0, ddof=1)
        close(layer.buffers["running_mean"], mean)
        close(layer.buffers["running_var"], var)


def test_momentum_1_keeps_the_last_batch_alone():
    layer, x = BatchNorm(2, momentum=1), fresh().standard_normal((5, 2))
    layer(100 * x, training=True)
    layer(x, training=True)
    close(layer.buffers["running_mean"], x.mean(axis=0))
    close(layer.buffers["running_var"], x.var(axis=0, ddof=1))


@pytest.mark.parametrize("shape", [(8, 3), (1, 3), (1, 3, 1, 1), (4, 3, 2, 5)])
def test_inference_uses_the_running_statistics_and_leaves_them(shape):
    layer, x = learned(BatchNorm(3)), fresh().standard_normal(shape)
    before = {name: value.copy() for name, value in layer.buffers.items()}
    y, backward = layer(x)
    backward(x)
    wide = (3, *[1] * (len(shape) - 2))
    mean, var, gamma, beta = (
        value.reshape(wide) for value in (*before.values(), *layer.params.values())
    )
    close(y, gamma * (x - mean) / np.sqrt(var + 1e-5) + beta)
    for name, value in layer.buffers.items():
        np.testing.assert_array_equal(value, before[name])


def test_gamma_std_and_beta_mean_give_the_input_back():
    layer, x = BatchNorm(3), 2 + 3 * fresh().standard_normal((7, 3))
    layer.params["gamma"][:] = np.sqrt(x.var(axis=0) + layer.eps)
    layer.params["beta"][:] = x.mean(axis=0)
    close(layer(x, training=True)[0], x)


def test_a_bias_right_before_has_no_gradient_in_training():
    net = Sequential(Linear(3, 4, rng=fresh()), BatchNorm(4))
    x, dy = fresh(1).standard_normal((8, 3)), fresh(2).standard_normal((8, 4))
    _, grads = net(x, training=True)[1](dy)
    close(grads["0.bias"], 0)


# --- buffers --------------------------------------------------------------------------------------


def test_a_layer_has_no_buffers_unless_it_makes_some():
    assert Layer().buffers == {}
    assert Sequential(Linear(2, 2, rng=fresh()), Activate("relu")).buffers == {}
    assert BatchNorm(2).buffers is not BatchNorm(2).buffers


def test_sequential_names_buffers_as_it_names_parameters_and_shares_the_arrays():
    inner = Sequential(BatchNorm(2))
    net = Sequential(Linear(3, 2, rng=fresh()), BatchNorm(2), inner)
    names = {"1.running_mean", "1.running_var", "2.0.running_mean", "2.0.running_var"}
    assert net.buffers.keys() == names
    assert names.isdisjoint(net.params)
    kept = dict(net.buffers)
    net(fresh().standard_normal((4, 3)), training=True)
    for name, value in net.buffers.items():
        assert value is kept[name]
    assert net.buffers["1.running_mean"] is net.layers[1].buffers["running_mean"]
    assert net.buffers["2.0.running_mean"] is inner.layers[0].buffers["running_mean"]
    assert net.buffers["1.running_mean"].any()


@both
def test_a_training_step_keeps_the_dtype_and_moves_gamma_and_beta(dtype):
    net = Sequential(
        Linear(3, 4, rng=fresh(), dtype=dtype),
        BatchNorm(4, dtype=dtype),
        Activate("relu"),
        Linear(4, 2, rng=fresh(1), dtype=dtype),
    )
    before = {name: p.copy() for name, p in net.params.items()}
    x, labels = fresh(2).standard_normal((8, 3)).astype(dtype), np.arange(8) % 2
    _, grads = loss_and_grads(net, cross_entropy, x, labels)
    SGD(0.1).step(net.params, grads)
    for name, value in {**net.params, **net.buffers}.items():
        assert value.dtype == dtype, name
    for name in ("1.gamma", "1.beta"):
        assert not np.array_equal(net.params[name], before[name])


# --- fuse -----------------------------------------------------------------------------------------


@both
@quick
@given(seed=seeds)
def test_a_fused_layer_equals_the_pair_at_inference(dtype, seed):
    rng = fresh(seed)
    linear = Linear(5, 3, rng=rng, bias=0.3, dtype=dtype)
    norm = learned(BatchNorm(3, dtype=dtype), seed)
    for _ in range(3):
        norm(linear(rng.standard_normal((8, 5)).astype(dtype))[0], training=True)
    x, dy = rng.standard_normal((4, 5)).astype(dtype), rng.standard_normal((4, 3)).astype(dtype)
    pair, fused = Sequential(linear, norm), fuse(linear, norm)
    before = {name: p.copy() for name, p in {**pair.params, **pair.buffers}.items()}
    tolerance = {"float64": 1e-12, "float32": 2e-5}[dtype]
    (y, backward), (same, back) = pair(x), fused(x)
    close(same, y, tolerance)
    close(back(dy)[0], backward(dy)[0], tolerance)
    assert same.dtype == dtype
    assert {p.dtype for p in fused.params.values()} == {np.dtype(dtype)}
    # The pair stays as it was, also when the new layer is trained.
    for p in fused.params.values():
        p += 1
    for name, value in {**pair.params, **pair.buffers}.items():
        np.testing.assert_array_equal(value, before[name])


@both
def test_a_fused_convolution_equals_the_pair_at_inference(dtype):
    rng = fresh(4)
    conv = Conv2d(2, 3, 3, padding=1, stride=2, rng=rng, bias=0.3, dtype=dtype)
    norm = learned(BatchNorm(3, dtype=dtype), 4)
    images = rng.standard_normal((4, 2, 6, 5)).astype(dtype)
    norm(conv(images)[0], training=True)
    pair, fused = Sequential(conv, norm), fuse(conv, norm)
    tolerance = {"float64": 1e-12, "float32": 2e-5}[dtype]
    (y, backward), (same, back) = pair(images), fused(images)
    close(same, y, tolerance)
    close(back(np.ones_like(y))[0], backward(np.ones_like(y))[0], tolerance)
    assert isinstance(fused, Conv2d)
    assert same.dtype == dtype


def test_a_float32_layer_stays_float32_when_the_norm_is_float64():
    fused = fuse(Linear(2, 3, rng=fresh(), dtype="float32"), learned(BatchNorm(3)))
    assert {p.dtype for p in fused.params.values()} == {np.dtype("float32")}


# --- refusals -------------------------------------------------------------------------------------


def ones(*shape, dtype="float64"):
    return np.ones(shape, dtype)


COUNT = "must be a whole number of at least 1, got"
SEVERAL = "values of x for each mean must be a whole number of at least 2, got 1"
TWO = "x must be an array with two values or more of each feature in training, got shape"
EPS = "eps must be a finite number above 0, got"
REFUSALS = [
    (lambda: BatchNorm(0), f"features {COUNT} 0"),
    (lambda: BatchNorm(2.0), f"features {COUNT} 2.0"),
    (lambda: BatchNorm(True), f"features {COUNT} True"),
    (lambda: BatchNorm(3, eps=0), f"{EPS} 0"),
    (lambda: BatchNorm(3, eps=np.nan), f"{EPS} nan"),
    (lambda: BatchNorm(3, momentum=0), "momentum must be in (0, 1], got 0"),
    (lambda: BatchNorm(3, momentum=1.1), "momentum must be in (0, 1], got 1.1"),
    (lambda: BatchNorm(3, momentum="0.1"), "momentum must be in (0, 1], got '0.1'"),
    (lambda: BatchNorm(3)(ones(4, 2)), "x must be an array of shape (N, 3), got shape (4, 2)"),
    (lambda: BatchNorm(3)(ones(3)), "x must be an array of shape (N, 3), got shape (3,)"),
    (
        lambda: BatchNorm(3)(ones(0, 3)),
        "x must be a batch of at least one example, got shape (0, 3)",
    ),
    (
        lambda: BatchNorm(3)(np.ones((4, 3), int)),
        "x must be an array of floats, got dtype int64",
    ),
    (lambda: BatchNorm(3)(ones(1, 3), training=True), f"{TWO} (1, 3)"),
    (lambda: BatchNorm(3)(ones(1, 3, 1, 1), training=True), f"{TWO} (1, 3, 1, 1)"),
    (lambda: LayerNorm(0), f"shape {COUNT} 0"),
    (lambda: LayerNorm(()), f"shape {COUNT} 0"),
    (lambda: LayerNorm((2, -1)), f"shape {COUNT} -1"),
    (lambda: LayerNorm([2, 3]), f"shape {COUNT} [2, 3]"),
    (lambda: LayerNorm(3, eps=-1.0), f"{EPS} -1.0"),
    (
        lambda: LayerNorm(3)(ones(3)),
        "x must be a batch of arrays of shape (3,), got shape (3,)",
    ),
    (
        lambda: LayerNorm((3, 2, 2))(ones(4, 3, 2, 1)),
        "x must be a batch of arrays of shape (3, 2, 2), got shape (4, 3, 2, 1)",
    ),
    (lambda: LayerNorm(1)(ones(4, 1)), SEVERAL),
    (lambda: LayerNorm(3)([["a"]]), "x must be an array of floats, got dtype <U1"),
    (lambda: GroupNorm(4, 6), "groups must be a divisor of channels (6), got 4"),
    (lambda: GroupNorm(6, 3), "groups must be a divisor of channels (3), got 6"),
    (lambda: GroupNorm(0, 6), f"groups {COUNT} 0"),
    (lambda: GroupNorm(1, 0), f"channels {COUNT} 0"),
    (lambda: GroupNorm(2, 6, eps=np.inf), f"{EPS} inf"),
    (
        lambda: GroupNorm(2, 6)(ones(4, 3, 2, 2)),
        "x must be an array of shape (N, 6, ...), got shape (4, 3, 2, 2)",
    ),
    (lambda: GroupNorm(6, 6)(ones(4, 6)), SEVERAL),
    (lambda: InstanceNorm(0), f"channels {COUNT} 0"),
    (lambda: InstanceNorm(3)(ones(4, 3)), SEVERAL),
    (lambda: InstanceNorm(3)(ones(4, 3, 1, 1)), SEVERAL),
    (lambda: normalize(ones(2, 3), (0,), 0), f"{EPS} 0"),
    (lambda: normalize(ones(1, 3), (0,)), SEVERAL),
    *[
        (
            lambda axes=axes: normalize(ones(2, 3), axes),
            f"axes must be a tuple of different axes in [0, 2), got {axes}",
        )
        for axes in [(), 0, None, (2,), (-1,), (0, 0), (0.0,), [0], ("0",), ([0],)]
    ],
    (
        lambda: fuse(BatchNorm(3), BatchNorm(3)),
        "layer must be a Linear or a Conv2d, got BatchNorm(3)",
    ),
    (
        lambda: fuse(Linear(2, 3, rng=fresh()), LayerNorm(3)),
        "batchnorm must be a BatchNorm, got LayerNorm((3,))",
    ),
    (
        lambda: fuse(Linear(2, 3, rng=fresh()), BatchNorm(2)),
        "batchnorm must be of as many features as layer (3), got 2",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("x", [ones(1, 3), ones(4, 2), ones(0, 3), np.ones((4, 3), int)])
def test_a_refused_batch_leaves_the_running_statistics(x):
    layer = learned(BatchNorm(3))
    before = {name: value.copy() for name, value in layer.buffers.items()}
    with pytest.raises(ValueError, match="must be"):
        layer(x, training=True)
    for name, value in layer.buffers.items():
        np.testing.assert_array_equal(value, before[name])


nonsense = st.sampled_from([None, "3", -1, 0, 1, 2, 2.5, np.nan, np.inf, True, (), (2, 2), [3]])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from([BatchNorm, LayerNorm, InstanceNorm, GroupNorm]), nonsense, nonsense)
def test_nonsense_gives_a_working_layer_or_a_refusal(make, size, option):
    arguments = (size, option) if make is GroupNorm else (size,)
    options = {} if make is GroupNorm else {"eps": option}
    layer, refusal = None, ""
    try:
        layer = make(*arguments, **options)
    except ValueError as error:
        refusal = str(error)
    if layer is None:
        assert " must be " in refusal
        return
    shape = layer.params["gamma"].shape
    x = fresh().standard_normal((4, *shape, *([2, 2] if len(shape) == 1 else [])))
    if make is LayerNorm:
        x = fresh().standard_normal((4, *shape))
        if x[0].size == 1:
            return
    y, backward = layer(x, training=True)
    assert np.isfinite(y).all()
    assert np.isfinite(backward(y)[0]).all()

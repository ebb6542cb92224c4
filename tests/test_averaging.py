"""Averages of parameters: by hand and by property, along runs, statistics of batch norm, refusals."""

import re
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from same import arrays, assert_equal

from nnbook.averaging import MovingAverage, average_params, refresh_statistics
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.losses import mse
from nnbook.models import mlp
from nnbook.normalization import BatchNorm
from nnbook.optimizers import SGD
from nnbook.regularization import Dropout
from nnbook.residual import Residual
from nnbook.training import train

quick = settings(max_examples=30, deadline=None, derandomize=True)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def fresh(seed=0):
    return np.random.default_rng(seed)


def net(seed=0, dtype="float64"):
    """A net with batch norm whose running statistics are not where they start."""
    rng = fresh(seed)
    model = Sequential(
        Linear(3, 5, rng=rng, dtype=dtype),
        Sequential(BatchNorm(5, dtype=dtype), Activate("relu")),
        Dropout(0.2, rng=rng),
        Linear(5, 4, rng=rng, dtype=dtype),
    )
    model(batch(dtype=dtype), training=True)
    return model


def batch(n=12, dtype="float64"):
    return fresh(9).standard_normal((n, 3)).astype(dtype)


# --- averages of parameters -----------------------------------------------------------------------


@dtypes
@pytest.mark.parametrize("members", [1, 2, 3, 7])
def test_the_average_of_equal_models_is_the_model(members, dtype):
    average = average_params([net(dtype=dtype) for _ in range(members)])
    assert_equal(arrays(average), arrays(net(dtype=dtype)))
    np.testing.assert_array_equal(
        average(batch(dtype=dtype))[0], net(dtype=dtype)(batch(dtype=dtype))[0]
    )


@quick
@given(st.integers(1, 6), st.integers(0, 2**32))
def test_the_average_of_linear_models_predicts_the_average(members, seed):
    rng = fresh(seed)
    models = [Linear(3, 2, rng=rng, bias=float(rng.normal())) for _ in range(members)]
    y, _ = average_params(models)(batch())
    np.testing.assert_allclose(y, np.mean([m(batch())[0] for m in models], axis=0), atol=1e-14)


@dtypes
def test_every_array_is_the_mean_and_nothing_is_shared_or_changed(dtype):
    models = [net(seed, dtype) for seed in range(3)]
    before = [arrays(model) for model in models]
    average = average_params(models)
    for name, array in arrays(average).items():
        mean = np.mean([kept[name].astype(float) for kept in before], axis=0)
        np.testing.assert_allclose(array, mean.astype(dtype), rtol=1e-6, atol=1e-9)
        assert array.dtype == dtype
    for array in [*average.params.values(), *average.buffers.values()]:
        array += 1
    for model, kept in zip(models, before, strict=True):
        assert_equal(arrays(model), kept)
    # What the layers compute with and what the dict of the model shows are the same arrays.
    assert average.layers[0].params["weight"] is average.params["0.weight"]


# --- the running average --------------------------------------------------------------------------


def walk(model, seed=5):
    """Endless small changes of all arrays, in place."""
    rng = fresh(seed)
    while True:
        for array in [*model.params.values(), *model.buffers.values()]:
            array += rng.standard_normal(array.shape)
        yield arrays(model)


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9, 0.999, 1.0])
@pytest.mark.parametrize("updates", [1, 2, 25])
def test_the_weights_of_the_running_average_are_those_of_the_docstring(decay, updates):
    model = net()
    average, seen = MovingAverage(model, decay), []
    for _, now in zip(range(updates), walk(model), strict=False):
        average.update()
        seen.append(now)
    ages = np.arange(updates)[::-1]
    weights = decay**ages * ((1 - decay) / (1 - decay**updates) if decay < 1 else 1 / updates)
    assert weights.sum() == pytest.approx(1)
    for name, array in arrays(average.model()).items():
        expected = sum(w * now[name] for w, now in zip(weights, seen, strict=True))
        np.testing.assert_allclose(array, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@dtypes
@pytest.mark.parametrize("decay", [0.0, 0.9, 1.0])
def test_a_model_that_stands_still_is_its_own_average(decay, dtype):
    model = net(dtype=dtype)
    average = MovingAverage(model, decay)
    for _ in range(10):
        average.update()
    assert_equal(arrays(average.model()), arrays(model))


def test_where_training_began_does_not_count():
    model = net()
    average = MovingAverage(model, 0.99)
    model.params["0.weight"] += 100
    average.update()
    np.testing.assert_array_equal(average.model().params["0.weight"], model.params["0.weight"])


def test_the_average_may_be_asked_for_at_any_time_and_changes_nothing():
    model = net()
    average, changes = MovingAverage(model, 0.5), walk(model)
    models = []
    for _ in range(3):
        next(changes)
        average.update()
        models.append(average.model())
    before = arrays(model)
    for early in models[:2]:
        for array in [*early.params.values(), *early.buffers.values()]:
            array[...] = 7
    assert_equal(arrays(average.model()), arrays(models[2]))
    assert_equal(arrays(model), before)


def test_float32_keeps_changes_too_small_for_its_digits():
    layer = Linear(1, 1, rng=fresh(), dtype="float32")
    layer.params["weight"][:] = 1
    average = MovingAverage(layer, 0.9999)
    average.update()
    layer.params["weight"][:] = 1.001
    for _ in range(5000):
        average.update()
    weight = (1 - 0.9999) / (1 - 0.9999**5001) * 0.9999**5000
    expected = weight * 1 + (1 - weight) * np.float32(1.001)
    assert average.model().params["weight"].item() == pytest.approx(expected, rel=1e-7)


def noisy_quadratic(model):
    """A run of least squares whose last steps jump around the minimum."""
    x = fresh(1).standard_normal((64, 3))
    y = x @ np.array([[1.0], [-2.0], [0.5]]) + fresh(2).standard_normal((64, 1))
    best = np.linalg.lstsq(np.column_stack([x, np.ones(64)]), y, rcond=None)[0]
    steps = train(model, mse, SGD(0.2), x, y, epochs=30, batch_size=4, rng=fresh(3))
    return steps, best


def test_along_a_run_it_is_closer_to_the_minimum_than_the_last_step():
    def distance(model, best):
        return np.linalg.norm(np.vstack([model.params["weight"], model.params["bias"]]) - best)

    model = Linear(3, 1, rng=fresh())
    average = MovingAverage(model, 0.99)
    steps, best = noisy_quadratic(model)
    for _ in steps:
        average.update()
    assert average.updates == 30 * 16
    assert distance(average.model(), best) < distance(model, best) / 2


# --- statistics of batch norm ---------------------------------------------------------------------


@dtypes
def test_refreshed_statistics_make_inference_the_same_as_training_on_that_batch(dtype):
    model, x = net(3, dtype), batch(50, dtype)
    model.layers[2].rate = 0.0
    refresh_statistics(model, x)
    norm, z = model.layers[1].layers[0], model.layers[0](x)[0]
    mean, var = norm.buffers["running_mean"], norm.buffers["running_var"]
    np.testing.assert_allclose(mean, z.mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(var, z.var(axis=0, ddof=1), rtol=1e-4)
    assert {mean.dtype, var.dtype} == {np.dtype(dtype)}
    unbiased = z.var(axis=0, ddof=1) / z.var(axis=0)
    norm.buffers["running_var"] /= unbiased
    y = deepcopy(model)(x, training=True)[0]
    np.testing.assert_allclose(model(x)[0], y, rtol=1e-3, atol=1e-5)


def test_deeper_norms_see_the_normalized_batch():
    rng, x = fresh(), batch(40)
    model = Sequential(BatchNorm(3), Residual(Linear(3, 3, rng=rng), BatchNorm(3)))
    refresh_statistics(model, x)
    z = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    deep = z @ model.params["1.0.weight"]
    np.testing.assert_allclose(model.buffers["1.1.running_mean"], deep.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(model.buffers["1.1.running_var"], deep.var(axis=0, ddof=1))


def test_the_rest_of_the_model_stays_as_it_is():
    model, alone = net(), net()
    refresh_statistics(model, batch(50))
    assert_equal(model.params, alone.params)
    assert model.layers[1].layers[0].momentum == 0.1
    assert model.layers[2].rng.random() == alone.layers[2].rng.random()  # dropout's own stream


def test_averaged_weights_need_statistics_of_their_own():
    """Averaged statistics are those of the members, whose outputs vary more than their mean's."""
    models = [Sequential(Linear(3, 8, rng=fresh(seed)), BatchNorm(8)) for seed in range(8)]
    for model in models:
        refresh_statistics(model, batch(200))
    average, x = average_params(models), batch(200)
    assert average(x)[0].var() < 0.5
    refresh_statistics(average, x)
    assert average(x)[0].var() == pytest.approx(1, rel=0.05)


def test_a_call_that_fails_changes_no_statistics():
    model = Sequential(BatchNorm(3), Linear(4, 2, rng=fresh()))
    before = arrays(model)
    with pytest.raises(
        ValueError, match=r"^in layer 1 \(Linear\): x must be an array of shape \(N, 4\)"
    ):
        refresh_statistics(model, batch())
    assert_equal(arrays(model), before)


# --- refusals -------------------------------------------------------------------------------------


class Mute(Layer):
    """A layer that stands for any model."""


REFUSALS = [
    (lambda: average_params([]), "models must be of one or more members, got []"),
    (lambda: average_params([net(), None]), "models[1] must be a Layer, got None"),
    (
        lambda: average_params([mlp((2, 3), rng=fresh()), mlp((2, 4), rng=fresh())]),
        "array '0.weight' must be of one shape in all models, got (2, 3) and (2, 4)",
    ),
    (
        lambda: average_params([Sequential(Mute()), mlp((2, 3), rng=fresh())]),
        "array '0.weight' must be of one shape in all models, got none and (2, 3)",
    ),
    (
        lambda: average_params([Sequential(BatchNorm(2)), Sequential(Mute())]),
        "array '0.gamma' must be of one shape in all models, got (2,) and none",
    ),
    (lambda: MovingAverage(net(), 1.1), "decay must be in [0, 1], got 1.1"),
    (lambda: MovingAverage(net(), -0.1), "decay must be in [0, 1], got -0.1"),
    (lambda: MovingAverage("net"), "model must be a Layer, got 'net'"),
    (
        lambda: MovingAverage(net()).model(),
        "updates must be a whole number of at least 1, got 0",
    ),
    (
        lambda: refresh_statistics(mlp((2, 3), rng=fresh()), batch()),
        "model must be one with a BatchNorm, got Sequential",
    ),
    (
        lambda: refresh_statistics(net(), batch(1)),
        "in layer 1.0 (BatchNorm): x must be an array with two values or more of each feature in training, "
        "got shape (1, 5)",
    ),
    (lambda: refresh_statistics(None, batch()), "model must be a Layer, got None"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()

"""Initial weights: shape, variance, kurtosis of the two distributions, structure, repeatability, refusals."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import golden

from nnbook import initializers as init

quick = settings(max_examples=30, deadline=None, derandomize=True)
FAN_IN, FAN_OUT = 400, 100
# name -> (function, variance, uniform?)
TABLE = {
    "normal": (init.normal, 0.01**2, False),
    "normal 0.5": (partial(init.normal, std=0.5), 0.25, False),
    "variance_scaling": (init.variance_scaling, 1 / 400, False),
    "variance_scaling fan_out": (
        partial(init.variance_scaling, mode="fan_out"),
        1 / 100,
        False,
    ),
    "variance_scaling 3": (
        partial(init.variance_scaling, scale=3.0, mode="fan_avg", distribution="uniform"),
        3 / 250,
        True,
    ),
    "lecun_normal": (init.lecun_normal, 1 / 400, False),
    "xavier_normal": (init.xavier_normal, 2 / 500, False),
    "xavier_uniform": (init.xavier_uniform, 2 / 500, True),
    "kaiming_normal": (init.kaiming_normal, 2 / 400, False),
    "kaiming_uniform": (init.kaiming_uniform, 2 / 400, True),
}
# What is no matrix of independent numbers has tests of its own.
STRUCTURED = {
    "constant": partial(init.constant, value=0.5),
    "orthogonal": init.orthogonal,
    "sparse": partial(init.sparse, k=1),
}


@pytest.mark.parametrize(("draw", "variance", "uniform"), TABLE.values(), ids=TABLE)
def test_mean_variance_and_distribution(draw, variance, uniform):
    w = draw(FAN_IN, FAN_OUT, rng=np.random.default_rng(0))
    assert (w.shape, w.dtype) == ((FAN_IN, FAN_OUT), np.float64)
    z = w / np.sqrt(variance)
    # 40 000 draws: each bound is five standard errors.
    assert abs(z.mean()) < 5 / 200
    assert abs((z**2).mean() - 1) < 5 * np.sqrt(2) / 200
    assert abs((z**4).mean() - (1.8 if uniform else 3)) < 5 * np.sqrt(96) / 200
    assert (np.abs(z).max() <= np.sqrt(3)) == uniform


# name in golden/losses.json -> the same here
OF_PYTORCH = {
    "normal": init.normal,
    "lecun_normal": init.lecun_normal,
    "xavier_normal": init.xavier_normal,
    "xavier_uniform": init.xavier_uniform,
    "kaiming_normal": init.kaiming_normal,
    "kaiming_uniform": init.kaiming_uniform,
    "kaiming_normal of fan_out": partial(init.variance_scaling, scale=2.0, mode="fan_out"),
    "constant": partial(init.constant, value=0.1),
    "orthogonal": partial(init.orthogonal, gain=2.0),
    "sparse": init.sparse,
}


@pytest.mark.parametrize("name", OF_PYTORCH)
def test_the_moments_are_those_of_pytorch(name):
    """Both of 3 million numbers: means differ by less than five standard errors of the difference."""
    rng, stored = np.random.default_rng(0), golden("losses")[f"init {name}"]
    w = np.stack([OF_PYTORCH[name](*golden("losses")["fans"], rng=rng) for _ in range(50)])
    left = 1 - stored["zeros"]
    variance = stored["square"] / left  # of the numbers that are not 0
    errors = {"mean": variance, "square": 3 * variance**2, "fourth": 105 * variance**4}
    for power, moment in ((1, "mean"), (2, "square"), (4, "fourth")):
        error = np.sqrt(2 * left * errors[moment] / w.size)
        assert abs((w**power).mean() - stored[moment]) < 5 * error
    assert (w == 0).mean() == pytest.approx(stored["zeros"], abs=1e-12)
    assert np.abs(w).max() == pytest.approx(stored["largest"], rel=0.15)  # none is truncated


def test_all_have_been_compared_with_pytorch():
    stored = {key.removeprefix("init ") for key in golden("losses") if key.startswith("init ")}
    assert stored == set(OF_PYTORCH)


def test_the_table_has_every_public_function():
    public = {
        name
        for name, f in vars(init).items()
        if getattr(f, "__module__", "") == init.__name__ and not name.startswith("_")
    }
    assert public == {name for name in TABLE if " " not in name} | set(STRUCTURED)


@pytest.mark.parametrize(("draw", "_variance", "_uniform"), TABLE.values(), ids=TABLE)
@quick
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32))
def test_equal_seeds_give_equal_weights(draw, _variance, _uniform, fan_in, fan_out, seed):
    first, second = (draw(fan_in, fan_out, rng=np.random.default_rng(seed)) for _ in range(2))
    assert first.shape == (fan_in, fan_out)
    np.testing.assert_array_equal(first, second)


def test_a_standard_deviation_of_zero_gives_zeros():
    np.testing.assert_array_equal(init.normal(2, 3, rng=np.random.default_rng(0), std=0), 0)


REFUSALS = [
    (init.normal, {"std": -1}, "std must be a finite number of at least 0, got -1"),
    (init.normal, {"fan_in": 0}, "fan_in must be a whole number of at least 1, got 0"),
    (
        init.lecun_normal,
        {"fan_out": -2},
        "fan_out must be a whole number of at least 1, got -2",
    ),
    (
        init.kaiming_normal,
        {"fan_in": 2.5},
        "fan_in must be a whole number of at least 1, got 2.5",
    ),
    (init.variance_scaling, {"scale": 0}, "scale must be a finite number above 0, got 0"),
    (
        init.variance_scaling,
        {"mode": "in"},
        "mode must be one of fan_avg, fan_in, fan_out, got 'in'",
    ),
    (
        init.variance_scaling,
        {"distribution": "cauchy"},
        "distribution must be one of normal, uniform, got 'cauchy'",
    ),
    *[
        (f, {"rng": 3}, "rng must be a numpy.random.Generator, got 3")
        for f in (init.normal, init.xavier_normal, init.xavier_uniform, init.kaiming_uniform)
    ],
]


@pytest.mark.parametrize(("draw", "change", "message"), REFUSALS)
def test_refusals(draw, change, message):
    arguments = {"fan_in": 3, "fan_out": 4, "rng": np.random.default_rng(0)} | change
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw(**arguments)


# --- structured weights ---------------------------------------------------------------------------

sizes = st.integers(1, 12)


@pytest.mark.parametrize("draw", STRUCTURED.values(), ids=STRUCTURED)
@quick
@given(sizes, sizes, st.integers(0, 2**32))
def test_structured_weights_are_repeatable_arrays_of_float64(draw, fan_in, fan_out, seed):
    first, second = (draw(fan_in, fan_out, rng=np.random.default_rng(seed)) for _ in range(2))
    assert (first.shape, first.dtype) == ((fan_in, fan_out), np.float64)
    assert first.flags.c_contiguous
    np.testing.assert_array_equal(first, second)


def test_constant_weights_are_equal_and_draw_nothing():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(
        init.constant(3, 2, rng=rng, value=-1.5), np.full((3, 2), -1.5)
    )
    np.testing.assert_array_equal(init.constant(3, 2, rng=rng), np.zeros((3, 2)))
    assert rng.random() == np.random.default_rng(0).random()


@quick
@given(sizes, sizes, st.integers(0, 2**32), st.sampled_from([0.5, 1.0, np.sqrt(2)]))
def test_orthogonal_columns_or_rows_have_length_gain_and_right_angles(
    fan_in, fan_out, seed, gain
):
    w = init.orthogonal(fan_in, fan_out, rng=np.random.default_rng(seed), gain=gain)
    gram = w.T @ w if fan_in >= fan_out else w @ w.T
    np.testing.assert_allclose(gram, gain**2 * np.eye(len(gram)), atol=1e-13)


def test_orthogonal_matrices_are_drawn_evenly():
    """As scipy.stats.ortho_group: trace of mean 0 and variance 1, both signs of each entry alike."""
    rng = np.random.default_rng(0)
    draws = np.stack([init.orthogonal(3, 3, rng=rng) for _ in range(4000)])
    traces = np.trace(draws, axis1=1, axis2=2)
    assert abs(traces.mean()) < 5 / np.sqrt(4000)
    assert abs((traces**2).mean() - 1) < 5 * np.sqrt(2 / 4000)
    assert np.abs(draws.mean(axis=0)).max() < 5 / np.sqrt(3 * 4000)
    assert abs((np.linalg.det(draws) > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(4000)


def test_a_product_of_orthogonal_matrices_keeps_lengths_at_any_depth():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((5, 16))
    y = x
    for _ in range(100):
        y = y @ init.orthogonal(16, 16, rng=rng)
    np.testing.assert_allclose(np.linalg.norm(y, axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)


@quick
@given(sizes, sizes, st.data())
def test_each_unit_has_k_inputs(fan_in, fan_out, data):
    k = data.draw(st.integers(1, fan_in))
    w = init.sparse(fan_in, fan_out, rng=np.random.default_rng(data.draw(sizes)), k=k)
    np.testing.assert_array_equal((w != 0).sum(axis=0), k)


def test_sparse_weights_have_variance_scale_over_k_and_use_all_inputs_alike():
    w = init.sparse(100, 4000, rng=np.random.default_rng(0), scale=2.0)
    z = w[w != 0] / np.sqrt(2.0 / 10)
    assert abs(z.mean()) < 5 / 200
    assert abs((z**2).mean() - 1) < 5 * np.sqrt(2) / 200
    uses = (w != 0).sum(axis=1)  # each is binomial with 4000 draws of probability 0.1
    assert np.abs(uses - 400).max() < 5 * np.sqrt(4000 * 0.1 * 0.9)


MORE_REFUSALS = [
    (init.constant, {"value": np.nan}, "value must be a finite number, got nan"),
    (init.constant, {"fan_in": 0}, "fan_in must be a whole number of at least 1, got 0"),
    (init.orthogonal, {"gain": 0}, "gain must be a finite number above 0, got 0"),
    (init.orthogonal, {"fan_out": 0}, "fan_out must be a whole number of at least 1, got 0"),
    (init.sparse, {"k": 0}, "k must be a whole number of at least 1, got 0"),
    (init.sparse, {"k": 4}, "k must be in [1, 3], got 4"),
    (init.sparse, {}, "k must be in [1, 3], got 10"),
    (init.sparse, {"k": 2, "scale": -1}, "scale must be a finite number above 0, got -1"),
    (init.constant, {"rng": None}, "rng must be a numpy.random.Generator, got None"),
    (init.orthogonal, {"rng": None}, "rng must be a numpy.random.Generator, got None"),
    (init.sparse, {"k": 2, "rng": None}, "rng must be a numpy.random.Generator, got None"),
]


@pytest.mark.parametrize(("draw", "change", "message"), MORE_REFUSALS)
def test_more_refusals(draw, change, message):
    test_refusals(draw, change, message)

"""Initial weights: shape, variance, kurtosis of the two distributions, repeatability, refusals."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_the_table_has_every_public_function():
    public = {
        name
        for name, f in vars(init).items()
        if getattr(f, "__module__", "") == init.__name__ and not name.startswith("_")
    }
    assert public == {name for name in TABLE if " " not in name}


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

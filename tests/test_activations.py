"""Activations: accuracy against mpmath, limits, kinks, dtypes, bad input, and the softmax."""

import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnbook import activations as act
from nnbook.activations import ACTIVATIONS, log_softmax, softmax

EPS = 2.0**-52
INF, NAN = np.inf, np.nan
NAMES = list(ACTIVATIONS)
EVERY = {f.__name__: f for pair in ACTIVATIONS.values() for f in pair}
EVERY |= {
    f"{name}, tanh": partial(EVERY[name], approximate=True) for name in ("gelu", "gelu_grad")
}
quick = settings(max_examples=30)
every = pytest.mark.parametrize("f", EVERY.values(), ids=EVERY)


# --- accuracy: the exact functions, in mpmath ------------------------------------------------------


def sigma(x):
    return 1 / (1 + mp.exp(-x))


def sigma_slope(x):
    return sigma(x) * sigma(-x)


def swish(x, beta=1):
    return x * sigma(beta * x)


def swish_slope(x, beta=1):
    return sigma(beta * x) + beta * x * sigma_slope(beta * x)


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def big_phi(x):
    return mp.erfc(min(-x / mp.sqrt(2), 10**5)) / 2  # mpmath's erfc refuses 1e300


def tanh_logit(x):
    return mp.sqrt(8 / mp.pi) * (x + mp.mpf("0.044715") * x**3)


def tanh_gelu_slope(x):
    rise = mp.sqrt(8 / mp.pi) * (1 + 3 * mp.mpf("0.044715") * x**2)
    return sigma(tanh_logit(x)) + x * rise * sigma_slope(tanh_logit(x))


def exponential(x, alpha=1, scale=1):
    return scale * (x if x > 0 else alpha * mp.expm1(x))


def exponential_slope(x, alpha=1, scale=1):
    return scale * (1 if x > 0 else alpha * mp.exp(x))


# Klambauer et al. (2017), to more digits than a double holds.
SELU = (
    mp.mpf("1.6732632423543772848170429916717"),
    mp.mpf("1.0507009873554804934193349852946"),
)


# --- accuracy: the bounds that the docstrings state ------------------------------------------------


def gelu_ulps(x):
    return np.where(x < -1, 8, 4)


def gelu_grad_ulps(x):
    return np.where(x < -37, 16, gelu_ulps(x))


def tanh_gelu_ulps(x):
    a = np.minimum(np.abs(x), 40)
    t = np.sqrt(8 / np.pi) * (a + 0.044715 * a**3)
    return np.where(x < -1, 4 + 4 * t, 4)


def swish_ulps(x, beta):
    return np.where(x < 0, 4 + 2 * beta * np.minimum(-x, 1600 / beta), 4)


@dataclass(frozen=True)
class Case:
    """A function, the exact one, the ulps it may err by in float64, and where cancellation rules."""

    f: Callable[..., Any]
    exact: Callable[..., Any]
    ulps: Callable[..., Any] = lambda x: np.full(x.shape, 4.0)
    root: tuple[float, float] = (0, 0)


def swish_case(beta):
    ulps = partial(swish_ulps, beta=beta)
    return Case(partial(act.silu, beta=beta), partial(swish, beta=mp.mpf(beta)), ulps)


def swish_slope_case(beta):
    f, exact = (partial(act.silu_grad, beta=beta), partial(swish_slope, beta=mp.mpf(beta)))
    return Case(f, exact, partial(swish_ulps, beta=beta), (-2 / beta, -0.8 / beta))


CASES = {
    "sigmoid": Case(act.sigmoid, sigma),
    "sigmoid_grad": Case(act.sigmoid_grad, sigma_slope),
    "tanh": Case(act.tanh, mp.tanh),
    "tanh_grad": Case(act.tanh_grad, lambda x: 4 * sigma_slope(2 * x)),
    "relu": Case(act.relu, lambda x: max(x, 0)),
    "relu_grad": Case(act.relu_grad, lambda x: int(x > 0)),
    "leaky_relu": Case(act.leaky_relu, lambda x: max(x, mp.mpf(0.01) * x)),
    "leaky_relu_grad": Case(act.leaky_relu_grad, lambda x: 1 if x > 0 else mp.mpf(0.01)),
    "elu": Case(act.elu, exponential),
    "elu_grad": Case(act.elu_grad, exponential_slope),
    "elu, 0.7": Case(partial(act.elu, alpha=0.7), partial(exponential, alpha=mp.mpf(0.7))),
    "selu": Case(act.selu, lambda x: exponential(x, *SELU)),
    "selu_grad": Case(act.selu_grad, lambda x: exponential_slope(x, *SELU)),
    "gelu": Case(act.gelu, lambda x: x * big_phi(x), gelu_ulps),
    "gelu_grad": Case(
        act.gelu_grad, lambda x: big_phi(x) + x * phi(x), gelu_grad_ulps, (-1.5, -0.4)
    ),
    "gelu, tanh": Case(EVERY["gelu, tanh"], lambda x: x * sigma(tanh_logit(x)), tanh_gelu_ulps),
    "gelu_grad, tanh": Case(
        EVERY["gelu_grad, tanh"], tanh_gelu_slope, tanh_gelu_ulps, (-1.5, -0.4)
    ),
    "silu": Case(act.silu, swish),
    "silu_grad": Case(act.silu_grad, swish_slope, root=(-2, -0.8)),
    "silu, 10": swish_case(10),
    "silu_grad, 10": swish_slope_case(10),
    "silu, 0.01": swish_case(0.01),
    "silu_grad, 0.01": swish_slope_case(0.01),
    "softplus": Case(act.softplus, lambda x: mp.log1p(mp.exp(x))),
    "softplus_grad": Case(act.softplus_grad, sigma),
}
# Where something happens: the roots of gelu_grad, its approximation and silu_grad, the far ends of
# their dips, the kink, and the arguments around which each tail leaves the normal, then all numbers.
SPOTS = [
    0.7517915,
    0.7524614,
    1.2784645,
    1.4142136,
    2.3993573,
    5.0,
    20.0,
    22.0,
    38.0,
    88.0,
    104.0,
]
SPOTS += [355.0, 373.0, 709.0, 745.0, 752.0]


@cache
def sweep() -> np.ndarray:
    """Float64 points of both signs over all magnitudes; some are float32 numbers, for that sweep."""
    rng = np.random.default_rng(0)
    spots = np.outer(SPOTS, 1 + np.array([-1, 1])[:, None] * np.geomspace(1e-12, 0.05, 12))
    dense = [rng.uniform(0, 8, 800), rng.uniform(8, 120, 200), rng.uniform(120, 760, 200)]
    doubles = np.concatenate([[0], np.geomspace(1e-300, 1e300, 301), spots.ravel(), *dense])
    singles = np.concatenate([np.geomspace(1e-38, 1e38, 191), *dense[:2]]).astype(np.float32)
    points = np.unique(np.concatenate([doubles, singles.astype(np.float64)]))
    return np.concatenate([-points[::-1], points])


@cache
def reference(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The exact values as the nearest doubles, and what these miss, in units of their last place."""
    values, rests = [], []
    with mp.workdps(50):
        for x in sweep():
            exact = mp.mpf(CASES[name].exact(mp.mpf(float(x))))
            values.append(float(exact))
            rests.append(float((exact - values[-1]) / float(np.spacing(abs(values[-1])))))
    return np.array(values), np.array(rests)


def ulps_off(got: np.ndarray, value: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Distance of results from the exact values, in units of the last place of the results' dtype."""
    unit = np.spacing(np.abs(value).astype(got.dtype)).astype(np.float64)
    return np.abs(
        (got.astype(np.float64) - value) / unit - rest * (np.spacing(np.abs(value)) / unit)
    )


@pytest.mark.parametrize("name", CASES)
def test_float64_is_as_close_to_the_exact_value_as_the_docstring_says(name):
    x, case, (value, rest) = sweep(), CASES[name], reference(name)
    off, allowed = ulps_off(case.f(x), value, rest), case.ulps(x)
    near_root = (case.root[0] <= x) & (x <= case.root[1]) & (x < 0)
    allowed = np.where(near_root, np.maximum(allowed, EPS / np.spacing(np.abs(value))), allowed)
    worst = np.argmax(off / allowed)
    assert off[worst] <= allowed[worst], f"{off[worst]} ulp at x = {x[worst]!r}"


@pytest.mark.parametrize("name", CASES)
def test_float32_is_within_4_ulp_everywhere(name):
    single = np.abs(sweep()) <= 1.001e38
    single[single] = sweep()[single].astype(np.float32) == sweep()[single]
    assert single.sum() > 2000
    x, (value, rest) = sweep()[single].astype(np.float32), reference(name)
    got = CASES[name].f(x)
    off = ulps_off(got, value[single], rest[single])
    worst = np.argmax(off)
    assert got.dtype == np.float32
    assert off[worst] <= 4, f"{off[worst]} ulp at x = {x[worst]!r}"


def test_every_function_is_swept():
    assert set(EVERY) <= set(CASES)
    assert len(sweep()) > 4000


def test_slopes_in_the_tails_are_small_but_not_zero():
    assert act.sigmoid_grad(40.0) == pytest.approx(4.248354255291589e-18, rel=1e-15)
    assert act.tanh_grad(20.0) == pytest.approx(1.699341702116635e-17, rel=1e-15)
    for f, x in ((act.sigmoid_grad, 745), (act.tanh_grad, 372), (act.silu_grad, -750)):
        assert f(float(x)) != 0
    assert act.gelu_grad(-38.4) < 0


# --- limits, kinks, NaN, dtypes, shapes ------------------------------------------------------------

LIMITS = {  # value and slope at -inf, value and slope at inf
    "sigmoid": (0, 0, 1, 0),
    "tanh": (-1, 0, 1, 0),
    "relu": (0, 0, INF, 1),
    "leaky_relu": (-INF, 0.01, INF, 1),
    "elu": (-1, 0, INF, 1),
    "selu": (-1.7580993408473766, 0, INF, 1.0507009873554805),
    "gelu": (0, 0, INF, 1),
    "silu": (0, 0, INF, 1),
    "softplus": (0, 0, INF, 1),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_limits_at_infinity(name, dtype):
    f, f_grad = ACTIVATIONS[name]
    ends = np.array([-INF, INF], dtype)
    low, low_slope, high, high_slope = LIMITS[name]
    np.testing.assert_allclose(f(ends), [low, high], rtol=1e-7)
    np.testing.assert_allclose(f_grad(ends), [low_slope, high_slope], rtol=1e-7)


@pytest.mark.parametrize("beta", [1e-3, 1.0, 1e3])
def test_parameters_keep_the_limits(beta):
    ends = np.array([-INF, -1.7e308, 1.7e308, INF])
    assert act.silu(ends, beta).tolist() == [0, 0, 1.7e308, INF]
    assert act.silu_grad(ends, beta).tolist() == [0, 0, 1, 1]
    assert act.gelu(ends, approximate=True).tolist() == [0, 0, 1.7e308, INF]
    assert act.tanh_grad(ends).tolist() == [0, 0, 0, 0]
    assert act.leaky_relu(ends, 0).tolist() == [0, 0, 1.7e308, INF]
    assert act.elu(ends, 0).tolist() == [0, 0, 1.7e308, INF]


def test_slopes_at_the_kink_are_those_of_the_left_side():
    for zero in (0.0, -0.0):
        assert act.relu_grad(zero) == 0
        assert act.leaky_relu_grad(zero, 0.2) == 0.2
        assert act.elu_grad(zero, 0.5) == 0.5
        assert act.selu_grad(zero) == pytest.approx(act.SELU_SCALE * act.SELU_ALPHA, rel=1e-15)


shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)


@every
@quick
@given(data=st.data(), dtype=st.sampled_from([np.float16, np.float32, np.float64]))
def test_dtype_and_shape_are_kept_and_x_is_left_alone(f, data, dtype):
    x = data.draw(hnp.arrays(dtype, shapes, elements={"allow_nan": False}))
    before = x.copy()
    with np.errstate(over="ignore"):  # SELU takes the largest numbers times 1.05
        y = f(x)
    assert (y.dtype, y.shape) == (x.dtype, x.shape)
    assert not np.isnan(y).any()
    np.testing.assert_array_equal(x, before)


@every
@quick
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_nan_stays_nan_and_touches_no_neighbor(f, data, dtype):
    x = data.draw(hnp.arrays(dtype, st.integers(1, 40), elements=st.floats(-50, 50, width=32)))
    holes = data.draw(hnp.arrays(bool, x.shape))
    y = f(np.where(holes, dtype(NAN), x))
    np.testing.assert_array_equal(np.isnan(y), holes)
    np.testing.assert_array_equal(y[~holes], f(x)[~holes])


@every
def test_whole_numbers_and_bools_count_as_float64(f):
    for x in (
        [-2, 0, 3],
        np.array([-2, 0, 3], np.int8),
        np.array([7], np.uint64),
        [True, False],
        3,
    ):
        y = f(x)
        assert y.dtype == np.float64
        np.testing.assert_array_equal(y, f(np.asarray(x, np.float64)))


@every
def test_half_precision_is_rounded_once(f):
    x = np.linspace(-8, 8, 101).astype(np.float16)
    np.testing.assert_array_equal(f(x), f(x.astype(np.float32)).astype(np.float16))


# --- properties ------------------------------------------------------------------------------------

moderate = hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(-40, 40))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("gelu", "silu")])
@quick
@given(x=moderate)
def test_monotone_functions_rise_and_their_slopes_are_not_negative(name, x):
    f, f_grad = ACTIVATIONS[name]
    y = f(np.sort(x))
    assert (np.diff(y) >= -4 * np.spacing(np.abs(y[1:]))).all()
    assert (f_grad(x) >= 0).all()


@pytest.mark.parametrize("name", NAMES)
@quick
@given(x=hnp.arrays(np.float64, 20, elements=st.floats(-8, 8)))
def test_slopes_agree_with_finite_differences(name, x):
    f, f_grad = ACTIVATIONS[name]
    x, h = x[np.abs(x) > 1e-4], 1e-5
    np.testing.assert_allclose(f_grad(x), (f(x + h) - f(x - h)) / (2 * h), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("f", "f_grad"),
    [
        (
            partial(act.leaky_relu, negative_slope=0.3),
            partial(act.leaky_relu_grad, negative_slope=0.3),
        ),
        (partial(act.elu, alpha=2.5), partial(act.elu_grad, alpha=2.5)),
        (partial(act.silu, beta=3.0), partial(act.silu_grad, beta=3.0)),
        (EVERY["gelu, tanh"], EVERY["gelu_grad, tanh"]),
    ],
    ids=["leaky_relu", "elu", "silu", "gelu"],
)
def test_slopes_take_the_same_parameters(f, f_grad):
    x, h = np.linspace(-5, 5, 100), 1e-5
    np.testing.assert_allclose(f_grad(x), (f(x + h) - f(x - h)) / (2 * h), rtol=0, atol=1e-9)


@quick
@given(x=moderate)
def test_identities(x):
    np.testing.assert_allclose(act.sigmoid(-x), 1 - act.sigmoid(x), rtol=0, atol=2 * EPS)
    np.testing.assert_allclose(act.tanh(x), 2 * act.sigmoid(2 * x) - 1, rtol=0, atol=4 * EPS)
    np.testing.assert_array_equal(act.softplus_grad(x), act.sigmoid(x))
    np.testing.assert_array_equal(act.sigmoid_grad(x), act.sigmoid_grad(-x))
    for f in (act.gelu, act.silu, act.softplus):
        np.testing.assert_allclose(f(x) - f(-x), x, rtol=4 * EPS, atol=4 * EPS)


def test_special_parameters():
    x = np.linspace(-5, 5, 101)
    np.testing.assert_array_equal(act.leaky_relu(x, 0), act.relu(x))
    np.testing.assert_array_equal(act.leaky_relu(x, 1), x)
    np.testing.assert_array_equal(act.elu(x, 0), act.relu(x))
    np.testing.assert_allclose(act.silu(x, 1e-6), x / 2, atol=1e-5)
    np.testing.assert_allclose(act.silu(x, 1e6), act.relu(x), atol=1e-5)
    assert np.abs(act.gelu(x, approximate=True) - act.gelu(x)).max() < 5e-4
    assert act.silu(-1.2784645427610738) == pytest.approx(-0.2784645427610738, rel=1e-15)


def test_the_table_pairs_each_function_with_its_slope():
    assert list(ACTIVATIONS) == list(LIMITS)
    for name, (f, f_grad) in ACTIVATIONS.items():
        assert (f, f_grad) == (getattr(act, name), getattr(act, f"{name}_grad"))
        assert pickle.loads(pickle.dumps(f)) is f  # so that parallel runs can send it


# --- softmax ---------------------------------------------------------------------------------------

# Whole numbers, so that adding a constant is exact.
scores = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=6),
    elements=st.integers(-2000, 2000).map(float),
)


@quick
@given(x=scores, shift=st.integers(-(10**6), 10**6))
def test_softmax_does_not_depend_on_a_shift(x, shift):
    np.testing.assert_array_equal(softmax(x + shift), softmax(x))
    np.testing.assert_array_equal(log_softmax(x + shift), log_softmax(x))


@quick
@given(x=scores, dtype=st.sampled_from([np.float32, np.float64]))
def test_softmax_sums_to_one_and_is_the_exponential_of_log_softmax(x, dtype):
    x = x.astype(dtype)
    for axis in range(-x.ndim, x.ndim):
        p, log_p = softmax(x, axis), log_softmax(x, axis)
        assert p.dtype == log_p.dtype == dtype
        np.testing.assert_allclose(p.sum(axis), 1, rtol=4 * np.finfo(dtype).eps)
        np.testing.assert_allclose(np.exp(log_p), p, rtol=200 * np.finfo(dtype).eps, atol=1e-37)
        np.testing.assert_array_equal(
            p, np.moveaxis(softmax(np.moveaxis(x, axis, -1)), -1, axis)
        )


@quick
@given(x=hnp.arrays(np.float64, (3, 5), elements=st.floats(-1e300, 1e300)))
def test_softmax_of_any_finite_scores_is_finite(x):
    assert ((softmax(x) >= 0) & (softmax(x) <= 1)).all()
    assert np.isfinite(log_softmax(x)).all()
    assert (log_softmax(x) <= 0).all()


def test_softmax_values():
    with mp.workdps(50):
        exact = [mp.exp(k) / (mp.exp(1) + mp.exp(2) + mp.exp(3)) for k in (1, 2, 3)]
        np.testing.assert_allclose(softmax([1, 2, 3]), [float(p) for p in exact], rtol=4 * EPS)
        logs = [float(mp.log(p)) for p in exact]
    np.testing.assert_allclose(log_softmax([1, 2, 3]), logs, rtol=4 * EPS)
    assert log_softmax([0.0, 2000.0]).tolist() == [-2000, 0]


def test_softmax_gives_minus_infinity_no_probability():
    x = np.array([[1.0, -INF, 3.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(softmax(x)[0, [0, 2]], softmax(x[0, [0, 2]]))
    assert softmax(x)[0, 1] == 0
    assert log_softmax(x)[0, 1] == -INF
    np.testing.assert_allclose(softmax(x)[1], 1 / 3)


@pytest.mark.parametrize("bad", [[NAN, 0, 1], [INF, 0, 1], [-INF, -INF, -INF]])
def test_a_row_without_a_finite_maximum_is_nan_and_touches_no_other_row(bad):
    x = np.array([[1.0, 2.0, 3.0], bad])
    for f in (softmax, log_softmax):
        assert np.isnan(f(x)[1]).all()
        np.testing.assert_array_equal(f(x)[0], f(x[0]))


def test_softmax_of_an_empty_batch_is_empty():
    assert softmax(np.empty((0, 4), np.float32)).shape == (0, 4)
    assert log_softmax(np.empty((2, 0, 4))).shape == (2, 0, 4)


# --- bad input -------------------------------------------------------------------------------------


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


REAL = "x must be an array of real numbers of at most 64 bits, got dtype "


@pytest.mark.parametrize("f", [*EVERY.values(), softmax, log_softmax])
@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        ([1j], "complex128"),
        (["a"], "<U1"),
        ([None], "object"),
        (np.array(["2020-01-01"], "M8[D]"), "datetime64[D]"),
    ],
    ids=["complex", "text", "object", "date"],
)
def test_what_is_no_real_number_is_refused(f, x, dtype):
    with pytest.raises(ValueError, match=exactly(REAL + dtype)):
        f(x)


@every
def test_long_doubles_are_refused_where_they_are_longer_than_doubles(f):
    x = np.ones(1, np.longdouble)
    if x.itemsize == 8:
        assert f(x).dtype == x.dtype
        return
    with pytest.raises(ValueError, match=exactly(REAL + str(x.dtype))):
        f(x)


SLOPE = "negative_slope must be in [0, 1], got "
ALPHA = "alpha must be a finite number of at least 0, got "
BETA = "beta must be a finite number above 0, got "
FLAG = "approximate must be True or False, got "
AXIS = "axis must be an axis of an array of shape (2, 3), got "


@pytest.mark.parametrize(
    ("f", "value", "message"),
    [
        *[
            (act.leaky_relu, v, SLOPE + repr(v))
            for v in (-0.1, 1.5, NAN, INF, "0.1", None, True)
        ],
        (act.leaky_relu_grad, 2, SLOPE + "2"),
        *[(act.elu, v, ALPHA + repr(v)) for v in (-1, NAN, INF, "1")],
        (act.elu_grad, -1, ALPHA + "-1"),
        *[(act.silu, v, BETA + repr(v)) for v in (0, -1.0, NAN, INF)],
        (act.silu_grad, 0, BETA + "0"),
        *[(act.gelu, v, FLAG + repr(v)) for v in ("tanh", "none", 1, None)],
        (act.gelu_grad, "none", FLAG + "'none'"),
        *[(softmax, v, AXIS + repr(v)) for v in (2, -3, 1.0, None, (0, 1), True)],
        (log_softmax, 2, AXIS + "2"),
    ],
)
def test_a_parameter_out_of_range_is_refused(f, value, message):
    with pytest.raises(ValueError, match=exactly(message)):
        f(np.ones((2, 3)), value)


def test_softmax_needs_an_axis_with_entries():
    no_axis = "axis must be an axis of an array of shape (), got -1"
    no_entry = "x must be an array with at least one entry along axis -1, got shape (5, 0)"
    for f in (softmax, log_softmax):
        with pytest.raises(ValueError, match=exactly(no_axis)):
            f(3.0)
        with pytest.raises(ValueError, match=exactly(no_entry)):
            f(np.empty((5, 0)))

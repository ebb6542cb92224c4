"""Checks of parameters and gradients: what passes, what is refused and how."""

import re

import numpy as np
import pytest

from nnbook._params import (
    UnchangedIfRefused,
    check_arrays,
    check_dtype,
    check_update,
    check_writeable,
    first_weight,
    is_weight,
)


def fresh():
    return np.random.default_rng(0)


def read_only(*shape):
    array = np.ones(shape)
    array.flags.writeable = False
    return array


W = {"w": np.ones(3)}
A_TYPE = "dtype must be a type of floats of at most 64 bits, got"
REFUSALS = [
    (lambda: check_dtype("dtype", None), f"{A_TYPE} None"),
    (lambda: check_dtype("dtype", "nonsense"), f"{A_TYPE} 'nonsense'"),
    (lambda: check_dtype("dtype", int), f"{A_TYPE} <class 'int'>"),
    (lambda: check_dtype("dtype", 3), f"{A_TYPE} 3"),
    (lambda: check_dtype("dtype", np.float32(3)), f"{A_TYPE} np.float32(3.0)"),
    (lambda: check_dtype("dtype", [("a", float)]), f"{A_TYPE} [('a', <class 'float'>)]"),
    (lambda: check_dtype("dtype", np.longdouble), f"{A_TYPE} <class 'numpy.longdouble'>"),
    (
        lambda: first_weight(lambda *_, rng: np.ones(3), 2, 3, rng=fresh(), dtype=float),
        "init must be a function to an array of floats of shape (2, 3), got float64 array of shape (3,)",
    ),
    (
        lambda: first_weight(lambda *_, rng: None, 2, 3, rng=fresh(), dtype=float),
        "init must be a function to an array of floats of shape (2, 3), got None",
    ),
    (lambda: first_weight(3, 2, 3, rng=fresh(), dtype=float), "init must be a function, got 3"),
    (lambda: check_arrays("grads", [1]), "grads must be a dict of arrays, got [1]"),
    (
        lambda: check_arrays("grads", {"w": None}),
        "grads['w'] must be an array of floats, got None",
    ),
    (
        lambda: check_arrays("grads", {"w": np.ones(2, int)}),
        "grads['w'] must be an array of floats, got dtype int64",
    ),
    (
        lambda: check_arrays("grads", {1: np.ones(2)}),
        "grads must be a dict of names to arrays, got the name 1",
    ),
    (
        lambda: check_update(W, {"v": np.ones(3)}, {}),
        "params['v'] must be a parameter of shape (3,), got none",
    ),
    (
        lambda: check_update(W, {"w": np.ones(2)}, {}),
        "params['w'] must be a parameter of shape (2,), got (3,)",
    ),
    (
        lambda: check_update(W, {"w": np.ones(3)}, {"w": (2,)}),
        "params['w'] must be of shape (2,), as before, got (3,)",
    ),
    (
        lambda: check_update({"w": read_only(3)}, {"w": np.ones(3)}, {}),
        "params['w'] must be an array that can be changed, got a read-only one",
    ),
    (
        lambda: check_writeable("x", np.float64(1)),
        "x must be an array that can be changed, got a read-only one",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("dtype", ["float16", np.float32, float, np.dtype("float64")])
def test_a_dtype_in_any_spelling_becomes_numpys(dtype):
    assert check_dtype("dtype", dtype) == np.dtype(dtype)


def test_what_fits_passes():
    assert check_arrays("grads", W) is W
    check_update(W, {"w": np.zeros(3)}, {"w": (3,)})
    check_update({"w": np.array(1.0)}, {"w": np.float64(1)}, {})
    check_update(W, {}, {})


def test_the_first_weight_is_what_init_draws_in_the_dtype():
    weight = first_weight(
        lambda *shape, rng: rng.random(shape), 2, 3, rng=fresh(), dtype="float32"
    )
    np.testing.assert_array_equal(weight, fresh().random((2, 3)).astype(np.float32))
    assert weight.dtype == np.float32


@pytest.mark.parametrize(("error", "kept"), [(ValueError, 1), (KeyError, 2)])
def test_a_refusal_puts_arrays_back(error, kept):
    array = np.ones(3)

    def change_and_fail():
        with UnchangedIfRefused({"running_mean": array}):
            array[:] = 2
            raise error

    with pytest.raises(error):
        change_and_fail()
    np.testing.assert_array_equal(array, kept)


def test_without_a_refusal_arrays_stay_as_they_are():
    array = np.ones(3)
    with UnchangedIfRefused({"running_mean": array}):
        array += 1
    np.testing.assert_array_equal(array, 2)


def test_a_weight_is_called_weight():
    assert all(map(is_weight, ["weight", "0.weight", "2.1.weight"]))
    assert not any(map(is_weight, ["bias", "weight.bias", "overweight", "0.preweight"]))

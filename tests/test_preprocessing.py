"""Standardizer: round trip, moments, constant features, scikit-learn's numbers, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import StandardScaler

from nnbook.preprocessing import Standardizer

quick = settings(max_examples=40, deadline=None, derandomize=True)
tables = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=st.floats(-1e3, 1e3),
)


@quick
@given(tables)
def test_round_trip(x):
    standardizer = Standardizer().fit(x)
    np.testing.assert_allclose(
        standardizer.invert(standardizer.apply(x)), x, rtol=1e-12, atol=1e-10
    )


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
def test_mean_zero_variance_one_dtype_kept_and_input_left_alone(dtype, tolerance):
    x = np.random.default_rng(0).normal(5, 3, (100, 4)).astype(dtype)
    before = x.copy()
    standardizer = Standardizer().fit(x)
    z = standardizer.apply(x)
    assert z.dtype == standardizer.invert(z).dtype == x.dtype
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=tolerance)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=tolerance)
    np.testing.assert_array_equal(x, before)


def test_new_data_keep_their_own_dtype():
    standardizer = Standardizer().fit(np.array([[0.0], [2.0]]))
    z = standardizer.apply(np.array([[3.0]], np.float32))
    assert z.dtype == standardizer.invert(z).dtype == np.float32


def test_new_data_get_the_statistics_of_the_old():
    standardizer = Standardizer().fit(np.array([[0.0], [2.0]]))
    np.testing.assert_array_equal(standardizer.apply(np.array([[3.0]])), [[2.0]])
    np.testing.assert_array_equal(standardizer.invert(np.array([[2.0]])), [[3.0]])


def test_a_constant_feature_is_centered_and_not_divided():
    x = np.full((3, 1), 0.1)  # whose mean is off by a rounding error, and whose std is not 0
    np.testing.assert_allclose(Standardizer().fit(x).apply(x + 3), 3, rtol=1e-12)


def test_scikit_learn_agrees():
    x = np.random.default_rng(1).normal(2, 5, (50, 6))
    x[:, 2] = 7.0
    expected = StandardScaler().fit_transform(x)
    np.testing.assert_allclose(Standardizer().fit(x).apply(x), expected, rtol=1e-12, atol=1e-13)


REFUSALS = [
    ("fit", np.ones(3), "x must be an array of rank 2, got shape (3,)"),
    ("fit", np.ones((0, 2)), "x must be a batch of at least one example, got shape (0, 2)"),
    ("fit", np.ones((2, 2), int), "x must be an array of floats, got dtype int64"),
    ("fit", np.array([[1.0], [np.nan]]), "x must be finite, got an array with inf or nan"),
    ("apply", np.ones((2, 3)), "x must be an array of shape (N, 2), got shape (2, 3)"),
    ("invert", np.ones((2, 3)), "z must be an array of shape (N, 2), got shape (2, 3)"),
]


@pytest.mark.parametrize(("method", "x", "message"), REFUSALS)
def test_refusals(method, x, message):
    standardizer = Standardizer().fit(np.array([[0.0, 1.0], [2.0, 3.0]]))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(standardizer, method)(x)


@pytest.mark.parametrize("method", ["apply", "invert"])
def test_it_must_be_fitted_first(method):
    with pytest.raises(ValueError, match=r"^Standardizer must be fitted before it is applied"):
        getattr(Standardizer(), method)(np.ones((1, 2)))

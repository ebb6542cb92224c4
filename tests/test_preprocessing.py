"""Standardizer, PCA, Whitener, image means: round trips, moments, scikit-learn's numbers, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import decomposition
from sklearn.preprocessing import StandardScaler

from nnbook.preprocessing import (
    PCA,
    Standardizer,
    Whitener,
    channel_mean,
    channel_std,
    mean_image,
)

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


def test_a_feature_whose_squares_underflow_counts_as_constant():
    x = np.array([[0.0], [1e-200]])
    np.testing.assert_array_equal(Standardizer().fit(x).apply(x), x - x.mean())


def test_channels_whose_squares_overflow_are_refused():
    x = 1e200 * np.random.default_rng(0).random((2, 3, 4, 4))
    with pytest.raises(ValueError, match=r"^x must be of finite variance in float64, got "):
        channel_std(x)


@pytest.mark.parametrize("kind", [Standardizer, PCA, Whitener])
def test_a_fit_to_numbers_whose_squares_overflow_is_refused_and_changes_nothing(kind):
    fitted, x = kind().fit(cloud()), cloud(4)
    before = fitted.apply(x)
    message = "x must be of finite variance in float64, got numbers too large for it"
    with pytest.raises(ValueError, match=f"^{message}$"):
        fitted.fit(1e200 * cloud())
    np.testing.assert_array_equal(fitted.apply(x), before)


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


# --- PCA and whitening ----------------------------------------------------------------------------


def cloud(n=200, d=5, seed=0, dtype="float64"):
    """Correlated features of different scale, off center."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + 3).astype(dtype)


def covariance(z):
    return np.atleast_2d(np.cov(z, rowvar=False, bias=True))


@pytest.mark.parametrize(("n", "components"), [(200, None), (200, 2), (5, None), (3, 3)])
def test_pca_is_scikit_learns_up_to_sign(n, components):
    x, new = cloud(n), cloud(20, seed=0)
    pca, reference = PCA(components).fit(x), decomposition.PCA(components).fit(x)
    real = reference.explained_variance_ > 1e-10  # the last of 3 directions of 3 points is any
    signs = np.sign((pca.directions * reference.components_.T).sum(axis=0))
    close = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(
        (pca.directions * signs)[:, real], reference.components_.T[:, real], **close
    )
    np.testing.assert_allclose(
        (pca.apply(new) * signs)[:, real], reference.transform(new)[:, real], **close
    )
    np.testing.assert_allclose(
        pca.variances, reference.explained_variance_ * (n - 1) / n, **close
    )


def test_pca_gives_a_diagonal_covariance_by_falling_variance():
    x = cloud()
    pca = PCA().fit(x)
    np.testing.assert_allclose(covariance(pca.apply(x)), np.diag(pca.variances), atol=1e-12)
    assert (np.diff(pca.variances) < 0).all()
    np.testing.assert_allclose(pca.directions.T @ pca.directions, np.eye(5), atol=1e-14)


@quick
@given(tables)
def test_the_largest_entry_of_a_direction_is_positive(x):
    U = PCA(1).fit(x).directions
    assert np.abs(U).max() <= U.max() + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_two_standardized_features_have_the_first_sign_positive(seed):
    """Their directions are (1, 1) and (1, -1): the largest entry alone would leave the sign to rounding."""
    x = cloud(50, 2, seed)
    U = PCA().fit(Standardizer().fit(x).apply(x)).directions
    assert (U[0] > 0).all()


@quick
@given(
    st.integers(1, 6),
    st.integers(10, 40),
    st.integers(0, 99),
    st.sampled_from([("float32", 2e-2), ("float64", 1e-6)]),
)
def test_whitening_gives_the_identity(d, n, seed, kind):
    dtype, tolerance = kind
    x = cloud(n, d, seed, dtype)
    z = Whitener(0).fit(x).apply(x)
    assert z.dtype == dtype
    np.testing.assert_allclose(covariance(z), np.eye(d), atol=tolerance)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=tolerance)


def test_epsilon_is_added_to_the_variances():
    x = cloud()
    whitener = Whitener(0.5).fit(x)
    expected = whitener.variances / (whitener.variances + 0.5)
    np.testing.assert_allclose(covariance(whitener.apply(x)), np.diag(expected), atol=1e-12)


def test_a_constant_direction_is_not_blown_up():
    x = np.hstack([cloud(), np.full((200, 1), 0.1)])
    z = Whitener().fit(x).apply(x)
    np.testing.assert_allclose(z[:, -1], 0, atol=1e-9)
    message = "epsilon must be above 0 for data that are constant in a direction, got 0"
    whitener = Whitener(0, 5).fit(x)
    before = whitener.apply(x)
    for constant in (x, np.hstack([x, x]), np.full((9, 5), 0.1)):
        with pytest.raises(ValueError, match=f"^{message}$"):
            Whitener(0).fit(constant)
    with pytest.raises(ValueError, match=f"^{message}$"):
        whitener.fit(np.full((9, 6), 0.1))
    np.testing.assert_array_equal(whitener.apply(x), before)  # the old fit is kept


@pytest.mark.parametrize("make", [PCA, Whitener])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-12)])
def test_inversion_with_all_components(make, dtype, tolerance):
    x, new = cloud(dtype=dtype), cloud(7, seed=3, dtype=dtype)
    before, fitted = x.copy(), make().fit(x)
    for data in (x, new):
        back = fitted.invert(fitted.apply(data))
        assert back.dtype == fitted.apply(data).dtype == data.dtype
        np.testing.assert_allclose(back, data, atol=tolerance * 10)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("make", [PCA, Whitener])
def test_inversion_with_fewer_components_is_a_projection(make):
    x = cloud()
    fitted, reference = make(components=2).fit(x), decomposition.PCA(2).fit(x)
    back = fitted.invert(fitted.apply(x))
    expected = reference.inverse_transform(reference.transform(x))
    np.testing.assert_allclose(back, expected, atol=1e-10)
    np.testing.assert_allclose(fitted.invert(fitted.apply(back)), back, atol=1e-10)


@pytest.mark.parametrize("make", [PCA, Whitener])
def test_new_data_keep_their_dtype_after_pca(make):
    fitted, x = make().fit(cloud()), cloud(4, dtype="float32")
    assert fitted.apply(x).dtype == fitted.invert(fitted.apply(x)).dtype == np.float32


@pytest.mark.parametrize("make", [PCA, Whitener])
@pytest.mark.parametrize(("method", "x", "message"), REFUSALS)
def test_pca_refusals(make, method, x, message):
    fitted = make().fit(np.array([[0.0, 1.0], [2.0, 4.0], [3.0, 3.0]]))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(fitted, method)(x)


COUNT = "components must be a whole number of at least 1, got "
CONSTRUCTORS = [
    (lambda: PCA(0), COUNT + "0"),
    (lambda: PCA(2.0), COUNT + "2.0"),
    (lambda: PCA(True), COUNT + "True"),
    (lambda: Whitener(components=-1), COUNT + "-1"),
    (lambda: Whitener(-1.0), "epsilon must be a finite number of at least 0, got -1.0"),
    (lambda: Whitener(np.nan), "epsilon must be a finite number of at least 0, got nan"),
    (
        lambda: PCA(6).fit(cloud()),
        "components must be at most the number of features (5), got 6",
    ),
    (
        lambda: PCA().fit(cloud(4)),
        "x must be at least as many examples as components (5), got 4",
    ),
    (
        lambda: PCA(3).fit(cloud(2)),
        "x must be at least as many examples as components (3), got 2",
    ),
    (lambda: PCA().directions, "PCA must be fitted before it is applied, got no call of fit"),
    (
        lambda: PCA().apply(cloud()),
        "PCA must be fitted before it is applied, got no call of fit",
    ),
    (
        lambda: Whitener().apply(cloud()),
        "Whitener must be fitted before it is applied, got no call of fit",
    ),
    (
        lambda: Whitener().invert(cloud()),
        "Whitener must be fitted before it is applied, got no call of fit",
    ),
    (
        lambda: Whitener(components=2).fit(cloud()).invert(cloud()),
        "z must be an array of shape (N, 2), got shape (200, 5)",
    ),
]


@pytest.mark.parametrize(("call", "message"), CONSTRUCTORS)
def test_constructors_and_fits_refuse(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


# --- images ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_means_of_images(dtype):
    x = np.random.default_rng(0).normal(5, 3, (30, 3, 4, 4)).astype(dtype)
    image, mean, std = mean_image(x), channel_mean(x), channel_std(x)
    assert {a.dtype for a in (image, mean, std)} == {np.dtype(dtype)}
    assert (image.shape, mean.shape, std.shape) == ((3, 4, 4), (3, 1, 1), (3, 1, 1))
    np.testing.assert_allclose((x - image).mean(axis=0), 0, atol=1e-5)
    z = (x - mean) / std
    np.testing.assert_allclose(z.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(z.std(axis=(0, 2, 3)), 1, rtol=1e-5)


def test_many_float32_images_do_not_lose_digits():
    x = np.full((20_000, 1, 2, 2), 0.1, np.float32)
    assert mean_image(x)[0, 0, 0] == channel_mean(x)[0, 0, 0] == np.float32(0.1)


def test_a_constant_channel_gets_std_1():
    x = np.stack([np.full((5, 2, 2), 0.1), np.random.default_rng(0).random((5, 2, 2))], axis=1)
    assert channel_std(x)[0, 0, 0] == 1
    assert channel_std(x)[1, 0, 0] == pytest.approx(x[:, 1].std(), rel=1e-14)


@pytest.mark.parametrize("function", [mean_image, channel_mean, channel_std])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((2, 3)), "x must be an array of rank 4, got shape (2, 3)"),
        (
            np.ones((0, 1, 2, 2)),
            "x must be a batch of at least one example, got shape (0, 1, 2, 2)",
        ),
        (np.ones((1, 1, 2, 2), np.uint8), "x must be an array of floats, got dtype uint8"),
        (np.full((1, 1, 2, 2), np.inf), "x must be finite, got an array with inf or nan"),
    ],
)
def test_means_refuse(function, x, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        function(x)

"""Data sets: geometry, labels, repeatability; split as a partition; refusals."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook import datasets

quick = settings(max_examples=40, deadline=None, derandomize=True)


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- the sets -------------------------------------------------------------------------------------


def test_digits_are_the_1797_images_of_ten_classes():
    x, labels = datasets.digits()
    assert (x.shape, x.dtype, labels.shape) == ((1797, 64), np.float64, (1797,))
    assert (x.min(), x.max(), set(labels)) == (0, 16, set(range(10)))
    assert np.bincount(labels).min() >= 174


@pytest.mark.parametrize(
    ("draw", "classes"),
    [(datasets.blobs, 2), (datasets.moons, 2), (partial(datasets.spiral, classes=4), 4)],
)
def test_n_points_a_class_and_equal_seeds_give_equal_sets(draw, classes):
    x, labels = draw(50, rng=fresh())
    again, _ = draw(50, rng=fresh())
    other, _ = draw(50, rng=fresh(1))
    assert (x.shape, x.dtype) == ((50 * classes, 2), np.float64)
    np.testing.assert_array_equal(np.bincount(labels), [50] * classes)
    np.testing.assert_array_equal(x, again)
    assert (x != other).any()


def test_blobs_without_spread_are_their_centers():
    x, labels = datasets.blobs(3, rng=fresh(), centers=((1, 2, 3), (4, 5, 6)), std=0)
    np.testing.assert_array_equal(x, np.array([[1, 2, 3], [4, 5, 6]])[labels])


def test_moons_without_noise_are_two_half_circles():
    x, labels = datasets.moons(101, rng=fresh(), noise=0)
    middle = np.where(labels[:, None] == 0, [0, 0], [1, 0.5])
    np.testing.assert_allclose(np.linalg.norm(x - middle, axis=1), 1, rtol=1e-15)
    assert (x[labels == 0, 1] >= 0).all()
    assert (x[labels == 1, 1] <= 0.5).all()


def test_spiral_arms_without_noise_are_rotations_of_each_other():
    x, _ = datasets.spiral(40, rng=fresh(), classes=3, noise=0)
    z = (x[:, 0] + 1j * x[:, 1]).reshape(3, 40)
    np.testing.assert_allclose(np.abs(z), np.tile(np.linspace(0, 1, 40), (3, 1)), atol=1e-15)
    np.testing.assert_allclose(z[1], z[0] * np.exp(2j * np.pi / 3), atol=1e-14)
    end = np.angle(z[0, -1]) / (2 * np.pi)
    assert end % 1 == pytest.approx(0.65)


# --- split ----------------------------------------------------------------------------------------


@quick
@given(
    st.integers(10, 60),
    st.lists(st.floats(0.1, 0.33), min_size=1, max_size=3),
    st.integers(0, 99),
)
def test_parts_are_disjoint_of_the_right_size_and_keep_labels_with_their_rows(
    n, fractions, seed
):
    x, labels = np.arange(n, dtype=np.float32)[:, None], np.arange(n)
    parts = datasets.split(x, labels, fractions, rng=fresh(seed))
    seen = np.concatenate([y for _, y in parts])
    assert len(set(seen)) == len(seen)
    for (part, y), fraction in zip(parts, fractions, strict=True):
        assert part.dtype == np.float32
        np.testing.assert_array_equal(part[:, 0], y)
        assert abs(len(y) - fraction * n) <= 1


@pytest.mark.parametrize("fractions", [(1.0,), (0.5, 0.5), (0.1,) * 10, (0.7, 0.2, 0.1)])
def test_shares_of_sum_one_use_every_example(fractions):
    parts = datasets.split(np.ones((37, 1)), np.arange(37), fractions, rng=fresh())
    assert sorted(np.concatenate([y for _, y in parts])) == list(range(37))


REFUSALS = [
    (datasets.blobs, {"n": 0}, "n must be a whole number of at least 1, got 0"),
    (datasets.blobs, {"std": -1.0}, "std must be a finite number of at least 0, got -1.0"),
    (
        datasets.blobs,
        {"centers": (1.0, 2.0)},
        "centers must be an array of rank 2, got shape (2,)",
    ),
    (datasets.blobs, {"rng": 0}, "rng must be a numpy.random.Generator, got 0"),
    (datasets.moons, {"n": 2.5}, "n must be a whole number of at least 1, got 2.5"),
    (datasets.moons, {"noise": -0.1}, "noise must be a finite number of at least 0, got -0.1"),
    (datasets.moons, {"rng": None}, "rng must be a numpy.random.Generator, got None"),
    (datasets.spiral, {"n": -1}, "n must be a whole number of at least 1, got -1"),
    (datasets.spiral, {"classes": 1}, "classes must be a whole number of at least 2, got 1"),
    (
        datasets.spiral,
        {"turns": np.nan},
        "turns must be a finite number of at least 0, got nan",
    ),
    (datasets.spiral, {"noise": -1}, "noise must be a finite number of at least 0, got -1"),
    (datasets.spiral, {"rng": 1}, "rng must be a numpy.random.Generator, got 1"),
]


@pytest.mark.parametrize(("draw", "change", "message"), REFUSALS)
def test_refusals(draw, change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw(**{"n": 3, "rng": fresh()} | change)


SPLIT_REFUSALS = [
    ({"x": np.ones((0, 2))}, "x must be a batch of at least one example, got shape (0, 2)"),
    ({"labels": np.arange(9)}, "labels must be as many as x has rows (10), got 9"),
    ({"fractions": (0.5, 0.0)}, "fractions must be in (0, 1], got 0.0"),
    ({"fractions": (1.5,)}, "fractions must be in (0, 1], got 1.5"),
    ({"fractions": (0.7, 0.7)}, "fractions must be of a sum of at most 1, got 1.4"),
    (
        {"fractions": (0.5, 0.01)},
        "fractions must be large enough for one of 10 examples each, got [0.5, 0.01]",
    ),
    ({"rng": 5}, "rng must be a numpy.random.Generator, got 5"),
]


@pytest.mark.parametrize(("change", "message"), SPLIT_REFUSALS)
def test_split_refusals(change, message):
    good = {"x": np.ones((10, 2)), "labels": np.arange(10), "fractions": (0.5,), "rng": fresh()}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        datasets.split(**good | change)

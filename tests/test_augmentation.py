"""Augmentations: shapes, dtypes, the same draws from the same generator, what each does, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.augmentation import crop, cutout, five_crop, flip, mixup, shift
from nnbook.losses import cross_entropy

quick = settings(max_examples=40, deadline=None, derandomize=True)
DTYPES = ["float32", "float64"]


def fresh(seed=0):
    return np.random.default_rng(seed)


def images(n=6, c=2, h=5, w=7, dtype="float64"):
    """Images whose pixels all differ and none of which is 0."""
    return np.arange(1, n * c * h * w + 1, dtype=dtype).reshape(n, c, h, w)


AUGMENTATIONS = {
    "shift": lambda x, rng: shift(x, 2, rng=rng),
    "flip": lambda x, rng: flip(x, rng=rng),
    "crop": lambda x, rng: crop(x, 3, 4, rng=rng),
    "cutout": lambda x, rng: cutout(x, 3, rng=rng),
    "mixup": lambda x, rng: mixup(x, np.arange(len(x)), 1.0, rng=rng)[0],
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_dtype_shape_input_and_draws(name, dtype):
    x, augment = images(dtype=dtype), AUGMENTATIONS[name]
    y = augment(x, fresh())
    assert y.dtype == dtype
    assert y.shape == ((6, 2, 3, 4) if name == "crop" else x.shape)
    np.testing.assert_array_equal(x, images(dtype=dtype))
    np.testing.assert_array_equal(augment(x, fresh()), y)
    assert any((augment(x, fresh(seed)) != y).any() for seed in range(1, 4))
    y[:] = 0  # a new array, and not a view of x
    np.testing.assert_array_equal(x, images(dtype=dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_changes_nothing(dtype):
    x = images(dtype=dtype)
    for y in (shift(x, 0, rng=fresh()), flip(x, 0, rng=fresh()), crop(x, 5, 7, rng=fresh())):
        np.testing.assert_array_equal(y, x)


@quick
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_crops_are_windows_of_their_image(height, width, seed):
    x = images(h=6, w=6)
    for image, window in zip(x, crop(x, height, width, rng=fresh(seed)), strict=True):
        top, left = (int(i[0]) for i in np.where(image[0] == window[0, 0, 0]))
        np.testing.assert_array_equal(image[:, top : top + height, left : left + width], window)


def test_crops_come_from_everywhere_and_differ_within_a_batch():
    x = np.broadcast_to(images(1, 1, 4, 4), (400, 1, 4, 4))
    corners = crop(x, 2, 2, rng=fresh())[:, 0, 0, 0]
    assert np.unique(corners, return_counts=True)[1].min() > 400 / 9 / 2
    assert len(np.unique(corners)) == 9


def test_the_five_crops_are_the_corners_and_the_center():
    x = images(1, 1, 4, 5)
    first = five_crop(x, 2, 2)[:, 0, 0, 0, 0] - 1  # the pixel is its index, row by row, plus 1
    assert first.tolist() == [0, 3, 2 * 5, 2 * 5 + 3, 1 * 5 + 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_five_crops_of_the_full_size_are_the_images(dtype):
    x = images(dtype=dtype)
    views = five_crop(x, 5, 7)
    assert views.shape == (5, *x.shape)
    assert views.dtype == dtype
    assert (views == x).all()
    views[:] = 0
    np.testing.assert_array_equal(x, images(dtype=dtype))


def test_the_center_of_an_even_rest_is_in_the_middle():
    x = images(2, 3, 6, 8)
    np.testing.assert_array_equal(five_crop(x, 4, 4)[4], x[..., 1:5, 2:6])


@quick
@given(st.integers(0, 4), st.integers(0, 99))
def test_a_shift_moves_and_fills_with_zeros(pixels, seed):
    x = images(h=5, w=5)
    for image, moved in zip(x, shift(x, pixels, rng=fresh(seed)), strict=True):
        fits = [
            (down, right)
            for down in range(-pixels, pixels + 1)
            for right in range(-pixels, pixels + 1)
            if (moved == by_hand(image, down, right)).all()
        ]
        assert len(fits) == 1


def by_hand(image, down, right):
    moved = np.zeros_like(image)
    for i, j in np.ndindex(image.shape[1:]):
        if 0 <= i - down < image.shape[1] and 0 <= j - right < image.shape[2]:
            moved[:, i, j] = image[:, i - down, j - right]
    return moved


def test_flip_mirrors_left_and_right_half_of_the_time():
    x = images(n=400)
    y = flip(x, rng=fresh())
    mirrored = (y == x[..., ::-1]).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(y[~mirrored], x[~mirrored])
    assert 160 < mirrored.sum() < 240
    np.testing.assert_array_equal(flip(x, 1, rng=fresh()), x[..., ::-1])


@quick
@given(st.integers(1, 5), st.integers(0, 99))
def test_cutout_hides_a_square_that_may_hang_over_the_border(size, seed):
    x = images(n=20, h=5, w=6)
    y = cutout(x, size, rng=fresh(seed))
    np.testing.assert_array_equal(y[y != 0], x[y != 0])
    for hidden in y == 0:
        assert (hidden == hidden[0]).all()  # the same in every channel
        rows, columns = hidden[0].any(axis=1), hidden[0].any(axis=0)
        np.testing.assert_array_equal(hidden[0], np.outer(rows, columns))
        for line, side in ((rows, 5), (columns, 6)):
            ends = line.nonzero()[0]
            assert (np.diff(ends) == 1).all()
            inside = ends[0] > 0 and ends[-1] < side - 1
            assert len(ends) == size if inside else 1 <= len(ends) <= size


@quick
@given(st.floats(0.05, 5), st.integers(0, 99))
def test_mixup_mixes_inputs_and_labels_alike(alpha, seed):
    labels = fresh(seed).integers(3, size=8)
    x = np.eye(3)[labels]  # each input is its own label
    mixed, (first, second), weight = mixup(x, labels, alpha, rng=fresh(seed))
    assert type(weight) is float
    assert 0 <= weight <= 1
    np.testing.assert_array_equal(first, labels)
    np.testing.assert_array_equal(np.sort(second), np.sort(labels))
    np.testing.assert_allclose(
        mixed, weight * np.eye(3)[first] + (1 - weight) * np.eye(3)[second], atol=1e-15
    )


def test_weighted_losses_are_the_loss_of_the_mixed_label():
    scores, labels = fresh(1).standard_normal((8, 3)), fresh(2).integers(3, size=8)
    _, (first, second), w = mixup(scores, labels, 1.0, rng=fresh())
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    soft = w * np.eye(3)[first] + (1 - w) * np.eye(3)[second]
    value = w * cross_entropy(scores, first)[0] + (1 - w) * cross_entropy(scores, second)[0]
    assert value == pytest.approx(-(soft * log_p).sum(axis=1).mean(), rel=1e-12)


def test_mixup_takes_rows_too_and_a_small_alpha_hardly_mixes():
    x = fresh(1).standard_normal((4, 3)).astype("float32")
    weights = [mixup(x, np.arange(4), 1e-3, rng=fresh(s))[2] for s in range(50)]
    assert np.mean([min(w, 1 - w) for w in weights]) < 0.02
    assert mixup(x, np.arange(4), rng=fresh())[0].dtype == np.float32


X = images()
REFUSALS = [
    (lambda: shift(X[0], 1, rng=fresh()), "x must be an array of rank 4, got shape (2, 5, 7)"),
    (
        lambda: flip(X.astype(np.uint8), rng=fresh()),
        "x must be an array of floats, got dtype uint8",
    ),
    (
        lambda: crop(X[:0], 1, 1, rng=fresh()),
        "x must be a batch of at least one example, got shape (0, 2, 5, 7)",
    ),
    (lambda: five_crop(X, 6, 1), "height must be at most the image's (5), got 6"),
    (lambda: five_crop(X, 1, 0), "width must be a whole number of at least 1, got 0"),
    (lambda: shift(X, -1, rng=fresh()), "pixels must be a whole number of at least 0, got -1"),
    (
        lambda: shift(X, 5, rng=fresh()),
        "pixels must be less than height and width (5, 7), got 5",
    ),
    (lambda: shift(X, 1, rng=3), "rng must be a numpy.random.Generator, got 3"),
    (lambda: flip(X, 1.5, rng=fresh()), "probability must be in [0, 1], got 1.5"),
    (
        lambda: flip(X, rng=np.random),
        f"rng must be a numpy.random.Generator, got {np.random!r}",
    ),
    (lambda: crop(X, 6, 1, rng=fresh()), "height must be at most the image's (5), got 6"),
    (lambda: crop(X, 1, 8, rng=fresh()), "width must be at most the image's (7), got 8"),
    (lambda: crop(X, 0, 1, rng=fresh()), "height must be a whole number of at least 1, got 0"),
    (
        lambda: crop(X, 1, 2.5, rng=fresh()),
        "width must be a whole number of at least 1, got 2.5",
    ),
    (lambda: cutout(X, 6, rng=fresh()), "size must be at most the image's (5), got 6"),
    (lambda: cutout(X, 0, rng=fresh()), "size must be a whole number of at least 1, got 0"),
    (lambda: cutout(X, 2, rng=None), "rng must be a numpy.random.Generator, got None"),
    (
        lambda: mixup(X, np.arange(5), rng=fresh()),
        "labels must be as many as x has rows (6), got 5",
    ),
    (
        lambda: mixup(np.float64(1), np.arange(1), rng=fresh()),
        "x must be an array of rank 1 or more, got shape ()",
    ),
    (
        lambda: mixup(X, np.arange(6), 0, rng=fresh()),
        "alpha must be a finite number above 0, got 0",
    ),
    (lambda: mixup(X, np.arange(6), rng=0), "rng must be a numpy.random.Generator, got 0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()

"""Augmentation: random changes of training images that leave their labels right.

Images have shape (N, C, H, W). Each example gets its own draw; new arrays of the same dtype come back.
Apply them to a batch in training and never at inference, unless predictions are averaged over draws or
views (`ensembles`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import (
    check_array,
    check_count,
    check_number,
    check_positive,
    check_rng,
    check_rows,
    refuse,
)
from nnbook._types import Array


def shift(x: Array, pixels: int, *, rng: np.random.Generator) -> Array:
    """Move each image by up to `pixels` whole pixels, up or down and left or right, and fill with 0.

    The same as PyTorch's `RandomCrop(size, padding=pixels)`; subtract the mean first, so that 0 is neutral.
    """
    x, height, width = _images(x)
    if check_count("pixels", pixels, 0) >= min(height, width):
        raise refuse("pixels", f"less than height and width {(height, width)}", pixels)
    around = (pixels, pixels)
    return crop(np.pad(x, [(0, 0), (0, 0), around, around]), height, width, rng=rng)


def flip(x: Array, probability: float = 0.5, *, rng: np.random.Generator) -> Array:
    """Mirror each image left to right with this probability; not for digits or letters."""
    x, _, _ = _images(x)
    probability = check_number("probability", probability, 0, 1)
    mirrored = check_rng(rng).random(len(x)) < probability
    return np.where(mirrored[:, None, None, None], x[..., ::-1], x)


def crop(x: Array, height: int, width: int, *, rng: np.random.Generator) -> Array:
    """Cut a window of shape (height, width) out of each image, at a random place."""
    x, full_height, full_width = _images(x)
    _check_side("height", height, full_height)
    _check_side("width", width, full_width)
    check_rng(rng)
    top = rng.integers(full_height - height + 1, size=len(x))
    left = rng.integers(full_width - width + 1, size=len(x))
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))
    return windows[np.arange(len(x)), :, top, left]


def five_crop(x: Array, height: int, width: int) -> Array:
    """The windows at the four corners and in the center of each image: views to average predictions over.

    Nothing is random. With the same of x[..., ::-1] they are the ten crops of Krizhevsky et al. (2012).

    Returns: an array of shape (5, N, C, height, width); of an uneven rest, one pixel more is left below.
    """
    x, full_height, full_width = _images(x)
    _check_side("height", height, full_height)
    _check_side("width", width, full_width)
    low, right = full_height - height, full_width - width
    places = [(0, 0), (0, right), (low, 0), (low, right), (low // 2, right // 2)]
    return np.stack([x[..., i : i + height, j : j + width] for i, j in places])


def cutout(x: Array, size: int, *, rng: np.random.Generator) -> Array:
    """Set a square of size by size pixels of each image to 0 (DeVries and Taylor 2017).

    Its center is any pixel, so that at the border a part of the square falls outside, as in the paper.
    """
    x, height, width = _images(x)
    _check_side("size", size, min(height, width))
    check_rng(rng)
    rows, columns = (
        _stretch(rng.integers(side, size=len(x)), size, side) for side in (height, width)
    )
    hidden = rows[:, None, :, None] & columns[:, None, None, :]
    return np.where(hidden, x.dtype.type(0), x)


def mixup(
    x: Array, labels: NDArray[Any], alpha: float = 0.2, *, rng: np.random.Generator
) -> tuple[Array, tuple[NDArray[Any], NDArray[Any]], float]:
    """Mix each example with another of the batch, w x_i + (1 - w) x_j (Zhang et al. 2018).

    Train on w loss(scores, first) + (1 - w) loss(scores, second): with cross-entropy, the labels are mixed.

    Args:
        x: of shape (N, ...).
        labels: N labels of any kind.
        alpha: w is drawn from Beta(alpha, alpha), one for the batch as in the authors' code.
        rng: draws w and the partners.

    Returns: the mixed inputs, the labels (first, second), and w.
    """
    x = check_array("x", x)
    labels, alpha = check_rows("labels", labels, len(x)), check_positive("alpha", alpha)
    weight = float(check_rng(rng).beta(alpha, alpha))
    partner = rng.permutation(len(x))
    return weight * x + (1 - weight) * x[partner], (labels, labels[partner]), weight


def _images(x: Array) -> tuple[Array, int, int]:
    """The checked batch, its height and its width."""
    x = check_array("x", x, ndim=4)
    return x, x.shape[2], x.shape[3]


def _check_side(name: str, value: int, full: int) -> None:
    if check_count(name, value) > full:
        raise refuse(name, f"at most the image's ({full})", value)


def _stretch(center: NDArray[Any], size: int, side: int) -> NDArray[Any]:
    """Which of `side` pixels lie in the stretch of `size` around each center: shape (N, side)."""
    start = center[:, None] - size // 2
    pixels = np.arange(side)
    return np.asarray((pixels >= start) & (pixels < start + size))

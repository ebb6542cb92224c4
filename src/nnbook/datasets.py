"""Data: handwritten digits that come with scikit-learn, and two-dimensional sets that are drawn on demand.

Each set is a pair (x, labels): x of shape (N, D) in float64, labels N whole numbers.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import (
    check_array,
    check_count,
    check_finite,
    check_number,
    check_rng,
    check_rows,
    refuse,
    show,
)
from nnbook._floats import real
from nnbook._types import Array

Labels = NDArray[np.integer[Any]]


def digits() -> tuple[Array, Labels]:
    """1797 images of handwritten digits, 8x8 pixels of 0 to 16 as rows of 64, in ten nearly equal classes."""
    # Imported here: scikit-learn takes a second to load, and most of the package does without it.
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    return x.astype(np.float64), labels


def blobs(
    n: int,
    *,
    rng: np.random.Generator,
    centers: Sequence[Sequence[float]] = ((-2, 0), (2, 0)),
    std: float = 1.0,
) -> tuple[Array, Labels]:
    """Gaussian clouds of n points each; the label is the index of the center."""
    n, std = check_count("n", n), check_number("std", std, 0)
    middle = check_finite("centers", real(centers, "centers"), ndim=2).astype(np.float64)
    labels = np.repeat(np.arange(len(middle)), n)
    return middle[labels] + std * check_rng(rng).standard_normal(
        (len(labels), middle.shape[1])
    ), labels


def moons(n: int, *, rng: np.random.Generator, noise: float = 0.1) -> tuple[Array, Labels]:
    """Two interleaved half circles of radius 1 with n points each, and Gaussian noise."""
    n, noise = check_count("n", n), check_number("noise", noise, 0)
    t = np.linspace(0, np.pi, n)
    upper = np.column_stack([np.cos(t), np.sin(t)])
    x = np.concatenate([upper, [1.0, 0.5] - upper])
    return x + noise * check_rng(rng).standard_normal(x.shape), np.repeat([0, 1], n)


def spiral(
    n: int,
    *,
    rng: np.random.Generator,
    classes: int = 3,
    turns: float = 0.65,
    noise: float = 0.2,
) -> tuple[Array, Labels]:
    """Interleaved spiral arms of n points each, radius 0 to 1; the noise is on the angle, in radians."""
    n, classes = check_count("n", n), check_count("classes", classes, 2)
    turns, noise = check_number("turns", turns, 0), check_number("noise", noise, 0)
    labels = np.repeat(np.arange(classes), n)
    radius = np.tile(np.linspace(0, 1, n), classes)
    angle = 2 * np.pi * (labels / classes + turns * radius) + noise * check_rng(
        rng
    ).standard_normal(len(labels))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), labels


def split(
    x: Array, labels: Labels, fractions: Sequence[float], *, rng: np.random.Generator
) -> list[tuple[Array, Labels]]:
    """Shuffle and cut into parts of the given shares; what the shares leave over is left out.

    Raises:
        ValueError: shares not above 0, of a sum over 1, or so small that a part is empty.
    """
    x = check_array("x", x)
    labels = check_rows("labels", labels, len(x))
    if not isinstance(fractions, Sequence):
        raise refuse("fractions", "a sequence of shares", show(fractions))
    shares = [check_number("fractions", share, 0, 1, closed="(]") for share in fractions]
    ends = np.cumsum([0, *shares]) * len(x)
    if ends[-1] > len(x) * (1 + 1e-9):
        raise refuse("fractions", "of a sum of at most 1", sum(shares))
    cuts = np.rint(ends).astype(int)
    if (np.diff(cuts) == 0).any():
        raise refuse("fractions", f"large enough for one of {len(x)} examples each", shares)
    order = check_rng(rng).permutation(len(x))
    parts = [order[start:stop] for start, stop in pairwise(cuts)]
    return [(x[part], labels[part]) for part in parts]

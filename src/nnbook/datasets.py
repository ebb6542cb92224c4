"""Data: small digits that come with scikit-learn, images to be downloaded, two-dimensional sets to be drawn.

A set is a pair (x, labels) of N examples and N whole numbers; x is float64 of shape (N, D) unless it says so.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
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
from nnbook._params import check_dtype
from nnbook._types import Array
from nnbook.downloads import CIFAR10, MNIST, Source, fetch, read_cifar, read_idx, read_labels

Labels = NDArray[np.integer[Any]]
CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def digits() -> tuple[Array, Labels]:
    """1797 images of handwritten digits, 8x8 pixels of 0 to 16 as rows of 64, in ten nearly equal classes."""
    # Imported here: scikit-learn takes a second to load, and most of the package does without it.
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    return x.astype(np.float64), labels


def mnist(
    path: str | Path | None = None, *, dtype: Any = np.float32, source: Source = MNIST
) -> list[tuple[Array, Labels]]:
    """MNIST: 60000 images of handwritten digits to train on, and 10000 to test; two pairs (x, labels).

    x has shape (N, 1, 28, 28) and pixels of 0 to 255. The first call downloads 12 MB.

    Args:
        path: the folder that keeps the files; by default one among the system's caches.
        dtype: of x. In float32 both parts take 220 MB.
        source: where the files are, and their hashes.

    Raises:
        DownloadError: the files cannot be downloaded.
    """
    dtype = check_dtype("dtype", dtype)
    files = fetch(source, path)
    parts = []
    for image_file, label_file in (files[:2], files[2:]):
        images = read_idx(image_file, 28, 28)
        parts.append((images[:, None].astype(dtype), read_labels(label_file, len(images))))
    return parts


def cifar10(
    path: str | Path | None = None, *, dtype: Any = np.float32, source: Source = CIFAR10
) -> list[tuple[Array, Labels]]:
    """CIFAR-10: 50000 photographs of ten kinds of things to train on, 10000 to test; two pairs (x, labels).

    x has shape (N, 3, 32, 32), channels red, green, blue, pixels of 0 to 255; `CIFAR10_CLASSES` names the
    labels. The first call downloads 170 MB.

    Args:
        path: the folder that keeps the file; by default one among the system's caches.
        dtype: of x. In float32 both parts take 740 MB.
        source: where the file is, and its hash.

    Raises:
        DownloadError: the file cannot be downloaded.
    """
    dtype = check_dtype("dtype", dtype)
    (archive,) = fetch(source, path)
    return [(images.astype(dtype), labels) for images, labels in read_cifar(archive)]


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

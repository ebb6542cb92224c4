"""Sums and means along chosen axes of an array, or of a product of arrays that is never made."""

from functools import cache
from string import ascii_letters

import numpy as np

from nnbook._types import Array

Axes = tuple[int, ...]


def sum_along(axes: Axes, *factors: Array) -> Array:
    """Sum a product along `axes`; einsum makes no array of the product."""
    return np.asarray(np.einsum(_subscripts(factors[0].ndim, axes, len(factors)), *factors))


@cache
def _subscripts(ndim: int, axes: Axes, factors: int) -> str:
    letters = ascii_letters[:ndim]
    kept = "".join(letter for i, letter in enumerate(letters) if i not in axes)
    return f"{','.join([letters] * factors)}->{kept}"


def mean_along(axes: Axes, *factors: Array) -> Array:
    """The mean of a product along `axes`, which stay as axes of length 1."""
    total, x = sum_along(axes, *factors), factors[0]
    return total.reshape(with_ones(x.shape, axes)) / (x.size // total.size)


def with_ones(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    """The shape with 1 along `axes`, as keepdims leaves it."""
    return tuple(1 if i in axes else size for i, size in enumerate(shape))

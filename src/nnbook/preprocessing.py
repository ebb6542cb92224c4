"""Transformations fitted on the training data and then applied to any data."""

import numpy as np

from nnbook._checks import check_array, refuse
from nnbook._types import Array


class Standardizer:
    """z = (x - mean) / std, feature by feature.

    A feature that is constant in the training data gets scale 1: it is centered and not divided. The variance
    is the biased one (1/N), as in scikit-learn.
    """

    def __init__(self) -> None:
        self._fitted: tuple[Array, Array] | None = None

    def fit(self, x: Array) -> "Standardizer":
        """Take mean and standard deviation from x of shape (N, D); returns itself."""
        x = check_array("x", x, ndim=2)
        if not np.isfinite(x).all():
            raise refuse("x", "finite", "an array with inf or nan")
        # max == min and not std == 0: the mean of equal numbers can be off by a rounding error.
        constant = x.max(axis=0) == x.min(axis=0)
        self._fitted = (x.mean(axis=0), np.where(constant, x.dtype.type(1), x.std(axis=0)))
        return self

    def apply(self, x: Array) -> Array:
        """Transform x of shape (N, D) with the statistics of the data it was fitted on."""
        x, mean, std = self._matched("x", x)
        return (x - mean) / std

    def invert(self, z: Array) -> Array:
        """Undo apply."""
        z, mean, std = self._matched("z", z)
        return z * std + mean

    def _matched(self, name: str, x: Array) -> tuple[Array, Array, Array]:
        """The batch, and the statistics in its dtype."""
        if self._fitted is None:
            raise refuse("Standardizer", "fitted before it is applied", "no call of fit")
        mean, std = self._fitted
        x = check_array(name, x, ndim=2, features=len(mean))
        return x, mean.astype(x.dtype), std.astype(x.dtype)

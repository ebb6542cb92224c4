"""Transformations fitted on the training data and then applied to any data."""

from typing import Self

import numpy as np

from nnbook._checks import check_array, check_count, check_finite, check_number, refuse
from nnbook._types import Array

# A spread this small beside the numbers themselves, or beside the largest variance, is rounding error.
ROUNDING = 1e-12


class Standardizer:
    """z = (x - mean) / std, feature by feature.

    A feature that is constant in the training data gets scale 1: it is centered and not divided. The variance
    is the biased one (1/N), as in scikit-learn.
    """

    def __init__(self) -> None:
        self._fitted: tuple[Array, Array] | None = None

    def fit(self, x: Array) -> "Standardizer":
        """Take mean and standard deviation from x of shape (N, D); returns itself."""
        x = check_finite("x", x, ndim=2)
        with np.errstate(over="ignore", invalid="ignore"):
            mean, std = x.mean(axis=0), x.std(axis=0)
        _check_spread(std)
        # max == min besides std == 0: the mean of equal numbers can be off by a rounding error.
        constant = (x.max(axis=0) == x.min(axis=0)) | (std == 0)
        self._fitted = mean, np.where(constant, x.dtype.type(1), std)
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


class PCA:
    """z = (x - mean) U: coordinates along the directions in which the training data vary most.

    The columns of U are eigenvectors of the covariance, by falling variance. An eigenvector has no sign of
    its own: we make its largest entry positive. The variance is biased (1/N); scikit-learn's is 1/(N - 1).

    Args:
        components: how many directions to keep; None for all D.
    """

    def __init__(self, components: int | None = None) -> None:
        if components is not None:
            components = check_count("components", components)
        self.components = components
        self._fitted: tuple[Array, Array, Array] | None = None

    @property
    def directions(self) -> Array:
        """U, of shape (D, components), one direction a column."""
        return self._statistics()[1]

    @property
    def variances(self) -> Array:
        """The variance of the training data along each direction, of shape (components,)."""
        return self._statistics()[2]

    def fit(self, x: Array) -> Self:
        """Take mean and directions from x of shape (N, D), N at least the components; returns itself."""
        x = check_finite("x", x, ndim=2)
        n, features = x.shape
        kept = features if self.components is None else self.components
        if kept > features:
            raise refuse("components", f"at most the number of features ({features})", kept)
        if n < kept:
            raise refuse("x", f"at least as many examples as components ({kept})", n)
        # The squares of small deviations are lost among those of large ones in float32.
        centered = x.astype(np.float64)
        mean = centered.mean(axis=0)
        centered -= mean
        with np.errstate(over="ignore", invalid="ignore"):
            covariance = centered.T @ centered / n
        _check_spread(covariance)
        variances, U = np.linalg.eigh(covariance)  # the largest come last
        variances, U = variances[::-1][:kept], U[:, ::-1][:, :kept]
        # Rounded, so that of equal entries, as (1, -1) / sqrt(2) has, always the first decides.
        largest = np.take_along_axis(U, np.abs(U).round(6).argmax(axis=0)[None], axis=0)
        self._fitted = mean, U * np.sign(largest), np.maximum(variances, 0)
        return self

    def apply(self, x: Array) -> Array:
        """Coordinates, of shape (N, components), of x of shape (N, D)."""
        mean, directions, _ = self._statistics()
        x = check_array("x", x, ndim=2, features=len(mean))
        return np.asarray((x - mean.astype(x.dtype)) @ directions.astype(x.dtype))

    def invert(self, z: Array) -> Array:
        """Undo apply; with fewer components than features, give the nearest point that they reach."""
        mean, directions, _ = self._statistics()
        z = check_array("z", z, ndim=2, features=directions.shape[1])
        return z @ directions.T.astype(z.dtype) + mean.astype(z.dtype)

    def _statistics(self) -> tuple[Array, Array, Array]:
        """Mean, directions, and the variance along each."""
        if self._fitted is None:
            raise refuse(type(self).__name__, "fitted before it is applied", "no call of fit")
        return self._fitted


class Whitener(PCA):
    """z = (x - mean) U (L + epsilon)^(-1/2): PCA, and each direction scaled to variance 1.

    With variances L far above epsilon the covariance of z is the identity. A direction of variance far below
    epsilon, which is mostly noise, is not blown up. scikit-learn's `PCA(whiten=True)` has no epsilon.

    Args:
        epsilon: added to the variances; 0 only if no direction is constant in the training data.
        components: how many directions to keep; None for all D.
    """

    def __init__(self, epsilon: float = 1e-5, components: int | None = None) -> None:
        super().__init__(components)
        self.epsilon = check_number("epsilon", epsilon, 0)

    def fit(self, x: Array) -> Self:
        """Take mean, directions and variances from x of shape (N, D); returns itself."""
        before = self._fitted
        variances = super().fit(x).variances
        lost = max(ROUNDING * variances[0], (ROUNDING * np.abs(x).max()) ** 2)
        if not self.epsilon and variances[-1] <= lost:
            self._fitted = before
            raise refuse("epsilon", "above 0 for data that are constant in a direction", 0)
        return self

    def apply(self, x: Array) -> Array:
        """Whitened coordinates, of shape (N, components), of x of shape (N, D)."""
        z = super().apply(x)
        return np.asarray(z / self._scale().astype(z.dtype))

    def invert(self, z: Array) -> Array:
        """Undo apply; with fewer components than features, give the nearest point that they reach."""
        scale = self._scale()
        z = check_array("z", z, ndim=2, features=len(scale))
        return super().invert(z * scale.astype(z.dtype))

    def _scale(self) -> Array:
        """sqrt(L + epsilon)."""
        return np.asarray(np.sqrt(self.variances + self.epsilon))


def _check_spread(moments: Array) -> None:
    """Refuse data whose squares overflow."""
    if not np.isfinite(moments).all():
        raise refuse("x", f"of finite variance in {moments.dtype}", "numbers too large for it")


def mean_image(x: Array) -> Array:
    """The mean of images of shape (N, C, H, W), of shape (C, H, W): what AlexNet subtracts."""
    x = check_finite("x", x, ndim=4)
    return np.asarray(x.mean(axis=0, dtype=np.float64), x.dtype)


def channel_mean(x: Array) -> Array:
    """The mean of each channel of (N, C, H, W), as shape (C, 1, 1), which subtracts from images as it is."""
    x = check_finite("x", x, ndim=4)
    mean = x.mean(axis=(0, 2, 3), dtype=np.float64)
    return np.asarray(mean, x.dtype)[:, None, None]


def channel_std(x: Array) -> Array:
    """The standard deviation (biased) of each channel, of shape (C, 1, 1); 1 for a constant channel."""
    x = check_finite("x", x, ndim=4)
    # One by one: float64 copies of all images at once are large.
    channels = np.moveaxis(x, 1, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        std = [c.std(dtype=np.float64) if c.max() > c.min() else 1.0 for c in channels]
    _check_spread(np.array(std))
    return np.array(std, x.dtype)[:, None, None]

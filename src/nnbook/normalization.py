"""Normalization: y = gamma x_hat + beta, where x_hat has mean 0 and variance 1 along chosen axes.

The layers differ in the axes alone; batch norm's lie across examples, so that it needs running statistics.
"""

from collections.abc import Callable
from copy import deepcopy
from math import prod
from typing import Any, TypeVar

import numpy as np

from nnbook._checks import check_array, check_count, check_kind, check_number, refuse, show
from nnbook._params import check_dtype
from nnbook._sums import Axes, mean_along, sum_along, with_ones
from nnbook._types import Array, Backward, Params
from nnbook.layers import Layer

EPS = 1e-5
Affine = TypeVar("Affine", bound=Layer)
Normalized = tuple[Array, Callable[[Array], Array]]


def normalize(x: Array, axes: Axes, eps: float = EPS) -> Normalized:
    """x_hat = (x - mean) / sqrt(var + eps), mean and biased variance (1/n) taken along `axes`.

    `axes` is a tuple, counted from 0, with at least two values along it. Above 0, eps stands inside the root,
    as in PyTorch, Keras and Flax. Returns x_hat and backward(dx_hat) -> dx, all of x's shape.
    """
    x, eps = check_array("x", x), check_number("eps", eps, 0, closed="()")
    known = isinstance(axes, tuple) and all(isinstance(i, int) for i in axes)
    if not known or not set(axes) <= set(range(x.ndim)) or len(set(axes)) < max(1, len(axes)):
        raise refuse("axes", f"a tuple of different axes in [0, {x.ndim})", show(axes))
    return _with_moments(x, axes, eps)[0]


class LayerNorm(Layer):
    """Mean and variance of each example over its last axes (Ba et al. 2016): the same in both modes.

    `shape` is D for inputs (N, D), (C, H, W) for (N, C, H, W); gamma and beta have it too, as in PyTorch.
    eps is 1e-5 there, 1e-6 in Flax and 1e-3 in Keras, for group norm as well.
    """

    def __init__(
        self, shape: int | tuple[int, ...], eps: float = EPS, *, dtype: Any = np.float64
    ) -> None:
        super().__init__()
        sizes = shape if isinstance(shape, tuple) else (shape,)
        self.shape = tuple(check_count("shape", size) for size in sizes or (0,))  # refuses ()
        self.params, self.eps = _start(self.shape, eps, dtype)

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Normalize x of shape (N, ..., *shape)."""
        x = check_array("x", x)
        first = x.ndim - len(self.shape)
        if first < 1 or x.shape[first:] != self.shape:
            raise refuse("x", f"a batch of arrays of shape {self.shape}", f"shape {x.shape}")
        normalized = normalize(x, tuple(range(first, x.ndim)), self.eps)
        return _affine(self.params, normalized, tuple(range(first)))


class GroupNorm(Layer):
    """Mean and variance of each group of channels of each example (Wu and He 2018): the same in both modes.

    Neighboring channels form a group. One group is layer norm over (C, H, W), except that gamma and beta
    have one entry for each channel, as in PyTorch.
    """

    def __init__(
        self, groups: int, channels: int, eps: float = EPS, *, dtype: Any = np.float64
    ) -> None:
        super().__init__()
        if check_count("channels", channels) % check_count("groups", groups):
            raise refuse("groups", f"a divisor of channels ({channels})", groups)
        self.groups, self.channels = groups, channels
        self.params, self.eps = _start((channels,), eps, dtype)

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Normalize x of shape (N, C) or (N, C, H, W)."""
        x = check_array("x", x, features=len(self.params["gamma"]))
        x_hat, back = normalize(x.reshape(len(x), self.groups, -1), (2,), self.eps)

        def ungrouped(d: Array) -> Array:
            return back(d.reshape(x_hat.shape)).reshape(x.shape)

        return _affine(self.params, (x_hat.reshape(x.shape), ungrouped), (0, *range(2, x.ndim)))


class InstanceNorm(GroupNorm):
    """Groups of one channel (Ulyanov et al. 2016); PyTorch's has gamma and beta with affine=True only."""

    def __init__(self, channels: int, eps: float = EPS, *, dtype: Any = np.float64) -> None:
        super().__init__(channels, channels, eps, dtype=dtype)


class BatchNorm(Layer):
    """Mean and variance of each feature or channel over the batch (Ioffe and Szegedy 2015).

    Inference uses the buffers: running_mean from 0 and running_var from 1, moved by each training call as in
    PyTorch, running <- (1 - momentum) running + momentum batch. Keras's and Flax's momentum weights the old
    value: their 0.99 is 0.01 here. x is divided by the root of the biased variance; stored is the unbiased
    one, n / (n - 1) times as large; Keras and Flax store the biased. eps is 1e-5 in Flax too, 1e-3 in Keras.
    """

    def __init__(
        self, features: int, *, momentum: float = 0.1, eps: float = EPS, dtype: Any = np.float64
    ) -> None:
        super().__init__()
        self.features = check_count("features", features)
        self.params, self.eps = _start((features,), eps, dtype)
        self.momentum = check_number("momentum", momentum, 0, 1, closed="(]")
        mean, var = np.zeros(features, dtype), np.ones(features, dtype)
        self.buffers = {"running_mean": mean, "running_var": var}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Normalize x of shape (N, D) or (N, C, H, W); training needs two values of each feature.

        On rows (N, D) a last batch of one example is therefore refused.
        """
        x = check_array("x", x, features=len(self.params["gamma"]))
        axes = (0, *range(2, x.ndim))  # all but the channels
        normalized = self._by_batch(x, axes) if training else self._by_running(x)
        return _affine(self.params, normalized, axes)

    def _by_batch(self, x: Array, axes: Axes) -> Normalized:
        n = x.size // x.shape[1]
        if n < 2:
            raise refuse(
                "x",
                "an array with two values or more of each feature in training",
                f"shape {x.shape}",
            )
        normalized, mean, var = _with_moments(x, axes, self.eps)
        for name, batch in ("running_mean", mean), ("running_var", var * (n / (n - 1))):
            self.buffers[name] += self.momentum * (batch.reshape(-1) - self.buffers[name])
        return normalized

    def _by_running(self, x: Array) -> Normalized:
        mean, var = (b.reshape(-1, *[1] * (x.ndim - 2)) for b in self.buffers.values())
        inv_std = 1 / np.sqrt(var + self.eps)
        return (x - mean) * inv_std, lambda dx_hat: dx_hat * inv_std


def fuse(layer: Affine, batchnorm: BatchNorm) -> Affine:
    """A new Linear or Conv2d that does what layer and then batchnorm do at inference; both stay as they are.

    W' = W diag(s) and b' = (b - running_mean) s + beta, with s = gamma / sqrt(running_var + eps). The weight
    of either layer has a column for each of its outputs, features or channels.
    """
    if check_kind("layer", layer, Layer).params.keys() != {"weight", "bias"}:
        raise refuse("layer", "a Linear or a Conv2d", show(layer))
    check_kind("batchnorm", batchnorm, BatchNorm)
    (gamma, beta), (mean, var) = batchnorm.params.values(), batchnorm.buffers.values()
    fused = deepcopy(layer)
    W, b = fused.params["weight"], fused.params["bias"]
    if gamma.shape != b.shape:
        raise refuse("batchnorm", f"of as many features as layer ({len(b)})", len(gamma))
    scale = gamma / np.sqrt(var + batchnorm.eps)
    W *= scale
    b[:] = (b - mean) * scale + beta
    return fused


def _with_moments(x: Array, axes: Axes, eps: float) -> tuple[Normalized, Array, Array]:
    check_count("values of x for each mean", prod(x.shape[i] for i in axes), 2)
    mean = mean_along(axes, x)
    x_hat = x - mean
    var = mean_along(axes, x_hat, x_hat)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat *= inv_std

    def backward(dx_hat: Array) -> Array:
        dx = x_hat * -mean_along(axes, dx_hat, x_hat)
        dx += dx_hat
        dx -= mean_along(axes, dx_hat)
        dx *= inv_std
        return dx

    return (x_hat, backward), mean, var


def _affine(params: Params, normalized: Normalized, axes: Axes) -> tuple[Array, Backward]:
    """The end of each layer: y = gamma x_hat + beta, with gamma and beta the same along `axes`."""
    x_hat, back = normalized
    wide = with_ones(x_hat.shape, axes)
    gamma, beta = params["gamma"].reshape(wide), params["beta"].reshape(wide)

    def backward(dy: Array) -> tuple[Array, Params]:
        grads = {"gamma": sum_along(axes, dy, x_hat), "beta": sum_along(axes, dy)}
        return back(dy * gamma), grads

    y = gamma * x_hat
    y += beta
    return y, backward


def _start(shape: tuple[int, ...], eps: float, dtype: Any) -> tuple[Params, float]:
    eps, dtype = check_number("eps", eps, 0, closed="()"), check_dtype("dtype", dtype)
    return {"gamma": np.ones(shape, dtype), "beta": np.zeros(shape, dtype)}, eps

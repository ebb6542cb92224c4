"""Convolution and pooling on images of shape (N, C, H, W), as views of all windows at once.

Arrays keep that shape, but convolutions lay them out in memory as (C, H, W, N): neighbors in memory are
then the same pixel of all examples, and copies run along N numbers in place of the few of a window's row.
"""

from functools import reduce
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnbook._checks import check_array, check_count, check_number, refuse
from nnbook._params import first_weight
from nnbook._types import Array, Backward, Params
from nnbook.initializers import Initializer, kaiming_normal
from nnbook.layers import Layer


class Conv2d(Layer):
    """Correlate images with square kernels: `Linear` on every window of an image, with the same W and b.

    The weight has shape (in_channels * kernel_size**2, out_channels), a column of channels, rows, columns
    for each kernel; PyTorch's (out, in, k, k) is `W.T.reshape(out, in, k, k)`. As in PyTorch, a kernel is
    not flipped (LeCun et al. 1998 call it a convolution all the same) and padding is with zeros. What
    `init` takes for fan_in is in_channels * kernel_size**2, and for fan_out it is out_channels, where
    PyTorch has out_channels * kernel_size**2: `xavier_normal` differs. `bias` is its first value:
    no convolution goes without, where PyTorch has a switch.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        padding: int = 0,
        rng: np.random.Generator,
        init: Initializer = kaiming_normal,
        bias: float = 0.0,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__()
        self.in_channels = check_count("in_channels", in_channels)
        self.kernel_size = check_count("kernel_size", kernel_size)
        self.stride = check_count("stride", stride)
        self.padding = check_count("padding", padding, 0)
        self.out_channels = check_count("out_channels", out_channels)
        bias, fan_in = check_number("bias", bias), self.in_channels * self.kernel_size**2
        weight = first_weight(init, fan_in, out_channels, rng=rng, dtype=dtype)
        self.params = {"weight": weight, "bias": np.full(out_channels, bias, weight.dtype)}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Map x of shape (N, in_channels, H, W) to (N, out_channels, H', W').

        H' is (H + 2 padding - kernel_size) // stride + 1, and W' likewise.
        """
        W, b = self.params["weight"], self.params["bias"]
        x = _check_images(x, self.kernel_size, self.padding, self.in_channels)
        padded = _pad(x, self.padding)
        windows = _windows(padded, self.kernel_size, self.stride)
        columns = windows.transpose(3, 0, 1, 4, 5, 2)  # (C, k, k, H', W', N)
        X, grid = columns.reshape(len(W), -1), columns.shape[3:]

        def backward(dy: Array) -> tuple[Array, Params]:
            dY = dy.transpose(1, 2, 3, 0).reshape(len(b), -1)
            dcolumns = (W @ dY).reshape(columns.shape)
            dpadded = np.zeros_like(padded, dtype=dcolumns.dtype)
            dwindows = _windows(dpadded, self.kernel_size, self.stride)
            for i, j in np.ndindex(dwindows.shape[:2]):
                dwindows[i, j] += dcolumns[:, i, j].transpose(3, 0, 1, 2)
            return _crop(dpadded, self.padding), {"weight": X @ dY.T, "bias": dY.sum(axis=1)}

        Y = W.T @ X
        Y += b[:, None]
        return Y.reshape(len(b), *grid).transpose(3, 0, 1, 2), backward


class MaxPool2d(Layer):
    """The largest value of each square window, channel by channel; stride is the size unless given.

    Rows and columns that no window reaches are left out, as in PyTorch. Of equal maxima the first, row by
    row, gets the gradient, as in PyTorch; where windows overlap, gradients add up.
    """

    def __init__(self, size: int, stride: int | None = None) -> None:
        super().__init__()
        self.size = check_count("size", size)
        self.stride = self.size if stride is None else check_count("stride", stride)

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Map x of shape (N, C, H, W) to (N, C, H', W'), H' = (H - size) // stride + 1."""
        x = _check_images(x, self.size)
        windows = _windows(x, self.size, self.stride)
        places = list(np.ndindex(windows.shape[:2]))
        others = [windows[place] for place in places[1:]]
        y = reduce(np.maximum, others, windows[0, 0].copy("K"))

        def backward(dy: Array) -> tuple[Array, Params]:
            dx = np.zeros_like(x, dtype=dy.dtype)
            dwindows = _windows(dx, self.size, self.stride)
            # What no entry has claimed yet; laid out in memory as y is, which is many times faster.
            left = np.full_like(y, dy, dtype=dy.dtype)
            for place in places:
                # Not windows == y: a nan would then get no gradient, and hide that learning diverged.
                share = left * ~(windows[place] < y)
                dwindows[place] += share
                left -= share  # nothing is left for a later equal
            return dx, {}

        return y, backward


class GlobalAveragePool(Layer):
    """The mean of each channel over its pixels (Lin et al. 2014): (N, C, H, W) to (N, C)."""

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Average; backward gives every pixel the same share."""
        x = _check_images(x)

        def backward(dy: Array) -> tuple[Array, Params]:
            share = dy / (x.shape[2] * x.shape[3])
            return np.full_like(x, share[:, :, None, None], dtype=dy.dtype), {}

        return x.mean(axis=(2, 3)), backward


def _check_images(
    x: Array, size: int = 1, padding: int = 0, channels: int | None = None
) -> Array:
    """Refuse what is no batch of images, or of other channels, or smaller than a window."""
    x = check_array("x", x, ndim=4)
    if channels is not None and x.shape[1] != channels:
        raise refuse("x", f"an array of shape (N, {channels}, H, W)", f"shape {x.shape}")
    if min(x.shape[2:]) + 2 * padding < size:
        with_padding = f" with a padding of {padding}" if padding else ""
        raise refuse("x", f"at least {size} x {size}{with_padding}", f"shape {x.shape}")
    return x


def _pad(x: Array, padding: int) -> Array:
    """A copy with a border of zeros, in memory as (C, H, W, N)."""
    n, channels, height, width = x.shape
    shape = (channels, height + 2 * padding, width + 2 * padding, n)
    padded = np.zeros(shape, x.dtype).transpose(3, 0, 1, 2)
    _crop(padded, padding)[:] = x
    return padded


def _crop(x: Array, padding: int) -> Array:
    """The part of a padded array inside the border, as a view."""
    height, width = x.shape[2:]
    return x[:, :, padding : height - padding, padding : width - padding]


def _windows(x: Array, size: int, stride: int) -> Array:
    """A view of shape (size, size, N, C, H', W'): at [i, j], entry (i, j) of every window.

    At one [i, j] no pixel comes twice, so that adding to it in place is right also where windows overlap.
    """
    view = sliding_window_view(x, (size, size), axis=(2, 3), writeable=True)
    return view[:, :, ::stride, ::stride].transpose(4, 5, 0, 1, 2, 3)

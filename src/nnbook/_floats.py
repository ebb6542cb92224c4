"""What every elementwise function promises about its input: real numbers in, the same dtype out."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import numpy as np
from numpy.typing import ArrayLike

from nnbook._checks import as_array, is_whole, refuse, show
from nnbook._types import Array

P = ParamSpec("P")

SHORT = 32


def keeps_dtype(
    compute_in: type[np.floating[Any]] = np.float32,
) -> Callable[
    [Callable[Concatenate[Array, P], Array]], Callable[Concatenate[ArrayLike, P], Array]
]:
    """Decorate f(x, ...) so that its result has the dtype of x.

    Whole numbers and bools count as float64. `compute_in` is the least precision that f itself
    sees: with float64, a float32 array is widened, and the result rounded once.

    Raises:
        ValueError: when the decorated function gets complex numbers, objects or text.
    """
    least = np.dtype(compute_in).itemsize

    def decorate(
        f: Callable[Concatenate[Array, P], Array],
    ) -> Callable[Concatenate[ArrayLike, P], Array]:
        @wraps(f)
        def checked(x: ArrayLike, /, *args: P.args, **kwargs: P.kwargs) -> Array:
            x = real(x)
            wide = x if x.dtype.itemsize >= least else x.astype(compute_in)
            return f(wide, *args, **kwargs).astype(x.dtype, copy=False)

        return checked

    return decorate


def real(x: ArrayLike, name: str = "x") -> Array:
    """Whole numbers as float64, floats of at most 64 bits as they are; refuse anything else."""
    x = as_array(name, x)
    if x.dtype.kind in "biu":
        return x.astype(np.float64)
    if x.dtype.kind != "f" or x.dtype.itemsize > 8:
        raise refuse(name, "an array of real numbers of at most 64 bits", f"dtype {x.dtype}")
    return x


def less_max(x: Array, axis: int) -> Array:
    """Subtract the largest entry along the axis, so that exp cannot overflow.

    Raises:
        ValueError: unless x has that axis, with at least one entry in it.
    """
    if not is_whole(axis) or not -x.ndim <= axis < x.ndim:
        raise refuse("axis", f"an axis of an array of shape {x.shape}", show(axis))
    if x.shape[axis] == 0:
        raise refuse(
            "x", f"an array with at least one entry along axis {axis}", f"shape {x.shape}"
        )
    largest = _largest(x, axis)
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as documented
        return x - largest


def _largest(x: Array, axis: int) -> Array:
    """x.max(axis, keepdims=True); NumPy is slow along a short last axis, as that of classes is."""
    if x.shape[axis] > SHORT:
        return np.asarray(x.max(axis, keepdims=True))
    return np.asarray(x.swapaxes(0, axis).copy().max(0, keepdims=True).swapaxes(0, axis))

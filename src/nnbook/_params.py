"""Parameters and their gradients: what they must be, and which of them are weights."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnbook._checks import check_function, check_rng, is_float, refuse, show
from nnbook._types import Array

Shape = tuple[int, ...]
NUMBERS = (np.ndarray, np.floating)  # an entry of an array is a NumPy number of its own


def check_dtype(name: str, dtype: Any) -> np.dtype[np.floating[Any]]:
    """Refuse a type of numbers that is not float16, float32 or float64."""
    expected = "a type of floats of at most 64 bits"
    if not isinstance(dtype, str | type | np.dtype):  # NumPy takes None for float64
        raise refuse(name, expected, show(dtype))
    try:
        known: np.dtype[Any] = np.dtype(dtype)
    except TypeError as error:
        raise refuse(name, expected, show(dtype)) from error
    if not is_float(known):
        raise refuse(name, expected, show(dtype))
    return known


def first_weight(
    init: Callable[..., Array], *shape: int, rng: np.random.Generator, dtype: Any
) -> Array:
    """What a layer starts from: the array of an initializer, of this shape, in a dtype."""
    dtype = check_dtype("dtype", dtype)
    weight = check_function("init", init)(*shape, rng=check_rng(rng))
    if not isinstance(weight, np.ndarray) or weight.shape != shape or weight.dtype.kind != "f":
        raise refuse("init", f"a function to an array of floats of shape {shape}", show(weight))
    return weight.astype(dtype)


def check_arrays(name: str, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """Refuse what is not a dict of arrays of floats, each of any shape, under names."""
    if not isinstance(arrays, Mapping):
        raise refuse(name, "a dict of arrays", show(arrays))
    for key, array in arrays.items():
        if not isinstance(key, str):
            raise refuse(name, "a dict of names to arrays", f"the name {show(key)}")
        if not isinstance(array, NUMBERS) or not is_float(array.dtype):
            got = f"dtype {array.dtype}" if isinstance(array, np.ndarray) else show(array)
            raise refuse(f"{name}[{key!r}]", "an array of floats", got)
    return arrays


def check_update(
    params: Mapping[str, Array], grads: Mapping[str, Array], earlier: Mapping[str, Shape]
) -> None:
    """Refuse gradients without their parameter, one that cannot be changed, and shapes that differ.

    Args:
        params: name -> array to be changed.
        grads: name -> array of the same shape.
        earlier: the shapes of earlier updates, for which an optimizer keeps its memory.
    """
    for name, values in (("params", params), ("grads", grads)):
        if not isinstance(values, Mapping):
            raise refuse(name, "a dict of arrays", show(values))
    for name, grad in grads.items():
        if not isinstance(name, str) or not _fits(params.get(name), grad, earlier.get(name)):
            _explain(check_arrays("params", params), check_arrays("grads", grads), earlier)


def _fits(param: Array | None, grad: Array, shape: Shape | None) -> bool:
    """Can the gradient change the parameter? Asked before each update, so that it must be quick."""
    return (
        isinstance(param, np.ndarray)
        and isinstance(grad, NUMBERS)
        and param.dtype.kind == grad.dtype.kind == "f"
        and param.shape == grad.shape == (shape or grad.shape)
        and param.flags.writeable
    )


def _explain(
    params: Mapping[str, Array], grads: Mapping[str, Array], earlier: Mapping[str, Shape]
) -> None:
    """Raise the error for what does not fit."""
    for name, grad in grads.items():
        label = f"params[{name!r}]"
        if name not in params:
            raise refuse(label, f"a parameter of shape {grad.shape}", "none")
        if params[name].shape != grad.shape:
            raise refuse(label, f"a parameter of shape {grad.shape}", params[name].shape)
        if earlier.get(name, grad.shape) != grad.shape:
            raise refuse(label, f"of shape {earlier[name]}, as before", grad.shape)
        check_writeable(label, params[name])


def check_writeable(name: str, array: Array) -> None:
    """Refuse an array that cannot be changed in place."""
    if not isinstance(array, np.ndarray) or not array.flags.writeable:
        raise refuse(name, "an array that can be changed", "a read-only one")


class UnchangedIfRefused:
    """A block with these arrays: they are put back as they were if it raises a ValueError."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays
        self.before = {name: array.copy() for name, array in arrays.items()}

    def __enter__(self) -> None:
        """Nothing more: the copies are made."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put back, and let the error pass."""
        if kind is not None and issubclass(kind, ValueError):
            for name, array in self.before.items():
                self.arrays[name][...] = array


def is_weight(name: str) -> bool:
    """Is the parameter called "weight", in a layer or inside of a model?"""
    return isinstance(name, str) and name.split(".")[-1] == "weight"

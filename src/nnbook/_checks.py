"""Refusals of bad input, all in one wording: "rate must be in [0, 1), got 1.5".

Each check returns the value that it was given, so that a constructor can check and keep it in one line:
a number as a plain float, a count as a plain int, anything list-like as an array.
"""

from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbook._types import Array

T = TypeVar("T")

LONGEST = 200  # of a value shown in an error
LARGEST = 2**63  # NumPy counts with 64 bits.
NO_NUMBERS = (bool, np.timedelta64)  # though Python and NumPy count them as such


def refuse(name: str, expected: str, got: object) -> ValueError:
    """The error that every check raises: which argument, what was expected, what came."""
    return ValueError(f"{name} must be {expected}, got {got}")


def show(value: object) -> str:
    """A value in one line, as code would write it; an array by dtype and shape, what is long cut short."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{value.dtype} array of shape {value.shape}"
    if isinstance(value, tuple) and any(isinstance(part, np.ndarray) for part in value):
        return f"({', '.join(map(show, value))})"
    if type(value).__repr__ is object.__repr__:  # its address is no help
        return type(value).__name__
    try:
        line = " ".join(repr(value).split())
    except Exception:  # Python does not write whole numbers of more than 4300 digits, for one
        return f"a value of type {type(value).__name__}"
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def check_number(
    name: str, value: float, low: float = -np.inf, high: float = np.inf, *, closed: str = "[]"
) -> float:
    """Refuse a value that is no finite number in the interval; `closed` holds the interval's brackets."""
    number = _as_float(value)
    above = number >= low if closed[0] == "[" else number > low
    below = number <= high if closed[1] == "]" else number < high
    if not (-np.inf < number < np.inf and above and below):
        raise refuse(name, _interval_in_words(low, high, closed), show(value))
    return number


def check_positive(name: str, value: float) -> float:
    """Refuse a value that is not a finite number above zero."""
    return check_number(name, value, 0, closed="()")


def check_count(name: str, value: int, low: int = 1) -> int:
    """Refuse a value that is not a whole number of at least `low`, or one that needs over 64 bits."""
    if not is_whole(value) or value < low:
        raise refuse(name, f"a whole number of at least {low}", show(value))
    if value >= LARGEST:
        raise refuse(name, "below 2^63", show(value))
    return int(value)


def check_flag(name: str, value: bool) -> bool:
    """Refuse anything but True and False: the text "none" would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise refuse(name, "True or False", show(value))
    return bool(value)


def check_choice(name: str, value: str, table: Collection[str]) -> str:
    """Refuse a name that the table does not know; the error lists the known ones."""
    if not isinstance(value, str) or value not in table:
        raise refuse(name, "one of " + ", ".join(sorted(table)), show(value))
    return value


def check_kind(name: str, value: T, kind: type) -> T:
    """Refuse what is no instance of a class."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        raise refuse(name, f"{article} {kind.__name__}", show(value))
    return value


def check_function(name: str, value: T) -> T:
    """Refuse what cannot be called."""
    if not callable(value):
        raise refuse(name, "a function", show(value))
    return value


def check_array(
    name: str, x: ArrayLike, *, ndim: int | None = None, features: int | None = None
) -> Array:
    """Refuse a batch of the wrong rank or feature count, an empty one, or one that holds no floats."""
    x = as_array(name, x)
    if not is_float(x.dtype):
        raise refuse(name, "an array of floats", f"dtype {x.dtype}")
    if ndim is not None and x.ndim != ndim:
        raise refuse(name, f"an array of rank {ndim}", f"shape {x.shape}")
    if features is not None and (x.ndim < 2 or x.shape[1] != features):
        further = ", ..." if x.ndim > 2 else ""
        raise refuse(name, f"an array of shape (N, {features}{further})", f"shape {x.shape}")
    if x.ndim == 0:
        raise refuse(name, "an array of rank 1 or more", "shape ()")
    if x.size == 0:
        raise refuse(name, "a batch of at least one example", f"shape {x.shape}")
    return x


def check_finite(name: str, x: ArrayLike, *, ndim: int | None = None) -> Array:
    """Refuse what `check_array` does, and inf or nan."""
    x = check_array(name, x, ndim=ndim)
    if not np.isfinite(x).all():
        raise refuse(name, "finite", "an array with inf or nan")
    return x


def check_labels(
    name: str, labels: ArrayLike, examples: int, classes: int
) -> NDArray[np.integer[Any]]:
    """Refuse labels that are not `examples` whole numbers in [0, classes)."""
    labels = as_array(name, labels)
    if labels.shape != (examples,):
        raise refuse(name, f"an array of shape ({examples},)", f"shape {labels.shape}")
    if labels.dtype.kind not in "iu":
        raise refuse(name, "an array of whole numbers", f"dtype {labels.dtype}")
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise refuse(name, f"in [0, {classes})", outside[0])
    return labels


def check_several(name: str, members: Iterable[T]) -> list[T]:
    """Refuse what does not hold one or more members; return them as a list."""
    try:
        listed = list(iter(members))
    except TypeError:  # as that of an array of rank 0
        listed = []
    if not listed:
        raise refuse(name, "of one or more members", show(members))
    return listed


def check_rows(name: str, y: ArrayLike, examples: int) -> NDArray[Any]:
    """Refuse targets that are not as many as the examples."""
    y = as_array(name, y)
    if y.shape[:1] != (examples,):
        raise refuse(name, f"as many as x has rows ({examples})", len(y) if y.ndim else show(y))
    return y


def check_rng(rng: np.random.Generator) -> np.random.Generator:
    """Refuse anything but a NumPy Generator: a seed or a global state would make runs hard to repeat."""
    if not isinstance(rng, np.random.Generator):
        raise refuse("rng", "a numpy.random.Generator", show(rng))
    return rng


def as_array(name: str, x: ArrayLike) -> NDArray[Any]:
    """Refuse what makes no array: rows of different lengths."""
    try:
        return np.asarray(x)
    except (ValueError, TypeError, OverflowError) as error:
        raise refuse(name, "an array", show(x)) from error


def is_whole(value: object) -> bool:
    """Is it a whole number, of Python or NumPy?"""
    return isinstance(value, Integral) and not isinstance(value, NO_NUMBERS)


def is_float(dtype: np.dtype[Any]) -> bool:
    """Is it float16, float32 or float64?"""
    return dtype.kind == "f" and dtype.itemsize <= 8


def _as_float(value: object) -> float:
    """The value; nan for what is no real number, inf for a fraction or whole number beyond all floats."""
    if not isinstance(value, Real) or isinstance(value, NO_NUMBERS):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.inf


def _interval_in_words(low: float, high: float, closed: str) -> str:
    if np.isinf(low) and np.isinf(high):
        return "a finite number"
    if np.isinf(high):
        return f"a finite number {'of at least' if closed[0] == '[' else 'above'} {low}"
    return f"in {closed[0]}{low}, {high}{closed[1]}"

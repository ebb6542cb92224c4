"""Refusals of bad input, all in one wording: "rate must be in [0, 1), got 1.5".

Each check returns the value it was given, so that a constructor can check and keep it in one line.
"""

from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbook._types import Array

T = TypeVar("T")


def refuse(name: str, expected: str, got: object) -> ValueError:
    """The error that every check raises: which argument, what was expected, what came."""
    return ValueError(f"{name} must be {expected}, got {got}")


def check_number(
    name: str, value: float, low: float = -np.inf, high: float = np.inf, *, closed: str = "[]"
) -> float:
    """Refuse a value that is no finite number in the interval; `closed` holds the interval's brackets."""
    inside = (
        isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value))
    )
    inside = inside and (value >= low if closed[0] == "[" else value > low)
    inside = inside and (value <= high if closed[1] == "]" else value < high)
    if not inside:
        raise refuse(name, _interval_in_words(low, high, closed), repr(value))
    return value


def check_positive(name: str, value: float) -> float:
    """Refuse a value that is not a finite number above zero."""
    return check_number(name, value, 0, closed="()")


def check_count(name: str, value: int, low: int = 1) -> int:
    """Refuse a value that is not a whole number of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        raise refuse(name, f"a whole number of at least {low}", repr(value))
    return int(value)


def check_choice(name: str, value: str, table: Collection[str]) -> str:
    """Refuse a name that the table does not know; the error lists the known ones."""
    if value not in table:
        raise refuse(name, "one of " + ", ".join(sorted(table)), repr(value))
    return value


def check_array(
    name: str, x: ArrayLike, *, ndim: int | None = None, features: int | None = None
) -> Array:
    """Refuse a batch of the wrong rank or feature count, an empty one, or one that holds no floats."""
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.floating):
        raise refuse(name, "an array of floats", f"dtype {x.dtype}")
    if ndim is not None and x.ndim != ndim:
        raise refuse(name, f"an array of rank {ndim}", f"shape {x.shape}")
    if features is not None and (x.ndim < 2 or x.shape[1] != features):
        raise refuse(name, f"an array of shape (N, {features})", f"shape {x.shape}")
    if x.size == 0:
        raise refuse(name, "a batch of at least one example", f"shape {x.shape}")
    return x


def check_labels(
    name: str, labels: ArrayLike, examples: int, classes: int
) -> NDArray[np.integer[Any]]:
    """Refuse labels that are not `examples` whole numbers in [0, classes)."""
    labels = np.asarray(labels)
    if labels.shape != (examples,):
        raise refuse(name, f"an array of shape ({examples},)", f"shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise refuse(name, "an array of whole numbers", f"dtype {labels.dtype}")
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise refuse(name, f"in [0, {classes})", outside[0])
    return labels


def check_several(name: str, members: Iterable[T]) -> list[T]:
    """Refuse what does not hold one or more members; return them as a list."""
    listed = list(members) if isinstance(members, Iterable) else []
    if not listed:
        raise refuse(name, "of one or more members", repr(members))
    return listed


def check_rng(rng: np.random.Generator) -> np.random.Generator:
    """Refuse anything but a NumPy Generator: a seed or a global state would make runs hard to repeat."""
    if not isinstance(rng, np.random.Generator):
        raise refuse("rng", "a numpy.random.Generator", repr(rng))
    return rng


def _interval_in_words(low: float, high: float, closed: str) -> str:
    if np.isinf(low) and np.isinf(high):
        return "a finite number"
    if np.isinf(high):
        return f"a finite number {'of at least' if closed[0] == '[' else 'above'} {low}"
    return f"in {closed[0]}{low}, {high}{closed[1]}"

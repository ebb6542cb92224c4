"""A row of the table of bad input, and what makes an answer right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnbook.layers import Activate, Linear, Sequential
from nnbook.normalization import BatchNorm


@dataclass(frozen=True)
class Case:
    """How to call something with nonsense, and what it may answer.

    Args:
        call: takes the arguments by name.
        good: makes good ones anew.
        right: (answer, arguments) -> is the answer right?
        names: of which a refusal may speak, besides the arguments.
        kept: arguments that stay good, as the object whose method is called.
        changes: arguments that are meant to be changed.
        spent: arguments that a refusal may change as well.
        raises: other errors that are documented.
    """

    call: Callable[..., Any]
    good: Callable[[], dict[str, Any]]
    right: Callable[[Any, Any], bool] = lambda answer, a: True
    names: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    changes: tuple[str, ...] = ("rng",)
    spent: tuple[str, ...] = ()
    raises: tuple[type[Exception], ...] = ()


def fresh(seed=0):
    return np.random.default_rng(seed)


def batch(*shape, seed=1):
    """A batch that means nothing."""
    return fresh(seed).standard_normal(shape or (6, 3))


def net():
    return Sequential(
        Linear(3, 4, rng=fresh(), bias=0.1),
        BatchNorm(4),
        Activate("relu"),
        Linear(4, 2, rng=fresh(1)),
    )


LABELS = np.array([0, 1, 1, 0, 1, 0])
IMAGES = (2, 3, 6, 5)


# --- what is right --------------------------------------------------------------------------------


def like(y, x, shape=None):
    """An array of floats of x's shape, or of another, in the dtype of x; whole numbers count as float64."""
    x = np.asarray(x)
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    return (
        np.shape(y) == (x.shape if shape is None else shape) and y.dtype.str[1:] == kind.str[1:]
    )


def number(y, low=-np.inf, high=np.inf):
    return type(y) is float and not (y < low or y > high)


def works(layer, *shape):
    """Does the layer map such a batch, forth and back, in its own dtype?"""
    dtype = next((p.dtype for p in layer.params.values()), np.dtype(float))
    x = batch(*shape).astype(dtype)
    y, backward = layer(x, training=True)
    dx, grads = backward(np.ones_like(y))
    same = all(g.shape == layer.params[k].shape and g.dtype == dtype for k, g in grads.items())
    return len(y) == len(x) and y.dtype == dx.dtype == dtype and dx.shape == x.shape and same


def mapped(answer, a, shape):
    """Did a layer map a.x to this shape, in the wider dtype, and does its backward map to x's shape?"""
    y, backward = answer
    own = a.layer.params | a.layer.buffers
    dtype = np.result_type(np.asarray(a.x), *own.values())
    dx, grads = backward(np.ones_like(y))
    return (
        like(y, np.empty(0, dtype), shape)
        and dx.shape == np.shape(a.x)
        and grads.keys() == a.layer.params.keys()
    )


def method_of(name, make, good, right, **options):
    """The row of a method of what make() makes."""
    return Case(
        lambda subject, **rest: getattr(subject, name)(**rest),
        lambda: {"subject": make(), **good()},
        right,
        kept=("subject",),
        **options,
    )

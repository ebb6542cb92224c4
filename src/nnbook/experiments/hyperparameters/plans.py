"""Where to put the trials of a search, in the unit square: at random, on a grid, on a lattice.

A plan returns points of shape (repeats, n, 2), for many searches at once. Two functions to search have their
best value, 0, in the middle of the square.
"""

from collections.abc import Callable
from math import isqrt

import numpy as np

from nnbook._checks import refuse
from nnbook._types import Array

GOLDEN = (1 + 5**0.5) / 2


def random_points(n: int, repeats: int, *, rng: np.random.Generator) -> Array:
    """Points that are drawn independently of each other."""
    return rng.random((repeats, n, 2))


def grid_points(n: int, repeats: int, *, rng: np.random.Generator) -> Array:
    """A square grid of spacing 1/sqrt(n), shifted at random: sqrt(n) different values on each axis."""
    side = isqrt(n)
    if side**2 != n:
        raise refuse("n", "a square number", n)
    cells = np.stack(np.meshgrid(*[np.arange(side)] * 2), axis=-1).reshape(-1, 2)
    return (cells + rng.random((repeats, 1, 2))) / side


def lattice_points(n: int, repeats: int, *, rng: np.random.Generator) -> Array:
    """A golden lattice, shifted at random, around the edges: evenly spread, with n values on each axis."""
    i = np.arange(n)
    return (np.stack([i / n, i * GOLDEN], axis=-1) + rng.random((repeats, 1, 2))) % 1


PLANS: dict[str, Callable[..., Array]] = {
    "random": random_points,
    "grid": grid_points,
    "lattice": lattice_points,
}


def ridge(points: Array) -> Array:
    """Minus the squared distance from the middle along the first axis; the second does not matter."""
    return -((points[..., 0] - 0.5) ** 2)


def bump(points: Array) -> Array:
    """Minus the squared distance from the middle: both axes matter alike."""
    squares: Array = ((points - 0.5) ** 2).sum(axis=-1)
    return -squares


def foretold(plan: str, function: str, n: int) -> float:
    """The expected squared distance of the best of n points from the middle, for "random" and "grid".

    Of random points in the plane it leaves out that the corners of the square are far away: (1 - pi/4)^n.
    """
    return {
        ("grid", "ridge"): 1 / (12 * n),
        ("grid", "bump"): 1 / (6 * n),
        ("random", "ridge"): 1 / (2 * (n + 1) * (n + 2)),
        ("random", "bump"): 1 / (np.pi * (n + 1)),
    }[plan, function]

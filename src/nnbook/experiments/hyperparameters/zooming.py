"""From coarse to fine: half of the trials in the whole square, the other half around the best of those."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from nnbook._types import Array
from nnbook.experiments.hyperparameters.plans import random_points
from nnbook.experiments.hyperparameters.surface import interpolated

REPEATS = 500


def chosen(points: Array, function: Callable[[Array], Array]) -> Array:
    """The best point of each search: of points (repeats, n, 2) an array (repeats, 1, 2)."""
    best = function(points).argmax(axis=1)
    return np.take_along_axis(points, best[:, None, None], axis=1)


def zoomed(points: Array, function: Callable[[Array], Array], width: float) -> Array:
    """The points, but the second half moved into a square of this width around the best of the first."""
    first, second = np.split(points, 2, axis=1)
    low = np.clip(chosen(first, function) - width / 2, 0, 1 - width)
    return np.concatenate([first, low + width * second], axis=1)


def gains(tables: ArrayLike, n: int, width: float) -> list[float]:
    """What n trials gain by zooming, in points, for each measured surface, on average over many searches.

    A search sees one surface. What it chooses is judged by the mean of the others: luck does not count.
    """
    gained, surfaces = [], np.asarray(tables)
    for i, surface in enumerate(surfaces):
        seen, true = interpolated(surface), interpolated(np.delete(surfaces, i, 0).mean(axis=0))
        points = random_points(n, REPEATS, rng=np.random.default_rng([i, 6]))
        fine = true(chosen(zoomed(points, seen, width), seen))
        gained.append(float((fine - true(chosen(points, seen))).mean()))
    return gained

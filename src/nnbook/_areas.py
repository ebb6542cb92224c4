"""Checks of what fills an area of a figure: images, walls of histograms, tables, divided bars."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like
from numpy.typing import ArrayLike, NDArray

from nnbook._checks import as_array, check_count, check_kind, check_number, refuse, show
from nnbook._drawable import REAL, check_list, check_named, check_range
from nnbook._types import Array

HIGHEST = {"f": 1, "u": 255, "i": 255}  # of a color, by the kind of its numbers


def check_places(axes: Iterable[Axes]) -> list[Axes]:
    """Refuse what is not one Axes after the other."""
    places = check_list("axes", axes)
    return [check_kind(f"axes[{i}]", ax, Axes) for i, ax in enumerate(places)]


def check_picture(name: str, picture: ArrayLike) -> Array:
    """Refuse what is neither a gray image of shape (H, W) nor a colored one of shape (H, W, 3)."""
    values = as_array(name, picture)
    gray, colored = values.ndim == 2, values.ndim == 3 and values.shape[2] == 3
    if not (gray or colored) or not values.size or values.dtype.kind not in REAL:
        raise refuse(name, "an image of shape (H, W) or (H, W, 3)", show(values))
    if not np.isfinite(values).all():
        raise refuse(name, "finite", "an array with inf or nan")
    top = HIGHEST[values.dtype.kind]
    if colored and not 0 <= values.min() <= values.max() <= top:
        raise refuse(name, f"of colors in [0, {top}]", f"{values.min()} to {values.max()}")
    return values


def check_ends(low: float | None, high: float | None) -> None:
    """Refuse ends of a scale that are no numbers or in the wrong order; either may be left open."""
    if low is not None and high is not None:
        check_range("low", low, "high", high)
    for name, end in (("low", low), ("high", high)):
        if end is not None:
            check_number(name, end)


def check_wall(axes: Any, rows: Mapping[str, Sequence[ArrayLike]]) -> NDArray[Any]:
    """The Axes as a table; refuse rows of other numbers of layers than it has columns, or without values."""
    wall = np.atleast_2d(as_array("axes", axes))
    for name, layers in check_named("rows", rows).items():
        listed = check_list(f"rows[{name!r}]", layers)
        if wall.shape != (len(rows), len(listed)):
            raise refuse("axes", f"one for each of {len(rows)} rows and each layer", wall.shape)
        for i, values in enumerate(listed):
            numbers = as_array(f"rows[{name!r}][{i}]", values)
            if not numbers.size or numbers.dtype.kind not in REAL:
                raise refuse(f"rows[{name!r}][{i}]", "one or more numbers", show(values))
    check_places(wall.ravel())
    return wall


def check_table(
    table: ArrayLike, rows: Sequence[str | float], columns: Sequence[str | float]
) -> tuple[Array, list[str], list[str]]:
    """A table of numbers and the texts of its labels; refuse a table of another shape than they have."""
    values, down, along = (
        as_array("table", table),
        _texts("rows", rows),
        _texts("columns", columns),
    )
    if values.shape != (len(down), len(along)):
        raise refuse("table", f"of shape {(len(down), len(along))}", f"shape {values.shape}")
    if not values.size or values.dtype.kind not in REAL:
        raise refuse("table", "one or more numbers", show(table))
    return values, down, along


def check_parts(rows: Mapping[str, Mapping[str, int]]) -> dict[str, NDArray[np.integer[Any]]]:
    """The counts of each part; refuse rows of different parts, or of nothing."""
    parts = None
    for name, row in check_named("rows", rows).items():
        own = list(check_named(f"rows[{name!r}]", row))
        parts = own if parts is None else parts
        if own != parts:
            raise refuse(f"rows[{name!r}]", f"counts of {', '.join(parts)}", ", ".join(own))
        for part, count in row.items():
            check_count(f"rows[{name!r}][{part!r}]", count, 0)
    counts = {part: np.array([row[part] for row in rows.values()]) for part in parts or ()}
    if not any(own.any() for own in counts.values()):
        raise refuse("rows", "of some count above 0", "zeros")
    return counts


def check_colors(name: str, colors: Iterable[Any]) -> list[Any]:
    """Refuse what is not one or more colors that matplotlib knows."""
    listed = check_list(name, colors)
    if not listed or not all(map(is_color_like, listed)):
        raise refuse(name, "one or more colors", show(colors))
    return listed


def _texts(name: str, labels: Iterable[str | float]) -> list[str]:
    """Labels as texts; refuse what is neither text nor number."""
    listed = enumerate(check_list(name, labels))
    return [
        v if isinstance(v, str) else f"{check_number(f'{name}[{i}]', v):g}" for i, v in listed
    ]

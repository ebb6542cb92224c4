"""Checks of what is to be drawn: a mistake is told before a line of it is on the page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nnbook._checks import (
    as_array,
    check_finite,
    check_kind,
    check_number,
    check_several,
    is_whole,
    refuse,
    show,
)
from nnbook._types import Array
from nnbook.experiments.protocol import Summary

T = TypeVar("T")
REAL = "iuf"  # kinds of dtypes: whole numbers and floats


def check_axes(ax: Axes) -> Axes:
    """Refuse what is no Axes."""
    return check_kind("ax", ax, Axes)


def check_list(name: str, members: Iterable[T]) -> list[T]:
    """Refuse what has no members to go through; there may be none."""
    try:
        return list(iter(members))
    except TypeError as error:  # as that of an array of rank 0
        raise refuse(name, "a sequence", show(members)) from error


def check_label(name: str, label: str) -> str:
    """Refuse what a legend does not show."""
    if not isinstance(label, str) or label[:1] in ("", "_"):
        raise refuse(name, "a text, neither empty nor with _ in front", show(label))
    return label


def check_line(name: str, values: ArrayLike, length: int | None = None) -> Array:
    """Refuse what is not one or more numbers in a row, or not `length` of them; nan leaves a gap."""
    line = as_array(name, values)
    if line.ndim != 1 or not line.size or line.dtype.kind not in REAL:
        raise refuse(name, "one or more numbers in a row", show(values))
    if length is not None and len(line) != length:
        raise refuse(name, f"as many numbers as there are positions ({length})", len(line))
    return line


def check_points(name: str, x: ArrayLike) -> Array:
    """Refuse what is not one or more finite points of the plane, of shape (N, 2)."""
    points = as_array(name, x)
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in REAL:
        raise refuse(name, "points of shape (N, 2)", show(points))
    return check_finite(name, points.astype(float))


def check_pair(name: str, pair: ArrayLike) -> tuple[float, float]:
    """Refuse what is not two finite numbers."""
    values = as_array(name, pair)
    if values.shape != (2,) or values.dtype.kind not in REAL or not np.isfinite(values).all():
        raise refuse(name, "two finite numbers", show(pair))
    return float(values[0]), float(values[1])


def check_normal(name: str, weights: ArrayLike) -> Array:
    """Refuse two weights that are both 0: they belong to no line."""
    pair = np.array(check_pair(name, weights))
    if not pair.any():
        raise refuse(name, "two numbers that are not both 0", "zeros")
    return pair


def check_unit(place: str, line: tuple[ArrayLike, float, str]) -> tuple[Array, float, str]:
    """Refuse what is not weights, bias and name of a unit of two inputs."""
    if not isinstance(line, tuple) or len(line) != 3:
        raise refuse(place, "(weights, bias, name)", show(line))
    weights, bias, name = line
    return (
        check_normal(f"weights of {place}", weights),
        check_number(f"bias of {place}", bias),
        check_label(f"name of {place}", name),
    )


def check_range(low_name: str, low: float, high_name: str, high: float) -> tuple[float, float]:
    """Refuse ends that are no numbers or stand in the wrong order."""
    bottom = check_number(low_name, low)
    return bottom, check_number(high_name, high, bottom, closed="(]")


def check_span(name: str, pair: ArrayLike) -> tuple[float, float]:
    """Refuse what is not two finite numbers, the smaller one first."""
    low, high = check_pair(name, pair)
    return check_range(f"{name}[0]", low, f"{name}[1]", high)


def check_index(name: str, index: int, count: int) -> int:
    """Refuse what is no whole number in [0, count)."""
    if not is_whole(index) or not 0 <= index < count:
        raise refuse(name, f"a whole number in [0, {count})", show(index))
    return int(index)


def check_named(name: str, table: Mapping[str, T]) -> Mapping[str, T]:
    """Refuse what is not one or more members by name; a single line may be called ""."""
    if not isinstance(table, Mapping) or not all(isinstance(key, str) for key in table):
        raise refuse(name, "members by name", show(table))
    if not table:
        raise refuse(name, "one or more rows", "none")
    return table


def check_lines(
    x: ArrayLike | Mapping[str, ArrayLike],
    series: Mapping[str, ArrayLike],
    what: str = "series",
) -> dict[str, tuple[Array, Array]]:
    """Positions and values of each line by name; refuse those that do not belong together."""
    lines = {}
    for name, values in check_named(what, series).items():
        if isinstance(x, Mapping) and name not in x:
            raise refuse("x", f"for {', '.join(series)}", ", ".join(map(str, x)) or "none")
        own = isinstance(x, Mapping)
        at = check_line(
            f"x[{name!r}]" if own else "x", x[name] if isinstance(x, Mapping) else x
        )
        lines[name] = at, check_line(f"{what}[{name!r}]", values, len(at))
    return lines


def check_bands(
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None,
    lines: Mapping[str, tuple[Array, Array]],
) -> dict[str, tuple[Array, Array]]:
    """Low and high edges by name; refuse those of no line, or of another length."""
    checked = {}
    for name, edges in () if bands is None else check_named("bands", bands).items():
        if name not in lines:
            raise refuse("bands", f"for some of {', '.join(lines)}", name)
        length = len(lines[name][0])
        if not isinstance(edges, tuple) or len(edges) != 2:
            raise refuse(f"bands[{name!r}]", "(low, high)", show(edges))
        low, high = edges
        checked[name] = (
            check_line(f"low edges of bands[{name!r}]", low, length),
            check_line(f"high edges of bands[{name!r}]", high, length),
        )
    return checked


def check_members(name: str, members: ArrayLike) -> NDArray[np.bool_]:
    """Refuse what is not one or more truth values of shape (N, C, pixels)."""
    inside = as_array(name, members)
    if inside.ndim != 3 or not inside.size or inside.dtype != bool:
        raise refuse(name, "truth values of shape (N, C, pixels)", show(inside))
    return inside


def check_bundle(x: ArrayLike, lines: Sequence[ArrayLike]) -> tuple[Array, list[Array]]:
    """Positions and one or more lines on them; refuse a line that is longer than x."""
    at, several = check_line("x", x), check_several("lines", lines)
    checked = [check_line(f"lines[{i}]", line) for i, line in enumerate(several)]
    for i, line in enumerate(checked):
        if len(line) > len(at):
            raise refuse(f"lines[{i}]", f"no longer than x ({len(at)})", len(line))
    return at, checked


def check_summaries(name: str, rows: Mapping[str, Summary]) -> Mapping[str, Summary]:
    """Refuse what is not one or more summaries by name."""
    for key, summary in check_named(name, rows).items():
        check_kind(f"{name}[{key!r}]", summary, Summary)
    return rows

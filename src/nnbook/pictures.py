"""Pictures of data: points in the plane with some of them marked, separating lines, small images."""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nnbook._areas import check_ends, check_picture, check_places
from nnbook._checks import (
    check_choice,
    check_flag,
    check_kind,
    check_number,
    check_positive,
    check_rows,
    refuse,
    show,
)
from nnbook._drawable import (
    check_axes,
    check_index,
    check_label,
    check_list,
    check_normal,
    check_points,
)
from nnbook.plotting import COLORS, INK, MARKERS, MUTED

LINE_STYLES = ("-", "--", "-.", ":")


def cloud(ax: Axes, x: ArrayLike, marked: Sequence[int] = (), *, reach: float) -> Axes:
    """Points of shape (N, 2) around the origin; the marked ones can be followed from plot to plot.

    Args:
        ax: where to draw.
        x: the points.
        marked: indices of points that get a color and a marker each.
        reach: the plot shows [-reach, reach] in both directions.
    """
    points, reach = check_points("x", x), check_positive("reach", reach)
    chosen = enumerate(check_list("marked", marked))
    shown = [check_index(f"marked[{i}]", at, len(points)) for i, at in chosen]
    check_axes(ax)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.scatter(points[:, 0], points[:, 1], s=7, color=INK, alpha=0.35, linewidths=0)
    for i, index in enumerate(shown):
        color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
        ax.plot(*points[index], color=color, marker=marker, markersize=8, linestyle="none")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    return ax


def classes(ax: Axes, x: ArrayLike, labels: ArrayLike) -> Axes:
    """Points of shape (N, 2), each class with its own color and marker."""
    points = check_points("x", x)
    of = check_rows("labels", labels, len(points))
    if of.ndim != 1 or of.dtype.kind not in "biufUS" or (of != of).any():  # nan is no class
        raise refuse("labels", "one number or text for each point", show(of))
    check_axes(ax)
    for i, label in enumerate(np.unique(of)):
        color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
        a, b = points[of == label].T
        ax.scatter(a, b, s=9, color=color, marker=marker, alpha=0.5, linewidths=0)
    ax.set_aspect("equal")
    return ax


def separator(ax: Axes, weights: ArrayLike, bias: float, name: str, dash: str = "-") -> Axes:
    """The line w x + b = 0 in the plane, across the whole plot."""
    w, bias = check_normal("weights", weights), check_number("bias", bias)
    check_axes(ax), check_label("name", name), check_choice("dash", dash, LINE_STYLES)
    foot = -bias * w / (w @ w)
    ax.axline(
        (foot[0], foot[1]),
        (foot[0] - w[1], foot[1] + w[0]),
        color=INK,
        linestyle=dash,
        label=name,
    )
    return ax


def images(
    axes: Iterable[Axes],
    pictures: Sequence[ArrayLike],
    titles: Sequence[str] = (),
    *,
    low: float | None = None,
    high: float | None = None,
    signed: bool = False,
) -> None:
    """One image on each Axes: gray ones of shape (H, W), or colored ones of shape (H, W, 3) in [0, 1].

    Args:
        axes: as many as there are pictures.
        pictures: the images.
        titles: one for each, or none.
        low: what is black, if not the smallest value of each image.
        high: what is white, if not the largest.
        signed: make 0 the middle gray of each image, whatever its ends.
    """
    places, names = check_places(axes), check_list("titles", titles)
    listed = check_list("pictures", pictures)
    if len(places) != len(listed) or len(names) not in (0, len(listed)):
        raise refuse("pictures", f"as many as axes ({len(places)}) and titles", len(listed))
    shown = [check_picture(f"pictures[{i}]", picture) for i, picture in enumerate(listed)]
    names = [check_kind(f"titles[{i}]", name, str) for i, name in enumerate(names)]
    check_flag("signed", signed)
    check_ends(low, high)
    for i, (ax, values) in enumerate(zip(places, shown, strict=True)):
        if signed:
            high = float(np.abs(values).max())
            low = -high
        ax.imshow(values, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        ax.axis("off")
        if names:
            ax.set_title(names[i], loc="center", fontsize=10)

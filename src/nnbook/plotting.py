"""Figures of the book: one style, and functions that draw the arrays they are given and compute nothing.

Each drawing function takes an Axes first and returns it. Colors are those of `LIGHT_TO_DARK`, so that
a page can exchange them for its dark twin. Series differ in dash or marker as well as in color.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from nnbook._checks import check_count, check_flag, check_kind, check_positive, check_several
from nnbook._drawable import (
    check_axes,
    check_bands,
    check_bundle,
    check_index,
    check_label,
    check_line,
    check_lines,
    check_named,
    check_span,
    check_summaries,
)
from nnbook.experiments.protocol import Summary

INK, MUTED, GRID, SHADE, WASH = "#1f2328", "#59636e", "#d1d9e0", "#dbeafe", "#fde8d7"
BLUE, ORANGE, GREEN, PURPLE, RED = "#0b63b0", "#b54a00", "#1a7f45", "#7c3fa8", "#b3123a"
LIGHT_TO_DARK = {
    INK: "#e6edf3",
    MUTED: "#9da7b3",
    GRID: "#3d444d",
    SHADE: "#17324f",
    WASH: "#4a2b12",
    BLUE: "#6cb6ff",
    ORANGE: "#f5a15d",
    GREEN: "#6bd38f",
    PURPLE: "#d2a8ff",
    RED: "#ff8aa0",
}
COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, MUTED)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)))
MARKERS = "osD^vP"
WIDTH = 5.0
BAR: dict[str, Any] = {"linewidth": 3, "solid_capstyle": "butt", "alpha": 0.55}
THIN: dict[str, Any] = {"linewidth": 0.8, "alpha": 0.6}

STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLORS),
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "font.size": 11,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "nnbook",
    "svg.fonttype": "path",
}


def figure(
    rows: int = 1, columns: int = 1, height: float = 3.2, **options: Any
) -> tuple[Figure, Any]:
    """A figure in the book's style, narrow enough to be read on a phone.

    Args:
        rows: panels from top to bottom.
        columns: panels side by side.
        height: of the whole, in inches; the width is always the same.
        options: passed to matplotlib's `subplots`.

    Returns:
        The figure, and one Axes or an array of them.
    """
    shape = check_count("rows", rows), check_count("columns", columns)
    size = WIDTH, check_positive("height", height)
    mpl.rcParams.update(STYLE)
    return plt.subplots(*shape, figsize=size, **options)


def curves(
    ax: Axes,
    x: ArrayLike | Mapping[str, ArrayLike],
    series: Mapping[str, ArrayLike],
    *,
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    marks: bool = False,
) -> Axes:
    """Lines by name, each with its own color and dash, a legend, and a shaded band for those that have one.

    Args:
        ax: where to draw.
        x: shared positions, or one array for each name.
        series: name -> values.
        bands: name -> (low, high).
        marks: draw a marker at each point.
    """
    lines = check_lines(x, series)
    edges, drawn_on = check_bands(bands, lines), check_axes(ax)
    check_flag("marks", marks)
    for i, (name, (at, y)) in enumerate(lines.items()):
        color, dash = COLORS[i % len(COLORS)], DASHES[i % len(DASHES)]
        marker = MARKERS[i % len(MARKERS)] if marks else ""
        style: dict[str, Any] = {"color": color, "linestyle": dash, "marker": marker}
        drawn_on.plot(at, y, markersize=4.5, label=name, **style)
        if name in edges:
            drawn_on.fill_between(at, *edges[name], color=color, alpha=0.18, linewidth=0)
    if len(series) > 1:
        drawn_on.legend(fontsize=10)
    return drawn_on


def ribbons(ax: Axes, x: ArrayLike, summaries: Mapping[str, Sequence[Summary]]) -> Axes:
    """Means over seeds as marked lines by name, with their intervals as bands."""
    positions = len(check_line("x", x))
    for name, row in check_named("summaries", summaries).items():
        for i, summary in enumerate(check_several(f"summaries[{name!r}]", row)):
            check_kind(f"summaries[{name!r}][{i}]", summary, Summary)
        check_line(f"summaries[{name!r}]", [s.mean for s in row], positions)
    means = {name: [s.mean for s in row] for name, row in summaries.items()}
    bands = {
        name: ([s.low for s in row], [s.high for s in row]) for name, row in summaries.items()
    }
    return curves(ax, x, means, bands=bands, marks=True)


def bundle(
    ax: Axes, x: ArrayLike, lines: Sequence[ArrayLike], name: str, index: int = 0
) -> Axes:
    """One thin line a seed, all in the color of `index`; a line may end before x does."""
    (at, ys), index = check_bundle(x, lines), check_index("index", index, len(COLORS))
    check_axes(ax), check_label("name", name)
    for i, y in enumerate(ys):
        style: dict[str, Any] = {"color": COLORS[index], "linestyle": DASHES[index], **THIN}
        ax.plot(at[: len(y)], y, label=name if i == 0 else None, **style)
    legend = ax.legend(fontsize=10)
    for handle in legend.get_lines():
        handle.set(linewidth=2, alpha=1)
    return ax


def intervals(
    ax: Axes, summaries: Mapping[str, Summary], *, expected: tuple[float, float] | None = None
) -> Axes:
    """One row for each name: the mean as a dot, the interval as a bar; `expected` shades a range."""
    check_summaries("summaries", summaries)
    if expected is not None:
        check_span("expected", expected)
    check_axes(ax)
    rows = range(len(summaries))
    for row, (name, s) in zip(rows, summaries.items(), strict=True):
        ax.plot([s.low, s.high], [row, row], color=BLUE, **BAR)
        ax.plot(s.mean, row, "o", color=BLUE, markersize=6, label=name)
    if expected:
        ax.axvspan(*expected, color=WASH, zorder=0)
    ax.set_yticks(list(rows), labels=list(summaries))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    return ax


def function_and_slope(
    ax: Axes, x: ArrayLike, y: ArrayLike, slope: ArrayLike, title: str
) -> Axes:
    """A function as a solid line and its slope as a dashed one, with the axes through the origin."""
    at = check_line("x", x)
    values, slopes = check_line("y", y, len(at)), check_line("slope", slope, len(at))
    check_axes(ax), check_kind("title", title, str)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.plot(at, values, color=BLUE, label="value")
    ax.plot(at, slopes, color=ORANGE, linestyle="--", label="slope")
    ax.set_title(title)
    return ax

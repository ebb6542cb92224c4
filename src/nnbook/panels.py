"""Walls of histograms, measurements on lines of theory, tables as colored cells, counts as divided bars."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from nnbook._areas import check_colors, check_parts, check_table, check_wall
from nnbook._checks import check_count, check_positive, refuse
from nnbook._drawable import check_axes, check_lines, check_range
from nnbook.plotting import BLUE, COLORS, DASHES, MARKERS

# Text on colored cells is the same in light and in dark: neither is a color that a page exchanges.
ON_LIGHT, ON_DARK = "#101418", "#fafcff"
# White, which a page exchanges for the color of its dark paper.
PAPER = "#ffffff"
HATCHES = ("", "//", "..", "xx", "\\\\")
BINS = 40


def histograms(axes: Any, rows: Mapping[str, Sequence[ArrayLike]], reach: float) -> None:
    """A wall of histograms: one row a name, one column a layer; each shows [-reach, reach].

    Heights are scaled plot by plot, so that shapes can be compared and counts cannot.

    Args:
        axes: an array of Axes, as many rows as names, as many columns as layers.
        rows: name -> the values of each layer.
        reach: half the width of each plot; what lies outside is left out.
    """
    wall, reach = check_wall(axes, rows), check_positive("reach", reach)
    for row, (name, layers) in enumerate(rows.items()):
        for i, (ax, values) in enumerate(zip(wall[row], layers, strict=True)):
            counts, edges = np.histogram(np.asarray(values), BINS, (-reach, reach))
            ax.stairs(counts, edges, fill=True, color=BLUE)
            ax.set(xlim=(-reach, reach), ylim=(0, 1.08 * max(counts.max(), 1)))
            ax.set_yticks([])
            ax.grid(visible=False)
            if i == 0:
                ax.set_ylabel(name, fontsize=9)
            if row == 0:
                ax.set_title(f"layer {i + 1}", loc="center", fontsize=9)
            ax.tick_params(labelsize=8)


def on_theory(
    ax: Axes,
    x: ArrayLike,
    measured: Mapping[str, ArrayLike],
    theory: Mapping[str, ArrayLike],
    *,
    every: int = 1,
) -> Axes:
    """Measurements as markers on the lines that theory expects, by name; log scale, no legend.

    Args:
        ax: where to draw.
        x: positions of both.
        measured: name -> values.
        theory: name -> values, of the same names in the same order.
        every: draw every such measurement.
    """
    found, expected, every = (
        check_lines(x, measured, "measured"),
        check_lines(x, theory, "theory"),
        check_count("every", every),
    )
    if list(measured) != list(theory):
        raise refuse("theory", f"for {', '.join(measured)}", ", ".join(theory))
    check_axes(ax)
    for i, (name, (at, values)) in enumerate(found.items()):
        color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
        dash = DASHES[i % len(DASHES)]
        ax.plot(*expected[name], color=color, linestyle=dash)
        ax.plot(at[::every], values[::every], marker, color=color, markersize=5)
        ax.plot([], [], color=color, linestyle=dash, marker=marker, markersize=5, label=name)
    ax.set_yscale("log")
    ax.yaxis.set_minor_formatter(NullFormatter())
    return ax


def heatmap(
    ax: Axes,
    table: ArrayLike,
    rows: Sequence[str | float],
    columns: Sequence[str | float],
    *,
    low: float,
    high: float,
) -> Axes:
    """A table of numbers as colored cells with the numbers in them; the first row is at the bottom.

    A cell that is nan stays empty.

    Args:
        ax: where to draw.
        table: numbers of shape (len(rows), len(columns)).
        rows: labels from bottom to top.
        columns: labels from left to right.
        low: the value of the darkest color.
        high: the value of the brightest.
    """
    values, down, along = check_table(table, rows, columns)
    (low, high), _ = check_range("low", low, "high", high), check_axes(ax)
    ax.pcolormesh(np.ma.masked_invalid(values), cmap="viridis", vmin=low, vmax=high)
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            bright = (value - low) / (high - low) > 0.6
            ax.text(
                j + 0.5,
                i + 0.5,
                f"{value:.0f}",
                ha="center",
                va="center",
                fontsize=8.5,
                color=ON_LIGHT if bright else ON_DARK,
            )
    ax.set_xticks(np.arange(len(along)) + 0.5, labels=along)
    ax.set_yticks(np.arange(len(down)) + 0.5, labels=down)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    return ax


def stacked(
    ax: Axes, rows: Mapping[str, Mapping[str, int]], *, colors: Sequence[str] = COLORS
) -> Axes:
    """A horizontal bar for each row, divided into counts; parts differ in hatch and color. A legend above.

    Args:
        ax: where to draw.
        rows: name -> part -> count, with the same parts in each; a part that no row has is left out.
        colors: one a part.
    """
    parts, tones = check_parts(rows), check_colors("colors", colors)
    check_axes(ax)
    names, left = list(rows), np.zeros(len(rows))
    for i, (part, counts) in enumerate(parts.items()):
        if not counts.any():
            continue
        color, hatch = tones[i % len(tones)], HATCHES[i % len(HATCHES)]
        style: dict[str, Any] = {"facecolor": color, "edgecolor": PAPER, "hatch": hatch}
        bars = ax.barh(names, counts, 0.72, left, label=part, **style)
        plain = {"facecolor": color, "edgecolor": "none", "pad": 1.5}
        texts = [str(n) if n else "" for n in counts]
        ax.bar_label(bars, texts, label_type="center", color=PAPER, bbox=plain, fontsize=9)
        left += counts
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9.5)
    return ax

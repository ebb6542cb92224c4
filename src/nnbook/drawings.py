"""Drawings in the plane: the model of a neuron, a data cloud and its units, a path of descent."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from nnbook.plotting import BLUE, COLORS, GRID, INK, MUTED, ORANGE, RED, SHADE


def neuron(ax: Axes) -> Axes:
    """The computational model of a neuron: inputs, weights, sum and activation function."""
    ax.set(xlim=(0, 10), ylim=(0, 5), aspect="equal")
    ax.axis("off")
    for i, y in enumerate((4.2, 2.5, 0.8)):
        ax.annotate(
            "",
            (4.6, 2.5 + 0.45 * (y - 2.5)),
            (1.2, y),
            arrowprops={"arrowstyle": "->", "color": MUTED},
        )
        ax.text(0.9, y, f"$x_{i}$", ha="right", va="center", color=BLUE, fontsize=13)
        ax.text(
            2.7,
            y + (0.28, 0.16, -0.2)[i],
            f"$w_{i} x_{i}$",
            ha="center",
            color=ORANGE,
            fontsize=11,
        )
    ax.add_patch(Circle((5.7, 2.5), 1.15, facecolor=SHADE, edgecolor=INK))
    ax.text(5.7, 2.5, r"$\sum_i w_i x_i + b$", ha="center", va="center", fontsize=10)
    ax.annotate("", (8.1, 2.5), (6.85, 2.5), arrowprops={"arrowstyle": "->", "color": MUTED})
    ax.text(7.45, 2.75, "$f$", ha="center", fontsize=13)
    ax.text(8.25, 2.5, r"$f\,(\sum_i w_i x_i + b)$", ha="left", va="center", fontsize=11)
    ax.set_xlim(0, 11.6)
    return ax


def data_cloud(
    ax: Axes, x: ArrayLike, lines: Sequence[tuple[ArrayLike, float, str]], reach: float
) -> Axes:
    """Points, and for each unit (weights, bias, name) the line w x + b = 0 with an arrow to its active side.

    Args:
        ax: where to draw.
        x: points of shape (N, 2).
        lines: the units.
        reach: the plot shows [-reach, reach] in both directions.
    """
    points = np.asarray(x)
    ax.scatter(points[:, 0], points[:, 1], s=7, color=INK, alpha=0.5, linewidths=0)
    for i, (weights, bias, name) in enumerate(lines):
        w = np.asarray(weights, dtype=float)
        normal = w / np.linalg.norm(w)
        foot = -bias * normal / np.linalg.norm(w)
        along = np.array([-normal[1], normal[0]])
        ends = np.stack([foot - 3 * reach * along, foot + 3 * reach * along])
        color = COLORS[(2, 4)[i] if len(lines) == 2 else i % len(COLORS)]
        ax.plot(*ends.T, color=color, linestyle=("-", "--")[i % 2], label=name)
        tip = foot + 0.22 * reach * normal
        ax.annotate(
            "", tip, foot, arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 1.8}
        )
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.grid(color=GRID)
    ax.legend(fontsize=10, loc="lower left")
    return ax


def quadrants(ax: Axes, center: tuple[float, float], reach: float) -> Axes:
    """Shade the two quadrants around a point that one-signed updates can enter."""
    x, y = center
    for sign in (1, -1):
        ax.fill_between(
            [x, x + sign * reach], y, y + sign * reach, color=SHADE, linewidth=0, zorder=0
        )
    return ax


def path(
    ax: Axes, points: ArrayLike, target: tuple[float, float], name: str, index: int = 0
) -> Axes:
    """A descent path with a dot at each step, from its start to the target, which is a star."""
    xy = np.asarray(points)
    color = COLORS[index]
    ax.plot(xy[:, 0], xy[:, 1], color=color, linewidth=1, marker=".", markersize=4, label=name)
    ax.plot(*target, marker="*", color=RED, markersize=13, linestyle="none")
    ax.set_aspect("equal")
    return ax

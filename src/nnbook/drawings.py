"""Drawings in the plane: a neuron, a data cloud and its units, a path of descent, and what a norm does."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle
from numpy.typing import ArrayLike

from nnbook._checks import check_count, check_kind, check_positive, check_several
from nnbook._drawable import (
    check_axes,
    check_index,
    check_label,
    check_members,
    check_pair,
    check_points,
    check_unit,
)
from nnbook.plotting import BLUE, COLORS, GRID, INK, MUTED, ORANGE, RED, SHADE

ARROW = {"arrowstyle": "->", "color": MUTED}


def neuron(ax: Axes) -> Axes:
    """The computational model of a neuron: inputs, weights, sum and activation function."""
    check_axes(ax).set(xlim=(0, 10), ylim=(0, 5), aspect="equal")
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
    points, reach = check_points("x", x), check_positive("reach", reach)
    several = enumerate(check_several("lines", lines))
    units = [check_unit(f"lines[{i}]", line) for i, line in several]
    check_axes(ax)
    ax.scatter(points[:, 0], points[:, 1], s=7, color=INK, alpha=0.5, linewidths=0)
    for i, (w, bias, name) in enumerate(units):
        normal = w / np.linalg.norm(w)
        foot = -bias * normal / np.linalg.norm(w)
        along = np.array([-normal[1], normal[0]])
        ends = np.stack([foot - 3 * reach * along, foot + 3 * reach * along])
        color = COLORS[(2, 4)[i] if len(lines) == 2 else i % len(COLORS)]
        ax.plot(*ends.T, color=color, linestyle=("-", "--")[i % 2], label=name)
        tip = foot + 0.22 * reach * normal
        ax.annotate(
            "",
            tuple(tip),
            tuple(foot),
            arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 1.8},
        )
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.grid(color=GRID)
    ax.legend(fontsize=10, loc="lower left")
    return ax


def quadrants(ax: Axes, center: tuple[float, float], reach: float) -> Axes:
    """Shade the two quadrants around a point that one-signed updates can enter."""
    (x, y), reach = check_pair("center", center), check_positive("reach", reach)
    check_axes(ax)
    for sign in (1, -1):
        ax.fill_between(
            [x, x + sign * reach], y, y + sign * reach, color=SHADE, linewidth=0, zorder=0
        )
    return ax


def path(
    ax: Axes, points: ArrayLike, target: tuple[float, float], name: str, index: int = 0
) -> Axes:
    """A descent path with a dot at each step, from its start to the target, which is a star."""
    xy, target = check_points("points", points), check_pair("target", target)
    color = COLORS[check_index("index", index, len(COLORS))]
    check_axes(ax), check_label("name", name)
    ax.plot(xy[:, 0], xy[:, 1], color=color, linewidth=1, marker=".", markersize=4, label=name)
    ax.plot(*target, marker="*", color=RED, markersize=13, linestyle="none")
    ax.set_aspect("equal")
    return ax


def batch_norm(ax: Axes, rows: int = 5, columns: int = 4, feature: int = 2) -> Axes:
    """Batch norm: one feature of a batch, its mean and variance, and the two steps to y."""
    rows, columns = check_count("rows", rows), check_count("columns", columns)
    x = check_index("feature", feature, columns) + 0.5
    check_axes(ax).set(xlim=(-1.2, 14.6), ylim=(-2.5, 6.2), aspect="equal")
    ax.axis("off")
    for row in range(rows):
        for column in range(columns):
            face = SHADE if column == feature else "none"
            ax.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor=MUTED))
    ax.text(-0.3, rows / 2, "$N$ examples", rotation=90, ha="right", va="center")
    ax.text(columns / 2, rows + 0.25, "$D$ features", ha="center")
    ax.text(x, rows / 2, "$x_{ij}$", ha="center", va="center", color=BLUE)
    ax.text(x, -1.7, r"$\mu_j,\ \sigma_j^2$", ha="center", color=ORANGE, fontsize=13)
    source = "training: of this batch\ntest: running averages"
    ax.text(5.0, -1.6, source, va="center", color=MUTED, fontsize=10)
    normalized = r"$\hat x_{ij} = \dfrac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}}$"
    _step(ax, 7.1, 4.2, normalized, "normalize")
    _step(ax, 12.4, 3.9, r"$y_{ij} = \gamma_j \hat x_{ij} + \beta_j$", "scale and shift")
    ways = ((x, -0.05, x, -0.95), (columns + 0.1, 2.5, 4.95, 2.5), (9.25, 2.5, 10.4, 2.5))
    for x_start, y_start, x_end, y_end in (*ways, (x + 1.3, -1.3, 6.8, 0.95)):
        ax.annotate("", (x_end, y_end), (x_start, y_start), arrowprops=ARROW)
    return ax


def _step(ax: Axes, x: float, width: float, formula: str, name: str) -> None:
    """A box with a formula, its middle at x, and its name above."""
    corner = (x - width / 2 + 0.15, 1.2)
    box = FancyBboxPatch(corner, width - 0.3, 2.6, boxstyle="round,pad=0.15")
    box.set(facecolor="none", edgecolor=INK)
    ax.add_patch(box)
    ax.text(x, 2.5, formula, ha="center", va="center", fontsize=11)
    ax.text(x, 4.3, name, ha="center", color=MUTED)


def cube(ax: Axes, members: ArrayLike, title: str) -> Axes:
    """An array of shape (N, C, pixels) as a block of cells; those of `members` are filled.

    Its front shows example 0, its right side the last channel, its top the first pixel.
    """
    inside = check_members("members", members)
    check_axes(ax).set(aspect="equal", title=check_kind("title", title, str))
    examples, channels, pixels = inside.shape
    away = np.array([0.55, 0.45])  # where the axis of examples points

    def cell(corner: tuple[float, float], u: ArrayLike, v: ArrayLike, filled: bool) -> None:
        at, u, v = np.asarray(corner, dtype=float), np.asarray(u), np.asarray(v)
        face = BLUE if filled else "none"
        corners = np.stack([at, at + u, at + u + v, at + v])
        ax.add_patch(Polygon(corners, facecolor=face, edgecolor=MUTED, linewidth=0.7))

    right, up = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    for c in range(channels):
        for p in range(pixels):
            cell((c, pixels - 1 - p), right, up, inside[0, c, p])
        for n in range(examples):
            cell(tuple(c * right + pixels * up + n * away), right, away, inside[n, c, 0])
    for n in range(examples):
        for p in range(pixels):
            corner = channels * right + (pixels - 1 - p) * up + n * away
            cell(tuple(corner), up, away, inside[n, -1, p])
    end = examples * away
    ax.text(channels / 2, -0.25, "channels", ha="center", va="top", fontsize=9)
    ax.text(-0.3, pixels / 2, "pixels", rotation=90, ha="right", va="center", fontsize=9)
    x, y = channels * right + end / 2
    ax.text(x + 0.25, y - 0.2, "examples", rotation=39, fontsize=9, va="top")
    ax.set(xlim=(-1.3, channels + end[0] + 0.4), ylim=(-1.2, pixels + end[1] + 0.3))
    ax.axis("off")
    return ax

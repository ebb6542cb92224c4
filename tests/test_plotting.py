"""The book's figures: what each function draws, colors with dark twins, contrast, refusals."""

import io
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from nnbook import plotting
from nnbook.experiments.protocol import Summary
from nnbook.plotting import COLORS, LIGHT_TO_DARK

X = np.linspace(-1, 1, 5)
SUMMARIES = {"one": Summary(1.0, 0.5, 1.5, 10), "two": Summary(2.0, 1.0, 3.0, 10)}


def luminance(color):
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


# --- style ----------------------------------------------------------------------------------------


def test_a_figure_has_the_width_of_the_page_and_the_panels_asked_for():
    fig, axes = plotting.figure(2, 3, height=4.0, sharex=True)
    assert tuple(fig.get_size_inches()) == (plotting.WIDTH, 4.0)
    assert axes.shape == (2, 3)
    plt.close(fig)
    fig, axes = plotting.figure()
    assert isinstance(axes, Axes)
    plt.close(fig)


def test_every_color_has_a_dark_twin_of_its_own():
    assert set(COLORS) <= set(LIGHT_TO_DARK)
    assert len(set(COLORS)) == len(COLORS) == len(plotting.DASHES) == len(plotting.MARKERS)
    assert len(set(LIGHT_TO_DARK.values())) == len(LIGHT_TO_DARK)
    assert set(LIGHT_TO_DARK).isdisjoint(LIGHT_TO_DARK.values())


@pytest.mark.parametrize("color", [plotting.INK, *COLORS])
def test_text_and_lines_can_be_told_from_either_background(color):
    assert contrast(color, "#ffffff") >= 4.5
    assert contrast(LIGHT_TO_DARK[color], "#121212") >= 4.5


def test_what_is_drawn_uses_only_colors_that_have_twins(ax):
    plotting.curves(ax, X, {f"{i}": X + i for i in range(6)}, bands={"0": (X - 1, X + 1)})
    plotting.function_and_slope(ax, X, X, X, "f")
    svg = io.StringIO()
    ax.figure.savefig(svg, format="svg")
    used = set(re.findall(r"#[0-9a-f]{6}\b", svg.getvalue()))
    assert used <= {to_hex(c) for c in LIGHT_TO_DARK}
    assert {to_hex(c) for c in COLORS} <= used


def test_equal_figures_give_equal_files():
    files = []
    for _ in range(2):
        fig, ax = plotting.figure()
        plotting.curves(ax, X, {"a": X, "b": -X}, bands={"a": (X - 1, X + 1)})
        files.append(io.StringIO())
        fig.savefig(files[-1], format="svg", metadata={"Date": None})
        plt.close(fig)
    assert files[0].getvalue() == files[1].getvalue()


def test_importing_it_leaves_the_style_of_others_alone():
    code = (
        "import matplotlib as m; before = dict(m.rcParams); import nnbook.plotting;"
        "print(before == dict(m.rcParams))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"


# --- drawings of data -----------------------------------------------------------------------------


def test_curves_differ_in_color_and_dash_and_are_named(ax):
    series = {f"line {i}": X + i for i in range(6)}
    assert plotting.curves(ax, X, series) is ax
    assert [line.get_label() for line in ax.lines] == list(series)
    assert len({line.get_color() for line in ax.lines}) == 6
    assert len({str(line._dash_pattern) for line in ax.lines}) == 6
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(series)
    for line, y in zip(ax.lines, series.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), y)
        np.testing.assert_array_equal(line.get_xdata(), X)


def test_curves_may_have_positions_of_their_own_bands_and_markers(ax):
    series = {"a": X, "b": X[:3]}
    positions = {"a": 2 * X, "b": X[:3] + 7}
    plotting.curves(ax, positions, series, bands={"b": (X[:3] - 1, X[:3] + 2)}, marks=True)
    for line, name in zip(ax.lines, series, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), positions[name])
    assert len({line.get_marker() for line in ax.lines}) == 2
    (band,) = ax.collections
    box = band.get_paths()[0].get_extents()
    assert (box.x0, box.x1) == (X[0] + 7, X[2] + 7)
    assert (box.y0, box.y1) == (X[0] - 1, X[2] + 2)
    assert to_hex(band.get_facecolor()[0]) == ax.lines[1].get_color()


def test_one_curve_needs_no_legend(ax):
    assert plotting.curves(ax, X, {"a": X}).get_legend() is None


def test_ribbons_are_means_with_their_intervals(ax):
    assert plotting.ribbons(ax, [0, 1], {"a": list(SUMMARIES.values())}) is ax
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xydata(), [[0, 1.0], [1, 2.0]])
    assert line.get_marker() in plotting.MARKERS
    (band,) = ax.collections
    corners = {tuple(point) for point in band.get_paths()[0].vertices}
    assert corners == {(0, 0.5), (0, 1.5), (1, 1.0), (1, 3.0)}


def test_a_bundle_is_a_line_a_seed_under_one_name(ax):
    assert plotting.bundle(ax, X, [X, X[:3], 2 * X], "seeds", index=1) is ax
    assert [len(line.get_xdata()) for line in ax.lines] == [5, 3, 5]
    assert {line.get_color() for line in ax.lines} == {COLORS[1]}
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["seeds"]
    plotting.bundle(ax, X, [X], "others", index=2)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["seeds", "others"]


def test_intervals_are_a_bar_and_a_dot_a_row_from_the_top(ax):
    assert plotting.intervals(ax, SUMMARIES, expected=(0.8, 1.2)) is ax
    bars, dots = ax.lines[::2], ax.lines[1::2]
    assert [list(bar.get_xdata()) for bar in bars] == [[0.5, 1.5], [1.0, 3.0]]
    assert [dot.get_xdata()[0] for dot in dots] == [1.0, 2.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()
    (shade,) = ax.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == pytest.approx((0.8, 1.2))


def test_intervals_need_a_row(ax):
    with pytest.raises(ValueError, match=r"^summaries must be one or more rows, got none$"):
        plotting.intervals(ax, {})


def test_a_function_and_its_slope_are_told_apart_without_color(ax):
    assert plotting.function_and_slope(ax, X, X**2, 2 * X, "square") is ax
    value, slope = (line for line in ax.lines if line.get_label() in ("value", "slope"))
    np.testing.assert_array_equal(value.get_ydata(), X**2)
    np.testing.assert_array_equal(slope.get_ydata(), 2 * X)
    assert value.get_linestyle() != slope.get_linestyle()
    assert ax.get_title(loc="left") == "square"

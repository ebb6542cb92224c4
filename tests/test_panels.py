"""Walls of histograms and colored tables: what they show, and that bad shapes are refused."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnbook import panels, plotting

ROWS = {"first": [[0.1, 0.1, -5.0], [0.9]], "second": [[-0.4], [0.2, 0.3]]}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_wall_has_a_row_for_each_name_and_a_column_for_each_layer():
    _, axes = plotting.figure(2, 2)
    panels.histograms(axes, ROWS, reach=1.0)
    assert [ax.get_title(loc="center") for ax in axes[0]] == ["layer 1", "layer 2"]
    assert [line[0].get_ylabel() for line in axes] == ["first", "second"]
    assert axes[1, 1].get_ylabel() == axes[1, 1].get_title(loc="center") == ""
    assert all(ax.get_xlim() == (-1, 1) for ax in axes.flat)


def test_histograms_count_what_lies_within_reach():
    _, axes = plotting.figure(2, 2)
    panels.histograms(axes, ROWS, reach=1.0)
    counts, edges, _ = axes[0, 0].patches[0].get_data()
    assert counts.sum() == 2
    assert edges[counts.argmax()] <= 0.1 < edges[counts.argmax() + 1]


def test_one_row_is_a_wall_too_and_empty_plots_have_a_height():
    _, axes = plotting.figure(1, 2)
    panels.histograms(axes, {"far": [[9.0], [0.0]]}, reach=1.0)
    assert axes[0].get_ylim()[1] > 1


def test_a_wall_refuses_the_wrong_number_of_axes():
    _, axes = plotting.figure(2, 3)
    with pytest.raises(
        ValueError, match=r"^axes must be one for each of 2 rows .* got \(2, 3\)$"
    ):
        panels.histograms(axes, ROWS, reach=1.0)


def test_measurements_are_markers_on_lines_of_theory():
    _, ax = plotting.figure()
    x, theory = [1, 2, 3, 4], {"a": [1, 2, 3, 4], "b": [4, 3, 2, 1]}
    measured = {name: np.multiply(1.1, row) for name, row in theory.items()}
    assert panels.on_theory(ax, x, measured, theory, every=2) is ax
    line, points, key = ax.get_lines()[:3]
    assert (line.get_linestyle(), line.get_marker()) == ("-", "None")
    assert (points.get_linestyle(), points.get_marker()) == ("None", "o")
    assert line.get_color() == points.get_color() == key.get_color()
    np.testing.assert_allclose(line.get_ydata(), [1, 2, 3, 4])
    np.testing.assert_allclose(points.get_xydata(), [[1, 1.1], [3, 3.3]])
    assert ax.get_legend_handles_labels()[1] == ["a", "b"]
    assert ax.get_yscale() == "log"


def test_theory_and_measurement_must_be_of_the_same_things():
    _, ax = plotting.figure()
    with pytest.raises(ValueError, match=r"^theory must be for a, b, got b$"):
        panels.on_theory(ax, [1], {"a": [1], "b": [1]}, {"b": [1]})


def test_cells_show_their_numbers_and_those_that_are_none_stay_empty():
    _, ax = plotting.figure()
    table = [[10.0, 95.4], [np.nan, 50.0]]
    assert panels.heatmap(ax, table, ["low", "high"], ["a", "b"], low=10, high=100) is ax
    shown = {t.get_text(): t for t in ax.texts}
    assert list(shown) == ["10", "95", "50"]
    assert shown["95"].get_position() == (1.5, 0.5)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["low", "high"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b"]
    cells = ax.collections[0].get_array()
    assert cells.mask.tolist() == [[False, False], [True, False]]


def test_numbers_are_dark_on_bright_cells_and_bright_on_dark_ones_in_both_themes():
    _, ax = plotting.figure()
    panels.heatmap(ax, [[10.0, 95.0]], ["row"], [0.001, 1.0], low=10, high=100)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0.001", "1"]
    assert [t.get_color() for t in ax.texts] == [panels.ON_DARK, panels.ON_LIGHT]
    exchanged = {to_hex(color) for color in plotting.LIGHT_TO_DARK}
    assert exchanged.isdisjoint({panels.ON_DARK, panels.ON_LIGHT})


def test_a_heatmap_refuses_labels_that_do_not_fit():
    _, ax = plotting.figure()
    with pytest.raises(
        ValueError, match=r"^table must be of shape \(2, 1\), got shape \(1, 2\)$"
    ):
        panels.heatmap(ax, [[1.0, 2.0]], ["a", "b"], ["c"], low=0, high=1)


COUNTS = {"one": {"good": 3, "odd": 0, "bad": 2}, "two": {"good": 1, "odd": 0, "bad": 4}}


def test_stacked_bars_stand_end_to_end_with_their_numbers():
    _, ax = plotting.figure()
    colors = ["#111111", "#222222", "#333333"]
    assert panels.stacked(ax, COUNTS, colors=colors) is ax
    good, bad = ax.containers
    assert [bar.get_width() for bar in good] == [3, 1]
    assert [bar.get_x() for bar in bad] == [3, 1]
    assert {to_hex(bar.get_facecolor()) for bar in bad} == {"#333333"}
    assert good[0].get_hatch() != bad[0].get_hatch()
    assert [text.get_text() for text in ax.texts] == ["3", "1", "2", "4"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["good", "bad"]
    assert ax.yaxis_inverted()


def test_stacked_bars_show_no_zeros_and_refuse_no_rows():
    _, ax = plotting.figure()
    panels.stacked(ax, {"one": {"a": 0, "b": 1}, "two": {"a": 2, "b": 0}})
    assert [text.get_text() for text in ax.texts] == ["", "2", "1", ""]
    with pytest.raises(ValueError, match=r"^rows must be one or more rows, got none$"):
        panels.stacked(ax, {})

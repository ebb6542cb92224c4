"""The pictures of data: what they show, and that they use the book's colors."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import OF_THE_BOOK, colors_in

from nnbook import pictures, plotting

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0]])


def test_a_cloud_shows_its_points_and_marks_some(ax):
    assert pictures.cloud(ax, POINTS, marked=[2, 0], reach=3) is ax
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), POINTS)
    marks = [line for line in ax.lines if line.get_marker() in plotting.MARKERS]
    assert [tuple(m.get_xydata()[0]) for m in marks] == [(-1.0, 2.0), (0.0, 0.0)]
    assert len({(m.get_color(), m.get_marker()) for m in marks}) == 2
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) == ((-3, 3), (-3, 3), 1)
    assert colors_in(ax) <= OF_THE_BOOK


def test_classes_differ_in_color_and_marker(ax):
    assert pictures.classes(ax, POINTS, [1, 0, 1]) is ax
    first, second = ax.collections
    np.testing.assert_array_equal(first.get_offsets(), POINTS[[1]])
    np.testing.assert_array_equal(second.get_offsets(), POINTS[[0, 2]])
    assert (first.get_facecolor()[0][:3] != second.get_facecolor()[0][:3]).any()
    assert len(first.get_paths()[0].vertices) != len(second.get_paths()[0].vertices)
    assert colors_in(ax) <= OF_THE_BOOK


@pytest.mark.parametrize(("weights", "bias"), [((1.0, 0.0), -1.0), ((1.0, -2.0), 3.0)])
def test_a_separator_is_where_the_unit_is_zero(ax, weights, bias):
    assert pictures.separator(ax, weights, bias, "before", "--") is ax
    line = ax.lines[0]
    for point in (line.get_xy1(), line.get_xy2()):
        assert np.dot(weights, point) + bias == pytest.approx(0)
    assert (line.get_label(), line.get_linestyle()) == ("before", "--")


def test_images_are_shown_as_they_are():
    _, axes = plotting.figure(1, 2)
    gray, colored = np.arange(4.0).reshape(2, 2), np.full((2, 2, 3), 0.5)
    pictures.images(axes, [gray, colored], ["gray", "colored"], low=0, high=5)
    np.testing.assert_array_equal(axes[0].images[0].get_array(), gray)
    assert axes[0].images[0].get_clim() == (0, 5)
    assert axes[1].images[0].get_array().shape == (2, 2, 3)
    assert [ax.get_title(loc="center") for ax in axes] == ["gray", "colored"]
    plt.close("all")


def test_zero_is_the_middle_of_signed_images():
    _, axes = plotting.figure(1, 2)
    pictures.images(axes, [np.array([[-1.0, 4.0]]), np.array([[-3.0, 0.5]])], signed=True)
    assert [ax.images[0].get_clim() for ax in axes] == [(-4, 4), (-3, 3)]
    plt.close("all")


@pytest.mark.parametrize(("count", "titles"), [(1, ()), (2, ("one",))])
def test_images_without_a_place_or_a_title_are_refused(count, titles):
    _, axes = plotting.figure(1, 2)
    with pytest.raises(ValueError, match=r"^pictures must be as many as axes \(2\) and titles"):
        pictures.images(axes, [np.ones((2, 2))] * count, titles)
    plt.close("all")

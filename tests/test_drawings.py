"""The drawings: what they show, and that they use the book's colors."""

import numpy as np
import pytest
from drawn import OF_THE_BOOK, colors_in
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Rectangle

from nnbook import drawings, plotting

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0]])
LINES = [
    ((1.0, 0.0), -1.0, "vertical"),
    ((0.0, 2.0), 2.0, "horizontal"),
    ((1.0, 1.0), 0.0, "both"),
]


def test_the_neuron_shows_inputs_weights_sum_and_function(ax):
    assert drawings.neuron(ax) is ax
    texts = [t.get_text() for t in ax.texts]
    for i in range(3):
        assert f"$x_{i}$" in texts
        assert f"$w_{i} x_{i}$" in texts
    assert r"$\sum_i w_i x_i + b$" in texts
    assert "$f$" in texts
    assert sum(isinstance(patch, Circle) for patch in ax.patches) == 1
    assert colors_in(ax) <= OF_THE_BOOK


def test_the_cloud_shows_its_points(ax):
    assert drawings.data_cloud(ax, POINTS, LINES, reach=3) is ax
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), POINTS)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-3, 3))
    # Points in pixels would keep their light color on a dark page.
    assert not ax.collections[0].get_rasterized()


def test_each_unit_is_the_line_on_which_it_is_zero(ax):
    drawings.data_cloud(ax, POINTS, LINES, reach=3)
    assert [line.get_label() for line in ax.lines] == ["vertical", "horizontal", "both"]
    for line, (weights, bias, _) in zip(ax.lines, LINES, strict=True):
        ends = line.get_xydata()
        np.testing.assert_allclose(ends @ weights + bias, 0, atol=1e-12)
        assert np.linalg.norm(ends[1] - ends[0]) > 2 * np.hypot(
            3, 3
        )  # it crosses the whole plot


def test_each_arrow_points_to_the_active_side(ax):
    drawings.data_cloud(ax, POINTS, LINES, reach=3)
    arrows = [t for t in ax.texts if t.get_text() == ""]
    for arrow, (weights, bias, _) in zip(arrows, LINES, strict=True):
        tip, foot = np.array(arrow.xy), np.array(arrow.xyann)
        assert tip @ weights + bias > 0
        np.testing.assert_allclose(foot @ weights + bias, 0, atol=1e-12)


@pytest.mark.parametrize("units", [1, 2, 3])
def test_units_are_told_apart(ax, units):
    drawings.data_cloud(ax, POINTS, LINES[:units], reach=3)
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == units
    assert colors_in(ax) <= OF_THE_BOOK
    assert len(ax.get_legend().get_texts()) == units


def test_quadrants_are_the_two_that_one_signed_steps_can_enter(ax):
    assert drawings.quadrants(ax, (1.0, -1.0), 2.0) is ax
    boxes = [c.get_paths()[0].get_extents() for c in ax.collections]
    corners = [(b.x0, b.y0, b.x1, b.y1) for b in boxes]
    assert corners == [(1.0, -1.0, 3.0, 1.0), (-1.0, -3.0, 1.0, -1.0)]


def test_a_path_is_its_points_and_a_star_at_the_target(ax):
    points = np.array([[0.0, 0.0], [1.0, 0.5], [1.0, -1.0]])
    assert drawings.path(ax, points, (1.0, -1.0), "descent", index=2) is ax
    line, star = ax.lines
    np.testing.assert_array_equal(line.get_xydata(), points)
    assert (line.get_label(), line.get_color()) == ("descent", plotting.COLORS[2])
    assert (star.get_marker(), list(star.get_xydata()[0])) == ("*", [1.0, -1.0])
    assert ax.get_aspect() == 1


def test_batch_norm_shows_a_batch_and_one_of_its_features(ax):
    assert drawings.batch_norm(ax, rows=5, columns=4, feature=1) is ax
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    shaded = [cell for cell in cells if to_hex(cell.get_facecolor()) == plotting.SHADE]
    assert len(cells) == 20
    assert {cell.get_x() for cell in shaded} == {1}
    assert len(shaded) == 5
    texts = " ".join(t.get_text() for t in ax.texts)
    for symbol in (r"\mu_j", r"\sigma_j^2", r"\gamma_j", r"\beta_j", r"\epsilon"):
        assert symbol in texts
    assert colors_in(ax) <= OF_THE_BOOK


@pytest.mark.parametrize(
    ("where", "filled"),
    [
        (np.s_[:, -1], 2 + 3 + 3 * 2),  # of the front, of the top, and the whole side
        (np.s_[0], 4 * 2 + 4 + 2),
        (np.s_[1:, :-1, 1:], 0),  # inside: no face shows it
    ],
)
def test_a_cube_fills_the_cells_of_its_members_on_the_three_faces(ax, where, filled):
    members = np.zeros((3, 4, 2), dtype=bool)
    members[where] = True
    assert drawings.cube(ax, members, "a norm") is ax
    faces = [to_hex(patch.get_facecolor(), keep_alpha=True) for patch in ax.patches]
    assert len(faces) == 4 * 2 + 4 * 3 + 3 * 2
    assert sum(face == f"{plotting.BLUE}ff" for face in faces) == filled
    assert ax.get_title(loc="left") == "a norm"
    assert colors_in(ax) <= OF_THE_BOOK

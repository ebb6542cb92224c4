"""Building blocks of the experiments on hyperparameter optimization, on cases with known answers."""

import re
from pathlib import Path

import numpy as np
import pytest
from cluster import cluster  # noqa: F401
from scipy.stats import binom

from nnbook.experiments.hyperparameters import (
    choosing,
    plans,
    recipe,
    searching,
    surface,
    zooming,
)
from nnbook.search import random_search
from nnbook.spaces import log_uniform

CHAPTER = Path(__file__).parents[2] / "book" / "dynamics" / "hyperparameters.md"


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- plans ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", plans.PLANS.values(), ids=plans.PLANS)
def test_a_plan_lies_in_the_square_and_covers_it_alike(plan):
    points = plan(9, 4000, rng=fresh())
    assert points.shape == (4000, 9, 2)
    assert ((points >= 0) & (points < 1)).all()
    counts = np.histogram2d(*points.reshape(-1, 2).T, bins=3, range=[(0, 1)] * 2)[0]
    np.testing.assert_allclose(counts, 4000, rtol=0.06)


@pytest.mark.parametrize(("plan", "values"), [("grid", 3), ("random", 9), ("lattice", 9)])
def test_a_grid_tries_three_values_on_an_axis_where_the_others_try_nine(plan, values):
    points = plans.PLANS[plan](9, 5, rng=fresh())
    for axis in (0, 1):
        tried = [len(np.unique(search[:, axis].round(12))) for search in points]
        assert tried == [values] * 5


def test_a_grid_of_no_square_number_is_refused():
    with pytest.raises(ValueError, match=r"^n must be a square number, got 10$"):
        plans.grid_points(10, 1, rng=fresh())


def test_a_grid_has_equal_gaps_and_one_shift_for_all():
    (points,) = plans.grid_points(16, 1, rng=fresh())
    np.testing.assert_allclose(np.diff(np.unique(points[:, 0].round(12))), 0.25)
    shifts = (points * 4) % 1
    np.testing.assert_allclose(shifts - shifts[0], 0, atol=1e-12)


def test_ridge_and_bump_are_distances_from_the_middle():
    points = np.array([[0.5, 0.9], [0.2, 0.5], [0.2, 0.1]])
    np.testing.assert_allclose(plans.ridge(points), [0, -0.09, -0.09])
    np.testing.assert_allclose(plans.bump(points), [-0.16, -0.09, -0.25])


@pytest.mark.parametrize("plan", ["grid", "random"])
@pytest.mark.parametrize("function", [plans.ridge, plans.bump], ids=["ridge", "bump"])
@pytest.mark.parametrize("n", [9, 25])
def test_searches_lack_what_is_foretold(plan, function, n):
    best = function(plans.PLANS[plan](n, 40_000, rng=fresh())).max(axis=1)
    assert -best.mean() == pytest.approx(plans.foretold(plan, function.__name__, n), rel=0.03)


# --- surface --------------------------------------------------------------------------------------


def test_a_surface_has_its_table_at_its_corners_and_is_linear_in_between():
    table = np.array([[0.0, 1.0, 4.0], [10.0, 11.0, 14.0]])
    value = surface.interpolated(table)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    np.testing.assert_allclose(value(corners), [0, 4, 10, 14])
    np.testing.assert_allclose(value(np.array([[0.5, 0.25], [0.1, 0.75]])), [5.5, 3.5])
    assert value(np.zeros((4, 5, 2))).shape == (4, 5)


def test_a_good_setting_learns_and_bad_ones_do_not():
    good, small = surface.validated(0, 0.05, 1e-4), surface.validated(0, 1e-6, 1e-4)
    with np.errstate(over="ignore", invalid="ignore"):
        large = surface.validated(0, 10.0, 1e-5)
    assert good > 90
    assert max(small, large) < 30


# --- searching ------------------------------------------------------------------------------------


def test_a_plan_that_finds_the_best_lacks_nothing():
    left = searching.left_over(lambda points: np.ones(points.shape[:-1]), 1.0, fresh())
    assert left == {plan: [0.0] * len(searching.COUNTS) for plan in plans.PLANS}


def test_an_axis_on_the_linear_scale():
    points = np.array([[0.5, 0.25], [1.0, 0.0]])
    moved = searching.on_linear_scale(points, 0, (1e-4, 1.0))
    middle = np.log(0.50005 / 1e-4) / np.log(1e4)
    np.testing.assert_allclose(moved, [[middle, 0.25], [1, 0]])
    assert points[0, 0] == 0.5


def test_logs_gain_where_the_small_values_are_good():
    gains = searching.gains_of_logs(lambda points: -points[..., 0], fresh())
    assert gains["gain_lr_9"] > 0.5
    assert gains["gain_decay_9"] == pytest.approx(0, abs=1e-12)
    gains = searching.gains_of_logs(lambda points: -points[..., 1], fresh())
    assert gains["gain_decay_60"] > 0.5


def test_within_a_decade_the_best_draw_is_inside_it():
    seen = []

    def flat(points):
        seen.append(points[..., 0])
        return np.zeros(points.shape[:-1])

    assert searching.gain_in_decade(flat, 0.1, fresh()) == 0
    for places in seen:
        rates = 1e-6 * 1e7**places
        assert 0.03 < rates.min() < 0.05 < 0.25 < rates.max() < 0.32


def test_hits_follow_the_formula():
    top = searching.top_value(plans.bump, fresh())
    found = searching.hits(plans.bump, top, fresh(1))
    n = np.arange(1, searching.TRIALS + 1)
    np.testing.assert_allclose(found, 100 * (1 - 0.95**n), atol=2)


# --- zooming --------------------------------------------------------------------------------------


def test_the_second_half_lies_around_the_best_of_the_first():
    points = fresh().random((50, 10, 2))
    moved = zooming.zoomed(points, plans.bump, 0.2)
    np.testing.assert_array_equal(moved[:, :5], points[:, :5])
    best = zooming.chosen(points[:, :5], plans.bump)
    np.testing.assert_array_equal(plans.bump(best)[:, 0], plans.bump(points[:, :5]).max(axis=1))
    assert (np.abs(moved[:, 5:] - best) <= 0.2).all()
    assert ((moved >= 0) & (moved <= 1)).all()
    steps, before = np.diff(moved[:, 5:], axis=1), np.diff(points[:, 5:], axis=1)
    np.testing.assert_allclose(steps, 0.2 * before)


def test_a_square_at_the_border_stays_inside():
    points = np.array([[[0.02, 0.9], [0.5, 0.5]]])
    (moved,) = zooming.zoomed(points, plans.ridge, 0.5)
    np.testing.assert_allclose(moved[1], [0.25, 0.75])


def test_zooming_gains_on_a_hill_and_loses_nothing_on_a_plain():
    places = np.linspace(-1, 1, 11) ** 2
    hill = [-(places[:, None] + places)] * 2
    there_is = 4 * plans.foretold("random", "bump", 20)  # sides of 2, not of 1
    assert all(0.3 * there_is < gain < there_is for gain in zooming.gains(hill, 20, 0.4))
    assert zooming.gains([np.zeros((3, 3))] * 2, 20, 0.4) == [0.0, 0.0]


# --- choosing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [1, 3, 100])
def test_the_expected_best_is_that_of_its_distribution(m):
    k = np.arange(0, 21)
    below = binom.cdf(k, 20, 0.7) ** m
    mean = (k * np.diff(below, prepend=0)).sum() / 20
    assert choosing.expected_best(m, images=20, true=0.7) == pytest.approx(mean)


def test_simulated_flattery_is_what_is_expected():
    for key, points in choosing.simulated(0).items():
        m = int(key.split("_")[1])
        expected = 100 * (choosing.expected_best(m) - choosing.TRUE)
        assert points == pytest.approx(expected, abs=0.15)


def test_the_best_of_all_is_the_best_and_of_one_is_the_mean():
    judged, tested = np.array([1.0, 5.0, 3.0]), np.array([10.0, 20.0, 60.0])
    seen, true = choosing.best_of(judged, tested, (1, 3), fresh())
    np.testing.assert_allclose(seen, [3, 5], atol=0.4)
    np.testing.assert_allclose(true, [30, 20], atol=4)
    assert (seen[1], true[1]) == (5, 20)


def test_equals_are_chosen_alike():
    _, true = choosing.best_of(np.zeros(2), np.array([0.0, 1.0]), (2,), fresh())
    assert true[0] == pytest.approx(0.5, abs=0.1)


# --- recipe ---------------------------------------------------------------------------------------


def test_the_three_parts_share_no_example():
    data = recipe.parts()
    assert (len(data.x), len(data.x_val), len(data.x_test)) == (600, 400, 797)
    rows = [tuple(row) for part in (data.x, data.x_val, data.x_test) for row in part.tolist()]
    assert len(set(rows)) == 1797


def test_the_score_is_the_last_validation_accuracy():
    net, history = recipe.trained(3, 0.05, budget=2)
    data = recipe.parts()
    assert (len(history.losses), len(history.trained)) == (38, 2)
    assert history.trained[-1] == recipe.percent(net, data.x, data.y)
    assert recipe.score(3, 0.05, budget=2) == history.validated[-1] > 80


def test_a_run_that_diverges_ends_early_and_scores_nothing():
    assert recipe.score(0, 1e5, budget=9) <= 15


def test_the_lines_for_a_cluster_run_and_find_what_one_process_finds(cluster):  # noqa: F811
    (lines,) = re.findall(r"```python\n(cluster = [^`]*)```", CHAPTER.read_text("utf-8"))
    space = {"lr": log_uniform(1e-3, 1.0), "weight_decay": log_uniform(1e-5, 0.1)}
    names = {"random_search": random_search, "score": recipe.score, "space": space, "np": np}
    exec(lines.replace("tcp://10.0.0.1:8786", cluster).replace("60", "4"), names)
    here = random_search(recipe.score, space, 4, rng=fresh(), jobs=1)
    assert names["table"] == here

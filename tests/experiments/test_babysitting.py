"""Building blocks of the experiments on babysitting, on cases with known answers."""

import numpy as np
import pytest

from nnbook.diagnostics import activations_by_layer, dead_fraction
from nnbook.experiments.babysitting import by_heart, courses, initial, ratios, ward
from nnbook.experiments.babysitting.patients import KINDS, healthy
from nnbook.gradcheck import check_loss
from nnbook.training import loss_and_grads

RATE = 0.003


# --- initial losses -------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_equal_scores_have_the_losses_of_chance(classes):
    assert initial.expected_softmax(0.0, classes) == pytest.approx(np.log(classes))
    assert initial.expected_hinge(0.0, classes) == classes - 1


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_a_small_variance_adds_half_of_itself_but_one_part_in_c(classes):
    added = initial.expected_softmax(1e-3, classes) - np.log(classes)
    assert added == pytest.approx((1 - 1 / classes) * 1e-3 / 2, rel=1e-2)


@pytest.mark.parametrize("variance", [0.5, 2.0, 18.0])
def test_expected_losses_are_the_means_of_draws(variance):
    scores = np.sqrt(variance) * np.random.default_rng(0).standard_normal((100_000, 10))
    of_softmax = np.log(np.exp(scores).sum(axis=1)) - scores[:, 0]
    of_hinge = np.maximum(1 + scores[:, 1:] - scores[:, :1], 0).sum(axis=1)
    for draws, expected in (
        (of_softmax, initial.expected_softmax(variance, 10)),
        (of_hinge, initial.expected_hinge(variance, 10)),
    ):
        error = draws.std() / np.sqrt(len(draws))
        assert abs(draws.mean() - expected) < 4 * error


def test_two_classes_are_one_integral():
    """ln(1 + exp(d)) with d the difference of the scores, from N(0, 2 variance)."""
    z = np.linspace(-10, 10, 20_001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    exact = np.trapezoid(np.logaddexp(0, np.sqrt(2 * 3.0) * z) * density, z)
    assert initial.expected_softmax(3.0, 2) == pytest.approx(exact, rel=1e-8)


def test_theory_for_images_of_one_length_is_that_of_their_variance():
    x = np.ones((3, 64))
    assert initial.he_theory(x)["softmax"] == pytest.approx(initial.expected_softmax(2.0, 10))
    assert initial.he_theory(x)["hinge"] == pytest.approx(initial.expected_hinge(2.0, 10))


# --- patients -------------------------------------------------------------------------------------


# What differs from the right net; in all other patients it is what they learn from one batch.
CHANGED = {
    "labels_shuffled": {"y"},
    "labels_off_by_one": {"y"},
    "random_features": {"x", "x_test"},
    "label_leaks": {"x"},
    "test_in_raw_pixels": {"x_test"},
    "not_shuffled": {"x", "y", "settings"},
    "not_shuffled_norm": {"x", "y", "settings"},
    "rate_too_high": {"settings"},
    "rate_too_low": {"settings"},
    "dropout_left_on": {"settings"},
    "norm_by_pairs": {"settings"},
}


@pytest.mark.parametrize("name", ward.MISTAKES)
def test_a_patient_has_its_mistake_and_no_other(name):
    kind, _ = ward.MISTAKES[name]
    right, wrong = (traits(p) for p in (healthy(kind, RATE, 0), ward.patient(name, RATE, 0)))
    differ = {key for key in right if right[key] != wrong[key]}
    assert differ == CHANGED.get(name, {"learned"})


def traits(p):
    """Data and settings of a patient, and the gradients of two steps on the same batch."""
    x, y, x_test, _ = p.data
    batch = healthy("plain", RATE, 0).data.x[:30], np.arange(30) % 10
    steps = [loss_and_grads(p.net, p.loss_fn, *batch) for _ in range(2)]
    learned = [(loss, {n: g.tolist() for n, g in grads.items()}) for loss, grads in steps]
    settings = (p.lr, p.seed, p.batch, p.shuffled, p.test_batch)
    data = {"x": x.tobytes(), "y": y.tobytes(), "x_test": x_test.tobytes()}
    return {**data, "settings": settings, "learned": learned}


def test_names_are_those_of_kinds_and_mistakes():
    assert list(ward.NAMES) == list(by_heart.ALL) == [*KINDS, *ward.MISTAKES]
    assert len(set(ward.NAMES.values())) == len(ward.NAMES)


def test_gradients_add_up():
    p = ward.patient("gradients_add_up", RATE, 0)
    x, y = p.data.x[:10], p.data.y[:10]
    _, first = loss_and_grads(p.net, p.loss_fn, x, y)
    _, second = loss_and_grads(p.net, p.loss_fn, x, y)
    np.testing.assert_allclose(second["0.weight"], 2 * first["0.weight"], rtol=1e-5)


def test_the_softmax_of_a_softmax_has_its_right_gradient_and_a_floor():
    scores = np.random.default_rng(0).standard_normal((4, 10))
    labels = np.array([0, 3, 3, 9])
    assert check_loss(ward.wrong_learning.twice, scores, labels) < 1e-6
    sure = 100.0 * np.eye(10)
    floor, _ = ward.wrong_learning.twice(sure, np.arange(10))
    assert floor == pytest.approx(np.log(1 + 9 / np.e))


def test_dead_units_are_dead():
    p = ward.patient("dead_units", RATE, 0)
    assert dead_fraction(activations_by_layer(p.net, p.data.x)[3]) > 0.9


# --- courses --------------------------------------------------------------------------------------


def test_a_healthy_net_learns_and_a_course_has_every_epoch():
    seen = courses.course(healthy("plain", RATE, 0), epochs=3)
    assert [len(row) for row in seen] == [3, 3, 3, 3]
    assert seen.training[-1] < 0.3
    assert seen.validation_accuracy[-1] > 90


def test_judging_in_pairs_leaves_no_image_out():
    p = ward.patient("norm_by_pairs", RATE, 0)
    scores = courses.judged_scores(p)
    assert scores.shape == (1197, 10)  # an odd number of images
    first, _ = p.net(p.data.x_test[:2], training=True)
    last, _ = p.net(p.data.x_test[-2:], training=True)
    np.testing.assert_allclose(scores[:2], first, rtol=1e-5)
    np.testing.assert_allclose(scores[-1], last[-1], rtol=1e-5)


def test_data_in_order_are_trained_on_in_order():
    p = ward.patient("not_shuffled", RATE, 0)
    assert (np.diff(p.data.y) >= 0).all()
    order = np.concatenate(list(courses.batches(p, np.random.default_rng(0))))
    np.testing.assert_array_equal(order, np.arange(600))


def test_scores_that_are_not_numbers_are_wrong():
    assert courses.percent_right(np.full((2, 3), np.nan), np.array([0, 1])) == 0
    assert courses.percent_right(np.eye(3)[:2], np.array([0, 2])) == 50


# --- ratios ---------------------------------------------------------------------------------------


def test_the_typical_ratio_is_a_median_over_time_and_a_geometric_mean_over_matrices():
    assert ratios.typical(np.array([[1, 4], [2, 8], [100, 800]])) == pytest.approx(4)


def test_adam_starts_with_steps_of_its_rate():
    plan = ratios.PLANS["adam"]
    net, _ = ratios.fresh(plan, 0)
    seen, _ = ratios.watched(ratios.replace(plan, epochs=1), 1e-3, 0)
    weight = net.params["2.weight"].astype(float)
    rms = np.sqrt((weight**2).mean())
    assert seen.shape == (12, 2)
    assert seen[0, 1] == pytest.approx(1e-3 / rms, rel=1e-2)


def test_plain_sgd_moves_in_proportion_at_first():
    plan = ratios.replace(ratios.PLANS["sgd"], epochs=1)
    slow, fast = (ratios.watched(plan, rate, 0)[0][0] for rate in (1e-3, 1e-2))
    np.testing.assert_allclose(fast, 10 * slow, rtol=1e-2)
    assert ratios.rate_by_rule(plan, 0) == pytest.approx(
        1e-5 / ratios.typical(ratios.watched(plan, 0.01, 0)[0])
    )


def test_the_rate_falls_to_zero_along_a_cosine():
    optimizer = ratios.optimizer(ratios.PLANS["cosine"], 0.1)
    assert callable(optimizer.lr)
    assert optimizer.lr(0) == pytest.approx(0.1)
    assert optimizer.lr(240) == pytest.approx(0, abs=1e-12)

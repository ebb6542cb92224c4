"""The building blocks of the experiments on gradient checking, on cases whose answer is known."""

import numpy as np
import pytest

from nnbook.experiments.gradient_checking import cases, kinks, steps
from nnbook.gradcheck import numerical_grad
from nnbook.regularization import Dropout


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- steps ----------------------------------------------------------------------------------------


def cubic(t):
    return np.array([t**3 + 2 * t, 4.0 * t])


def test_the_formulas_on_a_cubic():
    np.testing.assert_allclose(steps.one_sided(cubic, 0.1), [2.01, 4])
    np.testing.assert_allclose(steps.centered(cubic, 0.1), [2.01, 4])


def test_only_the_one_sided_formula_errs_on_a_parabola():
    np.testing.assert_allclose(steps.one_sided(lambda t: np.array([t**2 + t]), 0.1), [1.1])
    np.testing.assert_allclose(steps.centered(lambda t: np.array([t**2 + t]), 0.1), [1.0])


def test_slopes_along_directions_are_those_of_the_gradient():
    net = steps.tanh_net(0)
    before = {name: p.copy() for name, p in net.params.items()}
    along = steps.Slice(net, 0)
    np.testing.assert_allclose(np.linalg.norm(along.directions, axis=1), 1)
    np.testing.assert_allclose(steps.centered(along.values, 1e-5), along.slopes, rtol=1e-6)
    for name, p in net.params.items():
        np.testing.assert_array_equal(p, before[name])


def test_single_precision_stays_single():
    along = steps.Slice(steps.tanh_net(0, np.float32), 0)
    assert along.x.dtype == along.directions.dtype == along.slopes.dtype == np.float32


def test_the_slope_of_a_power_is_its_exponent():
    values = [3 * h**1.5 for h in steps.STEPS]
    assert steps.log_slope(values, (1e-3, 0.1)) == pytest.approx(1.5)


def test_theory_foretells_the_errors_where_truncation_rules():
    net, coarse = steps.tanh_net(3), steps.STEPS.index(1e-2)
    for formula in (steps.one_sided, steps.centered):
        foretold = steps.theory(3, np.float64)[formula.__name__]
        measured = steps.errors(net, 3, formula)
        np.testing.assert_allclose(measured[:coarse], foretold[:coarse], rtol=0.05)
        ratio = np.array(measured[-6:]) / np.array(foretold[-6:])  # rounding: the order of size
        assert 0.1 < np.exp(np.log(ratio).mean()) < 10


# --- kinks ----------------------------------------------------------------------------------------


def test_crossings_are_the_weights_whose_step_changes_a_sign():
    check = kinks.Check("relu", 0, 4, 5)
    h, count = 0.05, 0
    for i in np.ndindex(check.weights.shape):
        kept = check.weights[i]
        signs = []
        for step in (-h, h):
            check.weights[i] = kept + step
            z = check.x @ check.weights + check.net.params["0.bias"]
            signs.append(z > 0)
        check.weights[i] = kept
        count += (signs[0] != signs[1]).any()
    assert count == check.crossings(h) > 0


def test_entries_that_are_off_are_found_and_rounding_is_not():
    check = kinks.Check("tanh", 0, 4, 5)
    assert not check.off(check.grad, 1e-5).any()
    wrong = check.grad.copy()
    place = np.unravel_index(np.abs(wrong).argmax(), wrong.shape)
    wrong[place] *= 1.001
    assert np.argwhere(check.off(wrong, 1e-5)).tolist() == [list(place)]
    numerical = numerical_grad(check.value, check.weights)
    np.testing.assert_allclose(numerical, check.grad, atol=1e-9)


def test_planted_mistakes_are_where_they_are_said_to_be():
    grad = fresh().standard_normal((8, 9))
    wrong, places = kinks.plant(grad, 0)
    assert len(places) == kinks.PLANTED
    changed = {tuple(i) for i in np.argwhere(wrong != grad).tolist()}
    assert changed == places
    np.testing.assert_allclose(wrong[wrong != grad], 1.01 * grad[wrong != grad])


# --- cases ----------------------------------------------------------------------------------------


def test_one_mask_serves_all_calls():
    layer, x = cases.same_mask(Dropout(0.5, rng=fresh())), np.ones((4, 5))
    first, second = layer(x, training=True)[0], layer(x, training=True)[0]
    np.testing.assert_array_equal(first, second)
    assert set(np.unique(first)) == {0.0, 2.0}


def test_batches_keep_off_the_kink():
    x = cases.away_from_zero(50, 4)
    assert np.abs(x).min() > cases.MARGIN
    np.testing.assert_array_equal(x, cases.away_from_zero(50, 4))

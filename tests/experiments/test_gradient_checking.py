"""The building blocks of the experiments on gradient checking, on cases whose answer is known."""

import numpy as np
import pytest

from nnbook.experiments.gradient_checking import cases, kinks, mistakes, procedure, steps
from nnbook.gradcheck import numerical_grad
from nnbook.models import mlp
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


def test_the_loss_has_the_right_slope_on_one_side_of_the_kink():
    at, change, slope = kinks.loss_across_a_kink(0)
    assert change[100] == at[100] == 0
    assert (change[101] - change[99]) / (at[101] - at[99]) == pytest.approx(slope, rel=0.05)
    across = (change[150] - change[50]) / (at[150] - at[50])
    assert abs(across - slope) > 0.02 * abs(slope)


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


# --- procedure ------------------------------------------------------------------------------------


def noisy_net():
    return mlp((4, 6, 3), rng=fresh(), activation="tanh", norm="batch", dropout=0.5)


def batch():
    return fresh(1).standard_normal((8, 4)), fresh(2).integers(3, size=8)


def test_a_right_net_passes_and_stays_as_it_is():
    net = procedure.quiet(noisy_net())
    before = {name: p.copy() for name, p in (net.params | net.buffers).items()}
    findings = procedure.check_net(net, *batch(), rng=fresh(3))
    assert [f.name for f in findings] == list(net.params)
    assert max(f.worst for f in findings) < 1e-5
    assert sum(f.mistakes + f.kinks for f in findings) == 0
    np.testing.assert_equal(net.params | net.buffers, before)


def test_a_bias_before_batch_norm_is_lost_in_rounding():
    findings = {
        f.name: f
        for f in procedure.check_net(procedure.quiet(noisy_net()), *batch(), rng=fresh())
    }
    assert findings["0.bias"].lost == 6
    assert findings["1.beta"].lost == 0


def test_new_masks_spoil_the_check_and_inference_has_none():
    noisy = procedure.check_net(noisy_net(), *batch(), rng=fresh())
    assert max(f.worst for f in noisy) > 0.5
    silent = procedure.check_net(noisy_net(), *batch(), rng=fresh(), training=False)
    assert max(f.worst for f in silent) < 1e-5


def test_a_mistake_in_one_parameter_is_found_there():
    net = mlp((4, 6, 3), rng=fresh(), activation="tanh")
    right = net.layers[1].f_grad
    net.layers[1].f_grad = lambda z: 1.01 * right(z)
    findings = {f.name: f.mistakes for f in procedure.check_net(net, *batch(), rng=fresh())}
    assert findings["0.weight"] == 20
    assert findings["0.bias"] == 6
    assert findings["2.weight"] == findings["2.bias"] == 0


# --- mistakes -------------------------------------------------------------------------------------


def test_the_right_gradient_is_right_and_mistakes_are_as_large_as_they_must_be():
    error = {name: mistakes.worst_error(m, 0) for name, m in mistakes.MISTAKES.items()}
    assert error["none: the right gradient"] < 1e-8
    assert error["all entries 1% too large"] == pytest.approx(0.01 / 1.01, rel=1e-4)
    assert error["sum, not mean, of the batch"] == pytest.approx(0.9, abs=0.02)
    assert error["sign of one layer"] == pytest.approx(2)
    wrong = [e for name, e in error.items() if not name.startswith("none")]
    assert min(wrong) > 1e-3


def test_a_mistake_is_made_in_its_own_net_alone():
    mistakes.worst_error(mistakes.slope_at_output, 0)
    assert mistakes.worst_error(mistakes.right, 0) < 1e-8

"""Building blocks of the experiments on parameter updates, on cases with known answers."""

import numpy as np
import pytest

from nnbook.experiments.nets import digits_split
from nnbook.experiments.optimizers import (
    adagrad,
    annealing,
    conditioning,
    correction,
    forms,
    full_batch,
    landscape,
    noise,
    runs,
    saddles,
    scaling,
    warming,
)
from nnbook.models import mlp
from nnbook.optimizers import SGD, AdaGrad, Adam
from nnbook.schedules import constant, inverse_time_decay

# --- landscape ------------------------------------------------------------------------------------


def test_the_valley_has_its_curvatures_along_its_axes():
    np.testing.assert_allclose(np.linalg.eigvalsh(landscape.valley(100, 0.7)), [0.01, 1])
    np.testing.assert_allclose(landscape.valley(4, 0), [[1, 0], [0, 0.25]], atol=1e-15)
    assert landscape.quadratic(landscape.valley(4, 0), np.array([2.0, 2.0])) == 2.5


def test_the_gradient_of_the_saddle_is_its_slope():
    w, h = np.array([0.3, -0.7]), 1e-6
    slope = [
        (landscape.saddle(w + h * e) - landscape.saddle(w - h * e)) / (2 * h) for e in np.eye(2)
    ]
    np.testing.assert_allclose(landscape.saddle_grad(w), slope, rtol=1e-8)


def test_a_descent_has_all_its_points():
    points = landscape.descend(SGD(0.5), lambda w: w, np.array([1.0, -2.0]), 3)
    np.testing.assert_allclose(points[:, 0], [1, 0.5, 0.25, 0.125])
    assert points.shape == (4, 2)


def test_the_tuned_rate_is_the_best_of_the_grid():
    lr, points = landscape.tuned("SGD", 50)
    ends = [
        landscape.quadratic(
            landscape.HESSIAN,
            landscape.descend(SGD(rate), lambda w: landscape.HESSIAN @ w, landscape.START, 50)[
                -1
            ],
        )
        for rate in landscape.GRID
    ]
    assert landscape.GRID[int(np.argmin(ends))] == lr
    assert landscape.quadratic(landscape.HESSIAN, points[-1]) == min(ends)
    assert landscape.GRID[0] < lr < landscape.GRID[-1]


# --- conditioning ---------------------------------------------------------------------------------


def test_the_factor_is_the_spectral_radius_of_the_step():
    for lr, momentum, curvature in ((0.1, 0.9, 1.0), (0.1, 0.9, 0.01), (3.0, 0.5, 0.9)):
        step = np.array([[1 + momentum - lr * curvature, -momentum], [1, 0]])
        radius = np.abs(np.linalg.eigvals(step)).max()
        assert conditioning.contraction(lr, momentum, curvature) == pytest.approx(radius)
    assert conditioning.contraction(0.25, 0.0, 1.0) == 0.75


def test_polyak_s_setting_makes_both_ends_equally_fast():
    lr, momentum = conditioning.setting("tuned", 100)
    factors = [conditioning.contraction(lr, momentum, c) for c in (0.01, 0.1, 1)]
    np.testing.assert_allclose(factors, 9 / 11, rtol=1e-6)
    assert conditioning.setting("plain", 3) == (1.5, 0.0)


def test_the_best_rate_of_momentum_nine_tenths_is_found():
    lr, momentum = conditioning.setting("fixed", 10)
    assert conditioning.contraction(lr, momentum, 0.1) == pytest.approx(np.sqrt(0.9))
    assert conditioning.foretold("plain", 3) == pytest.approx(np.log(1e-3) / np.log(0.5))


def test_steps_are_counted_to_the_goal():
    ones = np.ones(2)
    assert conditioning.steps_taken(0.5, 0.0, ones, ones) == 10  # 2^-10 is below 1/1000
    assert conditioning.exponent(np.array([1, 10, 100]), np.array([2, 200, 20_000])) == (
        pytest.approx(2)
    )


# --- forms ----------------------------------------------------------------------------------------


def test_after_a_drop_one_form_coasts():
    assert forms.first_after_drop(rate_inside=False) == pytest.approx(0.1)
    assert forms.first_after_drop(rate_inside=True) == pytest.approx(0.91)
    assert forms.first_after_drop(rate_inside=True, momentum=0.0) == pytest.approx(0.1)


def test_distance_is_relative():
    a, b = {"w": np.array([3.0, 4.0])}, {"w": np.array([3.0, 3.0])}
    assert forms.apart(a, b) == pytest.approx(0.2)
    assert forms.apart(a, a) == 0


# --- adagrad --------------------------------------------------------------------------------------


def test_the_effective_rate_is_a_geometric_mean_over_what_has_moved():
    squares = {"a": np.array([4.0, 0.0]), "b": np.array([[16.0]])}
    assert adagrad.effective(squares, 1.0) == pytest.approx(1 / np.sqrt(8))


def test_the_exponent_is_that_of_the_last_decade():
    t = np.array(adagrad.MARKS, dtype=float)
    assert adagrad.last_decade((t**-0.5).tolist()) == pytest.approx(-0.5)
    assert adagrad.last_decade(np.where(t < 300, t**-0.5, 300**-0.5).tolist()) == (
        pytest.approx(0, abs=1e-12)
    )


def test_each_setting_does_its_steps():
    for setting in ("noise", "quadratic"):
        optimizer = AdaGrad(0.1)
        assert len(adagrad.rates(setting, optimizer, 0)) == len(adagrad.MARKS)
        assert optimizer.steps == adagrad.STEPS


# --- correction -----------------------------------------------------------------------------------


def test_what_the_correction_takes_is_put_back():
    assert correction.excess(0) == pytest.approx(0.1 / np.sqrt(0.001))
    assert correction.excess(100_000) == pytest.approx(1)
    params, optimizer = {"w": np.zeros(1)}, Adam(correction.uncorrected(0.1))
    m = s = w = 0.0
    for g in (1.0, -2.0, 3.0):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        w -= 0.1 * m / np.sqrt(s)
        optimizer.step(params, {"w": np.array([g])})
    assert params["w"][0] == pytest.approx(w, rel=1e-6)
    assert correction.first_step((0.0, 0.99), 0) == pytest.approx(10, rel=1e-6)


def test_a_short_run_learns():
    loss, accuracy = correction.short_run("corrected", 0.003, 0)
    assert 0 < loss < 0.5
    assert accuracy > 85
    assert correction.score("corrected", 0.003, 0) == -np.log(loss)


# --- noise and schedules --------------------------------------------------------------------------


def test_the_recursion_comes_to_rest_where_theory_says():
    assert noise.foretold(constant(0.5), steps=200)[-1] == pytest.approx(noise.stationary(0.5))
    averaging = noise.foretold(inverse_time_decay(1, 1))
    np.testing.assert_allclose(averaging[1:], 1 / np.arange(1, noise.STEPS + 1))


def test_the_simulation_follows_the_recursion():
    found, theory = noise.simulate(constant(0.1), 0), noise.foretold(constant(0.1))
    assert found[0] == theory[0] == noise.START**2
    np.testing.assert_allclose(found[100:].mean(), theory[100:].mean(), rtol=0.1)


def test_the_best_rate_on_the_quadratic_is_inside():
    for shape in noise.SHAPES:
        assert 0.003 < noise.best(shape) < 1
        assert noise.shaped(shape, 0.2)(0) == annealing.shaped(shape, 0.2)(0) == 0.2
        assert noise.shaped(shape, 0.2)(noise.STEPS - 1) <= 0.2


def test_a_share_of_the_labels_is_drawn_anew():
    clean, data = digits_split(0, 1000), runs.mislabeled(0, 1000, 0.5)
    assert (data.y != clean.y).mean() == pytest.approx(0.45, abs=0.05)
    np.testing.assert_array_equal(data.y_test, clean.y_test)
    np.testing.assert_array_equal(runs.mislabeled(0, 1000, 0.0).y, clean.y)


def test_learning_stops_at_the_first_loss_that_is_no_number():
    data = digits_split(0, 320)
    net = mlp((64, 10), rng=np.random.default_rng(0))
    assert len(runs.learn(net, data, SGD(0.01), 0, epochs=2, batch=32)) == 20
    with np.errstate(all="ignore"):
        net.params["0.weight"][:] = np.inf
        losses = runs.learn(net, data, SGD(0.01), 0, epochs=2, batch=32)
    assert len(losses) == 1
    assert not np.isfinite(losses[0])


def test_a_run_has_learned_if_it_ends_below_one_nat():
    assert warming.learns([5.0] * 140 + [0.9] * 20)
    assert not warming.learns([0.1] * 140 + [1.1] * 20)
    assert not warming.learns([0.1] * 30 + [float("inf")])


def test_the_accuracy_that_decides_is_that_of_the_small_batch():
    assert scaling.trial("base", 0.03, 1) == scaling.accuracy(scaling.BASE, 0.03, 1)
    assert scaling.accuracy(256, 1e-6, 1, warm=5) < 60


# --- saddles and second order ---------------------------------------------------------------------


def test_random_matrices_are_as_rarely_minima_as_theory_says():
    rng = np.random.default_rng(0)
    for n, exact in saddles.EXACT.items():
        minima, mixed = saddles.shares(n, rng)
        assert minima == pytest.approx(exact, abs=0.03)
        assert mixed == pytest.approx(1 - 2 * exact, abs=0.05)


def test_the_hessian_of_a_softmax_regression_is_known():
    rng = np.random.default_rng(0)
    net, x = mlp((2, 3), rng=rng), rng.standard_normal((5, 2))
    matrix = saddles.hessian(net, x, np.array([0, 1, 2, 0, 1]))
    scores = net(x)[0]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    inner = np.einsum("ij,jk->ijk", p, np.eye(3)) - np.einsum("ij,ik->ijk", p, p)
    weights = np.einsum("na,nb,nij->aibj", x, x, inner).reshape(6, 6) / 5
    at = [name for name, value in net.params.items() for _ in range(value.size)]
    chosen = [i for i, name in enumerate(at) if name.endswith("weight")]
    np.testing.assert_allclose(matrix[np.ix_(chosen, chosen)], weights, atol=1e-7)


def test_downward_directions_are_counted_in_percent():
    assert saddles.downward(np.diag([2.0, -1.0, 1e-9, -1e-9])) == 25


def test_second_order_is_fast_on_the_whole_and_lost_in_batches():
    losses = full_batch.whole("L-BFGS", 0.0, 20, 0)
    assert losses[-1] < 0.01 < full_batch.whole("Adam", 0.03, 20, 0)[-1]
    assert full_batch.in_batches(32, 10, 3, 0)[-1] > 0.1

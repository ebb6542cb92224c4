"""The building blocks of the experiments on preprocessing, on cases whose answer is known."""

import numpy as np
import pytest

from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.preprocessing import (
    covariance,
    images,
    leaks,
    selection,
    sensitivity,
    spectrum,
    steps,
)
from nnbook.experiments.preprocessing.transforms import FITS, prepared
from nnbook.preprocessing import Standardizer

test_accuracy.__test__ = False  # a function of the package, not a test


def fresh(seed=0):
    return np.random.default_rng(seed)


def cloud(n=400, d=3):
    return fresh().standard_normal((n, d)) * [1.0, 5.0, 0.2] + [3.0, -1.0, 0.5]


# --- transforms -----------------------------------------------------------------------------------


def test_each_way_does_what_its_name_says():
    x = cloud()
    after = {name: fit(x)(x) for name, fit in FITS.items()}
    np.testing.assert_array_equal(after["raw"], x)
    for name in set(FITS) - {"raw"}:
        np.testing.assert_allclose(after[name].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(after["centered"].std(axis=0), x.std(axis=0))
    np.testing.assert_allclose(after["one_std"] * x.std(), after["centered"])
    np.testing.assert_allclose(after["standardized"].std(axis=0), 1)
    np.testing.assert_allclose(
        np.cov(after["whitened_1e-05"].T, bias=True), np.eye(3), atol=1e-3
    )
    assert after["whitened_100"].std() < 0.5


def test_digits_are_prepared_with_the_statistics_of_the_training_part():
    raw, data = digits_split(1, 200, scaled=False), prepared("standardized", 1, 200)
    standardizer = Standardizer().fit(raw.x.astype(float))
    np.testing.assert_allclose(
        data.x_test, standardizer.apply(raw.x_test.astype(float)), rtol=1e-5
    )
    assert data.x.dtype == data.x_test.dtype == np.float32
    np.testing.assert_array_equal(data.y, raw.y)


# --- steps ----------------------------------------------------------------------------------------


def test_the_steepest_curvature_counts_the_bias():
    assert steps.steepest(np.zeros((5, 2))) == pytest.approx(1)
    x = np.array([[1.0], [-1.0]])
    assert steps.steepest(3 * x) == pytest.approx(9)
    assert steps.steepest(3 * x + 4) == pytest.approx(np.linalg.eigvalsh([[25, 4], [4, 1]])[-1])


def test_regression_stops_at_its_target_or_at_the_limit():
    data = prepared("whitened_0.01", 0)
    model, count = steps.regress(data, 32.0)
    assert 0 < count < 10
    assert test_accuracy(model, data) > 90
    assert steps.regress(data, 1e-6)[1] == steps.LIMIT
    assert steps.steps_score("whitened_0.01", 32.0, 0) == -np.log(count)


def test_noise_is_added_to_the_raw_test_pixels_and_nowhere_else():
    noisy, data = steps.noisy_test("raw", 0), prepared("raw", 0)
    np.testing.assert_array_equal(noisy.x, data.x)
    assert (noisy.x_test - data.x_test).std() == pytest.approx(steps.NOISE, rel=0.02)


def test_only_uneven_stretching_amplifies_noise():
    assert steps.amplification("centered", 0) == pytest.approx(1)
    assert steps.amplification("one_std", 0) == pytest.approx(1)
    x = digits_split(0, scaled=False).x.astype(float)
    theory = steps.foretold_amplification(np.linalg.eigvalsh(np.cov(x.T, bias=True)), 1.0)
    assert steps.amplification("whitened_1", 0) == pytest.approx(theory, rel=0.02)
    assert steps.foretold_amplification(np.full(5, 3.0), 0.5) == pytest.approx(1)
    assert steps.foretold_amplification(np.array([1.0, 3.0]), 0.0) == pytest.approx(4 / 3)


# --- spectrum -------------------------------------------------------------------------------------


def test_theory_foretells_descent_exactly():
    x = np.column_stack([cloud(), np.ones(400)])
    targets = x @ fresh(1).standard_normal((4, 2)) + fresh(2).standard_normal((400, 2))
    trace = spectrum.descend(x, targets, left=0.05)
    eigenvalues, shares = spectrum.spectrum(x, targets)
    foretold = spectrum.excess_after(np.arange(len(trace)), eigenvalues, shares)
    np.testing.assert_allclose(trace, foretold, rtol=1e-6)
    assert trace[-1] <= 0.05 < trace[-2]
    assert shares.sum() == pytest.approx(1)


def test_a_trajectory_lies_on_its_theory():
    steps_, foretold, measured = spectrum.trajectory("standardized", 0)
    np.testing.assert_allclose(measured, foretold, rtol=1e-6)
    assert steps_[0] == 1
    assert measured[-1] <= spectrum.LEFT
    assert len(spectrum.trajectory("whitened_1e-05", 0).steps) == 1


def test_a_constant_feature_has_no_eigenvalue_to_wait_for():
    x = np.column_stack([cloud(), np.zeros(400), np.ones(400)])
    eigenvalues, _ = spectrum.spectrum(x, x[:, :1])
    assert len(eigenvalues) == 4
    assert (np.diff(eigenvalues) < 0).all()


@pytest.mark.parametrize("kappa", [1.0, 1.5, 40.0, 1e6])
def test_the_bound_is_the_first_step_at_which_the_slowest_direction_is_down(kappa):
    count = spectrum.bound(kappa)
    left = (1 - 1 / kappa) ** (2 * np.array([count - 1, count]))
    assert left[0] > spectrum.LEFT * (1 - 1e-9) >= left[1] * (1 - 1e-6)


# --- covariance -----------------------------------------------------------------------------------


def test_distances_from_diagonal_and_identity():
    matrix = np.array([[4.0, -1.0], [-1.0, 2.0]])
    assert covariance.off_diagonal(matrix) == 0.25
    assert covariance.off_identity(matrix) == 3
    assert covariance.off_identity(np.eye(3)) == 0
    x = cloud()
    np.testing.assert_allclose(covariance.covariance(x), np.cov(x.T, bias=True))


def test_flat_directions_are_the_constant_pixels():
    outcome = covariance.decorrelate(0)
    constant = (np.ptp(digits_split(0, scaled=False).x, axis=0) == 0).sum()
    assert outcome["flat_directions"] == constant >= 3


# --- sensitivity ----------------------------------------------------------------------------------


def test_the_fit_is_a_minimum():
    x, targets = sensitivity.two_classes(2.0, 0)
    theta = sensitivity.fit_logistic(x, targets)
    p = 1 / (1 + np.exp(-sensitivity.with_ones(x) @ theta))
    np.testing.assert_allclose(sensitivity.with_ones(x).T @ (p - targets), 0, atol=1e-8)
    assert x[targets == 1].mean(axis=0) == pytest.approx([3, 2], abs=0.15)


def test_changes_have_one_length_and_no_preferred_direction():
    changes = sensitivity.changes()
    np.testing.assert_allclose(np.linalg.norm(changes, axis=1), sensitivity.LENGTH)
    np.testing.assert_allclose(
        changes.T @ changes / len(changes), 0.005 * np.eye(2), atol=1e-12
    )


def test_an_offset_matters_only_if_the_bias_stays():
    near, far = (sensitivity.sensitivity(offset, 0) for offset in (0.0, 5.0))
    assert far > 10 * near
    near, far = (sensitivity.sensitivity(offset, 0, refit=True) for offset in (0.0, 5.0))
    assert far == pytest.approx(near, rel=1e-6)


def test_the_squared_error_rises_as_the_theory_says():
    x, targets = sensitivity.two_classes(3.0, 0)
    expected = sensitivity.LENGTH**2 / 4 * (x**2).sum(axis=1).mean()
    assert sensitivity.squared_sensitivity(3.0, 0) == pytest.approx(expected)
    assert sensitivity.squared_theory(3.0) == pytest.approx(expected, rel=0.05)
    assert len(targets) == sensitivity.EXAMPLES


# --- leaks ----------------------------------------------------------------------------------------


def test_the_leak_is_in_the_statistics_alone():
    honest, leaky = (leaks.scaled_split(arm, 0) for arm in leaks.ARMS)
    np.testing.assert_array_equal(honest.y_test, leaky.y_test)
    varying = honest.x.std(axis=0) > 0
    np.testing.assert_allclose(honest.x.std(axis=0)[varying], 1, rtol=1e-4)
    together = np.concatenate([leaky.x, leaky.x_test])
    np.testing.assert_allclose(together.mean(axis=0), 0, atol=1e-4)


def test_a_group_is_judged_by_its_own_statistics():
    raw, net = digits_split(0, 100, scaled=False), make_net("relu", (5,), 0)
    x, y = raw.x_test[:40], raw.y_test[:40]
    z = Standardizer().fit(x.astype(float)).apply(x.astype(float)).astype(np.float32)
    expected = 100 * (net(z)[0].argmax(axis=1) == y).mean()
    assert leaks.accuracy_by_groups(net, x, y, [np.arange(40)]) == pytest.approx(expected)
    moved = leaks.accuracy_by_groups(net, 3 * x + 7, y, [np.arange(40)])
    assert moved == pytest.approx(expected)


def test_the_nearest_mean_wins():
    x, y = np.array([[0.0, 0], [0, 2], [5, 5]]), np.array([3, 3, 7])
    np.testing.assert_array_equal(
        selection.nearest_mean(x, y, np.array([[0.0, 1], [4, 4]])), [3, 7]
    )


def test_the_best_features_are_those_that_differ_between_classes():
    y = np.repeat([0, 1], 50)
    x = fresh().standard_normal((100, 30))
    x[:, [4, 11]] += 3 * y[:, None]
    assert set(selection.best_features(x, y, 2)) == {4, 11}


def test_without_a_choice_there_is_no_leak():
    honest, leaky = (selection.chance_accuracy(20, 0, leaky=leaky) for leaky in (False, True))
    assert honest == leaky
    flattered = np.mean([selection.chance_accuracy(2000, s, leaky=True) for s in range(5)])
    assert flattered > 75


# --- images ---------------------------------------------------------------------------------------


def test_images_are_prepared_as_alexnet_and_vgg_do():
    raw = digits_split(0, images.EXAMPLES, scaled=False)
    for arm, mean in (("mean_image", raw.x.mean(axis=0)), ("channel_mean", raw.x.mean())):
        np.testing.assert_allclose(
            images.image_split(arm, 0).x_test, raw.x_test - mean, rtol=1e-4, atol=1e-4
        )
    scaled = images.image_split("channel_std", 0)
    assert scaled.x.mean() == pytest.approx(0, abs=1e-5)
    assert scaled.x.std() == pytest.approx(1, rel=1e-5)
    levels, gray = images.image_split("bytes", 0).x, images.image_split("mean_image", 0).x
    np.testing.assert_allclose(levels, 255 / 16 * gray, rtol=1e-4, atol=1e-3)


def test_fitted_weights_see_images_as_if_they_were_scaled():
    data = images.image_split("fitted", 0)
    fitted, plain = (images.starting_net(arm, data, 0) for arm in ("fitted", "mean_image"))
    np.testing.assert_allclose(
        data.x @ fitted.params["0.weight"],
        data.x / data.x.std() @ plain.params["0.weight"],
        rtol=1e-3,
        atol=1e-4,
    )

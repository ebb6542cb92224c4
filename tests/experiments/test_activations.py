"""The building blocks of the experiments, on cases whose answer is known."""

from itertools import pairwise

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnbook.activations import ACTIVATIONS, relu, sigmoid
from nnbook.datasets import digits
from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.activations import (
    bakeoff,
    biases,
    cloud,
    conditioning,
    cost,
    depth,
    dying,
    functions,
    signal,
    signs,
    slope_rate,
    sparsity,
    speed,
    zigzag,
)
from nnbook.experiments.activations.causes import VARIANTS, ScaledSigmoid
from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_net
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

test_accuracy.__test__ = False  # a function of the package, not a test


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- nets: what the experiments on digits share ---------------------------------------------------


def test_a_split_is_disjoint_whole_centered_and_divided_by_one_number():
    x, y = digits()
    data = digits_split(0, 600)
    raw = digits_split(0, 600, scaled=False)
    assert (len(data.x), len(data.x_test)) == (600, 1197)
    assert data.x.dtype == data.x_test.dtype == np.float32
    np.testing.assert_allclose(data.x.mean(axis=0), 0, atol=1e-5)
    for part, pixels in ((data.x, raw.x), (data.x_test, raw.x_test)):
        expected = (pixels - raw.x.mean(axis=0)) / raw.x.std()
        np.testing.assert_allclose(part, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(
        np.bincount(np.concatenate([data.y, data.y_test])), np.bincount(y)
    )
    together = np.concatenate([raw.x, raw.x_test])
    np.testing.assert_array_equal(np.unique(together, axis=0), np.unique(x, axis=0))
    np.testing.assert_array_equal(raw.y, data.y)


def test_splits_and_nets_depend_on_their_seed_alone():
    np.testing.assert_array_equal(digits_split(3).x, digits_split(3).x)
    assert (digits_split(3).y != digits_split(4).y).any()
    first, second, other = (make_net("relu", (5,), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.params["0.weight"], second.params["0.weight"])
    assert (first.params["0.weight"] != other.params["0.weight"]).all()


@pytest.mark.parametrize(
    ("activation", "variance"),
    [
        ("relu", 2 / 64),
        ("gelu", 2 / 64),
        ("selu", 1 / 64),
        ("tanh", 2 / 264),
        ("sigmoid", 2 / 264),
    ],
)
def test_each_function_gets_the_initialization_that_suits_it(activation, variance):
    net = make_net(activation, (200,), 0)
    assert net.params["0.weight"].var() == pytest.approx(variance, rel=0.05)
    assert net.params["0.weight"].dtype == np.float32


def test_relatives_of_relu_start_from_equal_weights():
    relu_net, leaky = make_net("relu", (5,), 0), make_net("leaky_relu", (5,), 0)
    np.testing.assert_array_equal(relu_net.params["0.weight"], leaky.params["0.weight"])


def test_training_learns_repeats_and_says_whether_it_diverged():
    data, accuracies = digits_split(0), []
    for _ in range(2):
        net = make_net("relu", (30,), 0)
        assert train_net(net, data, 0, lr=0.05, epochs=4, batch=50)
        accuracies.append(test_accuracy(net, data))
    assert accuracies[0] == accuracies[1] > 85
    with np.errstate(all="ignore"):
        assert not train_net(make_net("relu", (30,), 0), data, 0, lr=1e30, epochs=1, batch=50)


def test_scores_that_are_no_numbers_count_as_wrong():
    net, data = make_net("relu", (5,), 0), digits_split(0)
    net.params["0.bias"][:] = np.nan
    assert test_accuracy(net, data) == 0


# --- zigzag ---------------------------------------------------------------------------------------


def test_a_path_goes_from_the_origin_to_the_target():
    path = zigzag.descend(0.0, 1.0, seed=0)
    np.testing.assert_array_equal(path[0], [0, 0])
    assert np.linalg.norm(path[-1] - zigzag.TARGET) < zigzag.NEAR
    assert (np.linalg.norm(path[:-1] - zigzag.TARGET, axis=1) >= zigzag.NEAR).all()


def test_positive_inputs_allow_one_signed_steps_only():
    steps = np.diff(zigzag.descend(0.6, 0.5, seed=1), axis=0)
    assert (steps[:, 0] * steps[:, 1] >= 0).all()
    mixed = np.diff(zigzag.descend(0.0, 0.5, seed=1), axis=0)
    assert (mixed[:, 0] * mixed[:, 1] < 0).any()


def test_each_step_is_along_its_input_and_takes_the_error_down():
    rate, x = 0.3, fresh([2, 5]).uniform(-0.5, 0.5, (zigzag.LIMIT, 2)) + 0.5
    path = zigzag.descend(0.5, rate, seed=2)
    for w, after, xi in zip(path, path[1:], x, strict=False):
        np.testing.assert_allclose(
            after, w - rate * (xi @ (w - zigzag.TARGET)) * xi, atol=1e-12
        )


def test_a_path_that_flies_off_scores_the_limit():
    path = zigzag.descend(2.0, 8.0, seed=0)
    assert len(path) < 100
    assert np.linalg.norm(path[-1]) > 1e5
    assert zigzag.steps_score("2", 8.0, 0) == -zigzag.LIMIT
    assert zigzag.steps_score("0", 1.0, 0) == -(len(zigzag.descend(0, 1.0, 0)) - 1)


def test_the_straight_way_has_a_detour_of_one():
    outcome = zigzag.path_costs(0, {"0": 1.0, "0.5": 0.5, "2": 0.1})
    for arm in zigzag.ZIGZAG.arms:
        assert outcome[f"detour_{arm}"] >= 1
    assert outcome["steps_2_over_0.5"] == outcome["steps_2"] / outcome["steps_0.5"]


# --- signs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grad", "share"),
    [
        ([[1.0, -1.0], [2.0, -3.0]], 1.0),
        ([[1.0, -1.0], [-2.0, -3.0]], 0.5),
        ([[1.0, -1.0], [0.0, 0.0]], 1.0),  # zeros have no sign
        ([[1.0, 0.0], [-1.0, 0.0]], 0.0),  # a unit without a gradient does not count
        ([[1.0, -1.0, 1.0, 0.0], [-1.0, 1.0, 1.0, 0.0]], 1 / 3),
    ],
)
def test_one_signed_share_of_known_matrices(grad, share):
    assert signs.one_signed_share(np.array(grad)) == pytest.approx(share)


def test_a_positive_batch_of_one_gives_one_signed_gradients():
    net, x = (mlp((4, 3, 2), rng=fresh(), activation="tanh"), fresh(1).uniform(0.1, 1, (1, 4)))
    _, grads = loss_and_grads(net, cross_entropy, x, np.array([0]))
    assert signs.one_signed_share(grads["0.weight"]) == 1


# --- dying ----------------------------------------------------------------------------------------


def net_with(biases_of_layers, activation="relu"):
    net = mlp((2, 2, 2, 2), rng=fresh(), activation=activation)
    for i, values in enumerate(biases_of_layers):
        net.params[f"{2 * i}.weight"][:] = np.eye(2)
        net.params[f"{2 * i}.bias"][:] = values
    return net


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_never_active_counts_units_by_layer(activation):
    x = fresh().uniform(0, 1, (20, 2))
    assert dying.never_active(net_with([(0, 0), (0, 0)], activation), x) == [0, 0]
    assert dying.never_active(net_with([(0, -2), (-3, -3)], activation), x) == [50, 100]


def test_an_overflow_is_no_activity():
    net = net_with([(np.nan, 0), (0, 0)])
    assert dying.never_active(net, np.ones((3, 2)))[0] == 50


@pytest.mark.parametrize("layer", [0, 2])
def test_kill_silences_the_first_units_of_a_layer_by_the_margin(layer):
    x = fresh(1).standard_normal((50, 6))
    net = mlp((6, 8, 8, 3), rng=fresh())
    before = [h.copy() for h in activations_by_layer(net, x)]
    dying.kill(net, layer, 3, x, margin=0.1)
    after = activations_by_layer(net, x)
    assert not (after[layer + 1][:, :3] > 0).any()
    np.testing.assert_array_equal(after[layer][:, 3:], before[layer][:, 3:])
    top = after[layer][:, :3].max(axis=0)
    np.testing.assert_allclose(top, -0.1 * before[layer][:, :3].std(axis=0), rtol=1e-10)


def test_a_killed_unit_of_the_first_layer_gets_no_gradient():
    x, y = fresh(1).standard_normal((50, 6)), fresh(2).integers(3, size=50)
    net = mlp((6, 8, 3), rng=fresh())
    dying.kill(net, 0, 3, x, margin=0.05)
    _, grads = loss_and_grads(net, cross_entropy, x, y)
    assert not grads["0.weight"][:, :3].any()
    assert grads["0.weight"][:, 3:].any(axis=0).all()


def test_a_rate_is_pushed_up_to_the_first_that_overflows(monkeypatch):
    monkeypatch.setattr(dying, "EPOCHS", 1)
    monkeypatch.setattr(dying, "RATES", (0.01, 0.1, 1e30, 0.05))
    with np.errstate(all="ignore"):
        found = dying.push_rate("relu", digits_split(0), 0)
    assert {len(values) for values in found.values()} == {2}
    net = make_net("relu", dying.HIDDEN, 0)
    train_net(net, digits_split(0), 0, lr=0.1, epochs=1, batch=dying.BATCH, momentum=0.0)
    assert found["accuracy"][1] == test_accuracy(net, digits_split(0))
    assert [found["dead_1"][1], found["dead_2"][1]] == dying.never_active(
        net, digits_split(0).x
    )


# --- signal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "sigma_w"), [("tanh", 1.0), ("sigmoid", 4.0), ("relu", np.sqrt(2))]
)
def test_the_expected_rms_is_that_of_wide_random_nets(activation, sigma_w, monkeypatch):
    monkeypatch.setattr(signal, "DEPTH", 20)
    ratios = []
    for seed in range(3):
        rng = fresh([seed, 3])
        with threadpool_limits(1):
            _, _, rms = signal.send(signal.stack(activation, sigma_w, rng), rng)
        ratios.append(np.log(rms) - np.log(rms[-1]))
    expected = np.log(signal.expected_rms(activation, sigma_w))
    assert len(expected) == 20
    assert expected[-1] == 0
    # Width 256 in place of infinity: within 2 % a layer.
    assert np.abs(np.mean(ratios, axis=0) - expected).max() < 0.4


def test_relu_with_variance_two_over_n_keeps_the_gradient():
    np.testing.assert_allclose(signal.expected_rms("relu", np.sqrt(2)), 1, rtol=1e-6)


def test_two_layers_by_simulation(monkeypatch):
    monkeypatch.setattr(signal, "DEPTH", 2)
    z = fresh().standard_normal(1_000_000)
    q = 1.5**2 * (np.tanh(1.5 * z) ** 2).mean()
    chi = 1.5**2 * ((1 - np.tanh(np.sqrt(q) * z) ** 2) ** 2).mean()
    assert signal.expected_rms("tanh", 1.5) == pytest.approx([np.sqrt(chi), 1], rel=5e-3)


# --- speed ----------------------------------------------------------------------------------------


def test_checkpoints_are_the_first_twenty_then_five_percent_apart_up_to_the_limit():
    marks = speed.checkpoints()
    assert marks[:20] == list(range(1, 21))
    assert marks[-1] == speed.LIMIT
    assert all(a < b <= np.ceil(1.05 * a) for a, b in pairwise(marks[19:]))


def test_an_error_curve_stops_at_its_target():
    data = digits_split(0)
    errors = speed.error_curve(make_net("relu", (50,), 0), data, 0, rate=0.03, target=25)
    assert errors[-1] <= 25 < min(errors[:-1])
    assert errors[0] > 60
    updates = speed.checkpoints()[len(errors) - 1]
    assert 5 < updates < 200


def test_an_arm_that_never_arrives_needs_the_limit(monkeypatch):
    monkeypatch.setattr(speed, "LIMIT", 30)
    assert speed.updates_needed("sigmoid 3 1", 0.003, 0) == 30
    assert speed.updates_score("sigmoid 3 1", 0.003, 0) == -np.log(30)


def test_a_curve_that_diverges_ends_there():
    with np.errstate(all="ignore"):
        errors = speed.error_curve(make_net("relu", (50,), 0), digits_split(0), 0, 1e30, 1)
    assert len(errors) < 20


def test_speed_is_over_relus_of_the_same_depth_and_target(monkeypatch):
    needed = {"relu 1 25": 10.0, "tanh 1 25": 40.0, "relu 3 1": 7.0, "tanh 3 1": 70.0}
    needed |= {"sigmoid 3 1": 140.0}
    monkeypatch.setattr(speed, "updates_needed", lambda arm, rate, seed: needed[arm])
    monkeypatch.setattr(speed, "arm_curve", lambda arm, rate, seed: [arm])
    outcome = speed.speed(0, dict.fromkeys(needed, 0.1))
    assert (outcome["tanh_1_25"], outcome["tanh_3_1"], outcome["sigmoid_3_1"]) == (4, 10, 20)
    assert outcome["updates_relu_3_1"] == 7
    assert outcome["curve_tanh_3"] == ["tanh 3 1"]


# --- functions ------------------------------------------------------------------------------------


def test_slopes_far_out():
    outcome = functions.slopes_far_out(0)
    assert outcome["relu_slope_far"] == 1
    assert outcome["slope_far"] == pytest.approx(
        np.exp(-10) / (1 + np.exp(-10)) ** 2, rel=1e-12
    )
    assert outcome["slope_share"] == pytest.approx(400 * outcome["slope_far"])
    # exp(-x) leaves float64 below 2^-1075 and float32 below 2^-150; 1 - s(x) is 0 from half an ulp on.
    assert outcome["zero_float64"] == pytest.approx(1075 * np.log(2), rel=1e-3)
    assert outcome["zero_float32"] == pytest.approx(150 * np.log(2), rel=2e-2)
    assert outcome["zero_naive_float64"] == pytest.approx(53 * np.log(2), rel=2e-2)
    assert outcome["zero_naive_float32"] == pytest.approx(24 * np.log(2), rel=5e-2)


def test_gaussian_means():
    outcome = functions.gaussian_means(0)
    assert outcome["gauss_relu"] == pytest.approx(1 / np.sqrt(2 * np.pi), rel=1e-9)
    z = fresh().standard_normal(400_000)
    assert outcome["gauss_elu"] == pytest.approx(ACTIVATIONS["elu"][0](z).mean(), abs=5e-3)


def test_identities_that_hold_exactly():
    assert functions.tanh_as_sigmoid(0)["distance"] < 1e-15
    assert functions.maxout_contains(0) == {
        "relu_distance": 0,
        "leaky_distance": 0,
        "abs_distance": 0,
        "parameters": 2,
    }


# --- the rest -------------------------------------------------------------------------------------


def test_condition_numbers_of_a_known_cloud(monkeypatch):
    monkeypatch.setattr(conditioning, "EXAMPLES", 20_000)
    outcome = conditioning.condition_numbers(0)
    assert outcome["kappas"][0] == pytest.approx(1, abs=0.2)
    assert outcome["kappas"][-1] == pytest.approx(1 + 20 * 16, rel=0.1)
    ratios = [outcome[f"over_theory_{c:g}"] for c in conditioning.OFFSETS]
    expected = np.array(outcome["kappas"]) / (1 + 20 * np.square(conditioning.OFFSETS))
    np.testing.assert_allclose(ratios, expected, rtol=1e-12)


def test_the_fastest_of_several_calls(monkeypatch):
    ticks = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])
    monkeypatch.setattr(cost, "REPEATS", 3)
    monkeypatch.setattr(cost.time, "perf_counter", lambda: next(ticks))
    assert cost.fastest(lambda: None) == 1


def test_costs_are_positive_and_shares_are_below_100(monkeypatch):
    monkeypatch.setattr(cost, "REPEATS", 1)
    outcome = cost.activation_costs(0)
    assert all(0 < outcome[f"{name}_share"] < 100 for name in ("relu", "sigmoid", "tanh"))
    assert all(outcome[f"{name}_over_relu"] > 0 for name in ("sigmoid", "tanh", "exp"))


def test_active_share():
    net = net_with([(0, -2), (0, 0)])
    x = fresh().uniform(0.1, 1, (20, 2))
    assert sparsity.active_share(net, x) == 50


def test_a_penalty_on_outputs_is_the_gradient_of_its_loss():
    rng = fresh()
    x, y = rng.standard_normal((8, 4)), rng.integers(3, size=8)
    plain, penalized = (mlp((4, 6, 3), rng=fresh(1)) for _ in range(2))
    net = mlp((4, 6, 3), rng=fresh(1))
    sparsity.penalized_step(plain, SGD(0.1), x, y, 0.0)
    sparsity.penalized_step(penalized, SGD(0.1), x, y, 0.25)
    h, bias = activations_by_layer(net, x)[1], net.params["0.bias"]
    _, grads = loss_and_grads(net, cross_entropy, x, y)
    np.testing.assert_allclose(plain.params["0.bias"], bias - 0.1 * grads["0.bias"], rtol=1e-9)
    extra = 0.25 * (h > 0).mean(axis=0)  # of penalty * sum |h| / N, through the bias
    expected = bias - 0.1 * (grads["0.bias"] + extra)
    np.testing.assert_allclose(penalized.params["0.bias"], expected, rtol=1e-6)


def test_off_center_is_zero_for_centered_and_one_for_constant_outputs():
    class Fixed(Sequential):
        def __init__(self, h):
            self.layers = [lambda x: (h, None)] * 4

    data = digits_split(0)
    assert bakeoff.off_center(Fixed(np.array([[1.0], [-1.0]])), data) == 0
    assert bakeoff.off_center(Fixed(np.array([[2.0], [2.0]])), data) == pytest.approx(1)


def test_maxout_gets_the_parameters_of_the_others():
    sizes = {
        arm: sum(
            p.size
            for p in make_net(arm, bakeoff.HIDDEN.get(arm, (100, 100)), 0).params.values()
        )
        for arm in bakeoff.ARMS
    }
    assert sizes["maxout"] == pytest.approx(sizes["relu"], rel=0.01)
    assert {n for arm, n in sizes.items() if arm not in ("maxout", "prelu")} == {sizes["relu"]}


def test_bakeoff_compares_its_own_accuracies(monkeypatch):
    monkeypatch.setattr(bakeoff, "EPOCHS", 1)
    outcome = bakeoff.bakeoff(0, dict.fromkeys(bakeoff.ARMS, 0.01))
    for arm in ("relu", "tanh", "maxout"):
        expected = outcome["accuracy_silu"] - outcome[f"accuracy_{arm}"]
        assert outcome[f"silu_minus_{arm}"] == expected
    assert outcome["slope_1_minus_2"] == outcome["slope_1"] - outcome["slope_2"]
    assert (
        outcome["tanh_minus_sigmoid"] == outcome["accuracy_tanh"] - outcome["accuracy_sigmoid"]
    )


def test_bias_gains_are_over_bias_zero(monkeypatch):
    monkeypatch.setattr(biases, "EPOCHS", 1)
    outcome = biases.bias_gains(0, dict.fromkeys(biases.BIASES.arms, 0.05))
    assert outcome["gain_1"] == outcome["accuracy_1"] - outcome["accuracy_0"]
    assert "gain_0" not in outcome


def test_a_deep_net_has_the_layers_of_its_arm(monkeypatch):
    built = []
    monkeypatch.setattr(depth, "train_net", lambda net, *a, **k: built.append(len(net.layers)))
    assert 0 <= depth.deep_accuracy("tanh 6", 0.1, 0) <= 100
    assert built == [13]
    found = depth.very_deep(0, dict.fromkeys(depth.VERY_DEEP.arms, 0.1))
    assert found["selu_minus_tanh"] == found["selu_30"] - found["tanh_30"]


def test_slowing_slopes_slows_nothing_else(monkeypatch):
    monkeypatch.setattr(slope_rate, "EPOCHS", 1)
    relu_accuracy = slope_rate.slowed_accuracy("relu", 1.0, 0)
    assert slope_rate.slowed_accuracy("relu", 0.0, 0) == relu_accuracy


def test_the_cloud_says_which_units_are_active():
    found = cloud.train_on_moons(0.1, 0, units=6, epochs=2)
    assert (found.x.shape, found.weights.shape, found.biases.shape) == ((400, 2), (2, 6), (6,))
    np.testing.assert_allclose(found.x.mean(axis=0), 0, atol=1e-12)
    h = relu(found.x @ found.weights + found.biases)
    np.testing.assert_array_equal(found.active, (h > 0).mean(axis=0))


def test_sigmoid_outputs_are_always_positive_and_tanh_outputs_are_not():
    # The premise of the experiments on signs.
    x = digits_split(0).x[:100]
    positive = activations_by_layer(make_net("sigmoid", (20, 5), 0), x)[1]
    mixed = activations_by_layer(make_net("tanh", (20, 5), 0), x)[1]
    assert (positive > 0).all()
    assert (mixed < 0).any()
    assert sigmoid(np.zeros(1))[0] == 0.5


def test_scaled_sigmoids_have_the_slopes_and_means_that_their_names_say():
    origin = np.zeros((1, 1))
    for name, variant in VARIANTS.items():
        y, backward = ScaledSigmoid(*variant)(origin)
        slope = backward(np.ones((1, 1)))[0]
        assert slope[0, 0] == pytest.approx(1.0 if name.startswith("steep") else 0.25)
        assert y[0, 0] == pytest.approx(0.5 if name.endswith("off") else 0.0)


def test_the_steep_centered_sigmoid_is_tanh():
    x = np.linspace(-5, 5, 101)[:, None]
    y, _ = ScaledSigmoid(*VARIANTS["steep_centered"])(x)
    np.testing.assert_allclose(y, np.tanh(x), atol=1e-15)

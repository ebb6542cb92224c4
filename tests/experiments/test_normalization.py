"""The building blocks of the experiments on normalization, on cases whose answer is known."""

from itertools import pairwise

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnbook.activations import ACTIVATIONS
from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.normalization import (
    batches,
    depth,
    fusing,
    gradients,
    invariance,
    landscape,
    models,
    modes,
    placement,
    regularizing,
    scales,
    sigmoids,
    speed,
)
from nnbook.experiments.normalization.models import conv_net, norm_net
from nnbook.layers import Activate, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

test_accuracy.__test__ = False  # a function of the package, not a test


def fresh(seed=0):
    return np.random.default_rng(seed)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


# --- models ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("norm", ["plain", "batch", "layer"])
def test_equal_seeds_have_the_weights_of_the_plain_net(norm, activation):
    plain = make_net(activation, (20, 10), seed=3).params.items()
    net = norm_net(norm, (20, 10), 3, activation=activation).params
    weights = [p for name, p in net.items() if name.endswith("weight")]
    expected = [p for name, p in plain if name.endswith("weight")]
    for own, other in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(own, other)
        assert own.dtype == np.float32


def test_a_norm_stands_before_the_activation_or_after_it():
    assert kinds(norm_net("batch", (5,), 0)) == ["Linear", "BatchNorm", "Activate", "Linear"]
    after = norm_net("batch", (5,), 0, after=True)
    assert kinds(after) == ["Linear", "Activate", "BatchNorm", "Linear"]
    assert kinds(norm_net("plain", (5,), 0)) == ["Linear", "Activate", "Linear"]


def test_the_factor_multiplies_weights_and_nothing_else():
    net, big = (norm_net("batch", (20,), 0, factor=f) for f in (1, 10))
    for name, p in net.params.items():
        np.testing.assert_allclose(
            big.params[name], p * (10 if name.endswith("weight") else 1), rtol=1e-6
        )


@pytest.mark.parametrize("norm", models.CONV_NORMS)
def test_a_convnet_scores_rows_of_pixels(norm):
    net, x = conv_net(norm, 0), digits_split(0).x[:6]
    scores, backward = net(x, training=True)
    assert scores.shape == (6, 10)
    dx, _ = backward(np.ones_like(scores))
    assert dx.shape == x.shape
    assert sum(k.endswith("Norm") for k in kinds(net)) == (0 if norm == "plain" else 2)


def test_an_unknown_norm_is_refused():
    with pytest.raises(ValueError, match=r"^norm must be one of batch, .*, got 'spectral'$"):
        norm_net("spectral", (5,), 0)
    with pytest.raises(ValueError, match=r"^norm must be one of batch, .*, got 'layer'$"):
        conv_net("layer", 0)


# --- the layer ------------------------------------------------------------------------------------


def test_scale_and_bias_of_the_weights_are_ignored_down_to_epsilon():
    outcome = invariance.invariance(0)
    assert outcome["mean_distance"] < 1e-12
    assert outcome["std_7"] < 0.01
    assert outcome["gradient_7"] == pytest.approx(1 / 7, rel=1e-4)
    assert outcome["cosine"] < 1e-4
    # Theory for tiny weights: z has the variance q = 1e-6 / 64 times the sum of the inputs' variances.
    q = 1e-6 / 64 * digits_split(0).x.var(axis=0).sum()
    assert 100 - outcome["std_tiny"] == pytest.approx(100 * np.sqrt(q / (q + 1e-5)), rel=0.03)


def test_the_distance_from_the_identity_is_what_epsilon_makes_it():
    x = fresh().normal(2, 3, (50, 4))
    mu, sigma = x.mean(axis=0), x.std(axis=0)
    shrunk = 1 - sigma / np.sqrt(sigma**2 + 0.5)
    expected = (np.abs(x - mu) / sigma * shrunk).max()
    assert invariance.identity_distance(x, 0.5, sigma, mu) == pytest.approx(expected)
    root = np.sqrt(sigma**2 + 0.5)
    assert invariance.identity_distance(x, 0.5, root, mu) < 1e-12


def test_in_batches_the_identity_is_off_by_the_noise_of_their_moments():
    # Of a batch of n Gaussian numbers the mean is off by 1/sqrt(n) and the deviation by 1/sqrt(2n).
    expected = 100 * np.sqrt(1.5 / invariance.BATCH)
    assert invariance.identity(0)["distance_batches"] == pytest.approx(expected, rel=0.1)


def test_a_fused_net_is_the_net_at_inference_without_its_batch_norms():
    net, x = norm_net("batch", (20, 10), 0), digits_split(0).x[:50]
    for _ in range(3):
        net(x, training=True)  # the running statistics leave their start
    one = fusing.fused(net)
    assert kinds(one) == ["Linear", "Activate", "Linear", "Activate", "Linear"]
    np.testing.assert_allclose(one(x)[0], net(x)[0], atol=1e-4)


def test_a_batch_norm_behind_an_activation_stays():
    net = norm_net("batch", (20,), 0, after=True)
    assert kinds(fusing.fused(net)) == kinds(net)


def test_the_fastest_of_several_rounds(monkeypatch):
    ticks = iter([0.0, 3.0, 3.0, 8.0, 10.0, 11.0, 11.0, 18.0])
    monkeypatch.setattr(fusing.time, "perf_counter", lambda: next(ticks))
    assert fusing.fastest_of({"a": list, "b": list}, rounds=2) == {"a": 1.0, "b": 5.0}


def test_costs_are_ratios_above_zero(monkeypatch):
    monkeypatch.setattr(fusing, "REPEATS", 1)
    monkeypatch.setattr(fusing, "STEPS", 1)
    assert all(ratio > 0 for ratio in fusing.norm_costs(0).values())


# --- scales ---------------------------------------------------------------------------------------


def test_the_best_run_is_that_of_the_lowest_loss_and_no_number_is_the_worst():
    runs = [(float("nan"), 1.0), (0.5, 2.0), (0.1, 3.0), (float("inf"), 4.0)]
    assert scales.best_of(runs) == 3.0
    assert scales.best_of(runs[:2]) == 2.0


def test_a_run_that_diverges_has_no_accuracy():
    with np.errstate(all="ignore"):
        assert scales.scaled_run("plain", 30.0, 1.0, 0) == (float("inf"), 0.0)


def test_what_a_scale_loses_is_counted_from_hes(monkeypatch):
    def run(norm, factor, rate, seed, repair):
        return abs(np.log10(rate)), 100 - abs(np.log10(factor)) - (rate == 10) + bool(repair)

    monkeypatch.setattr(scales, "scaled_run", run)
    outcome = scales.scales(0, {"batch": 1.0})  # the middle rate is the best of 0.1, 1 and 10
    assert outcome["batch_home"] == 100
    assert outcome["batch_lost_tiny"] == pytest.approx(3)
    assert outcome["batch_lost_small"] == pytest.approx(2)
    assert outcome["batch_lost_large"] == pytest.approx(np.log10(30))
    assert outcome["batch_lost_same_rate"] == pytest.approx(3)
    assert outcome["batch_lost_tiny_epsilon"] == pytest.approx(2)
    assert outcome["batch_lost_large_output"] == pytest.approx(np.log10(30) - 1)


def test_repairs_change_what_they_name(monkeypatch):
    seen = []
    monkeypatch.setattr(scales, "train_net", lambda net, *a, **k: seen.append(net))
    for repair in ("", "epsilon", "output"):
        scales.scaled_run("batch", 10.0, 0.1, 0, repair)
    usual, epsilon, output = seen
    assert [net.layers[1].eps for net in seen] == [1e-5, 1e-12, 1e-5]
    np.testing.assert_array_equal(epsilon.params["18.weight"], usual.params["18.weight"])
    np.testing.assert_allclose(
        output.params["18.weight"], usual.params["18.weight"] / 10, rtol=1e-6
    )
    np.testing.assert_array_equal(output.params["0.weight"], usual.params["0.weight"])


# --- speed ----------------------------------------------------------------------------------------


def test_a_shift_is_one_constant_a_feature_in_training_only():
    layer, x = speed.Shift(2.0, rng=fresh()), np.zeros((5, 3), np.float32)
    first, backward = layer(x, training=True)
    again, _ = layer(x, training=True)
    assert (first == first[0]).all()
    assert (first != again).all()
    assert first.dtype == np.float32
    assert layer(x)[0] is x
    assert backward(x + 1)[0] is not None
    wide = speed.Shift(2.0, rng=fresh())(np.zeros((2, 10_000), np.float32), training=True)[0]
    assert wide[0].std() == pytest.approx(2, rel=0.05)


def test_the_nets_that_are_raced():
    assert kinds(speed.speed_net("plain", 0)) == ["Linear", "Activate"] * 6 + ["Linear"]
    shifted = speed.speed_net("shifted 0.3", 0)
    assert kinds(shifted) == ["Linear", "BatchNorm", "Shift", "Activate"] * 6 + ["Linear"]
    assert shifted.layers[2].amplitude == np.float32(0.3)
    noise = [
        layer(np.zeros((1, 100), np.float32), training=True)[0]
        for layer in (shifted.layers[2], shifted.layers[6])
    ]
    assert (noise[0] != noise[1]).any()  # each layer draws its own


def test_checkpoints_rise_to_the_limit():
    marks = speed.checkpoints()
    assert (marks[0], marks[-1]) == (10, speed.LIMIT)
    assert all(a < b <= np.ceil(1.08 * a) for a, b in pairwise(marks))


def test_updates_to_the_target_and_none_for_a_net_that_does_not_arrive(monkeypatch):
    assert 15 <= speed.updates_to_target("batch", 0.05, 0) <= 100
    monkeypatch.setattr(speed, "LIMIT", 12)
    assert np.isnan(speed.updates_to_target("plain", 0.005, 0))
    assert speed.updates_score("plain", 0.005, 0) == -np.log(12)
    with np.errstate(all="ignore"):
        assert np.isnan(speed.updates_to_target("plain", 1e20, 0))


def test_ratios_of_speed(monkeypatch):
    nan = float("nan")
    arrives = {"plain": (0.02, 0.1), "batch": (0.01, 0.5)}

    def updates(arm, rate, seed):
        low, high = arrives.get(arm, (0.0, 9.0))
        if not low <= rate <= high:
            return nan
        return {"plain": 80.0, "batch": 40.0}.get(arm, 60.0)

    monkeypatch.setattr(speed, "updates_to_target", updates)
    monkeypatch.setattr(
        speed, "movement", lambda arm, rate, seed: 2.0 + 2 * (arm == "shifted 1")
    )
    outcome = speed.norm_speed(0, {"plain": 0.02, "batch": 0.05, "shifted 0.1": 0.05})
    assert (outcome["highest_plain"], outcome["highest_batch"]) == (0.1, 0.5)
    assert outcome["highest_ratio"] == pytest.approx(5)
    assert outcome["faster"] == outcome["speedup"] == 2
    assert outcome["same_rate"] == 2
    assert outcome["plain_updates"][0] == speed.LIMIT
    assert outcome["shifted_0.3_over_plain"] == 0.75
    assert outcome["shifted_0.3_over_batch"] == 1.5
    assert (outcome["shifted_1_moves"], outcome["shifted_0.3_moves"]) == (2, 1)


def test_a_shift_moves_means_as_far_as_two_draws_differ(monkeypatch):
    monkeypatch.setattr(speed, "UPDATES", 3)
    # Of two draws from N(0, 1) the mean distance is 2 / sqrt(pi); batch norm alone moves beta only.
    assert speed.movement("shifted 1", 0.001, 0) == pytest.approx(2 / np.sqrt(np.pi), rel=0.1)
    assert speed.movement("batch", 0.001, 0) < 0.01


# --- landscape ------------------------------------------------------------------------------------


def test_the_usable_step_ends_where_the_loss_is_back(monkeypatch):
    monkeypatch.setattr(landscape, "STEPS", np.array([0.1, 0.2, 0.4]))
    assert landscape.usable_step([0.9, 1.0, 2.0], 1.0) == 0.2
    assert landscape.usable_step([0.9, 0.8, float("nan")], 1.0) == 0.4
    assert landscape.usable_step([0.9, 0.8, 0.7], 1.0) == 0.4


def test_losses_along_the_gradient_leave_the_net_as_it_was():
    data, net = digits_split(0), norm_net("batch", (10,), 0)
    loss, grads = loss_and_grads(net, cross_entropy, data.x, data.y)
    before = {name: p.copy() for name, p in net.params.items()}
    losses = landscape.loss_along(net, data, grads)
    for name, p in net.params.items():
        np.testing.assert_array_equal(p, before[name])
    slope = sum(float((g**2).sum()) for g in grads.values())
    step = landscape.STEPS[20]
    assert losses[20] - loss == pytest.approx(-step * slope, rel=0.2)


# --- gradients and depth --------------------------------------------------------------------------


def test_growth_is_the_factor_of_one_layer():
    assert gradients.growth([8.0, 4.0, 2.0, 1.0], 1, 4) == pytest.approx(2)
    assert gradients.growth([8.0, 4.0, 2.0, 1.0], 2, 3) == pytest.approx(2)


def test_the_expected_growth_of_relu_has_a_closed_form():
    assert gradients.expected_growth("relu") == pytest.approx(np.sqrt(np.pi / (np.pi - 1)))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "elu"])
def test_the_expected_growth_by_simulation(activation):
    f, f_grad = ACTIVATIONS[activation]
    z = fresh().standard_normal(1_000_000)
    expected = np.sqrt((f_grad(z) ** 2).mean() / f(z).var())
    assert gradients.expected_growth(activation) == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gaussian_poincare_inequality_gradients_never_shrink(activation):
    assert gradients.expected_growth(activation) >= 1


def test_the_rms_of_a_gradient_that_is_halved_in_each_layer():
    half = [Linear(4, 4, rng=fresh()) for _ in range(3)]
    for linear in half:
        linear.params["weight"][:] = np.eye(4) / 2
    net = Sequential(*(part for linear in half for part in (linear, Activate("relu"))))
    x = np.ones((5, 4))
    np.testing.assert_allclose(gradients.gradient_rms(net, x, x), [0.25, 0.5, 1])


def test_measured_growth_is_that_of_theory(monkeypatch):
    monkeypatch.setattr(gradients, "DEPTH", 12)
    monkeypatch.setattr(gradients, "FIRST", 2)
    monkeypatch.setattr(gradients, "LAST", 11)
    with threadpool_limits(1):
        outcome = gradients.gradient_growth(0)
    for name in ("relu", "tanh", "sigmoid"):
        assert outcome[f"over_theory_{name}"] == pytest.approx(1, abs=0.05)
    assert outcome["growth_plain_lecun"] == pytest.approx(np.sqrt(0.5), abs=0.05)
    assert outcome["nearer_than_he"] < 0 < outcome["nearer_than_lecun"]


def test_deep_nets_have_the_norm_and_depth_of_their_arm():
    assert len(depth.deep_net("batch 15", 0).layers) == 46
    assert len(depth.deep_net("plain 6", 0).layers) == 13


def test_a_fresh_net_with_batch_norm_hands_down_growing_gradients():
    net = depth.deep_net(f"batch {depth.DEEPEST}", 0)
    assert 1.1 < depth.growth_now(net, digits_split(0)) < 1.3
    plain = depth.deep_net(f"plain {depth.DEEPEST}", 0)
    assert 0.9 < depth.growth_now(plain, digits_split(0)) < 1.1


def test_leads_are_differences_and_growths_come_in_order(monkeypatch):
    scores = {"plain": 50.0, "batch": 80.0}
    monkeypatch.setattr(depth, "deep_accuracy", lambda arm, rate, seed: scores[arm.split()[0]])
    monkeypatch.setattr(depth, "growth_in_training", lambda rate, seed: [3.0, 2.0, 1.5])
    outcome = depth.norm_depth(0, dict.fromkeys(depth.NORM_DEPTH.arms, 0.1))
    assert outcome["lead_30"] == 30
    assert [outcome[f"growth_{when}"] for when in ("start", "one", "ten")] == [3, 2, 1.5]


def test_growth_is_looked_at_before_training_and_after_each_early_update(monkeypatch):
    monkeypatch.setattr(depth, "EARLY", 2)
    monkeypatch.setattr(depth, "DEEPEST", 3)
    assert len(depth.growth_in_training(0.01, 0)) == 3


def test_a_sigmoid_net_has_batch_norm_before_each_sigmoid(monkeypatch):
    built = []
    monkeypatch.setattr(sigmoids, "train_net", lambda net, *a, **k: built.append(kinds(net)))
    sigmoids.sigmoid_accuracy("6", 0.1, 0)
    assert built == [["Linear", "BatchNorm", "Activate"] * 6 + ["Linear"]]


# --- regularizing, placement, batch sizes ---------------------------------------------------------


def test_a_quiet_step_on_all_examples_is_an_ordinary_step():
    data = digits_split(0, 200)
    quiet, usual = (norm_net("batch", (10,), 0) for _ in range(2))
    everything = np.arange(200)
    regularizing.quiet_step(quiet, SGD(0.1), data, everything)
    _, grads = loss_and_grads(usual, cross_entropy, data.x, data.y)
    SGD(0.1).step(usual.params, grads)
    for name, p in usual.params.items():
        np.testing.assert_allclose(quiet.params[name], p, atol=1e-6)


def test_a_quiet_step_uses_the_labels_of_its_batch_alone():
    data, batch = digits_split(0, 200), np.arange(20)
    changed = data._replace(y=np.where(np.arange(200) < 20, data.y, 0))
    nets = [norm_net("batch", (10,), 0) for _ in range(2)]
    for net, d in zip(nets, (data, changed), strict=True):
        regularizing.quiet_step(net, SGD(0.1), d, batch)
    for name, p in nets[0].params.items():
        np.testing.assert_array_equal(p, nets[1].params[name])


def test_regularizing_compares_its_own_accuracies(monkeypatch):
    monkeypatch.setattr(regularizing, "EPOCHS", 1)
    outcome = regularizing.regularizing(0, dict.fromkeys(("plain", "batch", "quiet"), 0.03))
    for a, b in (("batch", "plain"), ("batch", "quiet"), ("quiet", "plain")):
        difference = outcome[f"accuracy_{a}"] - outcome[f"accuracy_{b}"]
        assert outcome[f"{a}_minus_{b}"] == difference


def test_placement_compares_before_and_after(monkeypatch):
    monkeypatch.setattr(placement, "placement_score", lambda arm, r, s: 9.0 + (arm == "after"))
    assert placement.placement(0, {"before": 1, "after": 1})["before_minus_after"] == -1


def test_the_rate_is_proportional_to_the_batch(monkeypatch):
    seen = []
    monkeypatch.setattr(
        batches,
        "train_net",
        lambda net, data, seed, *, lr, epochs, batch: seen.append((lr, batch)),
    )
    for size in batches.SIZES:
        batches.trained("layer mlp", 0.32, 0, size)
    assert seen == [pytest.approx((0.01 * size, size)) for size in batches.SIZES]


def test_the_mode_matters_to_batch_norm_and_not_to_layer_norm():
    data = digits_split(0)
    assert batches.mode_difference(norm_net("layer", (10,), 0), data) == 0
    assert batches.mode_difference(norm_net("batch", (10,), 0), data) > 0


# --- modes ----------------------------------------------------------------------------------------


def test_batches_by_class_hold_one_class_and_cover_all_examples():
    labels = fresh().integers(4, size=103)
    parts = list(modes.by_class(labels, 10, fresh(1)))
    assert all(len(set(labels[part])) == 1 for part in parts)
    assert min(map(len, parts)) >= 10
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(103))
    order = [labels[part[0]] for part in parts]
    assert order != sorted(order)


@pytest.mark.parametrize("size", [1, 7, 50, 597])
def test_mixed_batches_cover_all_examples(size):
    parts = list(modes.mixed(597, size, fresh()))
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(597))
    assert min(map(len, parts)) >= size


@pytest.fixture(scope="module")
def trained():
    net, data, _ = modes.trained("batch", 0.05, 0)
    return net, data


def test_a_net_without_batch_norm_does_not_care_with_whom_it_is_tested():
    net, data = norm_net("plain", (20,), 0), digits_split(0)
    train_net(net, data, 0, lr=0.05, epochs=2, batch=50)
    for size, sorted_by_class in ((1, False), (8, False), (8, True), (597, False)):
        found = modes.accuracy_by_batch(net, data, size, 0, sorted_by_class=sorted_by_class)
        assert found == pytest.approx(test_accuracy(net, data))


def test_statistics_of_all_test_digits_are_good_and_of_one_useless(trained):
    net, data = trained
    kept = {name: b.copy() for name, b in net.buffers.items()}
    everything = modes.accuracy_by_batch(net, data, 597, 0)
    alone = modes.accuracy_by_batch(net, data, 1, 0)
    assert everything > 90
    scores, _ = net.layers[-1](ACTIVATIONS["relu"][0](net.params["4.beta"])[None])
    constant = 100 * (data.y_test == scores.argmax()).mean()
    assert alone == pytest.approx(constant)
    for name, b in kept.items():
        np.testing.assert_array_equal(net.buffers[name], b)


def test_forgetting_is_going_back_to_mean_0_and_variance_1(trained):
    net, _ = trained
    forgot = modes.forget(net)
    for name, values in forgot.buffers.items():
        assert (values == (1 if name.endswith("var") else 0)).all()
        assert not np.array_equal(values, net.buffers[name])


def test_the_weight_of_a_batch_in_the_averages_changes_no_weight_of_the_net(trained):
    net, _ = trained
    slow, _, marks = modes.trained("batch", 0.05, 0, momentum=0.001)
    for name, p in net.params.items():
        np.testing.assert_array_equal(slow.params[name], p)
    assert len(marks) == len(modes.MARKS)
    start = {name: float(name.endswith("var")) for name in net.buffers}
    moved = {name: np.abs(b - start[name]).mean() for name, b in slow.buffers.items()}
    assert all(m < np.abs(net.buffers[name] - start[name]).mean() for name, m in moved.items())


def test_momentum_is_set_in_every_batch_norm():
    net = modes.set_momentum(norm_net("batch", (5, 5), 0), 0.25)
    norms = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    assert [layer.momentum for layer in norms] == [0.25, 0.25]

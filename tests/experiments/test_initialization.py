"""The building blocks of the experiments on initialization, on cases whose answer is known."""

import numpy as np
import pytest
from scipy.integrate import quad

from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.initialization import (
    depths,
    distributions,
    full_size,
    ladder,
    lecture,
    linear,
    mean_field,
    residuals,
    shattered,
    signal,
    stacks,
    symmetry,
    tickets,
    trainable,
    variance,
    zeros,
)
from nnbook.experiments.initialization.nets import fresh_statistics, score, start
from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.initializers import constant, kaiming_normal, lecun_normal, orthogonal
from nnbook.layers import Activate, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

test_accuracy.__test__ = False  # a function of the package, not a test
ROOT2 = 2**0.5


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- mean field -----------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [0.01, 1.0, 7.3, 50.0])
def test_gaussian_means_agree_with_adaptive_integration(q):
    def integrand(z):
        return np.tanh(np.sqrt(q) * z) ** 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    expected, _ = quad(integrand, -12, 12, limit=400)
    assert mean_field.gaussian_mean(lambda z: np.tanh(z) ** 2, q) == pytest.approx(expected)


def test_relu_halves_the_mean_square_and_the_mean_squared_gradient():
    for q in (0.3, 2.0):
        assert mean_field.next_q("relu", 1.7, q) == pytest.approx(1.7**2 * q / 2)
        assert mean_field.chi("relu", 1.7, q) == pytest.approx(1.7**2 / 2)


def test_a_small_tanh_is_linear_and_shrinks_by_its_third_order_term():
    q = 1e-3
    assert mean_field.next_q("tanh", 1.0, q) == pytest.approx(q - 2 * q**2, rel=1e-4)
    assert mean_field.chi("tanh", 0.64, 1e-8) == pytest.approx(0.64**2)


def test_expectations_follow_from_one_layer_to_the_next():
    found = mean_field.expect("relu", ROOT2, depth=6, batch=16)
    np.testing.assert_allclose(found.q, 2)
    np.testing.assert_allclose(found.rms, 1)
    np.testing.assert_allclose(
        found.std, np.sqrt(1 - 1 / np.pi), rtol=1e-6
    )  # mean 1 / sqrt(pi)
    np.testing.assert_allclose(found.dz, np.sqrt(0.5))
    np.testing.assert_allclose(found.dw, np.sqrt(0.5) / 4)
    sigmoid = mean_field.expect("tanh", 0.64, depth=4, batch=1)
    chis = [mean_field.chi("tanh", 0.64, q) for q in sigmoid.q]
    slopes = [np.sqrt(c) / 0.64 for c in chis]
    for i in range(3):
        assert sigmoid.dz[i] == pytest.approx(sigmoid.dz[i + 1] * 0.64 * slopes[i])
        assert sigmoid.dw[i + 1] == pytest.approx(sigmoid.rms[i] * sigmoid.dz[i + 1])


def test_cosines_of_two_relu_layers_in_the_limit_of_wide_ones():
    assert mean_field.next_cosine(1.0) == pytest.approx(1)
    assert mean_field.next_cosine(-1.0) == pytest.approx(0)
    assert mean_field.next_cosine(0.0) == pytest.approx(1 / np.pi)
    a, b = fresh().standard_normal((2, 400_000))
    b = 0.6 * a + 0.8 * b
    up, down = np.maximum(a, 0), np.maximum(b, 0)
    expected = up @ down / np.sqrt((up @ up) * (down @ down))
    assert mean_field.next_cosine(0.6) == pytest.approx(expected, abs=0.01)


# --- signal: what goes through a stack --------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_walk_is_what_the_layers_of_the_book_compute(activation):
    """A second implementation: Linear, Activate and their backward functions, in float64."""
    rng = fresh()
    matrices, x, dh = (
        [rng.standard_normal((7, 7)) for _ in range(3)],
        *rng.standard_normal((2, 5, 7)),
    )
    found = signal.walk(matrices, activation, 1.3, x, dh)
    net = Sequential(
        *(
            layer
            for unit in matrices
            for layer in (Linear(7, 7, rng=rng, init=given(unit, 1.3)), Activate(activation))
        )
    )
    outputs = activations_by_layer(net, x)
    _, grads = net(x)[1](dh)
    for i in range(3):
        np.testing.assert_allclose(found.z[i], outputs[2 * i])
        np.testing.assert_allclose(found.h[i], outputs[2 * i + 1])
        np.testing.assert_allclose(found.inputs[i], [x, *outputs][2 * i])
        dw = grads[f"{2 * i}.weight"]
        np.testing.assert_allclose(found.inputs[i].T @ found.dz[i], dw)
        assert signal.weight_gradient_rms(found.inputs[i], found.dz[i]) == pytest.approx(
            signal.rms(dw) / 5
        )


def given(unit, sigma_w):
    return lambda fan_in, fan_out, rng: unit * sigma_w / np.sqrt(fan_in)


def test_a_walk_stays_in_float32():
    matrices, x = signal.unit_matrices(4, 2, fresh()), signal.unit_noise(3, 4, fresh())
    found = signal.walk(matrices, "tanh", 0.64, x, x)
    assert {a.dtype for part in found for a in part} == {np.dtype(np.float32)}


def test_the_cosine_between_examples_leaves_out_each_with_itself():
    assert signal.mean_cosine(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])) == pytest.approx(
        1 / 3
    )
    assert signal.mean_cosine(np.ones((4, 3))) == pytest.approx(1)


# --- the lecture's stack ----------------------------------------------------------------------------


def test_the_settings_are_the_slides_and_so_are_their_weight_scales():
    scales = {name: std * lecture.WIDTH**0.5 for name, (_, std) in lecture.SETTINGS.items()}
    assert scales == pytest.approx(
        {name: sigma_w for name, (_, sigma_w) in stacks.SETTINGS.items()}
    )
    assert scales["tanh_small"] == pytest.approx(0.64)
    assert set(lecture.SLIDE_STD) == set(lecture.SETTINGS)
    assert {len(row) for row in lecture.SLIDE_STD.values()} == {lecture.DEPTH}


def test_a_narrow_version_of_the_lecture_gives_every_measure(monkeypatch):
    monkeypatch.setattr(lecture, "WIDTH", 1024)
    monkeypatch.setattr(
        lecture, "SETTINGS", {n: (f, 2 * std) for n, (f, std) in lecture.SETTINGS.items()}
    )
    found = lecture.lecture_stack(0)
    assert found["tanh_xavier_std_6"] == pytest.approx(0.3, abs=0.02)
    assert found["relu_xavier_per_layer"] == pytest.approx(0.707, abs=0.02)
    assert found["tanh_small_left"] < 0.1 < 4 < found["tanh_large_left"]
    # A ReLU net is homogeneous: the smaller scale divides every gradient of weights by 2^(5/2).
    for key in ("relu_xavier_dw_least", "relu_xavier_dw_most"):
        assert found[key] == pytest.approx(1 / 2**2.5, rel=1e-4)
    assert all(len(found[f"{name}_dw"]) == 6 for name in lecture.SETTINGS)


def test_the_slides_nets_get_digits_of_4096_pixels_and_five_updates(monkeypatch):
    x = np.arange(128, dtype=np.float32).reshape(2, 64)
    large = full_size.enlarged(x).reshape(2, 64, 64)
    assert large.dtype == np.float32
    np.testing.assert_array_equal(large[:, ::8, ::8].reshape(2, 64), x)
    np.testing.assert_array_equal(large[1, 8:16, 16:24], np.full((8, 8), x[1, 10]))
    net = full_size.full_net("tanh", 0.05, seed=0, width=64)
    assert len(net.params) == 14
    assert net.params["0.weight"].std() == pytest.approx(0.05, rel=0.05)
    before, steps, step = net.params["0.weight"].copy(), [], SGD.step
    monkeypatch.setattr(SGD, "step", lambda *args: steps.append(step(*args)))
    full_size.train_briefly(net, digits_split(0), 0)
    assert len(steps) == full_size.UPDATES
    assert (net.params["0.weight"] != before).any()


def test_depth_shows_what_six_layers_hide():
    found = stacks.deep_stack(0)
    assert found["deep_tanh_small_kept"] < 1e-8
    assert 0.8 < found["deep_tanh_large_kept"] < 1.2
    assert found["deep_tanh_large_left"] > 1e5
    assert found["deep_cosine"] > 0.9
    assert len(found["deep_relu_he_signal"]) == 50


def test_the_default_of_pytorch_has_a_sixth_of_hes_variance():
    weight = stacks.pytorch_default(300, 400, rng=fresh())
    assert weight.var() == pytest.approx(1 / 900, rel=0.02)
    assert np.abs(weight).max() <= 1 / np.sqrt(300)
    found = stacks.default_weights(0)
    assert found["default_dead"] > 2 * found["he_dead"]
    assert found["default_spread"] < 0.05 < found["he_spread"]


# --- symmetry and zeros -----------------------------------------------------------------------------


def test_distinct_units_and_spread():
    same = np.ones((3, 4))
    assert symmetry.distinct_units(same) == symmetry.distinct_units(0 * same) == 1
    assert symmetry.spread(same) == symmetry.spread(0 * same) == 0
    one = same.copy()
    one[:, 2] = [1, 1, 1.5]
    assert symmetry.distinct_units(one) == 2
    assert symmetry.spread(one) == pytest.approx(0.5 / np.sqrt(4.25))
    assert symmetry.distinct_units(np.eye(4)) == 4


def test_equal_units_stay_equal_and_random_ones_differ():
    found = symmetry.equal_start(0)
    assert found["zero_units"] == found["constant_units"] == 1
    assert found["zero_rank"] == 0
    assert found["constant_rank"] == 1
    assert found["random_units"] == symmetry.WIDTH
    assert found["zero_accuracy"] < 20 < 90 < found["random_accuracy"]


def test_a_nudge_grows_and_nothing_else_does(monkeypatch):
    monkeypatch.setattr(symmetry, "ROUNDS", 8)
    found = symmetry.nudged(0)
    assert set(found["exact_spreads"]) == {0.0}
    assert found["nudged_spreads"][0] == pytest.approx(1e-9, rel=1e-3)
    assert found["nudged_spreads"][-1] > 30 * found["nudged_spreads"][0]


def test_what_learns_from_a_zero_layer_and_what_cannot():
    """By hand: behind ReLU a zero first layer gets a gradient of exactly 0, behind tanh it does not."""
    data = digits_split(0)
    moved = {}
    for arm in ("tanh first", "tanh last", "relu last"):
        net = zeros.zeroed(*zeros.ARMS[arm], 0)
        name = zeros.ARMS[arm][2]
        assert not net.params[name].any()
        moved[arm] = np.abs(loss_and_grads(net, cross_entropy, data.x, data.y)[1][name]).max()
    stuck = zeros.zeroed("relu", (100,), "0.weight", 0)
    _, grads = loss_and_grads(stuck, cross_entropy, data.x, data.y)
    assert min(moved.values()) > 1e-4
    assert not grads["0.weight"].any()
    assert not grads["2.weight"].any()
    assert grads["2.bias"].any()


def test_biases_start_as_their_arm_says(monkeypatch):
    seen = {}
    monkeypatch.setattr(zeros, "score", lambda net, seed, rate: seen.update(net.params) or 0.0)
    for arm, expected in (("zero", 0.0), ("constant", 0.1)):
        zeros.bias_score(arm, 0.1, 0)
        assert np.all(seen["0.bias"] == np.float32(expected))
        assert np.all(seen["4.bias"] == 0)
    zeros.bias_score("random", 0.1, 0)
    for name, fan_in in (("0.bias", 64), ("2.bias", 100)):
        assert 0.9 / fan_in**0.5 < np.abs(seen[name]).max() <= 1 / fan_in**0.5


def test_a_bias_in_front_of_batch_norm_has_no_gradient():
    found = zeros.bias_before_norm(0)
    assert found["bias_gradient"] < 1e-12
    assert found["checked"] > 0.1


# --- variance and distributions -----------------------------------------------------------------------


def test_the_formula_needs_the_mean_square_and_the_slide_has_the_variance():
    found = variance.formula(0)
    for name, square_over_variance in (
        ("normal", 1),
        ("relu", np.pi / (np.pi - 1)),
        ("uniform", 4),
    ):
        assert found[f"{name}_slide"] == pytest.approx(square_over_variance, rel=0.1)
        assert found[f"{name}_square"] == pytest.approx(1, rel=0.1)
        assert found[f"{name}_within"] == pytest.approx(1, rel=0.05)


def test_growth_is_one_for_random_weights_and_larger_for_weights_that_know_the_inputs():
    net = mlp((2000, 2000), rng=fresh())
    x = fresh(1).standard_normal((50, 2000))
    assert variance.growth(net, x) == pytest.approx([1], abs=0.05)
    net.params["0.weight"][:, :50] = x.T
    assert variance.growth(net, x)[0] > 2


def test_signs_have_two_values_and_hes_variance():
    weight = distributions.kaiming_signs(50, 200, rng=fresh())
    assert set(np.unique(weight)) == {-0.2, 0.2}
    assert (weight**2).mean() == pytest.approx(2 / 50)
    assert abs(weight.mean()) < 0.01


# --- linear nets --------------------------------------------------------------------------------------


def test_singular_values_of_a_product():
    found = linear.singular_values(orthogonal, fresh())
    np.testing.assert_allclose(found, 1)
    rng, product = fresh(2), np.eye(linear.WIDTH)
    values = linear.singular_values(lecun_normal, fresh(2))
    for _ in range(linear.DEPTH):
        product = product @ lecun_normal(linear.WIDTH, linear.WIDTH, rng=rng)
    assert np.sum(values**2) == pytest.approx((product**2).sum())


def test_the_exponents_add_up_to_the_mean_logarithm_of_the_determinant():
    rng = fresh()
    draws = [
        np.linalg.slogdet(lecun_normal(linear.WIDTH, linear.WIDTH, rng=rng))[1]
        for _ in range(200)
    ]
    exponents = linear.gaussian_exponents()
    assert exponents.sum() == pytest.approx(np.mean(draws), abs=4 * np.std(draws) / 200**0.5)
    assert (np.diff(exponents) < 0).all()
    values = np.log(linear.singular_values(lecun_normal, fresh(1))[:80]) / linear.DEPTH
    np.testing.assert_allclose(values, exponents[:80], atol=0.06)


# --- nets that are trained ----------------------------------------------------------------------------


def test_a_start_has_the_scale_asked_for_and_equal_seeds_equal_draws():
    small, large = (start(depths.scaled(s), (50,), 0, "tanh") for s in (0.64, 3.2))
    np.testing.assert_allclose(
        large.params["0.weight"], 5 * small.params["0.weight"], rtol=1e-5
    )
    assert small.params["0.weight"].std() * 8 == pytest.approx(0.64, rel=0.05)
    assert small.params["0.weight"].dtype == np.float32


def test_scores_are_test_accuracies_after_training():
    assert score(start(kaiming_normal, (30,), 0), 0, 0.05) > 90
    assert score(start(constant, (30,), 0), 0, 0.05, epochs=1) < 20


@pytest.mark.parametrize(
    ("experiment", "trial"),
    [
        (depths.SIX_TANH, depths.tanh_score),
        (depths.RELU_DEPTHS, depths.relu_score),
        (distributions.SHAPES, distributions.shape_score),
        (ladder.LADDER, ladder.rung_score),
        (residuals.RESIDUAL_GROWTH, residuals.residual_score),
        (tickets.TICKETS, tickets.ticket_score),
        (zeros.ONE_ZERO_LAYER, zeros.zero_score),
        (zeros.ZERO_BIASES, zeros.bias_score),
    ],
    ids=lambda e: getattr(e, "name", ""),
)
def test_every_arm_is_known_to_its_trial(experiment, trial, monkeypatch):
    seen = []
    for module in (depths, distributions, ladder, residuals, zeros):
        monkeypatch.setattr(module, "score", lambda net, *_: seen.append(net) or 50.0)
    monkeypatch.setattr(tickets, "train_masked", lambda net, *_: seen.append(net))
    for arm in experiment.arms:
        assert np.isfinite(trial(arm, 0.1, 0))
    assert len(seen) >= len(experiment.arms)


def test_the_map_has_a_row_for_each_scale_and_a_column_for_each_rate(monkeypatch):
    def fake(net, seed, rate, epochs):
        scale = float(net.params["2.weight"].std()) * 32**0.5
        return 90.0 if 0.9 < scale < 2.1 and rate == 0.01 else 10.0

    monkeypatch.setattr(trainable, "score", fake)
    found = trainable.trainable(0)
    assert np.shape(found["tanh_table"]) == (len(trainable.SCALES), len(trainable.RATES))
    assert found["tanh_lowest"] == 1.0
    assert found["relu_highest"] == 2.0


# --- the ladder -----------------------------------------------------------------------------------------


def test_the_rungs_start_as_they_are_called():
    nets = {name: ladder.rung(name, 0) for name in (*ladder.HOPELESS, *ladder.TUNED)}
    middle = {name: net.params["8.weight"] for name, net in nets.items()}
    assert len(nets["he"].params) == 42
    assert not middle["zero"].any()
    assert set(middle["constant"].ravel()) == {np.float32(0.1)}
    scales = {"small": 0.08, "large": 8.0, "lecun": 1.0, "xavier": 1.0, "he": ROOT2}
    for name, scale in scales.items():
        assert middle[name].std() * 8 == pytest.approx(scale, rel=0.05)
    np.testing.assert_allclose(
        middle["orthogonal"].T @ middle["orthogonal"], 2 * np.eye(64), atol=1e-5
    )
    outputs = activations_by_layer(nets["lsuv"], digits_split(0).x[:256])
    np.testing.assert_allclose([z.var() for z in outputs[::2]], 1, atol=0.011)


def test_lsuv_forgets_the_scale():
    assert ladder.rescaled_distance(0) < 0.01


def test_fresh_statistics_of_a_net_of_zeros_and_of_one_that_lives():
    assert fresh_statistics(ladder.rung("zero", 0), 0) == (0, 0)
    net, data = start(kaiming_normal, (20,), 0), digits_split(0)
    scores, _ = net(data.x[:256])
    _, dy = cross_entropy(scores, data.y[:256])
    hidden = activations_by_layer(net, data.x[:256])[1]
    bottom = 256 * dy @ net.params["2.weight"].T * (hidden > 0)
    expected = (np.sqrt((hidden**2).mean()), np.sqrt((bottom**2).mean()))
    assert fresh_statistics(net, 0) == pytest.approx(expected, rel=1e-4)


# --- residual branches ------------------------------------------------------------------------------------


def test_blocks_with_a_zero_last_layer_are_the_identity_and_hes_treble():
    x = digits_split(0).x
    for arm in ("zero_last", "fixup"):
        outputs = activations_by_layer(residuals.residual_net(arm, 0), x)
        np.testing.assert_array_equal(outputs[-2], x)
    plain, scaled = (residuals.residual_net(arm, 0).params for arm in ("zero_last", "fixup"))
    np.testing.assert_allclose(
        scaled["3.0.weight"], plain["3.0.weight"] / np.sqrt(10), rtol=1e-5
    )
    assert not scaled["10.weight"].any()
    assert plain["10.weight"].any()
    squares = []
    for seed in range(20):
        before, after = (
            h for h in activations_by_layer(residuals.residual_net("he", seed), x)[:2]
        )
        squares.append((after**2).mean() / (before**2).mean())
    assert np.mean(squares) == pytest.approx(3, rel=0.1)


def test_slopes_are_derivatives():
    net = shattered.column(3, kaiming_normal, fresh())
    found, h = shattered.slopes(net), 1e-6
    at = np.linspace(-2, 2, shattered.POINTS)[[10, 100, 200]]
    for x, slope in zip(at, found[[10, 100, 200]], strict=True):
        above, below = (net(np.array([[x + d]]))[0][0, 0] for d in (h, -h))
        assert slope == pytest.approx((above - below) / (2 * h), rel=1e-4)


def test_kinks_of_the_first_layer_lie_within_the_inputs():
    first, _ = shattered.first_layers(fresh())
    kinks = -first.params["bias"] / first.params["weight"][0]
    assert np.abs(kinks).max() <= 2
    assert np.abs(kinks).max() > 1.9


# --- tickets ------------------------------------------------------------------------------------------------


def test_a_mask_keeps_the_largest():
    weight = np.array([[0.1, -5.0, 3.0], [2.0, 0.0, -4.0]])
    np.testing.assert_array_equal(tickets.largest(weight, 50), [[0, 1, 1], [0, 0, 1]])
    assert tickets.largest(weight, 1).sum() == 1


def test_masked_weights_stay_zero_and_the_others_learn():
    net = make_net("relu", (20,), 0)
    before = net.params["0.weight"].copy()
    mask = tickets.largest(before, 20)
    tickets.train_masked(net, {"0.weight": mask}, 0, 0.1)
    after = net.params["0.weight"]
    assert not after[mask == 0].any()
    assert (after != before)[mask == 1].mean() > 0.8  # pixels that never change teach nothing


def test_arms_of_a_ticket_share_mask_or_start_as_they_should(monkeypatch):
    seen = {}

    def note(net, masks, seed, rate):
        seen[rate] = ({k: p.copy() for k, p in net.params.items()}, masks)

    tickets.trained_weights(0)
    monkeypatch.setattr(tickets, "train_masked", note)
    for rate, begin in enumerate(tickets.STARTS):
        tickets.ticket_score(f"{begin} 10", rate, 0)
    (rewound, mask), (renewed, same), (placed, other) = seen[0], seen[1], seen[2]
    start_of = make_net("relu", tickets.HIDDEN, 0).params
    for name in mask:
        np.testing.assert_array_equal(rewound[name], start_of[name])
        np.testing.assert_array_equal(placed[name], start_of[name])
        np.testing.assert_array_equal(mask[name], same[name])
        assert (renewed[name] != start_of[name]).all()
        assert other[name].sum() == mask[name].sum()
        assert (other[name] != mask[name]).any()

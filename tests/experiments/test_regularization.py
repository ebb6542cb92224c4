"""The building blocks of the experiments on regularization, on cases whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from nnbook.claims import CLAIMS
from nnbook.claims.records import read_body
from nnbook.claims.regularization.small_data import CHOSEN
from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.regularization import (
    decay,
    masks,
    noise,
    overfitting,
    reach,
    sizes,
    small_data,
)
from nnbook.experiments.regularization.recipes import (
    RECIPES,
    WAYS,
    Plan,
    Recipe,
    augmented,
    background,
    mixed_loss,
    soft_threshold,
    trained,
)
from nnbook.experiments.regularization.sparsity import (
    exactly_zero,
    near_zero,
    pruned,
    weights_of,
)
from nnbook.losses import cross_entropy
from nnbook.regularization import max_norm

test_accuracy.__test__ = False  # a function of the package, not a test
SHORT = Plan(examples=100, hidden=(20,), batch=20, epochs=3)


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- recipes --------------------------------------------------------------------------------------


def test_the_plain_recipe_is_plain_training():
    net, data = trained(RECIPES["plain"], SHORT, 0.03, 1)
    twin = make_net("relu", (20,), 1)
    train_net(twin, data, 1, lr=0.03, epochs=3, batch=20)
    for name, p in net.params.items():
        np.testing.assert_array_equal(p, twin.params[name])


def test_recipes_of_no_strength_are_the_plain_one():
    plain, _ = trained(RECIPES["plain"], SHORT, 0.03, 0)
    for recipe in (Recipe(limit=1e6), Recipe(proximal=True), Recipe(l2=1e-12)):
        net, _ = trained(recipe, SHORT, 0.03, 0)
        np.testing.assert_allclose(net.params["0.weight"], plain.params["0.weight"], atol=1e-6)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_changes_the_net(way):
    plain, _ = trained(RECIPES["plain"], SHORT, 0.03, 0)
    strongest = list(WAYS[way].values())[-1]
    net, _ = trained(strongest, SHORT, 0.03, 0)
    assert not np.array_equal(net.params["0.weight"], plain.params["0.weight"])


def test_a_limit_bounds_every_column():
    net, _ = trained(Recipe(limit=0.7), SHORT, 0.1, 0)
    for name in ("0.weight", "2.weight"):
        assert np.linalg.norm(net.params[name], axis=0).max() <= 0.7 * (1 + 1e-6)
    max_norm(net.params, 0.7)


def test_one_penalized_step_is_the_formula():
    plan = replace(SHORT, batch=100, epochs=1)
    plain, data = trained(RECIPES["plain"], plan, 0.1, 0)
    start = make_net("relu", (20,), 0).params["0.weight"]
    l1, _ = trained(Recipe(l1=0.01), plan, 0.1, 0)
    l2, _ = trained(Recipe(l2=0.01), plan, 0.1, 0)
    w = plain.params["0.weight"]
    np.testing.assert_allclose(l1.params["0.weight"], w - 0.001 * np.sign(start), atol=1e-6)
    np.testing.assert_allclose(l2.params["0.weight"], w - 0.002 * start, atol=1e-6)
    assert len(data.x) == 100


def test_a_run_that_diverges_stops():
    with np.errstate(all="ignore"):
        net, data = trained(RECIPES["plain"], SHORT, 1e6, 0)
        assert test_accuracy(net, data) < 30


def test_shifts_and_flips_move_the_ink_and_leave_the_background():
    data, mean = digits_split(0, 100), background(0, 100)
    raw = digits_split(0, 100, scaled=False)
    np.testing.assert_allclose(data.x + mean, raw.x / raw.x.std(), atol=1e-5)
    flipped = augmented(RECIPES["flip_0.5"], data.x, mean, fresh()) + mean
    images, mirrored = ((data.x + mean).reshape(-1, 8, 8), flipped.reshape(-1, 8, 8))
    same = [np.allclose(a, b, atol=1e-5) for a, b in zip(images, mirrored, strict=True)]
    turned = [
        np.allclose(a[:, ::-1], b, atol=1e-5) for a, b in zip(images, mirrored, strict=True)
    ]
    assert all(a or b for a, b in zip(same, turned, strict=True))
    assert 20 < sum(same) < 80
    moved = augmented(RECIPES["shift_1"], data.x, mean, fresh()) + mean
    assert moved.min() > -1e-5
    assert (moved.sum(axis=1) <= (data.x + mean).sum(axis=1) + 1e-3).all()


def test_cutout_hides_a_square_behind_the_mean():
    x = np.ones((50, 64), np.float32)
    out = augmented(Recipe(cutout=2), x, np.zeros(64, np.float32), fresh())
    hidden = (out == 0).sum(axis=1)
    assert set(hidden) <= {1, 2, 4}
    assert out.dtype == np.float32


def test_a_mixed_loss_is_the_loss_of_mixed_labels():
    scores, first, second = (
        fresh().standard_normal((4, 3)),
        np.array([0, 1, 2, 0]),
        np.zeros(4, int),
    )
    value, grad = mixed_loss(scores, (first, second), 0.3)
    targets = 0.3 * np.eye(3)[first] + 0.7 * np.eye(3)[second]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert value == pytest.approx(-(targets * np.log(p)).sum(axis=1).mean())
    np.testing.assert_allclose(grad, (p - targets) / 4)


def test_the_soft_threshold_is_the_minimum():
    a = np.array([-2.0, -0.3, 0.0, 0.3, 2.0])
    w = np.linspace(-3, 3, 60_001)
    least = [w[np.argmin((w - b) ** 2 / 2 + 0.5 * np.abs(w))] for b in a]
    np.testing.assert_allclose(soft_threshold(a, 0.5), least, atol=1e-3)


# --- sparsity -------------------------------------------------------------------------------------


def test_weights_near_zero_are_counted_and_removed():
    net = make_net("relu", (5,), 0)
    for name in net.params:
        net.params[name][...] = 1
    net.params["0.weight"][:32] = 5e-4
    net.params["0.weight"][0] = 0
    total = 64 * 5 + 5 * 10
    assert len(weights_of(net)) == total
    assert near_zero(net) == pytest.approx(100 * 160 / total)
    assert exactly_zero(net) == pytest.approx(100 * 5 / total)
    assert exactly_zero(pruned(net)) == pytest.approx(near_zero(net))
    assert exactly_zero(net) == pytest.approx(100 * 5 / total)


def test_only_the_soft_threshold_makes_exact_zeros():
    plan = replace(SHORT, epochs=20)
    shares = [
        exactly_zero(trained(Recipe(l1=0.01, proximal=p), plan, 0.05, 0)[0]) for p in (0, 1)
    ]
    assert shares[0] == 0
    assert shares[1] > 30


def test_the_reach_of_a_penalty_is_a_share_of_the_initial_weights():
    assert reach.reach(0.001, 0.03) == pytest.approx(0.03 * 0.001 * 400 / 0.1)
    assert reach.foretold_share(0.0) == 0
    assert reach.foretold_share(10.0) == pytest.approx(100)
    net, _ = trained(RECIPES["plain"], replace(small_data.PLAN, epochs=1), 1e-9, 0)
    share = 100 * (np.abs(weights_of(net)) < 0.1).mean()
    assert reach.foretold_share(0.1) == pytest.approx(share, abs=1)


# --- small data -----------------------------------------------------------------------------------


def test_the_strength_that_decides_is_the_best_of_the_recorded_tuning():
    scores = read_body(CLAIMS["C83"])["scores"]["small_data"]
    for way, strength in CHOSEN.items():
        best = {s: max(v for v in scores[f"{way}_{s:g}"] if v is not None) for s in WAYS[way]}
        assert best[strength] == max(best.values()), way


def test_gains_are_differences_to_the_plain_net(monkeypatch):
    monkeypatch.setattr(small_data, "PLAN", SHORT)
    outcome = small_data.small_data(0, dict.fromkeys(RECIPES, 0.03))
    assert outcome["gain_plain"] == 0
    expected = outcome["accuracy_l2_0.01"] - outcome["accuracy_plain"]
    assert outcome["gain_l2_0.01"] == pytest.approx(expected)
    assert outcome["exact_proximal_0.003"] > 0
    plain = trained(RECIPES["plain"], SHORT, 0.03, 0)
    assert outcome["accuracy_plain"] == test_accuracy(*plain)


# --- decay ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sgd", "momentum", "adam"])
def test_without_noise_decay_is_its_closed_form(kind, monkeypatch):
    monkeypatch.setattr(decay, "NOISE", np.zeros((2, 1)))
    monkeypatch.setattr(decay, "COPIES", 2)
    path = decay.decayed_path(kind, 0, decoupled=True)
    steps = np.arange(0, decay.STEPS + 1, decay.EVERY)
    np.testing.assert_allclose(path[:, 0, 0], decay.decoupled_theory(steps), rtol=1e-10)


def test_penalty_and_decay_are_one_under_sgd_alone():
    a, b = (decay.decayed_path("sgd", 0, decoupled=way)[:5] for way in (True, False))
    np.testing.assert_allclose(a, b, atol=1e-12)
    a, b = (
        decay.decayed_path("adam", 0, decoupled=way)[-1].mean(axis=1) for way in (True, False)
    )
    assert a[0] == pytest.approx(a[1], abs=0.02)
    assert b[1] - b[0] > 0.5


def test_the_mean_under_adam_follows_its_theory():
    path = decay.decayed_path("adam", 1, decoupled=False).mean(axis=2)
    for row, noise_ in enumerate((decay.QUIET, decay.LOUD)):
        np.testing.assert_allclose(path[:, row], decay.adam_l2_theory(noise_), atol=0.02)
    loud = (1 - decay.RATE * decay.DECAY / decay.LOUD) ** decay.STEPS
    assert decay.adam_l2_theory(decay.LOUD)[-1] == pytest.approx(loud, abs=1e-4)


# --- masks ----------------------------------------------------------------------------------------


def test_the_mean_over_all_masks_of_two_inputs_by_hand():
    x, w, p = np.array([2.0, -1.0]), np.array([3.0, 4.0]), 0.25
    by_hand = 0.75 * 0.75 * 2 + 0.75 * 0.25 * 6 + 0.25 * 0.75 * -4
    assert masks.mean_over_all_masks(x, w, p) == pytest.approx(by_hand)


def test_scaling_is_where_the_masks_were():
    net, data = trained(Recipe(dropout=0.5), SHORT, 0.03, 0)
    x = data.x_test[:5]
    np.testing.assert_array_equal(masks.scaled_logits(net, x, 1.0), net(x)[0])
    h = net.layers[1](net.layers[0](x)[0])[0]
    expected = net.layers[3](0.5 * h)[0]
    np.testing.assert_allclose(masks.scaled_logits(net, x, 0.5), expected)


def test_masks_average_to_the_one_pass_of_one_hidden_layer():
    net, data = trained(Recipe(dropout=0.5), SHORT, 0.03, 0)
    x = data.x_test[:20]
    drawn = masks.masked_logits(net, x, 2000)
    off, spread = drawn.mean(axis=0) - net(x)[0], drawn.std(axis=0) / np.sqrt(2000)
    assert np.abs(off / spread).mean() == pytest.approx(np.sqrt(2 / np.pi), abs=0.2)


def test_logits_are_compared_without_what_softmax_cannot_see():
    z = fresh().standard_normal((4, 3))
    np.testing.assert_allclose(masks.centered(z + 7), masks.centered(z))
    assert masks.rms(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))


def test_4096_units_have_masks_of_1234_digits():
    assert masks.mask_count(0) == {"power": 1233, "digits": 1234}


# --- sizes, noise, overfitting --------------------------------------------------------------------


def test_an_arm_names_its_way_and_its_size(monkeypatch):
    monkeypatch.setattr(sizes, "PLANS", {50: replace(SHORT, examples=50), 1200: SHORT})
    _, data = sizes.trained_arm("shift_1 of 50", 0.03, 0)
    assert len(data.x) == 50
    outcome = sizes.sizes(0, dict.fromkeys(sizes.AUGMENTED.arms, 0.03))
    assert outcome["gain_50"] == pytest.approx(outcome["shifted_50"] - outcome["plain_50"])
    assert outcome["plain_moved_1200"] < outcome["plain_1200"]


@pytest.mark.parametrize("kind", noise.KINDS)
def test_noise_spreads_the_answers_of_one_net(kind, monkeypatch):
    monkeypatch.setattr(noise, "PLAN", SHORT)
    monkeypatch.setattr(noise, "DRAWS", 5)
    draws, rule = noise.noisy_answers(kind, 0)
    assert draws.shape == (5, len(rule))
    assert draws.std(axis=0).mean() > 0.001
    assert (draws >= 0).all()
    assert (draws <= 1).all()


def test_a_history_has_one_entry_an_epoch_and_falls(monkeypatch):
    monkeypatch.setattr(overfitting, "EPOCHS", 3)
    training, test = overfitting.loss_history(None, 0)
    assert len(training) == len(test) == 3
    assert training[-1] < training[0]
    limited, _ = overfitting.loss_history(0.5, 0)
    assert limited[-1] > training[-1]
    assert training[-1] < test[-1] < cross_entropy(np.zeros((1, 10)), np.array([0]))[0]

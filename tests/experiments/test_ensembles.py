"""Building blocks of the experiments on ensembles and evaluation, on cases with known answers."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from nnbook.activations import softmax
from nnbook.experiments.ensembles import (
    averages,
    calibration,
    combining,
    gains,
    labels,
    members,
    reporting,
    smoothing,
    snapshots,
    sources,
    stopping,
    views,
)
from nnbook.experiments.nets import digits_split, make_net
from nnbook.metrics import accuracy, brier_score

QUICK = members.Plan(40, 20, 1)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def logits(rng):
    return rng.normal(size=(4, 30, 3))


@pytest.fixture
def truth(rng):
    return rng.integers(3, size=30)


# --- members --------------------------------------------------------------------------------------


def weights(source, lr):
    data = digits_split(0, QUICK.examples)
    nets = members.members(data, QUICK, lr, 0, 2, source)
    return [net.params["0.weight"] for net in nets]


def test_members_differ_in_what_their_source_says():
    a, b = weights("order", 1e-9)  # such a rate leaves the first weights as they are
    np.testing.assert_allclose(a, b, atol=1e-6)
    a, b = weights("start", 1e-9)
    assert np.abs(a - b).max() > 0.1
    a, b = weights("order", 0.1)
    assert np.abs(a - b).max() > 1e-3


def test_equal_seeds_give_equal_members_whatever_their_number():
    data = digits_split(0, QUICK.examples)
    few, more = (members.members(data, QUICK, 0.1, 3, n) for n in (1, 2))
    np.testing.assert_array_equal(few[0].params["0.weight"], more[0].params["0.weight"])


def test_a_resample_keeps_rows_and_labels_together():
    data = digits_split(0, 200)
    drawn = members.resampled(data, 0)
    rows = [int(np.flatnonzero((data.x == x).all(axis=1))[0]) for x in drawn.x]
    np.testing.assert_array_equal(data.y[rows], drawn.y)
    assert 0.5 < len(set(rows)) / 200 < 0.75  # 1 - 1/e = 0.63


def test_logits_are_stacked_by_member():
    data = digits_split(0, 1700)
    nets = members.members(data._replace(x=data.x[:40], y=data.y[:40]), QUICK, 0.1, 0, 2)
    found = members.test_logits(nets, data)
    assert found.shape == (2, 97, 10)
    np.testing.assert_allclose(found[1], nets[1](data.x_test)[0])


# --- combining ------------------------------------------------------------------------------------


def test_the_mean_of_logits_is_the_geometric_mean_of_probabilities(logits):
    product = np.exp(np.log(softmax(logits)).mean(axis=0))
    expected = product / product.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(combining.average_logits(logits), expected)


def test_votes_count_members_and_probability_breaks_ties():
    sure, unsure = [3.0, 0.0, 0.0], [0.0, 0.1, 0.0]
    two_to_one = np.array([[unsure], [unsure], [sure]])
    assert combining.vote(two_to_one).argmax() == 1
    assert combining.vote(two_to_one[1:]).argmax() == 0


def test_an_ensemble_beats_its_members_by_their_distance_from_it(logits, truth):
    p = softmax(logits)
    alone = np.mean([brier_score(member, truth) for member in p])
    distance = ((p - p.mean(axis=0)) ** 2).sum(axis=-1).mean()
    assert brier_score(p.mean(axis=0), truth) == pytest.approx(alone - distance)


def test_the_spread_is_half_the_distance_of_two_members(logits):
    p = softmax(logits)
    pairs = [((a - b) ** 2).sum(axis=-1).mean() for a, b in combinations(p, 2)]
    assert combining.spread(p) == pytest.approx(np.mean(pairs) / 2)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_expected_brier_score_is_the_mean_over_all_choices(logits, truth, count):
    p = softmax(logits)
    found = [brier_score(np.mean(some, axis=0), truth) for some in combinations(p, count)]
    assert combining.expected_brier(p, truth, [count])[0] == pytest.approx(np.mean(found))


def test_scores_by_count_begin_with_one_member_and_end_with_all(logits, truth):
    found = combining.by_count(logits, truth)
    assert {len(row) for row in found.values()} == {4}
    p = softmax(logits)
    assert found["accuracy"][0] == pytest.approx(100 * np.mean([accuracy(m, truth) for m in p]))
    assert found["brier"][-1] == pytest.approx(brier_score(p.mean(axis=0), truth))
    assert found["loss"][0] == pytest.approx(found["loss_logits"][0])


def test_averaging_never_raises_the_mean_loss(logits, truth):
    found = gains.losses(logits, truth)
    assert found["loss_ensemble"] < found["loss_members"]
    assert found["loss_logits"] < found["loss_members"]


def test_the_gain_is_over_the_mean_member(logits, truth):
    found = gains.compared(logits, logits, truth)
    assert found["gain"] == pytest.approx(found["ensemble"] - np.mean(found["members"]))
    same = gains.compared(logits[:1], logits[:1], truth)
    assert [same[key] for key in ("gain", "over_best", "logits", "votes")] == [0, 0, 0, 0]


def test_members_that_always_agree_never_disagree(logits):
    assert sources.disagreement(np.stack([logits[0], 2 * logits[0]])) == 0
    opposed = np.array([[[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 1.0]]])
    assert sources.disagreement(opposed) == pytest.approx(200 / 3)


# --- calibration ----------------------------------------------------------------------------------


def sampled(rng, n=20_000):
    """Logits that say how often each label comes, and labels that come so often."""
    z = 2 * rng.normal(size=(n, 3))
    chosen = (softmax(z).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return z, chosen


def test_the_temperature_undoes_a_factor(rng):
    z, chosen = sampled(rng)
    assert calibration.temperature(z, chosen) == pytest.approx(1, abs=0.03)
    assert calibration.temperature(3 * z, chosen) == pytest.approx(3, abs=0.09)


def test_overconfidence_is_zero_for_the_calibrated_and_positive_for_the_too_sure(rng):
    z, chosen = sampled(rng)
    assert calibration.overconfidence(softmax(z), chosen) == pytest.approx(0, abs=1)
    assert calibration.overconfidence(softmax(3 * z), chosen) > 5


def test_a_temperature_takes_the_calibration_error_of_a_factor_away(rng):
    z, chosen = sampled(rng)
    found = calibration.calibration(np.stack([3 * z, 3 * z]), chosen)
    assert found["ece_net"] == found["ece_ensemble"] > 10
    assert found["ece_net_tempered"] == pytest.approx(found["ece_ensemble_tempered"], abs=1e-3)
    assert found["ece_net_tempered"] < 2


def test_five_ways_speak_of_the_second_half(logits, truth):
    ways, rest = calibration.five_ways(logits, truth)
    np.testing.assert_array_equal(rest, truth[15:])
    np.testing.assert_allclose(ways["net"], softmax(logits[0, 15:]))
    assert {p.shape for p in ways.values()} == {(15, 3)}


def test_splits_are_gathered_one_after_the_other():
    ways, rest = calibration.gathered(0.03, (0, 1), 2)
    halves = [digits_split(seed, 200).y_test[798:] for seed in (0, 1)]
    np.testing.assert_array_equal(rest, np.concatenate(halves))
    assert {p.shape for p in ways.values()} == {(len(rest), 10)}


# --- snapshots ------------------------------------------------------------------------------------


def test_every_arm_has_as_many_members_as_it_says():
    shapes = {arm: len(snapshots.answers(arm, 0.1, 0)) for arm in snapshots.ARMS}
    assert shapes == {"one": 1, "snapshots": 5, "short": 5}


def test_the_first_snapshot_is_a_short_run():
    data = digits_split(0, snapshots.EXAMPLES)
    cycles = snapshots.run_of(data, 0.03, 0, 5, 40)
    np.testing.assert_array_equal(cycles[0], snapshots.run_of(data, 0.03, 0, 1, 8)[0])


def test_the_traced_run_has_the_rate_of_its_cycles():
    rates, losses = snapshots.traced(0.1, 0)
    assert len(rates) == len(losses) == snapshots.STEPS
    assert rates[0] == rates[160] == 0.1
    assert rates[159] < 1e-4
    assert losses[-1] < losses[0] / 10


# --- views ----------------------------------------------------------------------------------------


def test_views_are_moved_by_a_pixel_and_the_last_is_the_image(rng):
    x = rng.random((2, 1, 8, 8))
    five, three = views.five_views(x), views.sideways(x)
    assert five.shape == (5, 2, 1, 8, 8)
    assert three.shape == (3, 2, 1, 8, 8)
    np.testing.assert_array_equal(five[-1], x)
    np.testing.assert_array_equal(three[-1], x)
    np.testing.assert_array_equal(five[0, ..., 1:, 1:], x[..., :-1, :-1])
    assert (five[0, ..., 0] == 0).all()
    np.testing.assert_array_equal(three[0, ..., :-1], x[..., 1:])
    np.testing.assert_array_equal(three[1, ..., 1:], x[..., :-1])


def test_views_that_say_the_same_gain_nothing(rng):
    net = make_net("relu", (4,), 0)
    net.params["0.weight"][:] = 0
    images = rng.random((20, 1, 8, 8), dtype=np.float32)
    found = views.gained(net, images, np.zeros(64, np.float32), rng.integers(10, size=20))
    assert found["gain"] == found["sideways"] == 0
    assert found["loss"] == pytest.approx(0, abs=1e-6)


def test_raw_images_have_an_empty_background_again():
    data, mean = digits_split(0, 200), views.background(0, 200)
    raw = digits_split(0, 200, scaled=False)
    images = views.raw_images(data, mean)
    np.testing.assert_allclose(images.reshape(-1, 64), raw.x_test / raw.x.std(), atol=1e-5)
    net = make_net("relu", (4,), 0)
    logits = views.logits_of_views(net, images[None], mean)
    np.testing.assert_allclose(logits[0], net(data.x_test)[0], atol=1e-4)


def test_a_net_that_is_ready_subtracts_the_mean_itself():
    model, images, truth = views.ready("plain", 200, 0.03, 0)
    net, data = views.trained(views.PLAIN, views.PLANS[200], 0.03, 0)
    np.testing.assert_array_equal(truth, data.y_test)
    np.testing.assert_allclose(model(images)[0], net(data.x_test)[0], atol=1e-3)


# --- stopping and labels --------------------------------------------------------------------------


def past(validation, loss):
    blank = np.zeros(len(loss))
    return stopping.History(blank, np.array(validation), np.array(loss), blank, blank)


def test_the_first_of_the_best_epochs_is_kept():
    found = past([50, 70, 60, 70], [3, 1, 0.5, 2])
    assert (found.best, found.lowest, found.first) == (1, 2, 1)
    assert past([50, 50, 60], [1, 1, 1]).first == 2


def test_validation_takes_its_examples_from_those_to_learn():
    data = labels.labeled("clean", 0, stopping.EXAMPLES)
    rest, validation = stopping.parts(data)
    assert (len(rest.x), len(validation.x_test)) == (240, 60)
    np.testing.assert_array_equal(np.concatenate([validation.x_test, rest.x]), data.x)
    np.testing.assert_array_equal(rest.x_test, data.x_test)
    np.testing.assert_array_equal(validation.y_test, data.y[:60])


def test_a_history_has_every_epoch_and_ends_where_training_ends():
    found = stopping.of_arm("last", "clean", 0.03, 0)
    assert found.test.shape == (stopping.EPOCHS,)
    assert found.training[-1] == 100
    assert stopping.score("last clean", 0.03, 0) == found.test[-1]
    assert stopping.score("stop clean", 0.03, 0) == found.test[found.best]


def test_scores_that_are_not_finite_count_as_wrong():
    net = make_net("relu", (4,), 0)
    net.params["0.weight"][:] = np.nan
    x, y = np.ones((3, 64), np.float32), np.array([0, 1, 2])
    assert stopping.score_of(net, x, y) == (0.0, np.inf)


def test_a_fifth_of_the_labels_is_another_digit():
    clean, noisy = (labels.labeled(kind, 0, 1200) for kind in ("clean", "noisy"))
    assert (clean.y != noisy.y).mean() == pytest.approx(0.2, abs=0.03)
    np.testing.assert_array_equal(clean.y_test, noisy.y_test)
    np.testing.assert_array_equal(clean.y, digits_split(0, 1200).y)


# --- weight averages ------------------------------------------------------------------------------


def test_the_run_is_the_same_however_often_one_looks():
    often, once = (averages.reached("averaged", "clean", 0.1, 0, every=n) for n in (10, 20))
    assert len(often.net) == 2
    assert often.net[-1] == once.net[0]
    assert often.average[-1] == once.average[0] == averages.score("averaged clean", 0.1, 0)


def test_without_averaging_the_variance_is_that_of_descent():
    assert smoothing.averaged_variance(0.2, 0) == pytest.approx(0.2 / 1.8)
    assert smoothing.averaged_variance(0.5, 0.999) == pytest.approx(0.0005, rel=0.01)


def test_simulated_averages_settle_at_the_variance_of_theory(rng):
    w, average = smoothing.settled(0.3, 0.9, runs=20_000, steps=200, rng=rng)
    assert w.var() == pytest.approx(0.3 / 1.7, rel=0.05)
    assert average.var() == pytest.approx(smoothing.averaged_variance(0.3, 0.9), rel=0.05)


# --- reporting ------------------------------------------------------------------------------------


def test_the_best_of_k_is_the_mean_over_all_choices(rng):
    values = rng.normal(size=7)
    for k in (1, 3, 7):
        expected = np.mean([max(some) for some in combinations(values, k)])
        assert reporting.best_of(values, k) == pytest.approx(expected)


def test_the_best_of_normal_numbers_has_its_known_mean():
    assert reporting.expected_best(1) == pytest.approx(0, abs=1e-9)
    assert reporting.expected_best(2) == pytest.approx(1 / np.sqrt(np.pi))
    assert reporting.expected_best(3) == pytest.approx(1.5 / np.sqrt(np.pi))


def test_intervals_cover_as_often_as_theory_says(rng):
    sizes = (3, 5, 20)
    found = reporting.measured_coverage(rng.standard_normal, sizes, 2000, rng=rng)
    expected = reporting.expected_coverage(sizes)
    assert expected["Student's t"] == pytest.approx([0.95] * 3)
    assert expected["bootstrap"][1] == pytest.approx(0.845, abs=0.001)
    for name, shares in expected.items():
        assert found[name] == pytest.approx(shares, abs=0.03)


def test_welch_s_interval_is_that_of_scipy(rng):
    a, b = rng.normal(size=8), 3 * rng.normal(size=12) + 1
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    found = reporting.unpaired(a, b)
    np.testing.assert_allclose([found.low, found.high], [expected.low, expected.high])
    assert found.mean == pytest.approx(a.mean() - b.mean())


def test_a_constant_lead_is_never_reversed_in_pairs():
    a = np.array([1.0, 5.0, 9.0])
    paired, apart = reporting.wrong_sign(a + 0.5, a)
    assert paired == 0
    assert apart == pytest.approx(0.5)
    assert reporting.wrong_sign(a, a + 0.5) == (paired, pytest.approx(apart))

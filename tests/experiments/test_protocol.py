"""The protocol: intervals that cover what they promise, paired comparison, fair learning rates, seeds."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nnbook.experiments.protocol import (
    TUNING_SEEDS,
    Experiment,
    Summary,
    compare,
    perform,
    repeat,
    summarize,
)
from nnbook.parallel import Interrupted

quick = settings(max_examples=50, deadline=None, derandomize=True)
numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)
positive = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=20)


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- summarize ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 5, 20])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_of_normal_values_covers_the_mean_as_often_as_it_says(n, confidence):
    runs = 4000
    covered = 0
    for values in fresh(n).normal(3, 2, (runs, n)):
        span = summarize(values, confidence=confidence)
        covered += span.low <= 3 <= span.high
    error = np.sqrt(confidence * (1 - confidence) / runs)
    assert abs(covered / runs - confidence) < 4 * error


def test_on_the_log_scale_it_covers_the_geometric_mean():
    runs = 4000
    covered = 0
    for values in fresh().lognormal(np.log(6), 1, (runs, 5)):
        span = summarize(values, scale="log")
        covered += span.low <= 6 <= span.high
    assert abs(covered / runs - 0.95) < 0.014


def test_scipy_agrees():
    values = fresh().standard_normal(10)
    span = summarize(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (span.low, span.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert (span.mean, span.n) == (pytest.approx(values.mean()), 10)


@quick
@given(numbers, st.floats(-100, 100), st.sampled_from([0.5, 2.0, 1024.0]))
def test_it_moves_and_stretches_with_the_values(values, shift, scale):
    span, moved = summarize(values), summarize([scale * v + shift for v in values])
    size = max(abs(v) for v in values) * scale + abs(shift) + 1
    for name in ("mean", "low", "high"):
        expected = scale * getattr(span, name) + shift
        assert getattr(moved, name) == pytest.approx(expected, abs=1e-8 * size)


@quick
@given(positive)
def test_the_log_scale_turns_with_reciprocals(values):
    span, turned = (
        summarize(values, scale="log"),
        summarize([1 / v for v in values], scale="log"),
    )
    expected = [1 / span.mean, 1 / span.high, 1 / span.low]
    assert [turned.mean, turned.low, turned.high] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("n", [1, 2, 7])
@pytest.mark.parametrize("value", [0.1, 3.0])
def test_equal_values_give_an_interval_of_no_width_at_their_value(scale, n, value):
    assert summarize([value] * n, scale=scale) == Summary(value, value, value, n)


REFUSALS = [
    ({"values": []}, "values must be one or more finite numbers, got []"),
    ({"values": [1.0, np.nan]}, "values must be one or more finite numbers, got [1.0, nan]"),
    ({"values": [np.inf]}, "values must be one or more finite numbers, got [inf]"),
    ({"values": [[1.0, 2.0]]}, "values must be an array of rank 1, got shape (1, 2)"),
    ({"scale": "log"}, "values must be above 0 on the log scale, got 0.0"),
    ({"scale": "square"}, "scale must be one of linear, log, got 'square'"),
    ({"confidence": 1}, "confidence must be in (0, 1), got 1"),
    ({"confidence": 95}, "confidence must be in (0, 1), got 95"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_summarize_refuses(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        summarize(**{"values": [0.0, 1.0, 2.0]} | change)


# --- compare --------------------------------------------------------------------------------------


def test_pairing_takes_out_what_the_arms_share():
    shared = fresh().normal(0, 100, 10)
    a, b = shared + 1 + 0.01 * fresh(1).standard_normal(10), shared
    span = compare(a, b)
    assert span.low < 1 < span.high
    assert span.high - span.low < 0.05
    assert compare(b, a).mean == -span.mean


def test_on_the_log_scale_it_is_the_ratio():
    a, b = np.array([2.0, 8.0]), np.array([1.0, 2.0])
    assert compare(a, b, scale="log").mean == pytest.approx(np.sqrt(8))
    assert compare(a, b, scale="log") == summarize(a / b, scale="log")


@pytest.mark.parametrize(
    ("a", "b", "scale", "message"),
    [
        ([1.0], [1.0, 2.0], "linear", "b must be as long as a (1 values), got 2 values"),
        ([1.0, 2.0], [1.0, 0.0], "log", "b must be above 0 on the log scale, got 0.0"),
        ([-1.0, -2.0], [-1.0, -1.0], "log", "a must be above 0 on the log scale, got -2.0"),
        ([], [], "linear", "values must be one or more finite numbers, got []"),
    ],
)
def test_compare_refuses(a, b, scale, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        compare(a, b, scale=scale)


# --- learning rates -------------------------------------------------------------------------------


def tuned(score, grid=(0.1, 0.2, 0.4), arms=("a", "b")):
    """The rates that are chosen if trials score as told, and the experiment."""
    experiment = Experiment("e", dict, trial=score, arms=arms, grid=grid)
    return experiment.choose_rates([score(*trial) for trial in experiment.trials()])


def test_trials_cover_every_arm_rate_and_tuning_seed_once():
    trials = Experiment("e", dict, arms=("a", "b"), grid=(0.1, 0.2)).trials()
    assert len(set(trials)) == len(trials) == 2 * 2 * len(TUNING_SEEDS)
    assert {seed for _, _, seed in trials} == set(TUNING_SEEDS)
    assert Experiment("e", dict).trials() == []


def test_measurements_never_see_a_tuning_seed():
    assert min(TUNING_SEEDS) >= 1000  # seeds of a measurement count from 0
    assert len(set(TUNING_SEEDS)) == len(TUNING_SEEDS) >= 5


def test_each_arm_takes_the_rate_of_its_own_best_mean():
    assert tuned(lambda arm, rate, seed: -abs(rate - {"a": 0.1, "b": 0.4}[arm])) == {
        "a": 0.1,
        "b": 0.4,
    }


def test_the_mean_decides_and_not_the_best_seed():
    lucky = TUNING_SEEDS[0]
    rates = tuned(lambda arm, rate, seed: 5.0 if (rate, seed) == (0.4, lucky) else 1.0 + rate)
    assert rates["a"] == 0.4
    rates = tuned(lambda arm, rate, seed: 2.0 if (rate, seed) == (0.4, lucky) else 1.0 - rate)
    assert rates["a"] == 0.1


def test_in_a_tie_the_smallest_rate_wins():
    assert tuned(lambda arm, rate, seed: 1.0) == {"a": 0.1, "b": 0.1}
    assert tuned(lambda arm, rate, seed: min(rate, 0.2))["a"] == 0.2


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_one_failed_seed_rules_a_rate_out(bad):
    rates = tuned(
        lambda arm, rate, seed: bad if (rate, seed) == (0.4, TUNING_SEEDS[-1]) else rate
    )
    assert rates == {"a": 0.2, "b": 0.2}


def test_where_all_fail_the_smallest_rate_is_taken():
    assert tuned(lambda arm, rate, seed: np.nan) == {"a": 0.1, "b": 0.1}


# --- seeds ----------------------------------------------------------------------------------------


def square(seed):
    return seed**2


def interrupted_at_five(seed):
    if seed == 5:
        raise KeyboardInterrupt
    return square(seed)


def test_repeat_hands_over_what_it_has_when_interrupted():
    with pytest.raises(Interrupted) as stop:
        repeat(interrupted_at_five, 6, seed=3, jobs=1)
    assert stop.value.finished == {0: 9, 1: 16}


@pytest.mark.parametrize("jobs", [-1, 1, 2])
def test_repeat_counts_seeds_up_and_keeps_their_order(jobs):
    assert repeat(square, 5, seed=3, jobs=jobs) == [9, 16, 25, 36, 49]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 2, "run": 5}, "run must be a function, got 5"),
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"n": 2, "seed": -1}, "seed must be a whole number of at least 0, got -1"),
        (
            {"n": 2, "jobs": 0},
            "jobs must be a whole number of at least 1, or -1 for all cores, got 0",
        ),
        (
            {"n": 2, "backend": "dask", "scheduler": "here"},
            "scheduler must be an address such as tcp://host:8786, got 'here'",
        ),
    ],
)
def test_repeat_refuses(options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        repeat(**{"run": square} | options)


def test_perform_returns_plain_numbers_and_seconds():
    def run(seed, rates):
        return {
            "number": np.float32(seed) / 3,
            "whole": np.int64(2),
            "curve": np.array([1 / 3, 2.0]),
            "table": [[1 / 3], (2,)],
            "rate": rates["a"],
        }

    outcome, seconds = perform(run, 1, {"a": 0.1})
    assert outcome == {
        "number": float(np.float32(1) / 3),
        "whole": 2.0,
        "curve": [0.333333, 2.0],
        "table": [[0.333333], [2.0]],
        "rate": 0.1,
    }
    assert {type(v) for v in outcome.values()} == {float, list}
    assert 0 <= seconds < 1


def test_a_run_may_diverge_in_silence():
    outcome, _ = perform(partial(np.exp, np.float64(1e6)))
    assert outcome == np.inf
    with pytest.raises(RuntimeWarning):
        np.exp(np.float64(1e6))

"""Schedules: against PyTorch, at their ends, composed with a warm-up, refusals."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import golden

from nnbook.optimizers import SGD
from nnbook.schedules import (
    constant,
    cosine,
    cosine_restarts,
    exponential_decay,
    inverse_sqrt,
    inverse_time_decay,
    linear,
    one_cycle,
    step_decay,
    warmup,
)

GOLDEN = golden("optimizers")
quick = settings(max_examples=50, deadline=None, derandomize=True)
lrs = st.floats(1e-6, 1e3)
counts = st.integers(1, 1000)
MAKERS = {
    "constant": constant,
    "step_decay": lambda lr: step_decay(lr, (3, 7, 8)),
    "exponential_decay": lambda lr: exponential_decay(lr, 0.1),
    "inverse_time_decay": lambda lr: inverse_time_decay(lr, 0.1),
    "inverse_sqrt": inverse_sqrt,
    "linear": lambda lr: linear(lr, 10),
    "cosine": lambda lr: cosine(lr, 10),
    "cosine_restarts": lambda lr: cosine_restarts(lr, 7),
    "one_cycle": lambda lr: one_cycle(lr, 10),
    "warmup": lambda lr: warmup(4, cosine(lr, 10)),
}
FALLING = [n for n in MAKERS if n not in ("cosine_restarts", "one_cycle", "warmup")]
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def rates(schedule, steps=20):
    return [schedule(step) for step in range(steps)]


# --- PyTorch --------------------------------------------------------------------------------------

AS_IN_PYTORCH = {
    "constant": constant(0.3),
    "step_decay": step_decay(0.3, (4, 9, 10), factor=0.5),
    "exponential_decay": exponential_decay(0.3, 0.1),
    "inverse_time_decay": inverse_time_decay(0.3, 0.25),
    "inverse_sqrt": inverse_sqrt(0.3),
    "linear": linear(0.3, 16),
    "cosine": cosine(0.3, 20, end=0.01),
    "cosine_restarts": cosine_restarts(0.3, 6, end=0.01),
    "one_cycle": one_cycle(0.3, 20, rise=(0.3 * 21 - 1) / 20),
    "warmup": warmup(5, cosine(0.3, 20)),
}


@pytest.mark.parametrize("name", AS_IN_PYTORCH)
def test_the_rates_are_those_of_pytorch(name):
    expected = GOLDEN[f"schedule {name}"]
    np.testing.assert_allclose(rates(AS_IN_PYTORCH[name]), expected, rtol=1e-12, atol=1e-16)


def test_every_schedule_is_compared():
    assert AS_IN_PYTORCH.keys() == MAKERS.keys()
    assert {f"schedule {name}" for name in MAKERS} == {k for k in GOLDEN if "schedule" in k}


# --- all of them ----------------------------------------------------------------------------------


@every
@quick
@given(lrs, st.integers(0, 10**9))
def test_a_rate_is_a_plain_float_between_zero_and_lr(make, lr, step):
    rate = make(np.float64(lr))(step)
    assert (
        type(rate) is float
    )  # a np.float64 would make float32 parameters pass through float64
    assert 0 <= rate <= lr


@every
@quick
@given(lrs, st.floats(0.1, 10), st.integers(0, 30))
def test_rates_scale_with_lr(make, lr, factor, step):
    assert make(factor * lr)(step) == pytest.approx(factor * make(lr)(step), rel=1e-9)


@pytest.mark.parametrize("name", FALLING)
def test_a_falling_schedule_starts_at_lr_and_never_rises(name):
    seen = rates(MAKERS[name](0.3), 40)
    assert seen[0] == 0.3
    assert all(a >= b for a, b in pairwise(seen))


@every
def test_a_schedule_has_no_memory(make):
    schedule = make(0.3)
    forth = rates(schedule)
    assert [schedule(step) for step in reversed(range(20))] == forth[::-1]
    assert schedule(np.int64(3)) == forth[3]


@every
def test_an_optimizer_takes_it_for_a_number(make):
    params, optimizer = {"w": np.zeros(1)}, SGD(make(0.3))
    for _ in range(15):
        optimizer.step(params, {"w": np.ones(1)})
    np.testing.assert_allclose(params["w"], -sum(rates(make(0.3), 15)), rtol=1e-12)


# --- each of them ---------------------------------------------------------------------------------


@quick
@given(lrs, counts, st.floats(0, 1e3), st.integers(0, 10**6))
@pytest.mark.parametrize("make", [linear, cosine])
def test_the_ends_are_exact_and_the_last_one_is_kept(make, lr, steps, end, later):
    schedule = make(lr, steps, end)
    assert schedule(0) == lr
    assert schedule(steps) == schedule(steps + later) == end
    middle = schedule(steps // 2)
    assert min(lr, end) * (1 - 1e-12) <= middle <= max(lr, end) * (1 + 1e-12)


@pytest.mark.parametrize("make", [linear, cosine])
def test_halfway_is_the_mean_of_the_ends_and_no_update_is_lost(make):
    assert make(0.3, 10, end=0.1)(5) == pytest.approx(0.2, rel=1e-15)
    assert make(0.3, 10)(9) > 0
    assert make(0.1, 10, end=0.3)(5) == pytest.approx(0.2, rel=1e-15)  # upwards too


def test_the_cosine_is_flat_at_its_ends_where_the_line_is_not():
    line, wave = (np.diff(rates(make(1.0, 100), 101)) for make in (linear, cosine))
    np.testing.assert_allclose(line, -0.01, rtol=1e-9)
    assert abs(wave[[0, -1]]).max() < 1e-3
    assert wave.min() == pytest.approx(-0.01 * math.pi / 2, rel=1e-3)


@quick
@given(lrs, st.integers(1, 50), st.floats(0, 1), st.integers(0, 10**6))
def test_each_cycle_is_the_cosine_of_its_length(lr, cycle, end, step):
    assert cosine_restarts(lr, cycle, end)(step) == cosine(lr, cycle, end)(step % cycle)


def test_restarts_are_those_of_the_paper():
    """Huang et al. (2017): lr / 2 (cos(pi mod(t - 1, ceil(T / M)) / ceil(T / M)) + 1), t from 1."""
    total, cycles = 100, 3
    length = math.ceil(total / cycles)
    schedule = cosine_restarts(0.2, length)
    for t in range(1, total + 1):
        expected = 0.1 * (math.cos(math.pi * ((t - 1) % length) / length) + 1)
        assert schedule(t - 1) == pytest.approx(expected, rel=1e-12)


def test_step_decay_as_the_text_has_it():
    schedule = step_decay(0.1, (30, 60, 90))
    seen = [schedule(step) for step in (0, 29, 30, 59, 60, 89, 90, 10**6)]
    expected = [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 1e-4, 1e-4]
    np.testing.assert_allclose(seen, expected, rtol=1e-12)
    assert step_decay(0.1, ())(5) == 0.1
    assert step_decay(0.8, range(10, 100, 10), 0.5)(35) == 0.1


def test_the_times_that_halve_a_rate():
    assert exponential_decay(1.0, math.log(2) / 8)(8) == pytest.approx(0.5)
    assert inverse_time_decay(1.0, 1 / 8)(8) == 0.5
    assert inverse_sqrt(1.0, 8)(24) == 0.5
    assert inverse_sqrt(1.0)(99) == pytest.approx(0.1)  # 1 / sqrt(t) with t = 100


@quick
@given(st.integers(5, 200), st.floats(0.05, 0.95))
def test_one_cycle_rises_once_and_falls_once(steps, rise):
    schedule = one_cycle(0.3, steps, rise, start=0.1, end=0.01)
    seen, top = rates(schedule, steps + 3), math.ceil(rise * steps)
    assert seen[0] == pytest.approx(0.03)
    assert seen[:top] == sorted(seen[:top])
    assert seen[top:] == sorted(seen[top:], reverse=True)
    np.testing.assert_allclose(seen[-3:], 0.003)


# --- warm-up --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FALLING)
@quick
@given(steps=st.integers(0, 50), lr=lrs)
def test_a_warm_up_is_a_line_to_the_first_rate_and_then_the_schedule(name, steps, lr):
    then = MAKERS[name](lr)
    seen = rates(warmup(steps, then), steps + 20)
    line = lr * np.arange(1, steps + 1) / (steps + 1)
    np.testing.assert_allclose(seen[:steps], line, rtol=1e-12)
    assert seen[steps:] == rates(then)


def test_a_warm_up_before_an_inverse_root_is_the_one_of_transformers():
    schedule = warmup(10, inverse_sqrt(0.3, scale=10))
    for t in range(10, 200):
        assert schedule(t) == pytest.approx(0.3 * math.sqrt(10 / t), rel=1e-12)


def test_warm_ups_may_be_nested_and_take_any_function():
    assert rates(warmup(1, warmup(1, constant(0.4))), 4) == [0.1, 0.2, 0.4, 0.4]
    assert rates(warmup(1, lambda step: 8.0 - step), 4) == [4, 8, 7, 6]


# --- refusals -------------------------------------------------------------------------------------

REFUSALS = [
    (lambda: step_decay(0.1, 30), "milestones must be a sequence of steps, got 30"),
    (lambda: step_decay(0.1, (3, 3)), "milestones must be increasing, got (3, 3)"),
    (lambda: step_decay(0.1, (5, 3)), "milestones must be increasing, got (5, 3)"),
    (lambda: step_decay(0.1, (0, 3)), "milestones must be a whole number of at least 1, got 0"),
    (lambda: step_decay(0.1, (3,), factor=1.0), "factor must be in (0, 1), got 1.0"),
    (lambda: step_decay(0.1, (3,), factor=0), "factor must be in (0, 1), got 0"),
    (
        lambda: exponential_decay(0.1, -0.5),
        "rate must be a finite number of at least 0, got -0.5",
    ),
    (
        lambda: inverse_time_decay(0.1, math.inf),
        "rate must be a finite number of at least 0, got inf",
    ),
    (lambda: inverse_sqrt(0.1, 0), "scale must be a finite number above 0, got 0"),
    (lambda: linear(0.1, 0), "steps must be a whole number of at least 1, got 0"),
    (lambda: linear(0.1, -5), "steps must be a whole number of at least 1, got -5"),
    (lambda: linear(0.1, 5, -1), "end must be a finite number of at least 0, got -1"),
    (lambda: cosine(0.1, 2.5), "steps must be a whole number of at least 1, got 2.5"),
    (lambda: cosine(0.1, 5, math.nan), "end must be a finite number of at least 0, got nan"),
    (lambda: cosine_restarts(0.1, 0), "cycle must be a whole number of at least 1, got 0"),
    (lambda: cosine_restarts(0.1, 5, -1), "end must be a finite number of at least 0, got -1"),
    (lambda: one_cycle(0.1, 0), "steps must be a whole number of at least 1, got 0"),
    (lambda: one_cycle(0.1, 9, 1), "rise must be in (0, 1), got 1"),
    (lambda: one_cycle(0.1, 9, start=1.5), "start must be in [0, 1], got 1.5"),
    (lambda: one_cycle(0.1, 9, end=-0.1), "end must be in [0, 1], got -0.1"),
    (lambda: warmup(-1, constant(0.1)), "steps must be a whole number of at least 0, got -1"),
    (lambda: warmup(5, 0.1), "then must be a function, got 0.1"),
]


@pytest.mark.parametrize(("make", "message"), REFUSALS)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


@every
@pytest.mark.parametrize("lr", [0, -0.1, math.inf, math.nan, "fast", True])
def test_a_bad_rate_is_refused_before_the_first_step(make, lr):
    message = f"lr must be a finite number above 0, got {lr!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(lr)


@every
@pytest.mark.parametrize("step", [-1, 1.0, None, True])
def test_a_step_is_a_whole_number_from_zero(make, step):
    message = f"step must be a whole number of at least 0, got {step!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(0.1)(step)

"""Schedules of the learning rate: each function here makes a function step -> lr.

Steps count updates from 0, so that a run of `steps` updates uses steps 0 to steps - 1. A schedule with an
end has its last value from step `steps` on, one past the last update: no update has the rate 0. An
optimizer takes a schedule wherever it takes a number.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from nnbook._checks import (
    check_count,
    check_function,
    check_number,
    check_positive,
    refuse,
    show,
)

Schedule: TypeAlias = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The same rate at every step."""
    return _schedule(lr, lambda _: 1.0)


def step_decay(lr: float, milestones: Sequence[int], factor: float = 0.1) -> Schedule:
    """The rate lr * factor^k, with k the number of milestones reached; constant from the last one on.

    Args:
        lr: the rate of step 0.
        milestones: increasing steps, each the first with its new rate, as in PyTorch's MultiStepLR.
        factor: in (0, 1).
    """
    if not isinstance(milestones, Sequence):
        raise refuse("milestones", "a sequence of steps", show(milestones))
    reached = tuple(check_count("milestones", at) for at in milestones)
    if any(a >= b for a, b in pairwise(reached)):
        raise refuse("milestones", "increasing", reached)
    kept = check_number("factor", factor, 0, 1, closed="()")
    return _schedule(lr, lambda step: kept ** sum(at <= step for at in reached))


def exponential_decay(lr: float, rate: float) -> Schedule:
    """The rate lr * exp(-rate * step), without an end.

    PyTorch's ExponentialLR takes the factor of one step, gamma = exp(-rate).
    """
    k = check_number("rate", rate, 0)
    return _schedule(lr, lambda step: math.exp(-k * step))


def inverse_time_decay(lr: float, rate: float) -> Schedule:
    """The rate lr / (1 + rate * step), without an end; half of lr after 1 / rate steps."""
    k = check_number("rate", rate, 0)
    return _schedule(lr, lambda step: 1 / (1 + k * step))


def inverse_sqrt(lr: float, scale: float = 1.0) -> Schedule:
    """The rate lr / sqrt(1 + step / scale), without an end; half of lr after 3 scale steps.

    The text's lr / sqrt(t) counts t from 1. After a warm-up over w steps, scale = w gives
    lr * sqrt(w / t) with t counted from the start of the warm-up (Vaswani et al. 2017).
    """
    s = check_positive("scale", scale)
    return _schedule(lr, lambda step: 1 / math.sqrt(1 + step / s))


def linear(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """The straight line from lr at step 0 to `end` at step `steps`, and `end` from there on."""
    return _between(lr, steps, end, lambda done: 1 - done)


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Half a cosine from lr at step 0 to `end` at step `steps` (Loshchilov and Hutter 2016).

    It stays at `end` from there on; PyTorch's CosineAnnealingLR rises again.
    """
    return _between(lr, steps, end, _half_cosine)


def cosine_restarts(lr: float, cycle: int, end: float = 0.0) -> Schedule:
    """Half a cosine from lr towards `end` in `cycle` steps, then from lr again (Loshchilov and Hutter 2016).

    All cycles are equally long, without an end, as in PyTorch's CosineAnnealingWarmRestarts with T_mult=1.
    """
    n = check_count("cycle", cycle)
    fall = cosine(lr, n, end)
    return lambda step: fall(check_count("step", step, 0) % n)


def one_cycle(
    lr: float, steps: int, rise: float = 0.3, *, start: float = 0.04, end: float = 4e-6
) -> Schedule:
    """From start * lr up to lr and down to end * lr, each along half a cosine (Smith and Topin 2017).

    The defaults are those of PyTorch's OneCycleLR(total_steps), which puts the peak one step before
    rise * total_steps and the end on the last update; here the end is one past it, and is kept.

    Args:
        lr: the rate at the top.
        steps: updates of the whole cycle.
        rise: the share of them before the top, in (0, 1).
        start: the first rate as a share of lr, in [0, 1].
        end: the last rate as a share of lr, in [0, 1].
    """
    n = check_count("steps", steps)
    top = check_number("rise", rise, 0, 1, closed="()") * n
    first = check_number("start", start, 0, 1)
    last = check_number("end", end, 0, 1)

    def share(step: int) -> float:
        if step < top:
            return 1 + (first - 1) * _half_cosine(step / top)
        return last + (1 - last) * _half_cosine((min(step, n) - top) / (n - top))

    return _schedule(lr, share)


def warmup(steps: int, then: Schedule) -> Schedule:
    """A line up to the first rate of `then`, reached at step `steps`, where `then` starts with its step 0.

    The line leaves 0 at step -1, so that the first update is not lost: the rates are
    (step + 1) / (steps + 1) times then(0) (Goyal et al. 2017). Optax starts at 0. With steps = 0 it is
    `then` itself. `then` is asked for no step before its own 0 and keeps its own length: for a run of
    n updates with w of warm-up write `warmup(w, cosine(lr, n - w))`.
    """
    n, then = check_count("steps", steps, 0), check_function("then", then)

    def at(step: int) -> float:
        step = check_count("step", step, 0)
        rate = check_number("then", then(max(step - n, 0)), 0)
        return rate if step >= n else rate * (step + 1) / (n + 1)

    return at


def _schedule(lr: float, share: Callable[[int], float]) -> Schedule:
    """The rate lr * share(step), with lr and each step checked."""
    full = check_positive("lr", lr)
    return lambda step: full * share(check_count("step", step, 0))


def _between(lr: float, steps: int, end: float, left: Callable[[float], float]) -> Schedule:
    """From lr to end in so many steps; left(done) falls from 1 to 0 as done rises from 0 to 1."""
    full, last = check_positive("lr", lr), check_number("end", end, 0)
    n = check_count("steps", steps)

    def at(step: int) -> float:
        w = left(min(check_count("step", step, 0), n) / n)
        return w * full + (1 - w) * last  # exact at both ends

    return at


def _half_cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2

"""How the time of a step grows with width, depth and batch: a straight line in a log-log plot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import steps
from benchmarks.pairs import Plan, Work, time_in_turn

WIDTH, DEPTH, BATCH = 128, 2, 128
SERIES = {
    "width": (32, 64, 128, 256, 512, 1024),
    "depth": (1, 2, 4, 8, 16),
    "batch": (16, 32, 64, 128, 256, 512, 1024),
}
QUICK = Plan(rounds=5)


@dataclass(frozen=True)
class Growth:
    """Median seconds of a step at several sizes, and slopes d log(seconds) / d log(size).

    A slope of s says that doubling the size costs 2^s times as much. `last` is the slope between the two
    largest sizes: where little time goes into calls, it comes close to what the arithmetic grows by.
    """

    what: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    slope: float
    last: float


def grow(
    what: str, sizes: Sequence[int] | None = None, plan: Plan = QUICK, width: int = WIDTH
) -> Growth:
    """Time a net of two hidden layers of 128 on batches of 128, one of the three numbers varied."""
    chosen = tuple(sizes or SERIES[what])

    def make() -> list[Work]:
        return [_step(**({"width": width} | {what: size})) for size in chosen]

    medians = [float(np.median(seconds)) for seconds in time_in_turn(make, plan)]
    last = slope(chosen[-2:], medians[-2:])
    return Growth(what, chosen, tuple(medians), slope(chosen, medians), last)


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of the least-squares line through (log size, log seconds)."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _step(width: int, depth: int = DEPTH, batch: int = BATCH) -> Work:
    net = (64, *[width] * depth, steps.CLASSES)
    return steps.our_step(steps.our_mlp(net), steps.batch_of(batch, 64))

"""Two pieces of work timed in turn, so that what slows the machine for a while slows both."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Work = Callable[[], object]
Works = Callable[[], Sequence[Work]]


@dataclass(frozen=True)
class Plan:
    """How a pair is timed.

    Attributes:
        rounds: how often each side has its turn; the order changes from round to round, and each makes its
            arrays anew: where they lie in memory changes times by up to a tenth.
        samples: timings in a turn, of which the fastest counts: other processes only ever slow one down.
        seconds: how long a sample lasts, by repeating the work; short, so that few are disturbed.
        warm: how long the work runs untimed before.
        pause: seconds of sleep before that. The threads of a library spin for a while when their work is
            done, in wait for more, and would take a processor from the other library.
    """

    rounds: int = 15
    samples: int = 25
    seconds: float = 0.003
    warm: float = 0.015
    pause: float = 0.15


@dataclass(frozen=True)
class Quartiles:
    """Median of several values, between their quartiles."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Pair:
    """Seconds of a call of each side, and the ratio of the two, round by round."""

    ours: Quartiles
    theirs: Quartiles
    ratio: Quartiles


def quartiles(values: Sequence[float]) -> Quartiles:
    """The median and the quartiles."""
    low, median, high = np.percentile(values, [25, 50, 75]).tolist()
    return Quartiles(low, median, high)


def time_in_turn(make: Works, plan: Plan) -> list[list[float]]:
    """Seconds of a call of each work that is made, one entry a round; every other round runs backwards."""
    repeats = [_repeats(work, plan) for work in make()]
    seconds: list[list[float]] = [[] for _ in repeats]
    for round_ in range(plan.rounds):
        works = make()
        order = range(len(works)) if round_ % 2 == 0 else reversed(range(len(works)))
        for i in order:
            time.sleep(plan.pause)
            _run_for(works[i], plan.warm)
            seconds[i].append(min(_seconds(works[i], repeats[i]) for _ in range(plan.samples)))
    return seconds


def time_pair(make: Works, plan: Plan) -> Pair:
    """Time the two that are made, ours first, in turn; the ratio is ours / theirs within a round."""
    a, b = time_in_turn(make, plan)
    ratios = [x / y for x, y in zip(a, b, strict=True)]
    return Pair(quartiles(a), quartiles(b), quartiles(ratios))


def _repeats(work: Work, plan: Plan) -> int:
    """How many calls fill the time of a sample."""
    time.sleep(plan.pause)
    calls, spent = _run_for(work, plan.warm)
    return max(1, round(plan.seconds * calls / spent))


def _run_for(work: Work, seconds: float) -> tuple[int, float]:
    """Call it until the time is over, at least once; the number of calls and the time they took."""
    start, calls, spent = time.perf_counter(), 0, 0.0
    while calls == 0 or spent < seconds:
        work()
        calls += 1
        spent = time.perf_counter() - start
    return calls, spent


def _seconds(work: Work, repeats: int) -> float:
    """Seconds of one call, on average."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats

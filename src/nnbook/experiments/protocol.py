"""How every experiment of the book is run: seeds, intervals, and one fair way to choose a learning rate.

An experiment is a function of a seed that returns named numbers. Where arms are compared, each arm first
chooses its own learning rate from one grid, on seeds that the measurement never sees.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.special import stdtrit
from threadpoolctl import threadpool_limits

from nnbook._checks import check_choice, check_count, check_function, check_number, refuse, show
from nnbook._floats import real
from nnbook._types import Array
from nnbook.parallel import starmap

Outcome: TypeAlias = dict[str, Any]
Rates: TypeAlias = dict[str, float]

# Enough that a rate which fails on one seed in five is found out: three were not.
TUNING_SEEDS = tuple(range(1000, 1008))


@dataclass(frozen=True)
class Experiment:
    """A seeded run: `run(seed)`, or `run(seed, rates)` where arms choose their learning rates.

    `run` returns a dict of numbers (measures) and lists of numbers (curves to draw). `trial(arm, rate, seed)`
    returns the score by which an arm chooses its rate: higher is better, nan counts as worst. `timed` marks
    outcomes in seconds or their ratios, which no replay can repeat to the digit.
    """

    name: str
    run: Callable[..., Outcome]
    seeds: int = 20
    trial: Callable[[str, float, int], float] | None = None
    arms: tuple[str, ...] = ()
    grid: tuple[float, ...] = ()
    timed: bool = False

    def trials(self) -> list[tuple[str, float, int]]:
        """Every (arm, rate, seed) that tuning must score, in a fixed order."""
        return [
            (arm, rate, seed)
            for arm in self.arms
            for rate in self.grid
            for seed in TUNING_SEEDS
        ]

    def choose_rates(self, scores: Sequence[float]) -> Rates:
        """The rate of the best mean score for each arm; the smallest of them in a tie.

        Args:
            scores: one for each of `trials()`, in their order.
        """
        table = _real_numbers("scores", scores)
        if table.size != len(self.trials()):
            raise refuse("scores", f"one for each of {len(self.trials())} trials", table.size)
        table = np.where(np.isnan(table), -np.inf, table)
        table = table.reshape(len(self.arms), len(self.grid), len(TUNING_SEEDS)).mean(axis=2)
        return {
            arm: self.grid[best]
            for arm, best in zip(self.arms, table.argmax(axis=1), strict=True)
        }


@dataclass(frozen=True)
class Summary:
    """A mean with its confidence interval [low, high], from n values."""

    mean: float
    low: float
    high: float
    n: int


def summarize(
    values: Iterable[float], *, scale: str = "linear", confidence: float = 0.95
) -> Summary:
    """Mean and Student's t interval; on the "log" scale the geometric mean, for ratios and counts.

    One value, or values that are all equal, give an interval of no width: the quantity is exact.
    """
    x = _real_numbers("values", values)
    check_choice("scale", scale, ("linear", "log"))
    confidence = check_number("confidence", confidence, 0, 1, closed="()")
    if x.size == 0 or not np.isfinite(x).all():
        raise refuse("values", "one or more finite numbers", show(x.tolist()))
    if scale == "log" and (x <= 0).any():
        raise refuse("values", "above 0 on the log scale", x.min())
    if x.size == 1 or np.ptp(x) == 0:
        return Summary(float(x[0]), float(x[0]), float(x[0]), x.size)
    if scale == "log":
        inner = summarize(np.log(x), confidence=confidence)
        mean, low, high = np.exp([inner.mean, inner.low, inner.high]).tolist()
        return Summary(mean, low, high, x.size)
    mean = float(x.mean())
    half = float(stdtrit(x.size - 1, (1 + confidence) / 2) * x.std(ddof=1) / np.sqrt(x.size))
    return Summary(mean, mean - half, mean + half, x.size)


def compare(a: Sequence[float], b: Sequence[float], *, scale: str = "linear") -> Summary:
    """Summary of the paired difference a - b (on the "log" scale: of the ratio a / b).

    The arms must share their seeds, in the same order: what both have in common then cancels.
    """
    check_choice("scale", scale, ("linear", "log"))
    first, second = _real_numbers("a", a), _real_numbers("b", b)
    if len(first) != len(second):
        raise refuse("b", f"as long as a ({len(first)} values)", f"{len(second)} values")
    if scale != "log":
        return summarize(first - second, scale=scale)
    for name, values in (("a", first), ("b", second)):
        if not (values > 0).all():
            raise refuse(name, "above 0 on the log scale", values.min())
    return summarize(first / second, scale="log")


def repeat(
    run: Callable[[int], Any],
    n: int,
    *,
    seed: int = 0,
    jobs: int = -1,
    backend: str = "loky",
    scheduler: str | None = None,
) -> list[Any]:
    """Call run(seed), run(seed + 1), ... n times and return what came, in that order.

    Runs are on all cores, or where `parallel.as_completed` says by `jobs`, `backend` and `scheduler`: the
    numbers are the same.

    Raises:
        Interrupted: Ctrl-C (`parallel.Interrupted`); `finished[i]` is what run(seed + i) had returned.
    """
    check_function("run", run)
    check_count("n", n)
    check_count("seed", seed, 0)
    seeds = [(seed + i,) for i in range(n)]
    return starmap(run, seeds, jobs=jobs, backend=backend, scheduler=scheduler)


def perform(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """One run on one thread, its outcome as plain numbers, and its seconds. A run may diverge in silence."""
    check_function("function", function)
    start = time.perf_counter()
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        outcome = function(*arguments)
    return _plain(outcome), time.perf_counter() - start


def _real_numbers(name: str, values: Iterable[float]) -> Array:
    """Refuse what is not a list of real numbers, which may be inf or nan."""
    if not isinstance(values, Iterable):
        raise refuse(name, "real numbers", show(values))
    x = real(values if isinstance(values, np.ndarray) else list(values), name)
    if x.ndim != 1:
        raise refuse(name, "an array of rank 1", f"shape {x.shape}")
    return x.astype(np.float64)


def _plain(outcome: Any) -> Any:
    """The same as Python numbers and lists; curves keep six digits, single numbers keep all."""
    if isinstance(outcome, dict):
        return {key: _plain(value) for key, value in outcome.items()}
    if isinstance(outcome, list | tuple | np.ndarray) and np.ndim(outcome):
        return [_plain(v) if np.ndim(v) else float(f"{float(v):.6g}") for v in outcome]
    return float(outcome)

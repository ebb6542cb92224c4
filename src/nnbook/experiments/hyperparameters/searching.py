"""Random draws against a grid, a logarithmic scale against a linear one, and sixty trials.

All three on one measured surface a seed, so that it is measured once; the first and the last also on two
functions.
"""

from collections.abc import Callable, Mapping
from math import log

import numpy as np

from nnbook._types import Array
from nnbook.experiments.hyperparameters.plans import PLANS, bump, random_points, ridge
from nnbook.experiments.hyperparameters.surface import DECAYS, RATES, interpolated, measured
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.spaces import Range, log_uniform, uniform

COUNTS = (4, 9, 16, 25, 36, 49)
SCALED = (9, 60)
TRIALS, SHARE = 100, 0.05
REPEATS, HITTING, SAMPLE = 2000, 5000, 500_000
BOUNDS = {"lr": (RATES[0], RATES[-1]), "decay": (DECAYS[0], DECAYS[-1])}

Function = Callable[[Array], Array]


def left_over(
    function: Function, best: float, rng: np.random.Generator
) -> dict[str, list[float]]:
    """By plan: how much the best of n trials lacks, on average over many searches, for each n of COUNTS."""
    return {
        name: [
            float(best - function(plan(n, REPEATS, rng=rng)).max(axis=1).mean()) for n in COUNTS
        ]
        for name, plan in PLANS.items()
    }


def on_linear_scale(points: Array, axis: int, bounds: tuple[float, float]) -> Array:
    """The same draws, the values of one axis spread evenly between its bounds, not their logarithms."""
    low, high = bounds
    moved = points.copy()
    moved[..., axis] = np.log(uniform(low, high).at(points[..., axis]) / low) / log(high / low)
    return moved


def gains_of_logs(surface: Function, rng: np.random.Generator) -> Outcome:
    """Accuracy of the best of n draws: logarithmic minus linear scale, for the rate and for the decay."""
    outcome: Outcome = {}
    for n in SCALED:
        points = random_points(n, REPEATS, rng=rng)
        best = surface(points).max(axis=1).mean()
        for axis, (name, bounds) in enumerate(BOUNDS.items()):
            linear = surface(on_linear_scale(points, axis, bounds)).max(axis=1).mean()
            outcome[f"gain_{name}_{n}"] = best - linear
    return outcome


def gain_in_decade(surface: Function, best_lr: float, rng: np.random.Generator) -> float:
    """The same for 9 rates from the factor of 10 around the best one."""
    whole = log_uniform(*BOUNDS["lr"])
    decade = whole.around(best_lr, log(10) / log(whole.high / whole.low))
    points, means = random_points(9, REPEATS, rng=rng), []
    for part in (decade, Range(decade.low, decade.high)):
        placed = points.copy()
        placed[..., 0] = np.log(part.at(points[..., 0]) / whole.low) / log(
            whole.high / whole.low
        )
        means.append(surface(placed).max(axis=1).mean())
    return float(means[0] - means[1])


def top_value(function: Function, rng: np.random.Generator) -> float:
    """The value that the best 5% of all settings reach."""
    return float(np.quantile(function(rng.random((SAMPLE, 2))), 1 - SHARE))


def hits(function: Function, top: float, rng: np.random.Generator) -> Array:
    """Percent of random searches with a trial of at least the top value among the first 1, 2, ... TRIALS."""
    reached = function(random_points(TRIALS, HITTING, rng=rng)) >= top
    found: Array = 100 * np.logical_or.accumulate(reached, axis=1).mean(axis=0)
    return found


def searches(seed: int) -> Outcome:
    """What random draws, grid and lattice leave over, what the log scale gains, and what sixty trials hit."""
    table, rng = measured(seed), np.random.default_rng([seed, 3])
    surface, best = interpolated(table), float(table.max())
    functions = {"surface": (surface, best), "ridge": (ridge, 0.0), "bump": (bump, 0.0)}
    outcome: Outcome = {"surface": table}
    for name, (function, highest) in functions.items():
        left = left_over(function, highest, rng)
        outcome |= {f"left_{plan}_{name}": values for plan, values in left.items()}
        outcome |= _ratios(name, left)
        top = top_value(function, rng)
        found = hits(function, top, rng)
        outcome |= {
            f"hits_{name}": found,
            f"hit_{name}": found[59],
            f"lacks_{name}": highest - top,
        }
    best_lr = float(RATES[np.unravel_index(table.argmax(), table.shape)[0]])
    sixty = surface(random_points(60, REPEATS, rng=rng)).max(axis=1).mean()
    outcome |= gains_of_logs(surface, rng) | {"lost_60": best - sixty}
    return outcome | {"gain_decade": gain_in_decade(surface, best_lr, rng)}


def _ratios(name: str, left: Mapping[str, list[float]]) -> Outcome:
    return {
        f"{plan}_over_grid_{name}_{n}": left[plan][COUNTS.index(n)]
        / left["grid"][COUNTS.index(n)]
        for plan in ("random", "lattice")
        for n in (9, 25)
    }


SEARCHES = Experiment("searches", searches, seeds=20)

"""Does a shift of the inputs make single-example descent zig-zag, and what does that cost?"""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome, Rates

TARGET = np.array([1.0, -1.0])
NEAR, LIMIT = 0.05, 20_000


def descend(shift: float, rate: float, seed: int) -> Array:
    """Single-example SGD on (w x - w* x)^2 / 2 from w = 0, until w is near w* = (1, -1) or the limit.

    Inputs are uniform on (-0.5, 0.5)^2, plus the shift. Returns the path, of shape (steps + 1, 2).
    """
    x = np.random.default_rng([seed, 5]).uniform(-0.5, 0.5, (LIMIT, 2)) + shift
    path = np.zeros((LIMIT + 1, 2))
    a = b = 0.0
    for step, (x0, x1) in enumerate(x.tolist(), start=1):
        error = (a - 1) * x0 + (b + 1) * x1
        a, b = a - rate * error * x0, b - rate * error * x1
        path[step] = a, b
        distance = (a - 1) ** 2 + (b + 1) ** 2
        if distance < NEAR**2 or distance > 1e12:
            return path[: step + 1]
    return path


def steps_score(arm: str, rate: float, seed: int) -> float:
    """Minus the number of steps; the limit for a path that flies off."""
    path = descend(float(arm), rate, seed)
    arrived = np.linalg.norm(path[-1] - TARGET) < NEAR
    return -float(len(path) - 1 if arrived else LIMIT)


def path_costs(seed: int, rates: Rates) -> Outcome:
    """Steps and path length over displacement, for each shift at its best rate."""
    outcome: Outcome = {}
    for arm, rate in rates.items():
        path = descend(float(arm), rate, seed)
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        outcome[f"steps_{arm}"] = len(path) - 1
        outcome[f"detour_{arm}"] = float(length / np.linalg.norm(path[-1] - path[0]))
    for more, less in (("0.5", "0"), ("2", "0.5")):
        for what in ("steps", "detour"):
            outcome[f"{what}_{more}_over_{less}"] = (
                outcome[f"{what}_{more}"] / outcome[f"{what}_{less}"]
            )
    return outcome


ZIGZAG = Experiment(
    "zigzag",
    path_costs,
    trial=steps_score,
    arms=("0", "0.5", "2"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0),
)

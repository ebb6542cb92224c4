"""What a learning rate costs where the gradient is noisy: theory and simulation on a quadratic."""

from functools import lru_cache

import numpy as np

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.optimizers import SGD
from nnbook.schedules import Schedule, constant, cosine, linear, step_decay

START, STEPS, RUNS = 10.0, 300, 500
RATES = (0.03, 0.1, 0.3, 1.0)
SHAPES = ("constant", "step", "linear", "cosine")


def stationary(lr: float) -> float:
    """The variance at which w settles for curvature 1, noise of variance 1 and a constant rate."""
    return lr / (2 - lr)


def foretold(schedule: Schedule, start: float = START, steps: int = STEPS) -> Array:
    """The mean of w^2 at the start and after each step, from the recursion (1 - lr)^2 m + lr^2."""
    m = [start**2]
    for step in range(steps):
        lr = schedule(step)
        m.append((1 - lr) ** 2 * m[-1] + lr**2)
    return np.array(m)


def simulate(schedule: Schedule, seed: int, start: float = START) -> Array:
    """The mean of w^2 over RUNS independent runs, each with noise of variance 1 in its gradient."""
    rng, params = np.random.default_rng(seed), {"weight": np.full(RUNS, start)}
    optimizer, found = SGD(schedule), [start**2]
    for _ in range(STEPS):
        optimizer.step(params, {"weight": params["weight"] + rng.standard_normal(RUNS)})
        found.append(float((params["weight"] ** 2).mean()))
    return np.array(found)


def shaped(shape: str, lr: float) -> Schedule:
    """A schedule over STEPS updates that starts at lr."""
    if shape == "constant":
        return constant(lr)
    if shape == "step":
        return step_decay(lr, [STEPS // 2, 3 * STEPS // 4])
    return {"linear": linear, "cosine": cosine}[shape](lr, STEPS)


@lru_cache(maxsize=8)
def best(shape: str) -> float:
    """The first rate with the smallest expected end, by the recursion."""
    rates = np.geomspace(0.003, 1, 200).tolist()
    return float(min(rates, key=lambda lr: foretold(shaped(shape, lr))[-1]))


def noisy_quadratic(seed: int) -> Outcome:
    """Where constant rates settle, over theory; and what is left at the end, by schedule at its best rate."""
    outcome: Outcome = {}
    for lr in RATES:
        late = simulate(constant(lr), seed, 0.0)[-100:].mean()
        outcome[f"settled_{lr:g}"] = late / foretold(constant(lr), 0.0)[-100:].mean()
    ends = {shape: simulate(shaped(shape, best(shape)), seed)[-1] for shape in SHAPES}
    for shape in SHAPES[1:]:
        outcome[f"{shape}_over_constant"] = ends[shape] / ends["constant"]
    return outcome


NOISE = Experiment("noisy-quadratic", noisy_quadratic, seeds=20)

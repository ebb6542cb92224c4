"""Are an L2 penalty and weight decay the same? Weights that only noise moves, under SGD and Adam."""

from collections.abc import Callable

import numpy as np

from nnbook._types import Array, Params
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.optimizers import SGD, Adam, Optimizer

STEPS, RATE, DECAY, EVERY, COPIES = 2000, 1e-3, 0.1, 50, 300
QUIET, LOUD = 0.01, 10.0
NOISE = np.array(
    [[QUIET], [LOUD]]
)  # standard deviations of the gradients, one a row of weights
BETAS, EPS = (0.9, 0.999), 1e-8

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"sgd": SGD, "momentum": SGD, "adam": Adam}


def decayed_path(kind: str, seed: int, *, decoupled: bool) -> Array:
    """Weights that start at 1 and whose loss has gradient noise alone, every 50 steps.

    Args:
        kind: of `OPTIMIZERS`.
        seed: of the noise, which is the same for every kind.
        decoupled: shrink the weights themselves; else add DECAY times the weight to the gradient, which is
            the penalty DECAY / 2 times w^2.

    Returns: shape (STEPS / EVERY + 1, 2, COPIES), quiet gradients in row 0 and loud ones in row 1.
    """
    options = {"momentum": 0.9} if kind == "momentum" else {}
    optimizer = OPTIMIZERS[kind](RATE, weight_decay=DECAY if decoupled else 0.0, **options)
    rng = np.random.default_rng([seed, 5])
    params: Params = {"weight": np.ones((2, COPIES))}
    path = [params["weight"].copy()]
    for step in range(1, STEPS + 1):
        grad = NOISE * rng.standard_normal((2, COPIES))
        if not decoupled:
            grad += DECAY * params["weight"]
        optimizer.step(params, {"weight": grad})
        if step % EVERY == 0:
            path.append(params["weight"].copy())
    return np.array(path)


def decoupled_theory(steps: Array) -> Array:
    """What is left of a weight: (1 - RATE DECAY)^t, for any gradient of mean 0."""
    return np.asarray((1 - RATE * DECAY) ** np.asarray(steps, dtype=float))


def adam_l2_theory(noise: float) -> Array:
    """The mean weight under Adam with L2, every 50 steps, if the mean square is replaced by its own mean.

    The gradient is noise + DECAY w: its mean is DECAY w and its mean square noise^2 + (DECAY w)^2.
    """
    (b1, b2), w, m, s = BETAS, 1.0, 0.0, 0.0
    path = [w]
    for t in range(1, STEPS + 1):
        m = b1 * m + (1 - b1) * DECAY * w
        s = b2 * s + (1 - b2) * (noise**2 + (DECAY * w) ** 2)
        w -= RATE * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + EPS)
        if t % EVERY == 0:
            path.append(w)
    return np.array(path)


def decay(seed: int) -> Outcome:
    """Mean weights left after 2000 steps, their paths, and how far L2 and decay are apart under SGD."""
    paths = {
        f"{kind}_{way}": decayed_path(kind, seed, decoupled=way == "decay")
        for kind in OPTIMIZERS
        for way in ("l2", "decay")
    }
    outcome: Outcome = {}
    for name, path in paths.items():
        means = path.mean(axis=2)
        outcome |= {f"{name}_quiet": means[-1, 0], f"{name}_loud": means[-1, 1]}
        outcome[f"path_{name}"] = means.T
    theory = decoupled_theory(np.array(STEPS))
    return outcome | {
        "sgd_distance": np.abs(paths["sgd_l2"] - paths["sgd_decay"]).max(),
        "adam_gap": outcome["adam_l2_loud"] - outcome["adam_l2_quiet"],
        "decay_gap": outcome["adam_decay_loud"] - outcome["adam_decay_quiet"],
        "quiet_error": outcome["adam_decay_quiet"] - theory,
        "loud_error": outcome["adam_decay_loud"] - theory,
    }


DECOUPLED = Experiment("decay", decay)

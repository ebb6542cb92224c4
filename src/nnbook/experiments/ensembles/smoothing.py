"""What averaging the weights does to noise: theory and simulation on a quadratic of curvature 1."""

import numpy as np

from nnbook._types import Array


def averaged_variance(lr: float, decay: float) -> float:
    """The variance at which the running average settles, for gradient noise of variance 1.

    Without averaging (decay 0) it is lr / (2 - lr).
    """
    kept = 1 - lr
    alone = lr / (2 - lr)
    return alone * (1 - decay) / (1 + decay) * (1 + decay * kept) / (1 - decay * kept)


def settled(
    lr: float, decay: float, *, runs: int, steps: int, rng: np.random.Generator
) -> Array:
    """Weights of independent runs and their running averages after so many steps of descent: (2, runs)."""
    w, average = np.zeros(runs), np.zeros(runs)
    for _ in range(steps):
        w = w - lr * (w + rng.standard_normal(runs))
        average = decay * average + (1 - decay) * w
    return np.stack([w, average])

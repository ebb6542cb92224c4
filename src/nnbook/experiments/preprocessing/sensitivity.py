"""Is a line far from the origin more sensitive to small changes of its weights? The drawing, run."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.losses import binary_cross_entropy, mse

OFFSETS, EXAMPLES, TURNS, LENGTH = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0), 1000, 100, 0.1
NEWTON = 10
LossAt: TypeAlias = Callable[[Array], float]


def two_classes(offset: float, seed: int, scale: float = 1.0) -> tuple[Array, Array]:
    """Gaussian classes around (1, 0) and (-1, 0), scaled, then moved by (offset, offset); targets 1 and 0."""
    rng = np.random.default_rng([seed, 8])
    targets = np.repeat([1.0, 0.0], EXAMPLES // 2)
    x = rng.standard_normal((EXAMPLES, 2))
    x[:, 0] += 2 * targets - 1
    return scale * x + offset, targets


def with_ones(x: Array) -> Array:
    """A constant 1 as last feature, whose weight is the bias."""
    return np.column_stack([x, np.ones(len(x))])


def fit_logistic(x: Array, targets: Array) -> Array:
    """The weights (two and a bias) of least binary cross-entropy, by Newton's method."""
    wide = with_ones(x)
    theta = np.zeros(wide.shape[1])
    for _ in range(NEWTON):
        p = 1 / (1 + np.exp(-wide @ theta))
        hessian = (wide * (p * (1 - p))[:, None]).T @ wide
        theta -= np.linalg.solve(hessian, wide.T @ (p - targets))
    return theta


def changes() -> Array:
    """Changes of the two weights, all of one length, evenly in all directions, of shape (TURNS, 2)."""
    angles = 2 * np.pi * np.arange(TURNS) / TURNS
    return LENGTH * np.column_stack([np.cos(angles), np.sin(angles)])


def logistic_loss(x: Array, targets: Array, theta: Array) -> float:
    """Binary cross-entropy at weights and bias theta."""
    return binary_cross_entropy(with_ones(x) @ theta, targets)[0]


def sensitivity(offset: float, seed: int, *, refit: bool = False, scale: float = 1.0) -> float:
    """Mean change of the logistic loss when the fitted weights move by LENGTH and the bias stays.

    With refit the bias moves to its best value after each change: the line turns about the data.
    """
    x, targets = two_classes(offset, seed, scale)
    theta = fit_logistic(x, targets)
    start = logistic_loss(x, targets, theta)
    # Turned about the middle of the data, not about the origin: nearly the best bias, and then the best.
    rises = []
    for change in changes():
        moved = theta + np.append(change, 0)
        if refit:
            moved[2] = _best_bias(x @ moved[:2], targets, theta[2] - change @ x.mean(axis=0))
        rises.append(abs(logistic_loss(x, targets, moved) - start))
    return float(np.mean(rises))


def _best_bias(scores: Array, targets: Array, bias: float) -> float:
    for _ in range(NEWTON):
        p = 1 / (1 + np.exp(-(scores + bias)))
        bias -= (p - targets).sum() / (p * (1 - p)).sum()
    return bias


def squared_sensitivity(offset: float, seed: int) -> float:
    """The same as `sensitivity` for half the squared error of a linear unit."""
    x, targets = two_classes(offset, seed)
    wide = with_ones(x)
    theta = np.linalg.lstsq(wide, targets, rcond=None)[0]
    start = mse(wide @ theta, targets)[0] / 2
    moved = [mse(wide @ (theta + np.append(d, 0)), targets)[0] / 2 for d in changes()]
    return float(np.mean(np.abs(np.array(moved) - start)))


def squared_theory(offset: float) -> float:
    """LENGTH^2 / 4 times E|x|^2, which is 3 for the two classes at the origin, plus 2 offset^2."""
    return LENGTH**2 / 4 * (3 + 2 * offset**2)


def sensitivities(seed: int) -> Outcome:
    """The change of the loss at every offset: bias kept, bias fitted again, and with the squared error."""
    kept = [sensitivity(offset, seed) for offset in OFFSETS]
    refitted = [sensitivity(offset, seed, refit=True) for offset in OFFSETS]
    squared = [squared_sensitivity(offset, seed) for offset in OFFSETS]
    at = dict(zip(OFFSETS, zip(kept, refitted, squared, strict=True), strict=True))
    return {
        "kept": kept,
        "refitted": refitted,
        "squared": squared,
        "kept_5_over_0": at[5][0] / at[0][0],
        "kept_20_over_5": at[20][0] / at[5][0],
        "refitted_20_over_0": at[20][1] / at[0][1],
        "squared_over_theory_0": at[0][2] / squared_theory(0),
        "squared_over_theory_20": at[20][2] / squared_theory(20),
        "wider": sensitivity(0, seed, scale=10) / at[0][0],
    }


SENSITIVITY = Experiment("sensitivity", sensitivities)

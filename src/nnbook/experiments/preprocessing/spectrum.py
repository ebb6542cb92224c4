"""From the eigenvalues of the inputs to the steps of gradient descent: theory, and descent on digits."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.preprocessing.transforms import FITS
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import normal
from nnbook.layers import Linear
from nnbook.losses import mse
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

LEFT, LIMIT = 0.01, 20_000
ARMS = ("raw", "centered", "standardized", "whitened_1e-05")
ABSENT = 1e-9  # beside the largest eigenvalue, this is rounding error


def spectrum(x: Array, targets: Array) -> tuple[Array, Array]:
    """Eigenvalues of E[x x^T], falling, and the share of the excess loss that lies along each eigenvector.

    x has a constant 1 as its last feature. The excess is that of weights zero over the best weights, for
    half the squared error. Directions in which no x varies are left out: there is nothing to learn in them.
    """
    eigenvalues, vectors = np.linalg.eigh(x.T @ x / len(x))
    keep = eigenvalues > ABSENT * eigenvalues[-1]
    eigenvalues, vectors = eigenvalues[keep][::-1], vectors[:, keep][:, ::-1]
    best = (vectors.T @ (x.T @ targets / len(x))) / eigenvalues[:, None]
    excess = eigenvalues * (best**2).sum(axis=1)
    return eigenvalues, excess / excess.sum()


def excess_after(steps: NDArray[Any], eigenvalues: Array, shares: Array) -> Array:
    """What is left of the excess loss after each number of steps at the rate 1 / largest eigenvalue."""
    factors = 1 - eigenvalues / eigenvalues[0]
    return np.asarray((shares * factors ** (2 * steps[:, None])).sum(axis=1))


def bound(kappa: float, left: float = LEFT) -> float:
    """Steps after which (1 - 1/kappa)^2t, the slowest direction's share, is down to `left`."""
    return float(np.log(left) / (2 * np.log1p(-1 / kappa))) if kappa > 1 else 1.0


def descend(x: Array, targets: Array, optimum: float, start: float, rate: float) -> int:
    """Gradient steps on the squared error until LEFT of the excess is left; LIMIT if that takes longer."""
    zeros, rng = partial(normal, std=0), np.random.default_rng(0)
    layer = Linear(x.shape[1], targets.shape[1], rng=rng, init=zeros)
    optimizer = SGD(rate)
    for step in range(LIMIT):
        loss, grads = loss_and_grads(layer, mse, x, targets)
        if loss - optimum <= LEFT * (start - optimum):
            return step
        del grads["bias"]  # the bias is the weight of the constant feature
        optimizer.step(layer.params, grads)
    return LIMIT


def wide_digits(arm: str, seed: int) -> tuple[Array, Array]:
    """Preprocessed training digits with a constant 1 as last feature, and one-hot targets; in float64."""
    raw = digits_split(seed, scaled=False)
    x = FITS[arm](raw.x.astype(np.float64))(raw.x.astype(np.float64))
    return np.column_stack([x, np.ones(len(x))]), np.eye(10)[raw.y]


def least_squares(seed: int) -> Outcome:
    """Condition number by preprocessing; the steps that it and the spectrum foretell, and the real ones."""
    outcome: Outcome = {}
    for arm in ARMS:
        x, targets = wide_digits(arm, seed)
        eigenvalues, shares = spectrum(x, targets)
        kappa = float(eigenvalues[0] / eigenvalues[-1])
        optimum = mse(x @ np.linalg.lstsq(x, targets, rcond=None)[0], targets)[0]
        # The Hessian of the mean squared error over 10 outputs is E[x x^T] / 5.
        rate = targets.shape[1] / 2 / eigenvalues[0]
        steps = descend(x, targets, optimum, mse(0 * targets, targets)[0], rate)
        foretold = excess_after(np.arange(LIMIT), eigenvalues, shares) <= LEFT
        outcome[f"kappa_{arm}"], outcome[f"bound_{arm}"] = kappa, bound(kappa)
        outcome[f"gd_{arm}"], outcome[f"foretold_{arm}"] = steps, int(foretold.argmax())
        outcome[f"gd_over_foretold_{arm}"] = steps / outcome[f"foretold_{arm}"]
    return outcome


SPECTRUM = Experiment("spectrum", least_squares, seeds=10)

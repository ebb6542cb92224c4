"""From the eigenvalues of the inputs to the steps of gradient descent: theory, and descent on digits."""

from functools import partial
from typing import Any, NamedTuple

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
    """Steps after which (1 - 1/kappa)^2t, the slowest direction's factor, is down to `left`."""
    return float(np.ceil(np.log(left) / (2 * np.log1p(-1 / kappa)))) if kappa > 1 else 1.0


def descend(x: Array, targets: Array, left: float = LEFT) -> list[float]:
    """Gradient descent on the squared error from weights zero, at the rate 1 / largest eigenvalue.

    Returns what is left of the excess loss after 0, 1, 2, ... steps, down to `left`, for at most LIMIT steps.
    """
    zeros, rng = partial(normal, std=0), np.random.default_rng(0)
    layer = Linear(x.shape[1], targets.shape[1], rng=rng, init=zeros)
    optimum = mse(x @ np.linalg.lstsq(x, targets, rcond=None)[0], targets)[0]
    # The Hessian of the squared error, averaged over the outputs too, is E[x x^T] times 2 / outputs.
    optimizer = SGD(targets.shape[1] / 2 / np.linalg.eigvalsh(x.T @ x / len(x))[-1])
    start, trace = mse(0 * targets, targets)[0], [1.0]
    while trace[-1] > left and len(trace) <= LIMIT:
        _, grads = loss_and_grads(layer, mse, x, targets)
        del grads["bias"]  # the bias is the weight of the constant feature
        optimizer.step(layer.params, grads)
        loss = mse(layer(x)[0], targets)[0]
        trace.append((loss - optimum) / (start - optimum))
    return trace


def wide_digits(arm: str, seed: int) -> tuple[Array, Array]:
    """Preprocessed training digits with a constant 1 as last feature, and one-hot targets; in float64."""
    raw = digits_split(seed, scaled=False)
    x = FITS[arm](raw.x.astype(np.float64))(raw.x.astype(np.float64))
    return np.column_stack([x, np.ones(len(x))]), np.eye(10)[raw.y]


class Trajectory(NamedTuple):
    """What is left of the excess loss after some numbers of steps, as foretold and as measured."""

    #: Numbers of steps, rising.
    steps: NDArray[Any]
    #: What is left by theory, from the spectrum.
    foretold: Array
    #: What is left in the descent.
    measured: Array


def trajectory(arm: str, seed: int, points: int = 40) -> Trajectory:
    """A descent on preprocessed digits, at about evenly spaced points of a logarithmic axis."""
    x, targets = wide_digits(arm, seed)
    trace = np.array(descend(x, targets))
    steps = np.unique(np.geomspace(1, len(trace) - 1, points).astype(int))
    return Trajectory(steps, excess_after(steps, *spectrum(x, targets)), trace[steps])


def least_squares(seed: int) -> Outcome:
    """Condition number by preprocessing; the steps that it and the spectrum foretell, and the real ones."""
    outcome: Outcome = {}
    for arm in ARMS:
        x, targets = wide_digits(arm, seed)
        eigenvalues, shares = spectrum(x, targets)
        foretold = excess_after(np.arange(LIMIT), eigenvalues, shares) <= LEFT
        outcome[f"kappa_{arm}"] = float(eigenvalues[0] / eigenvalues[-1])
        outcome[f"bound_{arm}"] = bound(outcome[f"kappa_{arm}"])
        outcome[f"foretold_{arm}"] = int(foretold.argmax())
        outcome[f"gd_{arm}"] = len(descend(x, targets)) - 1
    return outcome


SPECTRUM = Experiment("spectrum", least_squares, seeds=10)

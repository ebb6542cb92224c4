"""How many weights an L1 penalty can bring to zero in the time that a training takes."""

import numpy as np
from scipy.special import erf

from nnbook._types import Array
from nnbook.experiments.regularization.recipes import MOMENTUM, WAYS
from nnbook.experiments.regularization.small_data import PLAN


def reach(strength: float, rate: float) -> float:
    """How far the penalty alone moves a weight in all steps of the plan."""
    steps = PLAN.epochs * int(np.ceil(PLAN.examples / PLAN.batch))
    return rate * strength / (1 - MOMENTUM) * steps


def foretold_share(distance: float) -> float:
    """Share of He's initial weights, in percent, that lie nearer to zero than the distance.

    A weight from N(0, sigma^2), sigma^2 = 2 / fan-in, does so with probability erf(distance / sqrt(2) sigma).
    """
    fan_in = np.array([64, *PLAN.hidden])
    counts = fan_in * np.array([*PLAN.hidden, 10])
    shares = erf(distance / (np.sqrt(2 / fan_in) * np.sqrt(2)))
    return float(100 * (counts * shares).sum() / counts.sum())


def foretold_shares(rates: dict[str, float]) -> Array:
    """What `foretold_share` says for the L1 arms of the experiment on small data, each at its rate."""
    return np.array([foretold_share(reach(s, rates[f"l1_{s:g}"])) for s in WAYS["l1"]])

"""What loss does a net start with? That of equal scores, and what the variance of its scores adds."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from scipy.special import ndtr

from nnbook._types import Array
from nnbook.activations import log_softmax
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import (
    Initializer,
    kaiming_normal,
    normal,
    variance_scaling,
    xavier_normal,
)
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy, hinge
from nnbook.models import mlp

CLASSES = 10
EQUAL = {"softmax": float(np.log(CLASSES)), "hinge": CLASSES - 1.0}  # losses of equal scores
COUNTS, GAINS = (2, 10, 100, 1000), tuple(np.geomspace(0.1, 3, 7).tolist())
IMAGES = 300
VARIANCES = np.linspace(0, 6, 61)
REACH, POINTS = 8.0, 801  # of the standard normal, and of both integrals


def expected_softmax(variance: float, classes: int) -> float:
    """Mean cross-entropy of independent scores from N(0, variance), whatever the labels.

    It is E[ln S] with S the sum of their exponentials, as the score of the label has mean 0. ln S is the
    integral of (exp(-t) - exp(-t S)) / t over t > 0; with t = exp(u) the mean of the second part is a power.
    """
    z = np.linspace(-REACH, REACH, POINTS)
    weights = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    spread = REACH * np.sqrt(variance)
    u = np.linspace(-30 - spread - np.log(classes), spread + 4, POINTS)
    with np.errstate(over="ignore"):
        one = np.exp(-np.exp(u[:, None] + np.sqrt(variance) * z)) @ weights
        return float(np.trapezoid(np.exp(-np.exp(u)) - one**classes, u))


def expected_hinge(variance: float, classes: int) -> float:
    """Mean hinge loss of independent scores: the differences are from N(0, 2 variance), the margin is 1."""
    std = np.sqrt(2 * variance)
    if not std:
        return classes - 1.0
    density = np.exp(-1 / (2 * std**2)) / np.sqrt(2 * np.pi)
    return float((classes - 1) * (ndtr(1 / std) + std * density))


def initialized(init: Initializer, seed: int, hidden: tuple[int, ...] = (100,)) -> Sequential:
    """A fresh ReLU net for the digits."""
    rng = np.random.default_rng([seed, 1])
    return mlp((64, *hidden, CLASSES), rng=rng, init=init, dtype=np.float32)


def quiet_head(seed: int) -> Sequential:
    """He's weights, those of the last layer ten times smaller."""
    net = initialized(kaiming_normal, seed)
    net.params["2.weight"] *= 0.1
    return net


def normed(seed: int) -> Sequential:
    """He's weights, with batch norm before the activations."""
    rng = np.random.default_rng([seed, 1])
    return mlp((64, 100, 100, CLASSES), rng=rng, norm="batch", dtype=np.float32)


NETS: dict[str, Callable[[int], Sequential]] = {
    "small": partial(initialized, normal),
    "he": partial(initialized, kaiming_normal),
    "xavier": partial(initialized, xavier_normal),
    "third": partial(initialized, partial(variance_scaling, scale=1 / 3)),
    "head": quiet_head,
    "deep": partial(initialized, kaiming_normal, hidden=(100,) * 5),
    "norm": normed,
}


def first_losses(net: Sequential, x: Array, y: np.ndarray) -> dict[str, float]:
    """Cross-entropy and hinge loss of one training call."""
    scores, _ = net(x, training=True)
    return {"softmax": cross_entropy(scores, y)[0], "hinge": hinge(scores, y)[0]}


@lru_cache(maxsize=1)
def _means() -> dict[str, Array]:
    """Mean losses of ten scores at each of `VARIANCES`."""
    foretold = {"softmax": expected_softmax, "hinge": expected_hinge}
    return {
        name: np.array([f(v, CLASSES) for v in VARIANCES.tolist()])
        for name, f in foretold.items()
    }


def he_theory(x: Array) -> dict[str, float]:
    """Mean losses over He's weights: for an image of length |x| the scores have variance 2 |x|^2 / D."""
    of_images = 2 * np.mean(np.square(x, dtype=np.float64), axis=1)
    return {
        name: float(np.interp(of_images, VARIANCES, means).mean())
        for name, means in _means().items()
    }


def excess_by_gain(classes: int, seed: int) -> list[float]:
    """Cross-entropy above ln C by the factor on He's last layer, averaged over images and over all labels.

    All images are scaled to the length sqrt(D), so that the scores have variance 2 gain^2.
    """
    x = digits_split(seed).x[:IMAGES]
    x = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))
    rng = np.random.default_rng([seed, 1])
    scores, _ = mlp((64, 100, classes), rng=rng, dtype=np.float32)(x)
    losses = [-log_softmax(np.float32(gain) * scores).mean(dtype=np.float64) for gain in GAINS]
    return [float(loss - np.log(classes)) for loss in losses]


def initial_loss(seed: int) -> Outcome:
    """First losses over those of equal scores, for every net and on raw pixels, and theory for He's."""
    data, raw = digits_split(seed), digits_split(seed, scaled=False)
    outcome: Outcome = {}
    losses = {name: first_losses(make(seed), data.x, data.y) for name, make in NETS.items()}
    losses["raw"] = first_losses(NETS["he"](seed), raw.x, raw.y)
    theory = he_theory(data.x)
    for loss, equal in EQUAL.items():
        outcome |= {f"{loss}_{name}": found[loss] / equal for name, found in losses.items()}
        outcome[f"{loss}_theory"] = theory[loss] / equal
    outcome["excess"] = losses["he"]["softmax"] - EQUAL["softmax"]
    outcome["excess_theory"] = theory["softmax"] - EQUAL["softmax"]
    return outcome | {f"excess_{c}": excess_by_gain(c, seed) for c in COUNTS}


INITIAL_LOSS = Experiment("initial_loss", initial_loss, seeds=50)

"""Does the step size of AdaGrad decay to zero, and how fast?"""

from collections.abc import Iterator

import numpy as np

from nnbook._types import Params
from nnbook.experiments.nets import digits_split, make_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.losses import cross_entropy
from nnbook.optimizers import AdaGrad, RMSProp
from nnbook.training import train

STEPS = 3000
MARKS = tuple(np.unique(np.geomspace(1, STEPS, 30).astype(int)).tolist())
SETTINGS = ("noise", "quadratic", "digits")


def effective(squares: Params, lr: float) -> float:
    """What the gradients are multiplied by, lr / sqrt(s): the geometric mean over all with s > 0."""
    s = np.concatenate([square.ravel() for square in squares.values()]).astype(np.float64)
    return float(lr * np.exp(-np.log(s[s > 0]).mean() / 2))


def updates(setting: str, optimizer: AdaGrad | RMSProp, seed: int) -> Iterator[None]:
    """STEPS updates: of gradients of pure noise, on a quadratic without noise, or of a net on digits."""
    rng = np.random.default_rng([seed, 6])
    if setting == "digits":
        data, net = digits_split(seed, 640), make_net("relu", (32,), seed)
        epochs = STEPS // 20
        steps = train(
            net, cross_entropy, optimizer, data.x, data.y, epochs=epochs, batch_size=32, rng=rng
        )
        yield from (None for _ in steps)
        return
    params: Params = {"weight": rng.standard_normal(50)}
    curvatures = np.geomspace(0.1, 1, 50)
    for _ in range(STEPS):
        noise = setting == "noise"
        grad = rng.standard_normal(50) if noise else curvatures * params["weight"]
        optimizer.step(params, {"weight": grad})
        yield


def rates(setting: str, optimizer: AdaGrad | RMSProp, seed: int) -> list[float]:
    """The effective rate after the steps MARKS."""
    found = []
    for done, _ in enumerate(updates(setting, optimizer, seed), start=1):
        if done in MARKS:
            found.append(effective(optimizer.squares, 0.1))
    return found


def last_decade(values: list[float]) -> float:
    """The exponent of the effective rate over the last tenfold of the steps."""
    t, y = np.log(MARKS), np.log(values)
    late = t >= t[-1] - np.log(10)
    return float(np.polyfit(t[late], y[late], 1)[0])


def decay(seed: int) -> Outcome:
    """The effective rate by steps, for AdaGrad in three settings, and for RMSProp beside it."""
    outcome: Outcome = {}
    for setting in SETTINGS:
        outcome[setting] = rates(setting, AdaGrad(0.1), seed)
        outcome[f"exponent_{setting}"] = last_decade(outcome[setting])
    outcome["rmsprop"] = rates("noise", RMSProp(0.1), seed)
    outcome["exponent_rmsprop"] = last_decade(outcome["rmsprop"])
    return outcome


DECAY = Experiment("adagrad", decay, seeds=10)

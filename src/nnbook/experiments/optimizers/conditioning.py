"""How does the number of steps grow with the condition number, with and without momentum?"""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.optimizers import SGD

KAPPAS = (10, 30, 100, 300, 1000, 3000, 10_000)
LEFT, DIMENSIONS = 1e-3, 20
ARMS = ("plain", "tuned", "fixed")


def contraction(lr: float, momentum: float, curvature: float) -> float:
    """By what an error along one eigenvector shrinks per step, in the long run.

    It is the larger root, in absolute value, of z^2 - (1 + momentum - lr curvature) z + momentum.
    """
    b = 1 + momentum - lr * curvature
    inside = b * b - 4 * momentum
    return float(np.sqrt(momentum) if inside < 0 else (abs(b) + np.sqrt(inside)) / 2)


def best_rate(momentum: float, kappa: float) -> float:
    """The rate whose slowest factor is smallest, for curvatures from 1 / kappa to 1."""
    rates = np.geomspace(1e-3, 1, 2000) * 2 * (1 + momentum)
    slowest = [max(contraction(lr, momentum, c) for c in (1 / kappa, 1)) for lr in rates]
    return float(rates[np.argmin(slowest)])


def setting(arm: str, kappa: float) -> tuple[float, float]:
    """Learning rate and momentum of an arm, for curvatures from 1 / kappa to 1 (Polyak 1964)."""
    if arm == "plain":
        return 2 / (1 + 1 / kappa), 0.0
    if arm == "fixed":
        return best_rate(0.9, kappa), 0.9
    root = np.sqrt(kappa)
    return float((2 * root / (root + 1)) ** 2), float(((root - 1) / (root + 1)) ** 2)


def foretold(arm: str, kappa: float) -> float:
    """Steps after which the slowest factor alone has brought an error down to LEFT."""
    lr, momentum = setting(arm, kappa)
    slowest = max(contraction(lr, momentum, c) for c in (1 / kappa, 1))
    return float(np.log(LEFT) / np.log(slowest))


def steps_taken(lr: float, momentum: float, curvatures: Array, start: Array) -> int:
    """Steps until the distance from the minimum is LEFT times that of the start."""
    params = {"weight": start.copy()}
    optimizer, goal = SGD(lr, momentum=momentum), LEFT * np.linalg.norm(start)
    while np.linalg.norm(params["weight"]) > goal:
        optimizer.step(params, {"weight": curvatures * params["weight"]})
    return optimizer.steps


def exponent(x: Array, y: Array) -> float:
    """The slope of log y over log x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def growth(seed: int) -> Outcome:
    """Steps by condition number, on quadratics whose axes are the eigenvectors."""
    rng = np.random.default_rng(seed)
    steps: dict[str, list[int]] = {arm: [] for arm in ARMS}
    for kappa in KAPPAS:
        inner = kappa ** -rng.random(DIMENSIONS - 2)
        curvatures = np.array([1 / kappa, *inner, 1.0])
        start = rng.standard_normal(DIMENSIONS)
        for arm, taken in steps.items():
            taken.append(steps_taken(*setting(arm, kappa), curvatures, start))
    outcome: Outcome = {f"curve_{arm}": taken for arm, taken in steps.items()}
    for arm, taken in steps.items():
        outcome[f"exponent_{arm}"] = exponent(np.array(KAPPAS), np.array(taken))
        outcome |= {f"{arm}_{k}": n for k, n in zip(KAPPAS, taken, strict=True)}
    return outcome


GROWTH = Experiment("growth", growth, seeds=10)

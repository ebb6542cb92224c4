"""Descent in the plane: one tilted valley, one saddle, and the path that an optimizer takes on them."""

from collections.abc import Callable

import numpy as np

from nnbook._types import Array
from nnbook.optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp

Gradient = Callable[[Array], Array]
METHODS: dict[str, Callable[[float], Optimizer]] = {
    "SGD": SGD,
    "momentum": lambda lr: SGD(lr, 0.9),
    "Nesterov": lambda lr: SGD(lr, 0.9, nesterov=True),
    "AdaGrad": AdaGrad,
    "RMSProp": lambda lr: RMSProp(lr, 0.9),
    "Adam": Adam,
}
GRID = tuple(0.005 * 2 ** (k / 4) for k in range(38))


def valley(kappa: float, tilt: float) -> Array:
    """The Hessian with curvature 1 along the angle `tilt`, in radians, and 1 / kappa across it."""
    along = np.array([np.cos(tilt), np.sin(tilt)])
    return (1 - 1 / kappa) * np.outer(along, along) + np.eye(2) / kappa


HESSIAN, START = valley(100, 0.5), np.array([-2.0, 1.6])


def quadratic(hessian: Array, points: Array) -> Array:
    """The loss w H w / 2 at points whose last axis holds the coordinates."""
    return np.asarray(((points @ hessian) * points).sum(axis=-1) / 2)


def saddle(points: Array) -> Array:
    """The loss (x^2 - y^2) / 2 + y^4 / 4: a saddle at the origin, minima at (0, -1) and (0, 1)."""
    x, y = points[..., 0], points[..., 1]
    return np.asarray((x**2 - y**2) / 2 + y**4 / 4)


def saddle_grad(w: Array) -> Array:
    """The gradient of `saddle` at one point."""
    return np.array([w[0], w[1] ** 3 - w[1]])


def descend(optimizer: Optimizer, gradient: Gradient, start: Array, steps: int) -> Array:
    """The points that an optimizer visits, of shape (steps + 1, D)."""
    params = {"weight": np.array(start, dtype=float)}
    points = [params["weight"].copy()]
    for _ in range(steps):
        optimizer.step(params, {"weight": gradient(params["weight"])})
        points.append(params["weight"].copy())
    return np.array(points)


def tuned(method: str, steps: int) -> tuple[float, Array]:
    """The rate at which a method ends lowest on the tilted valley, and its points there."""
    paths = {
        lr: descend(METHODS[method](lr), lambda w: HESSIAN @ w, START, steps) for lr in GRID
    }
    lr = min(GRID, key=lambda rate: float(quadratic(HESSIAN, paths[rate][-1])))
    return lr, paths[lr]

"""Second order: steps that use the curvature of a loss, for nets and data that are small enough."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from nnbook._backward import only_grads
from nnbook._checks import (
    check_array,
    check_count,
    check_function,
    check_kind,
    check_rows,
    refuse,
)
from nnbook._types import Array, Loss, Params
from nnbook.layers import Layer


def lbfgs(
    model: Layer,
    loss_fn: Loss,
    x: Array,
    y: NDArray[Any],
    *,
    steps: int = 100,
    memory: int = 10,
) -> list[float]:
    """Minimize the loss of the whole batch with SciPy's L-BFGS-B (Liu and Nocedal 1989).

    The model is called as at inference, so that dropout and the like are off: a line search needs a loss
    that is the same each time. The search is in float64; parameters keep their dtype and place. At most
    `steps` steps are done; `memory` pairs of changes, of point and gradient, stand for the Hessian.
    A batch, a loss and a model are given as to `train`.

    Returns: the loss at the start and after each step.
    """
    x = check_array("x", x)
    check_count("steps", steps)
    check_count("memory", memory)
    y = check_rows("y", y, len(x))
    check_function("loss_fn", loss_fn)
    if not check_kind("model", model, Layer).params:
        raise refuse("model", "one with parameters", "none")
    loss_at, start = _objective(model, loss_fn, x, y), _flat(model.params)
    losses = [loss_at(start)[0]]
    if not np.isfinite(losses[0]):
        raise refuse("loss", "finite at the start", losses[0])

    def keep(intermediate_result: OptimizeResult) -> None:
        losses.append(float(intermediate_result.fun))

    found = minimize(
        loss_at,
        start,
        jac=True,
        method="L-BFGS-B",
        callback=keep,
        options={"maxiter": steps, "maxcor": memory},
    )
    _put(model.params, found.x)  # the last point that was tried need not be the best
    return losses


def _objective(
    model: Layer, loss_fn: Loss, x: Array, y: NDArray[Any]
) -> Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]:
    """The loss and its gradient as a function of all parameters in one vector."""

    def loss_at(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        _put(model.params, point)
        predictions, backward = model(x)
        loss, dloss = loss_fn(predictions, y)
        grads = only_grads(backward, dloss)
        return loss, _flat({name: grads[name] for name in model.params})

    return loss_at


def _flat(params: Params) -> NDArray[np.float64]:
    """All arrays of a dict as one vector, in the dict's order."""
    return np.concatenate([p.ravel() for p in params.values()]).astype(np.float64)


def _put(params: Params, point: NDArray[np.float64]) -> None:
    """Undo `_flat`: write a vector into the arrays of a dict."""
    start = 0
    for p in params.values():
        p[...] = point[start : start + p.size].reshape(p.shape)
        start += p.size

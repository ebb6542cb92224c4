"""The check of a whole net, as the course advises it: a few entries of every parameter, without noise."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array, Loss
from nnbook.experiments.gradient_checking.cases import same_mask
from nnbook.gradcheck import disagreements, numerical_grad, relative_errors
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.regularization import DropConnect, Dropout
from nnbook.training import loss_and_grads

STEP = 1e-5


class Finding(NamedTuple):
    """What the check says of one parameter.

    `lost` counts entries whose gradient is so small that rounding alone could make the difference; they
    take no part in `worst`, the largest relative error, nor in the numbers of kinks and mistakes.
    """

    #: The parameter.
    name: str
    #: The largest relative error.
    worst: float
    #: Entries that disagree where no kink is suspected.
    mistakes: int
    #: Entries that disagree at a suspected kink.
    kinks: int
    #: Entries too small to be checked.
    lost: int


def quiet(net: Sequential) -> Sequential:
    """The net, with dropout that draws the same mask at each call."""
    for layer in net.layers:
        if isinstance(layer, Dropout | DropConnect):
            same_mask(layer)
    return net


def check_entries(
    value: Callable[[], float], name: str, param: Array, grad: Array, picks: NDArray[Any]
) -> Finding:
    """Compare the picked entries of a gradient with centered differences of value(), which reads param."""
    kept, some = param.flat[picks].copy(), grad.flat[picks]

    def at(entries: Array) -> float:
        param.flat[picks] = entries
        return value()

    numerical = numerical_grad(at, kept.copy(), STEP)
    mistakes, kinks = disagreements(at, some, kept.copy(), STEP)
    at(kept)
    rounding = 100 * np.finfo(param.dtype).eps * abs(value()) / STEP
    seen = np.maximum(np.abs(some), np.abs(numerical)) > rounding
    errors = relative_errors(some, numerical)[seen]
    told, excused = (sum(bool(seen[i]) for i in places) for places in (mistakes, kinks))
    return Finding(name, float(errors.max(initial=0.0)), told, excused, int((~seen).sum()))


def check_net(
    net: Sequential,
    x: Array,
    y: NDArray[Any],
    *,
    rng: np.random.Generator,
    loss_fn: Loss = cross_entropy,
    training: bool = True,
    entries: int = 20,
) -> list[Finding]:
    """Check up to `entries` random entries of every parameter of a net in float64; nothing is changed."""
    net = deepcopy(net)  # whose running statistics may move
    _, grads = loss_and_grads(net, loss_fn, x, y, training=training)

    def value() -> float:
        return loss_fn(net(x, training=training)[0], y)[0]

    picks = {name: rng.permutation(p.size)[:entries] for name, p in net.params.items()}
    return [
        check_entries(value, name, p, grads[name], picks[name])
        for name, p in net.params.items()
    ]

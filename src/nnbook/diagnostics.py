"""What goes on inside a model: activations, gradients, units, updates; and which learning rate it bears."""

from collections.abc import Callable
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import (
    check_array,
    check_choice,
    check_count,
    check_function,
    check_kind,
    check_number,
    check_positive,
    refuse,
)
from nnbook._params import check_arrays
from nnbook._types import Array, Loss, Params
from nnbook.activations import ACTIVATIONS
from nnbook.layers import Layer, Sequential
from nnbook.optimizers import Optimizer
from nnbook.schedules import Schedule
from nnbook.training import train

# How much of an average is the one before, and the shares of it at which it has fallen or diverged.
SMOOTHING, FELL, DIVERGED = 0.9, 0.9, 4
SLOPE_GRID = np.linspace(-20, 20, 4001)


def activations_by_layer(model: Sequential, x: Array) -> list[Array]:
    """The output of every layer for a batch, in order."""
    outputs = []
    for layer in check_kind("model", model, Sequential).layers:
        x, _ = layer(x)
        outputs.append(x)
    return outputs


def gradients_by_layer(
    model: Sequential, loss_fn: Loss, x: Array, y: NDArray[Any]
) -> list[Array]:
    """The gradient of the loss with respect to the output of every layer, in order."""
    backwards = []
    check_function("loss_fn", loss_fn)
    for layer in check_kind("model", model, Sequential).layers:
        x, backward = layer(x)
        backwards.append(backward)
    _, dy = loss_fn(x, y)
    grads = [dy]
    for backward in reversed(backwards[1:]):
        dy, _ = backward(dy)
        grads.append(dy)
    return grads[::-1]


def dead_fraction(activations: Array) -> float:
    """Share of the units, columns of (N, D), that are 0 on every one of the N examples."""
    activations = check_array("activations", activations, ndim=2)
    return float((activations == 0).all(axis=0).mean())


def saturated_fraction(x: Array, activation: str, threshold: float = 0.05) -> float:
    """Share of the inputs x at which the slope is less than `threshold` of the function's largest slope."""
    check_choice("activation", activation, ACTIVATIONS)
    threshold = check_number("threshold", threshold, 0, 1, closed="()")
    slope = ACTIVATIONS[activation][1]
    steepest = np.abs(slope(SLOPE_GRID)).max()
    return float((np.abs(slope(check_array("x", x))) < threshold * steepest).mean())


def update_ratios(before: Params, after: Params) -> dict[str, float]:
    """How far each parameter moved, as a share of its size: ||after - before|| / ||before||.

    About 1e-3 for each step of a weight is healthy by CS231n's rule of thumb. A parameter that was all 0, as
    biases are at the start, has inf if it moved and else 0. Updates are in place, so keep copies for before.
    """
    ratios = {}
    check_arrays("after", after)
    for name, old in check_arrays("before", before).items():
        if name not in after or after[name].shape != old.shape:
            got = f"shape {after[name].shape}" if name in after else "none"
            raise refuse(f"after[{name!r}]", f"an array of shape {old.shape}", got)
        moved = float(np.linalg.norm((after[name] - old).astype(np.float64)))
        size = float(np.linalg.norm(old.astype(np.float64)))
        ratios[name] = moved / size if size else float(np.inf if moved else 0)
    return ratios


class RangeTest(NamedTuple):
    """Rates, the loss before the update with each, the losses' moving average, and the rate suggested."""

    #: One for each update that was made, rising.
    rates: Array
    #: The loss of the batch before the update with each rate.
    losses: Array
    #: Their exponential moving average, corrected for its start.
    averages: Array
    #: The rate suggested, or nan.
    suggestion: float


def lr_range_test(
    model: Layer,
    loss_fn: Loss,
    make_optimizer: Callable[[Schedule], Optimizer],
    x: Array,
    y: NDArray[Any],
    *,
    batch_size: int,
    rng: np.random.Generator,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 100,
) -> RangeTest:
    """Train a copy of the model while the rate rises from low to high (Smith 2017); returns a `RangeTest`.

    The rate grows by the same factor each step; Smith's grows by the same amount. `make_optimizer` is SGD,
    partial(SGD, momentum=0.9), Adam or the like; the rest is given as to `train`.

    Suggested is a tenth of the rate at which the average is least: there, some directions are about to
    diverge. It is nan if the average never falls by a tenth; `sanity_checks` may then say why. If the least
    is at the end, a larger `high` may suggest more. The steepest fall, another rule in use, is misled by
    the noise of the first batches. The test ends early when the average is 4 times the least.
    """
    low = check_positive("low", low)
    high = check_number("high", high, low, closed="()")
    rates = np.geomspace(low, high, check_count("steps", steps, 2))
    check_function("make_optimizer", make_optimizer)
    optimizer = make_optimizer(lambda step: float(rates[step]))
    copy, plan = deepcopy(model), {"epochs": steps, "batch_size": batch_size}
    losses: list[float] = []
    averages: list[float] = []
    average = 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for step in islice(train(copy, loss_fn, optimizer, x, y, **plan, rng=rng), steps):
            losses.append(step.loss)
            average += (1 - SMOOTHING) * (step.loss - average)
            averages.append(average / (1 - SMOOTHING ** len(losses)))  # it started at 0
            if not averages[-1] <= DIVERGED * min(averages):  # or is nan
                break
    least = min(range(len(averages)), key=averages.__getitem__)
    fell = averages[least] < FELL * averages[0]
    suggestion = float(rates[least]) / 10 if fell else np.nan
    return RangeTest(rates[: len(losses)], np.array(losses), np.array(averages), suggestion)

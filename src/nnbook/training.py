"""The training loop: a generator that does one update each time it is asked for the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._backward import only_grads
from nnbook._checks import (
    check_array,
    check_count,
    check_function,
    check_kind,
    check_positive,
    check_rng,
    check_rows,
)
from nnbook._memory import keep_freed_memory
from nnbook._params import UnchangedIfRefused, check_arrays
from nnbook._types import Array, Loss, Params
from nnbook.layers import Layer
from nnbook.metrics import accuracy
from nnbook.optimizers import Optimizer


@dataclass(frozen=True)
class Step:
    """One update: its number from 0, its epoch from 0, and the loss and gradients it started from."""

    index: int
    epoch: int
    loss: float
    grads: Params


def minibatches(
    n: int, batch_size: int, *, rng: np.random.Generator
) -> Iterator[NDArray[np.integer[Any]]]:
    """The indices 0 to n - 1 in random order, in batches; the last one may be smaller."""
    check_count("n", n)
    check_count("batch_size", batch_size)
    order = check_rng(rng).permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def loss_and_grads(
    model: Layer, loss_fn: Loss, x: Array, y: NDArray[Any], *, training: bool = True
) -> tuple[float, Params]:
    """The loss of a batch and its gradient for every parameter; for validation give training=False.

    In training, running statistics move, as in every such call of a model.
    """
    check_kind("model", model, Layer)
    check_function("loss_fn", loss_fn)
    keep_freed_memory()
    with UnchangedIfRefused(model.buffers):  # running statistics
        predictions, backward = model(x, training=training)
        loss, dloss = loss_fn(predictions, y)
    return loss, only_grads(backward, dloss)


def train(
    model: Layer,
    loss_fn: Loss,
    optimizer: Optimizer,
    x: Array,
    y: NDArray[Any],
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[Step]:
    """Update the model once for every batch and yield the step; break to stop early.

    Args:
        model: changed in place.
        loss_fn: (predictions, y) -> (loss, gradient), such as `cross_entropy`. A loss of nan ends nothing.
        optimizer: keeps its memory, so that a second call goes on.
        x: inputs, N examples first.
        y: N targets, such as labels.
        epochs: how often each example is used.
        batch_size: examples an update; the last of an epoch may have fewer.
        rng: shuffles the examples anew each epoch.
    """
    x = check_array("x", x)
    check_count("epochs", epochs)
    y = check_rows("y", y, len(x))
    check_kind("model", model, Layer)
    check_kind("optimizer", optimizer, Optimizer)
    check_function("loss_fn", loss_fn)
    index = 0
    for epoch in range(epochs):
        for batch in minibatches(len(x), batch_size, rng=rng):
            loss, grads = loss_and_grads(model, loss_fn, x[batch], y[batch])
            optimizer.step(model.params, grads)
            yield Step(index, epoch, loss, grads)
            index += 1


def fit(*arguments: Any, **options: Any) -> list[float]:
    """Run `train`, with its arguments, to its end and return the loss of every step, a list of numbers."""
    return [step.loss for step in train(*arguments, **options)]


def evaluate(model: Layer, x: Array, labels: NDArray[np.integer[Any]]) -> float:
    """Accuracy of the model at inference, from 0 to 1; all of x is one batch, so memory must hold it."""
    scores, _ = check_kind("model", model, Layer)(x)
    return accuracy(scores, labels)


def global_norm(grads: Params) -> float:
    """The Euclidean norm of all gradients as one vector."""
    arrays = check_arrays("grads", grads).values()
    return float(np.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in arrays)))


def clip_by_norm(grads: Params, limit: float) -> Params:
    """Shrink all gradients by one factor so that their global norm is at most limit; new arrays.

    The direction stays (Pascanu et al. 2013). PyTorch adds 1e-6 to the norm that it divides by. A norm
    of inf or nan leaves the gradients as they are: no factor makes sense of them.
    """
    limit, norm = check_positive("limit", limit), global_norm(grads)
    factor = limit / norm if limit < norm < np.inf else 1.0
    return {name: factor * grad for name, grad in grads.items()}

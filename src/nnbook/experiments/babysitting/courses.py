"""How training goes, epoch by epoch: losses, accuracies, and how far each step moves the weights."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.babysitting.patients import Patient
from nnbook.metrics import accuracy
from nnbook.optimizers import Adam
from nnbook.training import loss_and_grads, minibatches

EPOCHS = 20
Indices = NDArray[np.integer]


class Course(NamedTuple):
    """What a doctor looks at: one number for each epoch, of the net as it is after it."""

    #: Mean loss of the epoch's batches, in training mode, as training sees it.
    training: list[float]
    #: Loss on the test digits, as the patient is judged.
    validation: list[float]
    #: Accuracy on the training digits, in percent, in inference mode.
    training_accuracy: list[float]
    #: Accuracy on the test digits, in percent, as the patient is judged.
    validation_accuracy: list[float]


def judged_scores(p: Patient) -> Array:
    """Scores of the test digits in the mode in which the patient is judged."""
    if p.test_batch is None:
        return p.net(p.data.x_test)[0]
    n, size = len(p.data.x_test), p.test_batch
    starts = [min(start, n - size) for start in range(0, n, size)]
    parts = [p.net(p.data.x_test[s : s + size], training=True)[0] for s in starts]
    parts[-1] = parts[-1][-(n - (len(parts) - 1) * size) :]
    return np.concatenate(parts)


def percent_right(scores: Array, labels: Indices) -> float:
    """Accuracy in percent; scores that are not numbers count as wrong."""
    return 100 * accuracy(scores, labels) if np.isfinite(scores).all() else 0.0


def batches(p: Patient, rng: np.random.Generator) -> Iterator[Indices]:
    """The batches of one epoch."""
    n = len(p.data.x)
    if p.shuffled:
        yield from minibatches(n, p.batch, rng=rng)
    else:
        yield from np.array_split(np.arange(n), n // p.batch)


def epochs_of(p: Patient, epochs: int = EPOCHS) -> Iterator[list[float]]:
    """Train by Adam, in place; the losses of each epoch."""
    rng, optimizer = np.random.default_rng([p.seed, 2]), Adam(p.lr)
    for _ in range(epochs):
        losses = []
        for batch in batches(p, rng):
            loss, grads = loss_and_grads(p.net, p.loss_fn, p.data.x[batch], p.data.y[batch])
            optimizer.step(p.net.params, grads)
            losses.append(loss)
        yield losses


def final_accuracy(p: Patient) -> float:
    """Train, and judge once, in percent."""
    for _ in epochs_of(p):
        pass
    return percent_right(judged_scores(p), p.data.y_test)


def course(p: Patient, epochs: int = EPOCHS) -> Course:
    """Train, and look after each epoch."""
    seen = Course([], [], [], [])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for losses in epochs_of(p, epochs):
            scores = judged_scores(p)
            seen.training.append(float(np.mean(losses)))
            seen.validation.append(p.loss_fn(scores, p.data.y_test)[0])
            seen.training_accuracy.append(percent_right(p.net(p.data.x)[0], p.data.y))
            seen.validation_accuracy.append(percent_right(scores, p.data.y_test))
    return seen

"""Ensembles: several models, or one model at several moments, that predict together.

Every member is called, and its probabilities count. `averaging` makes one model of them all instead.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import Any, TypeVar

import numpy as np

from nnbook._checks import (
    check_array,
    check_count,
    check_function,
    check_kind,
    check_rng,
    check_several,
    refuse,
)
from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.layers import Layer

Model = TypeVar("Model", bound=Layer)


def logits_by_model(models: Iterable[Layer], x: Array) -> list[Array]:
    """The outputs of every model for a batch, at inference: a list with an array (N, classes) a model."""
    members = check_several("models", models)
    for i, model in enumerate(members):
        check_kind(f"models[{i}]", model, Layer)
    return [model(x)[0] for model in members]


def average_probabilities(logits: Iterable[Array]) -> Array:
    """What an ensemble predicts: the mean over its members of softmax(logits), of shape (N, classes).

    Probabilities are averaged and not logits, as in the lecture: the mean of logits gives the geometric mean
    of the probabilities, in which one member that is sure of a no outvotes the others.

    Args:
        logits: of shape (N, classes), one array a member; those of the first k are `logits[:k]`.
    """
    members = [
        check_array("logits", member, ndim=2) for member in check_several("logits", logits)
    ]
    for member in members:
        if member.shape != members[0].shape:
            raise refuse("logits", f"all of shape {members[0].shape}", f"shape {member.shape}")
    return np.asarray(np.mean([softmax(member) for member in members], axis=0))


def test_time_augmentation(
    model: Layer,
    x: Array,
    augment: Callable[..., Array],
    copies: int,
    *,
    rng: np.random.Generator,
) -> Array:
    """The mean of the model's probabilities over augmented copies of a batch, of shape (N, classes).

    For chosen views instead of drawn ones, such as `five_crop`: average_probabilities of their logits.

    Args:
        model: called at inference.
        x: a batch. It is not one of the copies, unless a draw of `augment` leaves it as it is.
        augment: called as augment(x, rng=rng), such as partial(shift, pixels=1).
        copies: their number.
        rng: handed to `augment`.
    """
    check_kind("model", model, Layer)
    x = check_array("x", x)
    check_count("copies", copies)
    check_rng(rng)
    check_function("augment", augment)
    return average_probabilities([model(augment(x, rng=rng))[0] for _ in range(copies)])


def snapshots(model: Model, steps: Iterator[Any], cycle: int) -> Iterator[Model]:
    """Go through a run of `train`, and yield a copy of the model after every `cycle` updates.

    With the rate of `cosine_restarts(lr, cycle)` each copy has come to rest, and the restarts lead to
    others: the snapshot ensemble of Huang et al. (2017). A last cycle that is not complete gives none.

    Args:
        model: what the run trains.
        steps: the run, such as train(model, ...), still to come.
        cycle: updates between two copies.
    """
    check_kind("model", model, Layer)
    check_count("cycle", cycle)
    if not isinstance(steps, Iterator):
        raise refuse("steps", "a run still to come", type(steps).__name__)
    return (deepcopy(model) for i, _ in enumerate(steps, start=1) if i % cycle == 0)

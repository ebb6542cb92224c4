"""Averages of parameters: one model made of several, or of one model at several moments.

They are good only where the models lie close together, as along one run: nets that were trained apart
have their units in another order.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import TypeVar

import numpy as np

from nnbook._checks import check_count, check_kind, check_number, check_several, refuse
from nnbook._types import Array, Params
from nnbook.layers import Layer, Sequential
from nnbook.normalization import BatchNorm
from nnbook.residual import Residual

Model = TypeVar("Model", bound=Layer)


def average_params(models: Iterable[Model]) -> Model:
    """A new model whose parameters and buffers are the means of those of models of one make.

    Running statistics are averaged too, but those of batch norm belong to the weights they were measured
    with, and for the averaged weights they are wrong: call `refresh_statistics` on the result.
    """
    members = check_several("models", models)
    first, *others = members
    for i, model in enumerate(members):
        _check_same(first, check_kind(f"models[{i}]", model, Layer))
    means = _float64(first)
    for i, model in enumerate(others, start=2):
        _move(means, model, 1 / i)
    return _with_arrays(first, means)


class MovingAverage:
    """The average of a model along its training, with weights that shrink as they age.

    After t updates, update i weighs (1 - decay) decay^(t - i) / (1 - decay^t). The division corrects the
    start, as in Adam: the weights sum to 1 over what was seen, and the initial parameters have none. With
    decay 1, the limit, all weigh the same (Polyak and Juditsky 1992), and with one update an epoch it is
    SWA (Izmailov et al. 2018). PyTorch's AveragedModel has no correction: its first update weighs
    decay^(t - 1).

    Args:
        model: read at each update and left as it is.
        decay: in [0, 1]; about the last 1 / (1 - decay) updates count.
    """

    def __init__(self, model: Layer, decay: float = 0.999) -> None:
        self.source = check_kind("model", model, Layer)
        self.decay = check_number("decay", decay, 0, 1)
        self.updates = 0
        self._means: Params = {}

    def update(self) -> None:
        """Take in the parameters and buffers as they are now: once a step, in the loop over `train`."""
        self.updates += 1
        if self.updates == 1:
            self._means = _float64(self.source)
            return
        d, t = self.decay, self.updates
        _move(self._means, self.source, 1 / t if d == 1 else (1 - d) / (1 - d**t))

    def model(self) -> Layer:
        """A new model with the average; for batch norm see `average_params`."""
        check_count("updates", self.updates)
        return _with_arrays(self.source, self._means)


def refresh_statistics(model: Layer, x: Array) -> None:
    """Set, in place, the running statistics of every BatchNorm to those of x, taken as one batch.

    The model is called as in training. PyTorch's update_bn averages over the batches of a loader.

    Args:
        model: a BatchNorm, or a Sequential or Residual with some anywhere in it.
        x: training data, as many as memory allows.
    """
    trial = deepcopy(
        check_kind("model", model, Layer)
    )  # so that a call that fails changes nothing
    norms = list(_batch_norms(trial))
    if not norms:
        raise refuse("model", "one with a BatchNorm", type(model).__name__)
    for norm in norms:
        norm.momentum = 1.0  # nothing of the old statistics is kept
    trial(x, training=True)
    for name, buffer in model.buffers.items():
        buffer[...] = trial.buffers[name]


def _batch_norms(layer: Layer) -> Iterator[BatchNorm]:
    if isinstance(layer, BatchNorm):
        yield layer
    elif isinstance(layer, Residual):
        yield from _batch_norms(layer.branch)
    elif isinstance(layer, Sequential):
        for inner in layer.layers:
            yield from _batch_norms(inner)


def _arrays(model: Layer) -> Params:
    return model.params | model.buffers


def _check_same(first: Layer, model: Layer) -> None:
    """Refuse a model whose arrays have other names or shapes than those of the first."""
    a, b = ({name: array.shape for name, array in _arrays(m).items()} for m in (first, model))
    for name in a | b:
        if a.get(name) != b.get(name):
            got = f"{a.get(name, 'none')} and {b.get(name, 'none')}"
            raise refuse(f"array {name!r}", "of one shape in all models", got)


def _float64(model: Layer) -> Params:
    """Copies of the arrays with more digits: float32 would lose many small changes."""
    return {name: array.astype(np.float64) for name, array in _arrays(model).items()}


def _move(means: Params, model: Layer, weight: float) -> None:
    """Move the means this share of the way to the model; not at all where they are equal."""
    for name, array in _arrays(model).items():
        means[name] += weight * (array - means[name])


def _with_arrays(model: Model, means: Params) -> Model:
    """A copy of the model with these numbers in its arrays."""
    made = deepcopy(model)
    for name, array in _arrays(made).items():
        array[...] = means[name]
    return made

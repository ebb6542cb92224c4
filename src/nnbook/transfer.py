"""Transfer: what one model has learned, put into another, and frozen there or trained at a lower rate.

Layers are chosen by the names of their parameters. A prefix is one or more whole parts of a name: "1" and
"1." both choose "1.weight" and "1.0.bias", and neither chooses "10.weight".
"""

from collections.abc import Iterable, Mapping
from copy import copy, deepcopy

import numpy as np

from nnbook._checks import check_count, check_kind, check_positive, refuse, show
from nnbook._params import check_arrays, check_update
from nnbook._types import Array, Backward, Params
from nnbook.layers import Layer, Linear, Sequential
from nnbook.optimizers import Optimizer


def copy_params(
    source: Layer, target: Layer, prefixes: Iterable[str] | None = None
) -> list[str]:
    """Copy parameters and buffers into those of the same name, in place; the target keeps its dtype.

    Args:
        source: left as it is.
        target: has all that is copied, in the same shapes.
        prefixes: what of the source to copy, such as ("0", "2"); everything if None.

    Returns: the names that were copied.

    Raises:
        ValueError: a prefix that fits no name, an array that is missing or has another shape; nothing is
            changed then.
    """
    learned, own = _arrays("source", source), _arrays("target", target)
    names = list(learned)
    if prefixes is not None:
        names = _chosen("prefixes", prefixes, learned)
    for name in names:
        expected, got = learned[name].shape, own[name].shape if name in own else "none"
        if got != expected:
            raise refuse(f"target {name!r}", f"of shape {expected}", got)
    for name in names:
        own[name][...] = learned[name]
    return names


def replace_head(model: Sequential, head: Layer) -> Sequential:
    """A new model with another last layer and copies of the others: training it leaves the old model alone.

    Args:
        model: two layers or more.
        head: the layer for the new task, such as Linear(100, 5, rng=rng), with as many inputs as the old one.
    """
    layers = check_kind("model", model, Sequential).layers
    check_count("layers of model", len(layers), 2)
    old = layers[-1]
    if isinstance(old, Linear) and isinstance(head, Linear):
        expected, got = (len(layer.params["weight"]) for layer in (old, head))
        if got != expected:
            raise refuse("head", f"a Linear of {expected} inputs", f"{got} inputs")
    return Sequential(*deepcopy(layers[:-1]), head)


def trainable(grads: Params, freeze: Iterable[str]) -> Params:
    """Only the gradients of layers that are not frozen: what `Optimizer.step` is to be given.

    An optimizer leaves a parameter without a gradient alone, decay included. `max_norm` and penalties look
    at parameters: give them trainable(model.params, ...). A batch norm that is frozen in this way still
    normalizes by the batch in training, and its running statistics move; see `Frozen`.

    Args:
        grads: name -> gradient.
        freeze: prefixes, such as ("0", "2").
    """
    frozen = _chosen("freeze", freeze, check_arrays("grads", grads))
    return {name: grad for name, grad in grads.items() if name not in frozen}


class Frozen(Layer):
    """A layer that stays as it is: called as at inference also in training, and without gradients of its own.

    Its parameters and buffers are buffers here: saved, copied and averaged with the model, but out of reach
    for optimizers, decay, penalties and `max_norm`. Batch norm in it uses its running statistics and does not
    move them, and dropout is off, as with Keras's trainable = False; PyTorch's requires_grad = False leaves
    both in training mode. The arrays are still those of the layer: to thaw it, use the layer itself.
    """

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer, self.buffers = layer, _arrays("layer", layer)

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Call the layer as at inference; backward sends the gradient on to what is below."""
        y, backward = self.layer(x)
        return y, lambda dy: (backward(dy)[0], {})


def freeze(model: Sequential, layers: int) -> Sequential:
    """A model of the same layers and arrays, the first `layers` of them `Frozen`; names stay the same.

    Activations count as layers. If nothing is trained below the head, it is quicker to compute the outputs
    of the frozen layers once for all examples, x = Sequential(*model.layers[:layers])(x)[0], and to train
    the head on them alone.
    """
    own = check_kind("model", model, Sequential).layers
    if check_count("layers", layers, 0) > len(own):
        raise refuse("layers", f"at most the model's ({len(own)})", layers)
    return Sequential(*map(Frozen, own[:layers]), *own[layers:])


class LayerRates(Optimizer):
    """Gives layers rates of their own: LayerRates(SGD(0.01), {"4": 10}) steps the head, layer 4, at 0.1.

    Each factor has a copy of the optimizer with another rate and the same memory, as PyTorch's groups of
    parameters. To scale gradients instead would do nothing under Adam, RMSProp and AdaGrad, which divide
    by their size, and would leave decoupled decay as it is.

    Args:
        optimizer: steps the parameters that no prefix fits, with its own rate, a number or a schedule.
        factors: prefix -> factor above 0. Of two prefixes that fit, the longer one counts.
    """

    def __init__(self, optimizer: Optimizer, factors: Mapping[str, float]) -> None:
        if isinstance(check_kind("optimizer", optimizer, Optimizer), LayerRates):
            raise refuse("optimizer", "one without factors", show(optimizer))
        if not isinstance(factors, Mapping) or not all(isinstance(p, str) for p in factors):
            raise refuse("factors", "a dict of prefixes to factors", show(factors))
        super().__init__(optimizer.lr, weight_decay=optimizer.weight_decay)
        self.optimizer, self.shapes = optimizer, optimizer.shapes
        self.factors = {
            prefix: check_positive(f"factors[{prefix!r}]", factor)
            for prefix, factor in factors.items()
        }
        self.parts = {factor: _at_rate(optimizer, factor) for factor in self.factors.values()}
        self.parts[1.0] = optimizer

    def step(self, params: Params, grads: Mapping[str, Array]) -> None:
        """Change each parameter that has a gradient, by the part of its factor; see `Optimizer.step`."""
        check_update(params, grads, self.shapes)  # all of it, before the first part changes any
        _chosen("factors", self.factors, params)
        groups: dict[float, dict[str, Array]] = {factor: {} for factor in self.parts}
        for name, grad in grads.items():
            groups[self.factor(name)][name] = grad
        now = self.optimizer.steps
        for factor, part in self.parts.items():
            part.steps = now
            part.step(params, groups[factor])
        self.steps = self.optimizer.steps

    def factor(self, name: str) -> float:
        """What the rate of a parameter is multiplied by."""
        check_kind("name", name, str)
        fitting = [prefix for prefix in self.factors if _fits(prefix, name)]
        return self.factors[max(fitting, key=len)] if fitting else 1.0


def _at_rate(optimizer: Optimizer, factor: float) -> Optimizer:
    """A copy with the same memory, whose rate is multiplied by a factor."""
    made, lr = copy(optimizer), optimizer.lr
    made.lr = (lambda step: factor * lr(step)) if callable(lr) else factor * lr
    return made


def _arrays(name: str, layer: Layer) -> Params:
    check_kind(name, layer, Layer)
    return layer.params | layer.buffers


def _chosen(name: str, prefixes: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that a prefix fits; a prefix that fits none is a mistake."""
    if isinstance(prefixes, str | np.ndarray) or not isinstance(prefixes, Iterable):
        raise refuse(name, "several prefixes, such as ('0', '2')", show(prefixes))
    wanted, known = list(prefixes), list(names)
    for prefix in wanted:
        if not isinstance(prefix, str) or not any(_fits(prefix, other) for other in known):
            raise refuse(name, "prefixes of known names", show(prefix))
    return [other for other in known if any(_fits(prefix, other) for prefix in wanted)]


def _fits(prefix: str, name: str) -> bool:
    """Whether the prefix is the name itself, or whole parts of it."""
    return f"{name}.".startswith(f"{prefix.removesuffix('.')}.")

"""Mistakes in the learning: wrong gradients, a wrong loss, and wrong settings of a right net."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnbook._types import Array, Backward, Params
from nnbook.activations import softmax
from nnbook.experiments.babysitting.patients import Patient
from nnbook.layers import Activate, Sequential
from nnbook.losses import cross_entropy

BIASES = -2.0  # He's pre-activations have a standard deviation near 1


class Tampered(Sequential):
    """The same layers, with gradients that a function changes before anyone sees them."""

    def __init__(self, net: Sequential, change: Callable[[Params], Params]) -> None:
        super().__init__(*net.layers)
        self.change = change

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """The right output, and a backward with the wrong gradients."""
        y, right = super().__call__(x, training=training)

        def backward(dy: Array) -> tuple[Array, Params]:
            dx, grads = right(dy)
            return dx, self.change(grads)

        return y, backward


class AddUp:
    """Gradients are added to all that came before: someone forgot to set them to zero."""

    def __init__(self) -> None:
        self.sums: Params = {}

    def __call__(self, grads: Params) -> Params:
        """The sums so far."""
        self.sums = {name: g + self.sums.get(name, 0) for name, g in grads.items()}
        return self.sums


def gradients_add_up(p: Patient) -> Patient:
    """Gradients are never set to zero."""
    return replace(p, net=Tampered(p.net, AddUp()))


def sign(p: Patient) -> Patient:
    """The loss is made large."""
    return replace(p, net=Tampered(p.net, lambda grads: {n: -g for n, g in grads.items()}))


def first_layer_stuck(p: Patient) -> Patient:
    """The first layer gets no gradient."""
    return replace(
        p, net=Tampered(p.net, lambda g: {n: v for n, v in g.items() if n[0] != "0"})
    )


def slope_forgotten(p: Patient) -> Patient:
    """The backward pass of each ReLU lets everything through."""
    for layer in p.net.layers:
        if isinstance(layer, Activate):
            layer.f_grad = np.ones_like
    return p


def twice(scores: Array, labels: np.ndarray) -> tuple[float, Array]:
    """Cross-entropy of a softmax of a softmax, with the right gradient."""
    probabilities = softmax(scores)
    loss, d = cross_entropy(probabilities, labels)
    return loss, probabilities * (d - (probabilities * d).sum(axis=1, keepdims=True))


def softmax_twice(p: Patient) -> Patient:
    """The net ends in a softmax, and the loss has one of its own."""
    return replace(p, loss_fn=twice)


def rate_too_high(p: Patient) -> Patient:
    """A hundred times the rate."""
    return replace(p, lr=100 * p.lr)


def rate_too_low(p: Patient) -> Patient:
    """A hundredth of the rate."""
    return replace(p, lr=p.lr / 100)


def scale_weights(p: Patient, factor: float) -> Patient:
    """All weights times a factor."""
    for name in p.net.params:
        if name.endswith("weight"):
            p.net.params[name] *= factor
    return p


def weights_too_small(p: Patient) -> Patient:
    """A hundredth of He's weights."""
    return scale_weights(p, 0.01)


def weights_too_large(p: Patient) -> Patient:
    """Ten times He's weights."""
    return scale_weights(p, 10.0)


def weights_zero(p: Patient) -> Patient:
    """All weights 0."""
    return scale_weights(p, 0.0)


def dead_units(p: Patient) -> Patient:
    """Biases of the hidden layers so far below 0 that the units of the second are dead."""
    for name in ("0.bias", "2.bias"):
        p.net.params[name] += BIASES
    return p

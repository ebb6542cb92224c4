"""Which relative errors do right and wrong gradients have? Mistakes of practice, put into a small net."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array, Params
from nnbook.activations import tanh, tanh_grad
from nnbook.gradcheck import numerical_grad, relative_error
from nnbook.initializers import xavier_normal
from nnbook.layers import Activate, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.regularization import l2_penalty
from nnbook.training import loss_and_grads

EXAMPLES, STRENGTH = 10, 1e-3


class Case:
    """A net 8-8-4 with tanh, a batch, and a loss that is cross-entropy plus an L2 penalty."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self.net: Sequential = mlp((8, 8, 4), rng=rng, activation="tanh", init=xavier_normal)
        self.x = rng.standard_normal((EXAMPLES, 8))
        self.y: NDArray[np.integer] = rng.integers(4, size=EXAMPLES)

    def loss(self, _: Array) -> float:
        """Cross-entropy plus penalty, with the parameters as they are now."""
        scores = self.net(self.x)[0]
        return cross_entropy(scores, self.y)[0] + l2_penalty(self.net.params, STRENGTH)[0]

    def data_grads(self) -> Params:
        """The gradient of the cross-entropy."""
        return loss_and_grads(self.net, cross_entropy, self.x, self.y)[1]

    def penalty_grads(self, share: float = 1.0) -> Params:
        """A share of the gradient of the penalty."""
        _, grads = l2_penalty(self.net.params, STRENGTH)
        return {name: share * g for name, g in grads.items()}


def add(grads: Params, more: Params) -> Params:
    """Sums by name; a name that `more` lacks stays as it is."""
    return {name: g + more.get(name, 0) for name, g in grads.items()}


def right(case: Case) -> Params:
    """The gradient as it should be."""
    return add(case.data_grads(), case.penalty_grads())


def sum_over_batch(case: Case) -> Params:
    """The mean over the batch forgotten."""
    return add({n: EXAMPLES * g for n, g in case.data_grads().items()}, case.penalty_grads())


def sign(case: Case) -> Params:
    """The sign of one layer's gradient."""
    grads = right(case)
    return grads | {"0.weight": -grads["0.weight"]}


def transposed(case: Case) -> Params:
    """One square matrix transposed."""
    grads = right(case)
    return grads | {"0.weight": grads["0.weight"].T}


def slope_at_output(case: Case) -> Params:
    """The slope of tanh taken at its output instead of its input."""
    layer = case.net.layers[1]
    if isinstance(layer, Activate):
        layer.f_grad = lambda z: tanh_grad(tanh(z))
    return right(case)


def one_percent(case: Case) -> Params:
    """All entries 1% too large."""
    return {name: 1.01 * g for name, g in right(case).items()}


def one_entry(case: Case) -> Params:
    """One weight of 64 has twice its gradient."""
    grads = right(case)
    grads["0.weight"][0, 0] *= 2
    return grads


def half_penalty(case: Case) -> Params:
    """The factor 2 of the penalty's gradient forgotten."""
    return add(case.data_grads(), case.penalty_grads(0.5))


Mistake: TypeAlias = Callable[[Case], Params]
MISTAKES: dict[str, Mistake] = {
    "none: the right gradient": right,
    "factor 2 of the penalty": half_penalty,
    "all entries 1% too large": one_percent,
    "one entry of 64 doubled": one_entry,
    "slope taken at the output": slope_at_output,
    "sum, not mean, of the batch": sum_over_batch,
    "matrix transposed": transposed,
    "sign of one layer": sign,
}


def worst_error(mistake: Mistake, seed: int) -> float:
    """The largest relative error among the parameters, each as a whole."""
    case = Case(seed)
    grads = mistake(case)
    return max(
        relative_error(grads[name], numerical_grad(case.loss, p))
        for name, p in case.net.params.items()
    )

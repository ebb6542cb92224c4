"""The formula Var(y) = n Var(x) Var(w), for inputs with and without mean 0, before and after training."""

import numpy as np

from nnbook._types import Array
from nnbook.activations import relu
from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.nets import digits_split, make_net, train_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import lecun_normal
from nnbook.layers import Linear, Sequential

FAN_IN, UNITS, BATCH = 1024, 1024, 1024


def inputs(seed: int) -> dict[str, Array]:
    """Four kinds of inputs, (examples, features): the last one is pixels, which depend on each other."""
    rng = np.random.default_rng([seed, 24])
    shape = (BATCH, FAN_IN)
    return {
        "normal": rng.standard_normal(shape),
        "relu": relu(rng.standard_normal(shape)),
        "uniform": rng.random(shape),
        "pixels": digits_split(seed, scaled=False).x.astype(np.float64),
    }


def formula(seed: int) -> Outcome:
    """Variance of y = x W over what the slide's formula gives, and over what E[x^2] gives.

    The variance is that of all outputs, over units and examples; `within` is that of one unit over examples,
    averaged over units.
    """
    outcome: Outcome = {}
    for name, x in inputs(seed).items():
        rng = np.random.default_rng([seed, 25])
        weight = lecun_normal(x.shape[1], UNITS, rng=rng)
        y = x @ weight
        per_input = x.shape[1] * weight.var()
        slide = per_input * x.var(axis=0).mean()
        outcome |= {
            f"{name}_slide": y.var() / slide,
            f"{name}_square": y.var() / (per_input * (x**2).mean()),
            f"{name}_within": y.var(axis=0).mean() / slide,
        }
    return outcome


def growth(net: Sequential, x: Array) -> list[float]:
    """For each linear layer, the mean square of x W over what independent weights would make of it.

    That is n times the mean squares of W and of the inputs x. It is near 1 as long as W knows nothing of x.
    """
    entering = [x, *activations_by_layer(net, x)[:-1]]
    found = []
    for layer, h in zip(net.layers, entering, strict=True):
        if isinstance(layer, Linear):
            weight = layer.params["weight"]
            expected = len(weight) * (weight**2).mean() * (h**2).mean()
            found.append(float(((h @ weight) ** 2).mean() / expected))
    return found


def after_training(seed: int) -> Outcome:
    """`growth` of each layer of a ReLU net 64-100-100-100-10: fresh, and after one and twenty epochs."""
    data = digits_split(seed)
    net = make_net("relu", (100,) * 3, seed)
    outcome: Outcome = {}
    for epochs, name in ((0, "fresh"), (1, "epoch_1"), (19, "epoch_20")):
        if epochs:
            train_net(net, data, seed, lr=0.05, epochs=epochs, batch=50)
        outcome |= {f"{name}_{i + 1}": ratio for i, ratio in enumerate(growth(net, data.x))}
    return outcome


FORMULA = Experiment("variance_formula", formula, seeds=10)
AFTER_TRAINING = Experiment("variance_after_training", after_training)

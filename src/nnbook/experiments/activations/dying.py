"""When do ReLUs die, do they stay dead, and does a leak prevent it?"""

import numpy as np

from nnbook._types import Array
from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.nets import Split, digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Sequential

HIDDEN, EPOCHS, BATCH = (100, 100), 20, 50
RATES = (0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0)
LEARNS = 90.0


def never_active(net: Sequential, x: Array) -> list[float]:
    """Percent of the units in each hidden layer that no example makes positive."""
    outputs = activations_by_layer(net, x)[1:-1:2]
    return [100 * float(1 - (h > 0).any(axis=0).mean()) for h in outputs]


def push_rate(activation: str, data: Split, seed: int) -> dict[str, list[float]]:
    """Dead units by layer and test accuracy, at each learning rate below the first that overflows.

    A net that overflowed is lost, but its units are not dead: it is left out, and so are higher rates.
    """
    found: dict[str, list[float]] = {"dead_1": [], "dead_2": [], "accuracy": []}
    for rate in RATES:
        net = make_net(activation, HIDDEN, seed)
        finite = train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH, momentum=0.0)
        if not finite:
            break
        for key, value in zip(
            found, (*never_active(net, data.x), test_accuracy(net, data)), strict=True
        ):
            found[key].append(value)
    return found


def deaths_by_rate(seed: int) -> Outcome:
    """Dead units at rising learning rates, and how far the rate can be pushed, for ReLU and leaky ReLU."""
    data = digits_split(seed)
    found = {name: push_rate(name, data, seed) for name in ("relu", "leaky_relu")}
    dead = np.mean([found["relu"]["dead_1"], found["relu"]["dead_2"]], axis=0)
    right = np.array(found["relu"]["accuracy"])
    outcome: Outcome = {
        "rise": float(dead[-1] - dead[0]),
        "dead_best": float(dead[right.argmax()]),
        "dead_learning": float(dead[right >= LEARNS].max(initial=0.0)),
    }
    for name, curves in found.items():
        outcome[f"finite_{name}"] = RATES[len(curves["accuracy"]) - 1]
        outcome |= {f"{name}_{key}": values for key, values in curves.items()}
    return outcome


def dead_at_start(seed: int) -> Outcome:
    """Dead units of fresh nets: by bias, by weight scale, and on raw pixels of 0 to 16."""
    data, raw = digits_split(seed), digits_split(seed, scaled=False)
    outcome: Outcome = {}
    for bias in (-3.0, -1.0, -0.3, 0.0, 0.3, 1.0):
        outcome[f"bias_{bias:g}"] = never_active(
            make_net("relu", HIDDEN, seed, bias=bias), data.x
        )[0]
    large = make_net("relu", HIDDEN, seed)
    for name in ("0.weight", "2.weight"):
        large.params[name] *= 100
    outcome["large_weights"] = float(np.mean(never_active(large, data.x)))
    layers = never_active(make_net("relu", HIDDEN, seed), raw.x)
    return outcome | {"raw_1": layers[0], "raw_2": layers[1]}


def kill(net: Sequential, layer: int, units: int, x: Array, margin: float) -> None:
    """Lower the biases of the first units of a linear layer until no example makes them positive."""
    inputs = activations_by_layer(net, x)[layer - 1] if layer else x
    z, _ = net.layers[layer](inputs)
    z = z[:, :units]
    net.params[f"{layer}.bias"][:units] -= z.max(axis=0) + margin * z.std(axis=0)


def revived_share(activation: str, data: Split, seed: int, layer: int) -> float:
    """Percent of 20 killed units that some example makes positive again after training."""
    net = make_net(activation, HIDDEN, seed)
    kill(net, layer, 20, data.x, margin=0.05)
    train_net(net, data, seed, lr=0.1, epochs=EPOCHS, batch=BATCH, momentum=0.0)
    active = activations_by_layer(net, data.x)[layer + 1][:, :20] > 0
    return 100 * float(active.any(axis=0).mean())


def revivals(seed: int) -> Outcome:
    """Share of killed units that come back, by layer, for ReLU and leaky ReLU."""
    data = digits_split(seed)
    return {
        "revived_1": revived_share("relu", data, seed, 0),
        "revived_2": revived_share("relu", data, seed, 2),
        "revived_leaky_1": revived_share("leaky_relu", data, seed, 0),
        "revived_leaky_2": revived_share("leaky_relu", data, seed, 2),
    }


DEATHS = Experiment("deaths", deaths_by_rate)
DEAD_AT_START = Experiment("dead_at_start", dead_at_start)
REVIVALS = Experiment("revivals", revivals)

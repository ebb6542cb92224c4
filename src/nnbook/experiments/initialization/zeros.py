"""Which zeros does a net bear? One layer of zero weights, and zero biases."""

import numpy as np

from nnbook.experiments.initialization.nets import GRID, score, start
from nnbook.experiments.nets import digits_split, make_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.gradcheck import numerical_grad, relative_error
from nnbook.initializers import kaiming_normal
from nnbook.layers import Activate, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm
from nnbook.training import loss_and_grads

# name -> (activation, hidden layers, which weights start at zero); "softmax" has no hidden layer.
ARMS = {
    "tanh random": ("tanh", (100,), None),
    "tanh first": ("tanh", (100,), "0.weight"),
    "tanh last": ("tanh", (100,), "2.weight"),
    "relu random": ("relu", (100,), None),
    "relu last": ("relu", (100,), "2.weight"),
    "softmax random": ("relu", (), None),
    "softmax zero": ("relu", (), "0.weight"),
}


def zeroed(activation: str, hidden: tuple[int, ...], zero: str | None, seed: int) -> Sequential:
    """A fresh net, one of whose weight matrices is set to zero."""
    net = make_net(activation, hidden, seed)
    if zero:
        net.params[zero][...] = 0
    return net


def zero_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return score(zeroed(*ARMS[arm], seed), seed, rate)


def one_zero_layer(seed: int, rates: Rates) -> Outcome:
    """Accuracy with one layer at zero minus that with all at random; and the ReLU net with W1 = 0."""
    found = {arm: zero_score(arm, rate, seed) for arm, rate in rates.items()}
    stuck = zeroed("relu", (100,), "0.weight", seed)
    found["relu first"] = score(stuck, seed, rates["relu random"])
    outcome: Outcome = {arm.replace(" ", "_"): value for arm, value in found.items()}
    for arm, value in found.items():
        activation, which = arm.split()
        if which != "random":
            outcome[f"{activation}_{which}_gain"] = value - found[f"{activation} random"]
    return outcome | {"relu_first_moved": float(np.abs(stuck.params["0.weight"]).max())}


def bias_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a net 64-100-100-10 whose hidden biases are zero, 0.1 or random."""
    net = start(kaiming_normal, (100, 100), seed)
    rng = np.random.default_rng([seed, 27])
    for layer in (0, 2):
        bias, limit = (
            net.params[f"{layer}.bias"],
            1 / np.sqrt(len(net.params[f"{layer}.weight"])),
        )
        if arm != "zero":
            bias[:] = 0.1 if arm == "constant" else rng.uniform(-limit, limit, bias.shape)
    return score(net, seed, rate)


def zero_biases(seed: int, rates: Rates) -> Outcome:
    """Accuracy of each start of the biases, and what zero loses."""
    found = {arm: bias_score(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {f"accuracy_{arm}": value for arm, value in found.items()}
    return outcome | {
        "zero_minus_random": found["zero"] - found["random"],
        "constant_minus_zero": found["constant"] - found["zero"],
    }


def bias_before_norm(seed: int) -> Outcome:
    """Gradient of a bias in front of batch norm over that of the weights, and what a gradient check says."""
    data, rng = digits_split(seed), np.random.default_rng([seed, 28])
    net = Sequential(
        Linear(64, 20, rng=rng), BatchNorm(20), Activate("tanh"), Linear(20, 10, rng=rng)
    )
    x, y = data.x[:50].astype(np.float64), data.y[:50]
    _, grads = loss_and_grads(net, cross_entropy, x, y)
    bias = net.params["0.bias"]
    numerical = numerical_grad(lambda _: cross_entropy(net(x, training=True)[0], y)[0], bias)
    return {
        "bias_gradient": float(np.abs(grads["0.bias"]).max() / np.abs(grads["0.weight"]).max()),
        "checked": relative_error(grads["0.bias"], numerical),
    }


ONE_ZERO_LAYER = Experiment(
    "one_zero_layer", one_zero_layer, trial=zero_score, arms=tuple(ARMS), grid=GRID
)
ZERO_BIASES = Experiment(
    "zero_biases",
    zero_biases,
    trial=bias_score,
    arms=("zero", "constant", "random"),
    grid=GRID[1:-1],
)
BIAS_BEFORE_NORM = Experiment("bias_before_norm", bias_before_norm, seeds=10)

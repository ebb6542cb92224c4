"""Which activations still train when the net gets deep?"""

from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates

WIDTH, BATCH, EPOCHS = 64, 50, 10


def deep_accuracy(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a net such as "sigmoid 15": activation and number of hidden layers."""
    activation, depth = arm.split()
    data = digits_split(seed)
    net = make_net(activation, (WIDTH,) * int(depth), seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def _all_arms(seed: int, rates: Rates) -> Outcome:
    return {
        arm.replace(" ", "_"): deep_accuracy(arm, rate, seed) for arm, rate in rates.items()
    }


def sigmoid_depth(seed: int, rates: Rates) -> Outcome:
    """Accuracy of sigmoid and tanh nets at each depth."""
    return _all_arms(seed, rates)


def very_deep(seed: int, rates: Rates) -> Outcome:
    """Accuracy of nets with 30 hidden layers, and SELU's lead over the others."""
    found = _all_arms(seed, rates)
    return found | {
        "selu_minus_relu": found["selu_30"] - found["relu_30"],
        "selu_minus_tanh": found["selu_30"] - found["tanh_30"],
    }


GRID = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SIGMOID_DEPTH = Experiment(
    "sigmoid_depth",
    sigmoid_depth,
    trial=deep_accuracy,
    arms=("sigmoid 3", "sigmoid 6", "sigmoid 15", "tanh 3", "tanh 6", "tanh 15"),
    grid=GRID,
)
VERY_DEEP = Experiment(
    "very_deep",
    very_deep,
    trial=deep_accuracy,
    arms=("selu 30", "relu 30", "tanh 30"),
    grid=GRID,
)

"""How small may a batch be, with batch norm and with norms that stay inside one example?"""

import numpy as np

from nnbook.experiments.nets import Split, digits_split, test_accuracy, train_net
from nnbook.experiments.normalization.models import conv_net, norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential

HIDDEN, TRAIN_SIZE, EPOCHS, USUAL = (100, 100), 600, 5, 32
SIZES = (2, 8, 32, 128)


def batch_net(arm: str, seed: int) -> Sequential:
    """The net of an arm such as "layer mlp": a perceptron or a convnet with that norm."""
    norm, kind = arm.split()
    return conv_net(norm, seed) if kind == "conv" else norm_net(norm, HIDDEN, seed)


def trained(arm: str, rate: float, seed: int, size: int) -> tuple[Sequential, Split]:
    """The net after training with batches of `size`, at a rate proportional to it."""
    data, net = digits_split(seed, TRAIN_SIZE), batch_net(arm, seed)
    train_net(net, data, seed, lr=rate * size / USUAL, epochs=EPOCHS, batch=size)
    return net, data


def batch_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent, with batches of the usual size."""
    return test_accuracy(*trained(arm, rate, seed, USUAL))


def mode_difference(net: Sequential, data: Split) -> float:
    """Largest difference between the scores of the test digits in training and at inference."""
    usual, _ = net(data.x_test)
    in_training, _ = net(data.x_test, training=True)
    return float(np.abs(in_training - usual).max())


def batch_sizes(seed: int, rates: Rates) -> Outcome:
    """Accuracy by batch size and what is lost from 32 to 2; what the mode changes in the scores at 32."""
    outcome: Outcome = {}
    for arm, rate in rates.items():
        name, found = arm.replace(" ", "_"), {}
        for size in SIZES:
            net, data = trained(arm, rate, seed, size)
            found[size] = test_accuracy(net, data)
            if size == USUAL:
                outcome[f"mode_{name}"] = mode_difference(net, data)
        outcome |= {f"{name}_{size}": score for size, score in found.items()}
        outcome[f"lost_{name}"] = found[USUAL] - found[2]
    return outcome | {
        "lost_more": outcome["lost_batch_mlp"] - outcome["lost_layer_mlp"],
        "lost_more_conv": outcome["lost_batch_conv"] - outcome["lost_group_conv"],
    }


BATCH_SIZES = Experiment(
    "norm_batch_sizes",
    batch_sizes,
    seeds=10,
    trial=batch_score,
    arms=("batch mlp", "layer mlp", "batch conv", "group conv"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

"""One net, one data set, many activations: which classifies best?"""

import numpy as np

from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.nets import Split, digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import PReLU, Sequential

EPOCHS, BATCH, TRAIN_SIZE = 20, 32, 600
ARMS = (
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "maxout",
)
# Two hidden layers of 100; maxout gets 65, which makes its number of parameters the same within 1%.
HIDDEN = {"maxout": (65, 65)}


def trained(arm: str, rate: float, seed: int) -> tuple[Sequential, Split]:
    """The net of an arm after training, and its data."""
    data = digits_split(seed, TRAIN_SIZE)
    net = make_net(arm, HIDDEN.get(arm, (100, 100)), seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return net, data


def bakeoff_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(arm, rate, seed))


def off_center(net: Sequential, data: Split) -> float:
    """How far outputs are from mean zero: |mean| over rms on the training data, averaged over units."""
    hidden = [activations_by_layer(net, data.x)[i] for i in (1, 3)]
    return float(
        np.mean([np.abs(h.mean(axis=0)) / np.sqrt((h**2).mean(axis=0) + 1e-12) for h in hidden])
    )


def bakeoff(seed: int, rates: Rates) -> Outcome:
    """Accuracies, the differences that claims ask for, learned slopes, and how centered outputs are."""
    nets = {arm: trained(arm, rate, seed) for arm, rate in rates.items()}
    scores = {arm: test_accuracy(net, data) for arm, (net, data) in nets.items()}
    slopes = [
        layer.params["alpha"][0]
        for layer in nets["prelu"][0].layers
        if isinstance(layer, PReLU)
    ]
    return {
        **{f"accuracy_{arm}": score for arm, score in scores.items()},
        **{f"silu_minus_{arm}": scores["silu"] - scores[arm] for arm in ARMS if arm != "silu"},
        **{f"relu_minus_{arm}": scores["relu"] - scores[arm] for arm in ARMS if arm != "relu"},
        "tanh_minus_sigmoid": scores["tanh"] - scores["sigmoid"],
        "prelu_minus_relu": scores["prelu"] - scores["relu"],
        "maxout_minus_relu": scores["maxout"] - scores["relu"],
        "slope_1": float(slopes[0]),
        "slope_2": float(slopes[1]),
        "slope_1_minus_2": float(slopes[0] - slopes[1]),
        "trained_ratio": off_center(*nets["elu"]) / off_center(*nets["relu"]),
    }


BAKEOFF = Experiment(
    "bakeoff",
    bakeoff,
    trial=bakeoff_score,
    arms=ARMS,
    grid=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

"""Does it help to start the biases of ReLUs slightly above zero?"""

from nnbook.diagnostics import activations_by_layer, dead_fraction
from nnbook.experiments.nets import digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates

HIDDEN, EPOCHS, BATCH = (100, 100), 10, 50


def bias_run(arm: str, rate: float, seed: int) -> tuple[float, float]:
    """Test accuracy and dead units of layer 1, both in percent, after a start from bias float(arm)."""
    data = digits_split(seed)
    net = make_net("relu", HIDDEN, seed, bias=float(arm))
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data), 100 * dead_fraction(activations_by_layer(net, data.x)[1])


def bias_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return bias_run(arm, rate, seed)[0]


def bias_gains(seed: int, rates: Rates) -> Outcome:
    """Accuracy gained over bias 0, and dead units, for each start."""
    found = {arm: bias_run(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {f"accuracy_{arm}": accuracy for arm, (accuracy, _) in found.items()}
    outcome |= {f"dead_{arm}": dead for arm, (_, dead) in found.items()}
    return outcome | {
        f"gain_{arm}": found[arm][0] - found["0"][0] for arm in found if arm != "0"
    }


BIASES = Experiment(
    "biases",
    bias_gains,
    trial=bias_score,
    arms=("0", "0.01", "0.1", "1"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3),
)

"""Batch norm before the activation, or after it?"""

from nnbook.experiments.nets import digits_split, test_accuracy, train_net
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates

HIDDEN, TRAIN_SIZE, EPOCHS, BATCH = (100,) * 4, 600, 20, 32


def placement_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent, with batch norm "before" or "after" each ReLU."""
    data = digits_split(seed, TRAIN_SIZE)
    net = norm_net("batch", HIDDEN, seed, after=arm == "after")
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def placement(seed: int, rates: Rates) -> Outcome:
    """Accuracy of both, and the difference."""
    found = {arm: placement_score(arm, rate, seed) for arm, rate in rates.items()}
    return found | {"before_minus_after": found["before"] - found["after"]}


PLACEMENT = Experiment(
    "norm_placement",
    placement,
    trial=placement_score,
    arms=("before", "after"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

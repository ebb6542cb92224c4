"""Do deep sigmoid nets learn once each layer is normalized?"""

from nnbook.experiments.nets import digits_split, test_accuracy, train_net
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates

WIDTH, BATCH, EPOCHS = 64, 50, 10  # as for the plain sigmoid nets of the first chapter


def sigmoid_accuracy(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a sigmoid net with batch norm and int(arm) hidden layers."""
    data = digits_split(seed)
    net = norm_net("batch", (WIDTH,) * int(arm), seed, activation="sigmoid")
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def normalized_sigmoids(seed: int, rates: Rates) -> Outcome:
    """Accuracy at each depth."""
    return {
        f"normalized_{arm}": sigmoid_accuracy(arm, rate, seed) for arm, rate in rates.items()
    }


SIGMOIDS = Experiment(
    "norm_sigmoids",
    normalized_sigmoids,
    seeds=10,
    trial=sigmoid_accuracy,
    arms=("6", "15"),
    grid=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
)

"""Does batch norm regularize, and is it the noise of the batch that does it?"""

import numpy as np

from nnbook.experiments.nets import Split, digits_split, test_accuracy, train_net
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD, Optimizer
from nnbook.training import minibatches

HIDDEN, TRAIN_SIZE, EPOCHS, BATCH = (100, 100), 200, 40, 20


def quiet_step(net: Sequential, optimizer: Optimizer, data: Split, batch: np.ndarray) -> float:
    """An update on a batch whose examples are normalized with the statistics of all training examples."""
    scores, backward = net(data.x, training=True)
    loss, dscores = cross_entropy(scores[batch], data.y[batch])
    dall = np.zeros_like(scores)
    dall[batch] = dscores
    _, grads = backward(dall)
    optimizer.step(net.params, grads)
    return loss


def train_quietly(net: Sequential, data: Split, seed: int, rate: float) -> None:
    """Like `train_net`, with quiet steps."""
    optimizer, rng = SGD(rate, momentum=0.9), np.random.default_rng([seed, 2])
    for _ in range(EPOCHS):
        for batch in minibatches(len(data.x), BATCH, rng=rng):
            if not np.isfinite(quiet_step(net, optimizer, data, batch)):
                return


def trained(arm: str, rate: float, seed: int) -> tuple[Sequential, Split]:
    """The trained net of an arm: "plain", "batch", or "quiet", batch norm without the noise of batches."""
    data = digits_split(seed, TRAIN_SIZE)
    net = norm_net("batch" if arm == "quiet" else arm, HIDDEN, seed)
    if arm == "quiet":
        train_quietly(net, data, seed, rate)
    else:
        train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return net, data


def regularizing_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(arm, rate, seed))


def regularizing(seed: int, rates: Rates) -> Outcome:
    """Test accuracy and training error of each arm, and the differences."""
    outcome: Outcome = {}
    for arm, rate in rates.items():
        net, data = trained(arm, rate, seed)
        outcome[f"accuracy_{arm}"] = test_accuracy(net, data)
        outcome[f"error_{arm}"] = 100 * (1 - accuracy(net(data.x)[0], data.y))
    return outcome | {
        "batch_minus_plain": outcome["accuracy_batch"] - outcome["accuracy_plain"],
        "batch_minus_quiet": outcome["accuracy_batch"] - outcome["accuracy_quiet"],
        "quiet_minus_plain": outcome["accuracy_quiet"] - outcome["accuracy_plain"],
    }


REGULARIZING = Experiment(
    "norm_regularizing",
    regularizing,
    trial=regularizing_score,
    arms=("plain", "batch", "quiet"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

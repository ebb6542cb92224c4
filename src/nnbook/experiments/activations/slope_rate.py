"""Why does PReLU fall behind? Its slope gets the gradients of a whole layer: slow it down and see."""

import numpy as np

from nnbook.experiments.activations.bakeoff import BATCH, EPOCHS, TRAIN_SIZE
from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads, minibatches

# The rate that ReLU and PReLU both chose when they were compared.
RATE = 0.03


def slowed_accuracy(activation: str, factor: float, seed: int) -> float:
    """Test accuracy in percent, with the gradients of all slopes multiplied by the factor."""
    data = digits_split(seed, TRAIN_SIZE)
    net, optimizer = make_net(activation, (100, 100), seed), SGD(RATE, momentum=0.9)
    rng = np.random.default_rng([seed, 2])
    for _ in range(EPOCHS):
        for batch in minibatches(len(data.x), BATCH, rng=rng):
            _, grads = loss_and_grads(net, cross_entropy, data.x[batch], data.y[batch])
            slowed = {
                k: g * np.float32(factor) if k.endswith("alpha") else g
                for k, g in grads.items()
            }
            optimizer.step(net.params, slowed)
    return test_accuracy(net, data)


def slow_slopes(seed: int) -> Outcome:
    """PReLU's lead over ReLU, with the slope at its own pace and at a tenth of it."""
    relu = slowed_accuracy("relu", 1.0, seed)
    return {
        "full_pace": slowed_accuracy("prelu", 1.0, seed) - relu,
        "tenth_pace": slowed_accuracy("prelu", 0.1, seed) - relu,
    }


SLOPE_RATE = Experiment("slope_rate", slow_slopes)

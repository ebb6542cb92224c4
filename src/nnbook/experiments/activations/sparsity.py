"""How many units of a ReLU net are active at once, beside the 1 to 4% of neurons in cortex?"""

import numpy as np

from nnbook._types import Array, Params
from nnbook.datasets import Labels
from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.nets import Split, digits_split, make_net, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Activate, Sequential
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD
from nnbook.training import minibatches

HIDDEN, EPOCHS, BATCH, RATE = (100, 100), 30, 50, 0.1
PENALTIES = (0.0, 0.001, 0.01)


def penalized_step(
    net: Sequential, optimizer: SGD, x: Array, y: Labels, penalty: float
) -> None:
    """One update of cross-entropy plus penalty * sum |h| over hidden units, averaged over the batch."""
    outputs, backwards = [], []
    for layer in net.layers:
        x, backward = layer(x)
        outputs.append(x)
        backwards.append(backward)
    _, dy = cross_entropy(x, y)
    grads: Params = {}
    for i in reversed(range(len(backwards))):
        if isinstance(net.layers[i], Activate):
            dy = dy + np.float32(penalty / len(y)) * np.sign(outputs[i])
        dy, own = backwards[i](dy)
        grads |= {f"{i}.{name}": grad for name, grad in own.items()}
    optimizer.step(net.params, grads)


def active_share(net: Sequential, x: Array) -> float:
    """Percent of hidden outputs that are above zero, over units and examples."""
    return 100 * float(np.mean([(h > 0).mean() for h in activations_by_layer(net, x)[1:-1:2]]))


def trained(activation: str, penalty: float, data: Split, seed: int) -> Sequential:
    """A net after training with the penalty."""
    net, optimizer = make_net(activation, HIDDEN, seed), SGD(RATE)
    rng = np.random.default_rng([seed, 2])
    for _ in range(EPOCHS):
        for batch in minibatches(len(data.x), BATCH, rng=rng):
            penalized_step(net, optimizer, data.x[batch], data.y[batch], penalty)
    return net


def active_units(seed: int) -> Outcome:
    """Active share of fresh and trained ReLU nets by strength of the penalty, and beside a sigmoid net."""
    data = digits_split(seed)
    outcome: Outcome = {"active_start": active_share(make_net("relu", HIDDEN, seed), data.x)}
    for name, penalty in zip(("plain", "weak", "strong"), PENALTIES, strict=True):
        net = trained("relu", penalty, data, seed)
        outcome[f"active_{name}"] = active_share(net, data.x)
        outcome[f"accuracy_{name}"] = test_accuracy(net, data)
    sigmoid = active_share(trained("sigmoid", 0.0, data, seed), data.x)
    return outcome | {"active_over_sigmoid": outcome["active_plain"] - sigmoid}


SPARSITY = Experiment("sparsity", active_units, seeds=10)

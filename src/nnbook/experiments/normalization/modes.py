"""One net, trained well, and what is left of it when training and test do not fit together."""

from collections.abc import Iterator
from copy import deepcopy

import numpy as np

from nnbook.datasets import Labels
from nnbook.experiments.nets import Split, digits_split, test_accuracy
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads, minibatches

HIDDEN, EPOCHS, BATCH = (100, 100), 10, 50
DEEP = (100,) * 6
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 597)
MOMENTA = (0.1, 0.01, 0.001)
ONE_CLASS_RATES = (0.003, 0.01, 0.03)
MARKS = (1, 2, 4, 8, 16, 24, 48, 96, 160, 240)


def by_class(labels: Labels, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The indices of all examples in batches of about `size`, each of one class, in random order."""
    parts = []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        parts += np.array_split(members, max(1, len(members) // size))
    for i in rng.permutation(len(parts)):
        yield parts[i]


def mixed(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The indices 0 to n - 1 in random order, in batches of about `size`."""
    yield from np.array_split(rng.permutation(n), max(1, n // size))


def accuracy_by_batch(
    net: Sequential, data: Split, size: int, seed: int, *, sorted_by_class: bool = False
) -> float:
    """Test accuracy in percent with the statistics of test batches of `size`; the net stays as it is.

    A batch of one has variance 0, so that x_hat is 0: the same as the example twice, which the layer takes.
    """
    net, rng, right = deepcopy(net), np.random.default_rng([seed, 4]), 0
    parts = (
        by_class(data.y_test, size, rng)
        if sorted_by_class
        else mixed(len(data.y_test), size, rng)
    )
    for part in parts:
        twice = np.repeat(part, 2) if len(part) == 1 else part
        scores, _ = net(data.x_test[twice], training=True)
        right += int((scores.argmax(axis=1) == data.y_test[twice])[: len(part)].sum())
    return 100 * right / len(data.y_test)


def set_momentum(net: Sequential, momentum: float) -> Sequential:
    """Let the running averages of the net take in each batch with this weight."""
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            layer.momentum = momentum
    return net


def forget(net: Sequential) -> Sequential:
    """A copy whose running statistics are as they were before training: mean 0, variance 1."""
    copy = deepcopy(net)
    for name, values in copy.buffers.items():
        values[:] = name.endswith("var")
    return copy


def trained(
    norm: str,
    rate: float,
    seed: int,
    *,
    hidden: tuple[int, ...] = HIDDEN,
    momentum: float = 0.1,
    sorted_by_class: bool = False,
) -> tuple[Sequential, Split, list[float]]:
    """A net after training on mixed or on one-class batches, its data, and its test accuracy at each mark."""
    data, net = digits_split(seed), set_momentum(norm_net(norm, hidden, seed), momentum)
    optimizer, rng = SGD(rate, momentum=0.9), np.random.default_rng([seed, 2])
    marked: list[float] = []
    updates = 0
    for _ in range(EPOCHS):
        batches = (
            by_class(data.y, BATCH, rng)
            if sorted_by_class
            else minibatches(len(data.x), BATCH, rng=rng)
        )
        for batch in batches:
            loss, grads = loss_and_grads(net, cross_entropy, data.x[batch], data.y[batch])
            if not np.isfinite(loss):
                return net, data, marked
            optimizer.step(net.params, grads)
            updates += 1
            if updates in MARKS:
                marked.append(test_accuracy(net, data))
    return net, data, marked


def mode_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent after training on mixed batches, with batch norm or plain."""
    return test_accuracy(*trained(arm, rate, seed)[:2])


def one_class_accuracy(norm: str, seed: int) -> float:
    """Test accuracy in percent after training on batches of one class, at the best rate for this seed."""
    nets = [trained(norm, rate, seed, sorted_by_class=True) for rate in ONE_CLASS_RATES]
    return max(test_accuracy(net, data) for net, data, _ in nets)


def by_batch(net: Sequential, data: Split, seed: int) -> Outcome:
    """Accuracy with the statistics of test batches, mixed and of one class, at each of SIZES."""
    return {
        f"by_{name}": [
            accuracy_by_batch(net, data, size, seed, sorted_by_class=name == "class")
            for size in SIZES
        ]
        for name in ("mixed", "class")
    }


def modes(seed: int, rates: Rates) -> Outcome:
    """Accuracy of a net trained as usual, and what each mistake costs it, in points."""
    rate = rates["batch"]
    net, data, _ = trained("batch", rate, seed)
    healthy, outcome = test_accuracy(net, data), by_batch(net, data, seed)
    slow = {m: trained("batch", rate, seed, momentum=m)[2] for m in MOMENTA}
    deep, _, _ = trained("batch", rate, seed, hidden=DEEP)
    found = {
        "forgotten": test_accuracy(forget(net), data),
        "slow": slow[MOMENTA[-1]][-1],
        "slower": slow[MOMENTA[1]][-1],
        "one": outcome["by_mixed"][SIZES.index(1)],
        "two": outcome["by_mixed"][SIZES.index(2)],
        "class": outcome["by_class"][SIZES.index(32)],
        "one_class": one_class_accuracy("batch", seed),
    }
    outcome |= {f"accuracy_{name}": accuracy for name, accuracy in found.items()}
    outcome |= {f"lost_{name}": healthy - accuracy for name, accuracy in found.items()}
    outcome |= {f"marks_{m:g}": row for m, row in slow.items()}
    lost_plain = mode_score("plain", rates["plain"], seed) - one_class_accuracy("plain", seed)
    return outcome | {
        "healthy": healthy,
        "lost_plain_one_class": lost_plain,
        "lost_one_class_more": outcome["lost_one_class"] - lost_plain,
        "healthy_deep": test_accuracy(deep, data),
        "forgotten_deep": test_accuracy(forget(deep), data),
    }


MODES = Experiment(
    "norm_modes",
    modes,
    trial=mode_score,
    arms=("plain", "batch"),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

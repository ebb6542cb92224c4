"""What does a score gain if the preprocessing has seen the test data, and which such leaks matter?"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.preprocessing.transforms import standardized
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.metrics import accuracy
from nnbook.training import minibatches

Indices: TypeAlias = NDArray[np.integer[Any]]

EXAMPLES, BATCH, EPOCHS, GROUP = 100, 10, 20, 20
ARMS = ("train", "all")


def scaled_split(arm: str, seed: int) -> Split:
    """100 digits to learn from, the others to test on; mean and std of pixels from "train" or from "all"."""
    raw = digits_split(seed, EXAMPLES, scaled=False)
    source = raw.x if arm == "train" else np.concatenate([raw.x, raw.x_test])
    apply = standardized(source.astype(np.float64))
    x, x_test = (apply(part.astype(np.float64)) for part in (raw.x, raw.x_test))
    return raw._replace(x=x.astype(np.float32), x_test=x_test.astype(np.float32))


def trained(arm: str, rate: float, seed: int) -> tuple[Sequential, Split]:
    """A net that has learned the training part, and the data."""
    data, net = scaled_split(arm, seed), make_net("relu", (100,), seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return net, data


def leak_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(arm, rate, seed))


def accuracy_by_groups(
    net: Sequential, x: Array, y: Indices, groups: Sequence[Indices]
) -> float:
    """Accuracy in percent if each group of test images is standardized with its own mean and std."""
    right = 0.0
    for group in groups:
        z = standardized(x[group].astype(np.float64))(x[group].astype(np.float64))
        right += len(group) * accuracy(net(z.astype(np.float32))[0], y[group])
    return 100 * right / len(x)


def leaks(seed: int, rates: Rates) -> Outcome:
    """Accuracy with and without the leak, and with statistics of the test images in place of the others."""
    net, data = trained("train", rates["train"], seed)
    honest = test_accuracy(net, data)
    leaky = leak_score("all", rates["all"], seed)
    x, y = digits_split(seed, EXAMPLES, scaled=False).x_test, data.y_test
    rng = np.random.default_rng([seed, 3])
    mixed = list(minibatches(len(x), GROUP, rng=rng))
    of_one_class = [
        part
        for digit in range(10)
        for part in np.array_split(np.flatnonzero(y == digit), (y == digit).sum() // GROUP)
    ]
    own = {
        "own_whole": accuracy_by_groups(net, x, y, [np.arange(len(x))]),
        "own_mixed": accuracy_by_groups(net, x, y, mixed),
        "own_sorted": accuracy_by_groups(net, x, y, of_one_class),
    }
    outcome: Outcome = {"scaling_honest": honest, "scaling_leak": leaky - honest}
    return outcome | {name: value - honest for name, value in own.items()}


LEAKS = Experiment(
    "leaks",
    leaks,
    seeds=40,
    trial=leak_score,
    arms=ARMS,
    grid=(0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
)

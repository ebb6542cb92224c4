"""Is it always right to keep the net that did best on validation data? With wrong labels, and without."""

from dataclasses import dataclass

import numpy as np

from nnbook._types import Array
from nnbook.experiments.ensembles.combining import Labels
from nnbook.experiments.ensembles.labels import WRONG, labeled
from nnbook.experiments.nets import Split, make_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD
from nnbook.training import train

EXAMPLES, VALIDATION, BATCH, EPOCHS, WIDTH = 300, 60, 20, 60, 100
USES = ("stop", "last")
ARMS = tuple(f"{use} {labels}" for labels in WRONG for use in USES)
GRID = (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1)


@dataclass(frozen=True)
class History:
    """What was measured after each epoch: accuracies in percent, losses in nats."""

    training: Array
    validation: Array
    validation_loss: Array
    test: Array
    test_loss: Array

    @property
    def best(self) -> int:
        """The epoch, from 0, of the best validation accuracy; of equals the first."""
        return int(self.validation.argmax())

    @property
    def lowest(self) -> int:
        """The epoch of the lowest validation loss."""
        return int(self.validation_loss.argmin())

    @property
    def first(self) -> int:
        """The epoch before the first in which validation accuracy fell; the last if it never did."""
        falls = np.flatnonzero(np.diff(self.validation) < 0)
        return int(falls[0]) if len(falls) else len(self.validation) - 1


def parts(data: Split) -> tuple[Split, Split]:
    """The same data with only the part to learn from, and with the validation part in place of the test."""
    kept, held = slice(VALIDATION, None), slice(None, VALIDATION)
    rest = data._replace(x=data.x[kept], y=data.y[kept])
    return rest, rest._replace(x_test=data.x[held], y_test=data.y[held])


def history(data: Split, validation: Split, lr: float, seed: int) -> History:
    """Train on `data` and look after every epoch; where the loss is not finite, all counts as wrong."""
    net, rng = make_net("relu", (WIDTH,), seed), np.random.default_rng([seed, 2])
    x, y, per_epoch, rows = data.x, data.y, len(data.x) // BATCH, []
    optimizer = SGD(lr, momentum=0.9)
    run = train(net, cross_entropy, optimizer, x, y, epochs=EPOCHS, batch_size=BATCH, rng=rng)
    for step in run:
        if (step.index + 1) % per_epoch:
            continue
        seen, _ = score_of(net, x, y)
        held, held_loss = score_of(net, validation.x_test, validation.y_test)
        test, test_loss = score_of(net, data.x_test, data.y_test)
        rows.append([seen, held, held_loss, test, test_loss])
    return History(*np.array(rows).T)


def score_of(net: Sequential, x: Array, y: Labels) -> tuple[float, float]:
    """Accuracy in percent and loss in nats."""
    scores, _ = net(x)
    if not np.isfinite(scores).all():
        return 0.0, np.inf
    return 100 * accuracy(scores, y), cross_entropy(scores, y)[0]


def of_arm(use: str, labels: str, lr: float, seed: int) -> History:
    """`stop` and `last` learn what validation leaves, `all` learns everything."""
    data = labeled(labels, seed, EXAMPLES)
    rest, validation = parts(data)
    return history(data if use == "all" else rest, validation, lr, seed)


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent of the net that an arm keeps."""
    use, labels = arm.split()
    found = of_arm(use, labels, lr, seed)
    return float(found.test[found.best if use == "stop" else -1])


def stopping(seed: int, rates: Rates) -> Outcome:
    """What the net of the best epoch gains over the last one, and over one that learned all examples.

    Best and last have their own rates; in `gain_same` both are of the run of the best. The net that learned
    all examples has the rate of the last. `usual` is the rate that suits early stopping with right labels.
    """
    outcome: Outcome = {}
    for labels in WRONG:
        stop, last = (of_arm(use, labels, rates[f"{use} {labels}"], seed) for use in USES)
        everything = of_arm("all", labels, rates[f"last {labels}"], seed)
        usual = of_arm("stop", labels, rates["stop clean"], seed)
        kept = stop.test[stop.best]
        found = {
            "gain": kept - last.test[-1],
            "gain_same": kept - stop.test[-1],
            "gain_usual": usual.test[usual.best] - usual.test[-1],
            "over_all": kept - everything.test[-1],
            "gain_by_loss": stop.test[stop.lowest] - last.test[-1],
            "first": usual.test[usual.first] - usual.test[usual.best],
            "loss": stop.test_loss[stop.lowest] - last.test_loss[-1],
            "loss_usual": usual.test_loss[usual.lowest] - usual.test_loss[-1],
            "missed": usual.test.max() - usual.test[usual.best],
            "epoch": usual.best + 1,
            "epoch_first": usual.first + 1,
            "last": last.test[-1],
            "kept": kept,
            "test_curve": usual.test,
            "training_curve": usual.training,
            "validation_curve": usual.validation,
        }
        outcome |= {f"{key}_{labels}": value for key, value in found.items()}
    return outcome


STOPPING = Experiment("stopping", stopping, trial=score, arms=ARMS, grid=GRID)

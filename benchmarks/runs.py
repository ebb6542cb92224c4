"""Longer work: an epoch on the digits here and in scikit-learn; many equal runs on one or two processes."""

from functools import partial
from typing import Any

import numpy as np

from benchmarks.pairs import Work
from nnbook.experiments.nets import digits_split, make_net, train_net
from nnbook.experiments.protocol import perform, repeat
from nnbook.losses import cross_entropy
from nnbook.optimizers import Adam
from nnbook.training import fit

HIDDEN, BATCH, LR = 100, 64, 1e-3
RUNS, EPOCHS = 16, 100


def our_epoch() -> Work:
    """One pass of a 64-100-10 net with Adam over the 1200 digits for training, in batches of 64."""
    data, rng = digits_split(0), np.random.default_rng(0)
    model, adam = make_net("relu", (HIDDEN,), 0), Adam(LR)
    options: dict[str, Any] = {"epochs": 1, "batch_size": BATCH, "rng": rng}
    return partial(fit, model, cross_entropy, adam, data.x, data.y, **options)


def sklearn_epoch() -> Work:
    """The same with MLPClassifier: partial_fit is one pass; its L2 penalty is off."""
    from sklearn.neural_network import MLPClassifier

    data = digits_split(0)
    model = MLPClassifier(
        (HIDDEN,),
        solver="adam",
        alpha=0,
        batch_size=BATCH,
        learning_rate_init=LR,
        random_state=0,
    )
    model.partial_fit(data.x, data.y, classes=np.unique(data.y))
    return partial(model.partial_fit, data.x, data.y)


def train_digits(seed: int) -> float:
    """Seconds of one run on one thread: 100 epochs of a small net, as the experiments of the book do them."""
    data, net = digits_split(0), make_net("relu", (HIDDEN,), seed)
    _, seconds = perform(
        partial(train_net, lr=0.1, epochs=EPOCHS, batch=BATCH), net, data, seed
    )
    return seconds


def repeated(jobs: int) -> Work:
    """Sixteen of them on one or more processes."""
    return partial(repeat, train_digits, RUNS, jobs=jobs)

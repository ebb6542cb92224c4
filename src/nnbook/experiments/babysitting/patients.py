"""Nets that train well, and all that one can get wrong about them, as fields of one record."""

from dataclasses import dataclass

import numpy as np

from nnbook._types import Loss
from nnbook.experiments.nets import Split, digits_split
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp

EXAMPLES, HIDDEN, BATCH = 600, (100, 100), 30
# kind of right net -> (norm, rate of dropout)
KINDS: dict[str, tuple[str | None, float]] = {
    "plain": (None, 0.0),
    "dropout": (None, 0.5),
    "norm": ("batch", 0.0),
}


@dataclass(frozen=True)
class Patient:
    """A net, its data, and how it is trained and judged; what has a default is right by default.

    Args:
        net: a fresh net.
        data: digits.
        lr: of Adam.
        seed: of the data, the weights, and the order of the batches.
        loss_fn: (scores, labels) -> (loss, gradient).
        batch: examples an update.
        shuffled: whether each epoch has an order of its own; else the data are trained on as they lie.
        test_batch: None for inference at the test; else the test is in training mode, in such batches.
    """

    net: Sequential
    data: Split
    lr: float
    seed: int
    loss_fn: Loss = cross_entropy
    batch: int = BATCH
    shuffled: bool = True
    test_batch: int | None = None


def healthy(
    kind: str,
    lr: float,
    seed: int,
    *,
    examples: int = EXAMPLES,
    hidden: tuple[int, ...] = HIDDEN,
) -> Patient:
    """A right net of one of `KINDS`, and its digits; equal seeds, equal weights and data."""
    rng = np.random.default_rng([seed, 1])
    norm, dropout = KINDS[kind]
    net = mlp((64, *hidden, 10), rng=rng, norm=norm, dropout=dropout, dtype=np.float32)
    return Patient(net, digits_split(seed, examples), lr, seed)

"""Units that start equal: do they stay equal, and how far must they be apart to part?"""

from functools import partial

import numpy as np

from nnbook._types import Array
from nnbook.experiments.initialization.nets import BATCH, score, start
from nnbook.experiments.nets import Split, digits_split, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import Initializer, constant, lecun_normal
from nnbook.layers import Sequential
from nnbook.models import mlp

# A product rounds alike in all columns if their number is a multiple of the processor's vector.
WIDTH, RATE, EPOCHS = 48, 0.05, 10
ROUNDS, NUDGE, EQUAL = 20, 1e-9, 1e-3


def largest_norm(weight: Array) -> float:
    """The norm of the longest column: the largest weight vector of a unit."""
    return float(np.linalg.norm(weight, axis=0).max())


def spread(weight: Array) -> float:
    """The largest distance of a column from the first, relative to the largest norm; 0 if all are 0."""
    far = largest_norm(weight - weight[:, :1])
    return far / largest_norm(weight) if far else 0.0


def distinct_units(weight: Array) -> int:
    """How many columns are further than EQUAL, relative to the largest norm, from each one before."""
    kept = weight[:, :1]
    for column in weight.T[1:]:
        if np.linalg.norm(kept - column[:, None], axis=0).min() > EQUAL * largest_norm(weight):
            kept = np.column_stack([kept, column])
    return int(kept.shape[1])


def equal_start(seed: int) -> Outcome:
    """Tanh nets from weights all 0, all 0.1, and random; and a net of one unit a layer."""
    starts: dict[str, tuple[Initializer, int]] = {
        "zero": (constant, WIDTH),
        "constant": (partial(constant, value=0.1), WIDTH),
        "random": (lecun_normal, WIDTH),
        "narrow": (lecun_normal, 1),
    }
    outcome: Outcome = {}
    for name, (init, width) in starts.items():
        net = start(init, (width, width), seed, "tanh")
        outcome[f"{name}_accuracy"] = score(net, seed, RATE, EPOCHS)
        outcome[f"{name}_units"] = distinct_units(net.params["0.weight"])
        outcome[f"{name}_rank"] = int(np.linalg.matrix_rank(net.params["0.weight"], tol=EQUAL))
    return outcome


def nudged(seed: int) -> Outcome:
    """Train from weights all 0.1, in float64: as they are, and with one unit nudged by a billionth.

    The curves give the spread of the first layer's units every five epochs.
    """
    data = _wide(digits_split(seed))
    outcome: Outcome = {}
    for name, nudge in (("exact", 0.0), ("nudged", NUDGE)):
        net = mlp(
            (64, WIDTH, WIDTH, 10),
            rng=np.random.default_rng(0),
            activation="tanh",
            init=partial(constant, value=0.1),
        )
        weight = net.params["0.weight"]
        weight[:, 0] *= 1 + nudge
        outcome[f"{name}_spreads"] = [spread(weight), *_spreads(net, data, seed)]
        outcome[f"{name}_spread"] = spread(weight)
        outcome[f"{name}_units"] = distinct_units(weight)
        outcome[f"{name}_accuracy"] = test_accuracy(net, data)
    return outcome


def _spreads(net: Sequential, data: Split, seed: int) -> list[float]:
    found = []
    for i in range(ROUNDS):
        train_net(net, data, 1000 * seed + i, lr=RATE, epochs=5, batch=BATCH)
        found.append(spread(net.params["0.weight"]))
    return found


def _wide(data: Split) -> Split:
    return data._replace(x=data.x.astype(np.float64), x_test=data.x_test.astype(np.float64))


EQUAL_START = Experiment("equal_start", equal_start, seeds=10)
NUDGED = Experiment("nudged", nudged, seeds=10)

"""Can one run give a whole ensemble? Copies of a net at the low points of a cyclic learning rate."""

import numpy as np

from nnbook._types import Array
from nnbook.ensembles import average_probabilities
from nnbook.ensembles import snapshots as snapshots_of
from nnbook.experiments.ensembles.gains import accuracies
from nnbook.experiments.ensembles.members import WIDTH, test_logits
from nnbook.experiments.ensembles.sources import disagreement
from nnbook.experiments.nets import Split, digits_split, make_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD
from nnbook.schedules import cosine_restarts
from nnbook.training import fit, train

EXAMPLES, BATCH, EPOCHS, CYCLES = 600, 30, 40, 5
STEPS = EPOCHS * EXAMPLES // BATCH
ARMS = ("one", "snapshots", "short")
GRID = (0.01, 0.03, 0.1, 0.3)


def run_of(data: Split, lr: float, seed: int, cycles: int, epochs: int) -> Array:
    """Test logits at the end of each cosine cycle of one run: shape (cycles, N, classes)."""
    net, rng = make_net("relu", (WIDTH,), seed), np.random.default_rng([seed, 2])
    cycle = epochs * EXAMPLES // BATCH // cycles
    optimizer = SGD(cosine_restarts(lr, cycle), momentum=0.9)
    steps = train(
        net, cross_entropy, optimizer, data.x, data.y, epochs=epochs, batch_size=BATCH, rng=rng
    )
    return test_logits(list(snapshots_of(net, steps, cycle)), data)


def traced(lr: float, seed: int) -> tuple[list[float], list[float]]:
    """The rate and the loss of every update of a run with CYCLES cycles."""
    data, net = digits_split(seed, EXAMPLES), make_net("relu", (WIDTH,), seed)
    schedule, rng = cosine_restarts(lr, STEPS // CYCLES), np.random.default_rng([seed, 2])
    optimizer, x, y = SGD(schedule, momentum=0.9), data.x, data.y
    losses = fit(net, cross_entropy, optimizer, x, y, epochs=EPOCHS, batch_size=BATCH, rng=rng)
    return [schedule(step) for step in range(STEPS)], losses


def answers(arm: str, lr: float, seed: int) -> Array:
    """Test logits of the members that an arm trains within EPOCHS epochs, all told.

    `one` is a single run; `snapshots` takes the ends of CYCLES cycles of one run; `short` trains as many
    nets apart, each for its share of the epochs.
    """
    data = digits_split(seed, EXAMPLES)
    if arm == "short":
        runs = [run_of(data, lr, 100 * seed + i, 1, EPOCHS // CYCLES)[0] for i in range(CYCLES)]
        return np.stack(runs)
    return run_of(data, lr, 100 * seed, CYCLES if arm == "snapshots" else 1, EPOCHS)


def together(logits: Array, seed: int) -> float:
    """Test accuracy of the mean probabilities, in percent."""
    labels = digits_split(seed, EXAMPLES).y_test
    return 100 * accuracy(average_probabilities(logits), labels)


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent of all that an arm trains."""
    return together(answers(arm, lr, seed), seed)


def snapshots(seed: int, rates: Rates) -> Outcome:
    """What several snapshots, short runs and full runs gain over one run as long as all of the first two."""
    data = digits_split(seed, EXAMPLES)
    found = {arm: answers(arm, rates[arm], seed) for arm in ARMS}
    full = [run_of(data, rates["one"], 100 * seed + i, 1, EPOCHS)[0] for i in range(1, CYCLES)]
    found["full"] = np.concatenate([found["one"], full])
    reached = {arm: together(logits, seed) for arm, logits in found.items()}
    ends = accuracies(found["snapshots"], data.y_test)
    return {
        "one_run": reached["one"],
        "gain_snapshots": reached["snapshots"] - reached["one"],
        "gain_short": reached["short"] - reached["one"],
        "gain_full": reached["full"] - reached["one"],
        "last_snapshot": ends[-1] - reached["one"],
        "apart_snapshots": disagreement(found["snapshots"]),
        "apart_full": disagreement(found["full"]),
        "snapshot_accuracies": ends,
    }


SNAPSHOTS = Experiment("snapshots", snapshots, trial=score, arms=ARMS, grid=GRID)

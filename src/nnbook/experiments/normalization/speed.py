"""How high may the learning rate be, how fast does a net learn, and does a moving distribution hinder it?"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from nnbook._checks import check_number
from nnbook._types import Array, Backward
from nnbook.experiments.nets import Split, digits_split, train_steps
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Activate, Layer, Sequential
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD
from nnbook.training import Step

HIDDEN, BATCH, LIMIT, TARGET = (100,) * 6, 50, 300, 2.0
RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
# In standard deviations of a fresh unit; the smallest moves means further than a plain net's updates do.
AMPLITUDES = ("0.1", "0.3", "1")
WATCHED, UPDATES = 200, 50


class Shift(Layer):
    """In training, a constant for each feature is added to all examples; it is drawn anew at each call."""

    def __init__(self, amplitude: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.amplitude = np.float32(check_number("amplitude", amplitude, 0))
        self.rng = rng.spawn(1)[0]

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Shift x of shape (N, D) in training; gradients pass as they are."""
        if training:
            shift = self.rng.standard_normal(x.shape[1], dtype=np.float32)
            x = x + self.amplitude * shift
        return x, lambda dy: (dy, {})


def speed_net(arm: str, seed: int) -> Sequential:
    """Six hidden layers: "plain", "batch", or "shifted 0.3": batch norm, and then a shift of that size."""
    kind, _, amplitude = arm.partition(" ")
    if kind != "shifted":
        return norm_net(kind, HIDDEN, seed)
    rng = np.random.default_rng([seed, 3])
    layers: list[Layer] = []
    for layer in norm_net("batch", HIDDEN, seed).layers:
        if isinstance(layer, Activate):
            layers.append(Shift(float(amplitude), rng=rng))
        layers.append(layer)
    return Sequential(*layers)


def checkpoints() -> list[int]:
    """The updates after which the training error is looked at: 10, then about 8% more each time."""
    marks = [10]
    while marks[-1] < LIMIT:
        marks.append(min(LIMIT, int(np.ceil(marks[-1] * 1.08))))
    return marks


def first_steps(
    net: Sequential, data: Split, seed: int, rate: float, count: int
) -> Iterator[Step]:
    """Train in place, by so many updates."""
    epochs, optimizer = -(-count * BATCH // len(data.x)), SGD(rate, momentum=0.9)
    return islice(train_steps(net, data, optimizer, seed, epochs=epochs, batch=BATCH), count)


def updates_to_target(arm: str, rate: float, seed: int) -> float:
    """Updates until the training error at inference is at most 2%; nan if the limit comes first."""
    data, net, marks = digits_split(seed), speed_net(arm, seed), set(checkpoints())
    for step in first_steps(net, data, seed, rate, LIMIT):
        if not np.isfinite(step.loss):
            break
        if step.index + 1 in marks:
            scores, _ = net(data.x)
            if 100 * (1 - accuracy(scores, data.y)) <= TARGET:
                return float(step.index + 1)
    return float("nan")


def or_limit(updates: float) -> float:
    """The updates, or the limit for a run that did not arrive."""
    return float(LIMIT) if np.isnan(updates) else updates


def updates_score(arm: str, rate: float, seed: int) -> float:
    """The fewer updates the better; on the log scale, so that one slow seed does not decide."""
    return -float(np.log(or_limit(updates_to_target(arm, rate, seed))))


def movement(arm: str, rate: float, seed: int) -> float:
    """How far an update moves the mean of a unit's pre-activations, in standard deviations, on average.

    In training, over the first updates and all hidden units, on the same examples each time; a shift counts.
    """
    data, net = digits_split(seed), speed_net(arm, seed)
    before, moves = _moments(net, data), []
    for _ in first_steps(net, data, seed, rate, UPDATES):
        after = _moments(net, data)
        moves.append(np.mean(np.abs(after[0] - before[0]) / (before[1] + 1e-12)))
        before = after
    return float(np.mean(moves))


def _moments(net: Sequential, data: Split) -> tuple[Array, Array]:
    """Mean and standard deviation of what each activation reads, over the watched examples."""
    x, means, stds = data.x[:WATCHED], [], []
    for layer in net.layers:
        if isinstance(layer, Activate):
            means.append(x.mean(axis=0))
            stds.append(x.std(axis=0))
        x, _ = layer(x, training=True)
    return np.concatenate(means), np.concatenate(stds)


def rate_sweep(seed: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Updates at every rate, nan where the limit comes first, and the highest rate that arrives, by norm."""
    sweeps = {
        norm: [updates_to_target(norm, rate, seed) for rate in RATES]
        for norm in ("plain", "batch")
    }
    highest = {
        norm: max((r for r, u in zip(RATES, row, strict=True) if u == u), default=RATES[0])
        for norm, row in sweeps.items()
    }
    return sweeps, highest


def shifted(seed: int, rate: float, updates: Rates) -> Outcome:
    """What each shift costs in updates, and how much further than in the plain net it moves means."""
    outcome: Outcome = {}
    for arm in (f"shifted {amplitude}" for amplitude in AMPLITUDES):
        name, own = arm.replace(" ", "_"), or_limit(updates_to_target(arm, rate, seed))
        outcome |= {f"{name}_over_{norm}": own / count for norm, count in updates.items()}
        outcome[f"movement_{name}"] = movement(arm, rate, seed)
    return outcome


def norm_speed(seed: int, rates: Rates) -> Outcome:
    """Updates at every rate with and without batch norm, and at the best ones; how means move.

    The larger shifts get the rate of the smallest.
    """
    sweeps, highest = rate_sweep(seed)
    best = {norm: or_limit(row[RATES.index(rates[norm])]) for norm, row in sweeps.items()}
    outcome: Outcome = {
        f"{norm}_updates": [*map(or_limit, row)] for norm, row in sweeps.items()
    }
    outcome |= {f"updates_{norm}": count for norm, count in best.items()}
    outcome |= {f"highest_{norm}": rate for norm, rate in highest.items()}
    outcome |= {f"movement_{norm}": movement(norm, rates[norm], seed) for norm in best}
    outcome |= shifted(seed, rates[f"shifted {AMPLITUDES[0]}"], best)
    for amplitude in AMPLITUDES:
        moved = outcome[f"movement_shifted_{amplitude}"]
        outcome[f"shifted_{amplitude}_moves"] = moved / outcome["movement_plain"]
    return outcome | {
        "highest_ratio": highest["batch"] / highest["plain"],
        "faster": best["plain"] / best["batch"],
        "speedup": best["plain"] / best["batch"],
        "same_rate": best["plain"] / outcome["batch_updates"][RATES.index(rates["plain"])],
    }


NORM_SPEED = Experiment(
    "norm_speed",
    norm_speed,
    seeds=10,
    trial=updates_score,
    arms=("plain", "batch", f"shifted {AMPLITUDES[0]}"),
    grid=RATES,
)

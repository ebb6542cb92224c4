"""Does a warm-up let a net bear higher learning rates?"""

import numpy as np

from nnbook.experiments.nets import digits_split, make_net
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.optimizers import SGD
from nnbook.schedules import constant, warmup

RATES = tuple(0.025 * 2 ** (k / 2) for k in range(16))
DEPTHS = (1, 6)
EXAMPLES, BATCH, EPOCHS, WARM = 640, 32, 8, 80


def losses(depth: int, lr: float, warm: int, seed: int) -> list[float]:
    """Losses of training with momentum; the rate rises over the first `warm` updates."""
    data, net = digits_split(seed, EXAMPLES), make_net("relu", (32,) * depth, seed)
    optimizer = SGD(warmup(warm, constant(lr)), 0.9)
    return learn(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH)


def learns(trace: list[float]) -> bool:
    """Whether the mean loss of the last epoch is finite and below 1 nat; chance is 2.3."""
    late = np.mean(trace[-(EXAMPLES // BATCH) :])
    return bool(np.isfinite(trace[-1]) and late < 1)


def highest(depth: int, warm: int, seed: int) -> float:
    """The highest of RATES at which the net learns; the lowest if it learns at none."""
    able = [lr for lr in RATES if learns(losses(depth, lr, warm, seed))]
    return max(able, default=RATES[0])


def warmed(seed: int) -> Outcome:
    """The highest rates with and without warm-up, by depth, and the worst loss at a high rate."""
    outcome: Outcome = {}
    for depth in DEPTHS:
        cold, warm = (highest(depth, n, seed) for n in (0, WARM))
        outcome |= {f"cold_{depth}": cold, f"warm_{depth}": warm, f"ratio_{depth}": warm / cold}
        peaks = [max(losses(depth, 0.1, n, seed)) for n in (0, WARM)]
        outcome[f"peak_{depth}"] = peaks[0] / peaks[1]
    return outcome


WARMING = Experiment("warm-up", warmed, seeds=20)

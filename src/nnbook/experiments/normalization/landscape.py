"""How far can one step down the gradient before the loss is back where it was?"""

import numpy as np

from nnbook._types import Params
from nnbook.experiments.nets import Split, digits_split, train_net
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.training import global_norm, loss_and_grads

HIDDEN, WARM_UP, RATE = (100,) * 6, 1, 0.01
STEPS = np.geomspace(1e-4, 1e2, 61)


def loss_along(net: Sequential, data: Split, grads: Params) -> list[float]:
    """The training loss after a step of each size down the gradient; the net is left as it was."""
    start = {name: p.copy() for name, p in net.params.items()}
    losses = []
    for step in STEPS:
        for name, p in net.params.items():
            p[:] = start[name] - np.float32(step) * grads[name]
        losses.append(float(cross_entropy(net(data.x, training=True)[0], data.y)[0]))
    for name, p in net.params.items():
        p[:] = start[name]
    return losses


def usable_step(losses: list[float], start: float) -> float:
    """The first step at which the loss is not below its start; the largest step if there is none."""
    worse = [step for step, loss in zip(STEPS, losses, strict=True) if not loss < start]
    return float(worse[0] if worse else STEPS[-1])


def landscape(seed: int) -> Outcome:
    """The usable step after one epoch, batch norm over plain: as a rate, and relative to the parameters."""
    data, found = digits_split(seed), {}
    for norm in ("plain", "batch"):
        net = norm_net(norm, HIDDEN, seed)
        train_net(net, data, seed, lr=RATE, epochs=WARM_UP, batch=50)
        loss, grads = loss_and_grads(net, cross_entropy, data.x, data.y)
        losses = loss_along(net, data, grads)
        step = usable_step(losses, loss)
        relative = step * global_norm(grads) / global_norm(net.params)
        found[norm] = (step, relative, [value - loss for value in losses])
    outcome: Outcome = {f"usable_{norm}": step for norm, (step, _, _) in found.items()}
    outcome |= {f"along_{norm}": np.clip(rise, -10, 10) for norm, (_, _, rise) in found.items()}
    return outcome | {
        "usable_rate": found["batch"][0] / found["plain"][0],
        "usable_relative": found["batch"][1] / found["plain"][1],
    }


LANDSCAPE = Experiment("norm_landscape", landscape, seeds=10)

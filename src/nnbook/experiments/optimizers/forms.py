"""Are the two forms of momentum the same, and what does a schedule make of the difference?"""

import numpy as np

from nnbook._types import Params
from nnbook.experiments.nets import digits_split, test_accuracy
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Sequential
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.schedules import Schedule, constant, cosine, step_decay, warmup
from nnbook.training import global_norm

EPOCHS, BATCH, EXAMPLES = 10, 32, 600
STEPS = EPOCHS * -(-EXAMPLES // BATCH)
LR, HALF = 0.05, STEPS // 2
SCHEDULES: dict[str, Schedule] = {
    "constant": constant(LR),
    "step": step_decay(LR, [HALF]),
    "cosine": cosine(LR, STEPS),
    "warmup": warmup(HALF // 2, constant(LR)),
}


def trained(schedule: str, seed: int, *, rate_inside: bool) -> tuple[Sequential, float]:
    """A net trained in float64, so that rounding stays small, and its test accuracy."""
    data = digits_split(seed, EXAMPLES)
    data = data._replace(x=data.x.astype(np.float64), x_test=data.x_test.astype(np.float64))
    net = mlp((64, 32, 10), rng=np.random.default_rng([seed, 1]))
    optimizer = SGD(SCHEDULES[schedule], 0.9, rate_inside=rate_inside)
    learn(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH)
    return net, test_accuracy(net, data)


def apart(a: Params, b: Params) -> float:
    """The distance of two sets of parameters, relative to the length of the first."""
    return global_norm({name: a[name] - b[name] for name in a}) / global_norm(a)


def first_after_drop(rate_inside: bool, *, momentum: float = 0.9) -> float:
    """The length of the first step after the rate fell to a tenth, while the gradient is always 1.

    Before, the velocity has had 1000 steps to settle. In units of the step before the drop.
    """
    optimizer = SGD(step_decay(1.0, [1000]), momentum, rate_inside=rate_inside)
    params: Params = {"weight": np.zeros(1)}
    points = []
    for _ in range(1001):
        optimizer.step(params, {"weight": np.ones(1)})
        points.append(params["weight"][0])
    steps = np.diff(points)
    return float(steps[-1] / steps[-2])


def two_forms(seed: int) -> Outcome:
    """How far apart the two forms end on digits, by schedule; and the step after a drop of the rate."""
    outcome: Outcome = {}
    for schedule in SCHEDULES:
        outside, accuracy = trained(schedule, seed, rate_inside=False)
        inside, other = trained(schedule, seed, rate_inside=True)
        outcome[f"apart_{schedule}"] = apart(outside.params, inside.params)
        outcome[f"gain_{schedule}"] = other - accuracy
    outcome["drop_outside"] = first_after_drop(rate_inside=False)
    outcome["drop_inside"] = first_after_drop(rate_inside=True)
    return outcome


FORMS = Experiment("forms", two_forms, seeds=10)

"""How far does a step move the weights of a net that trains at its best rate, as a share of their size?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnbook._types import Array
from nnbook.diagnostics import update_ratios
from nnbook.experiments.nets import Split, digits_split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD, Adam, Optimizer
from nnbook.schedules import cosine
from nnbook.training import Step, train

EXAMPLES, BATCH, GOAL, PILOT = 600, 50, 1e-3, 0.01


@dataclass(frozen=True)
class Plan:
    """How a net is built and trained, but for its rate; 20 epochs have 240 updates."""

    method: str = "momentum"
    hidden: tuple[int, ...] = (100,)
    norm: str | None = None
    falling: bool = False
    epochs: int = 20


DEEP = (50,) * 5
PLANS = {
    "sgd": Plan("sgd"),
    "momentum": Plan(),
    "adam": Plan("adam"),
    "cosine": Plan(falling=True),
    "wide": Plan(hidden=(400,)),
    "deep": Plan(hidden=DEEP),
    "deep_adam": Plan("adam", DEEP),
    "norm": Plan(hidden=DEEP, norm="batch"),
    "short": Plan(epochs=5),
    "long": Plan(epochs=80),
}
GRID = (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


def optimizer(plan: Plan, rate: float) -> Optimizer:
    """Plain SGD, SGD with momentum 0.9, or Adam; at a constant rate or one that falls along a cosine to 0."""
    lr = cosine(rate, plan.epochs * EXAMPLES // BATCH) if plan.falling else rate
    if plan.method == "adam":
        return Adam(lr)
    return SGD(lr, 0.9 if plan.method == "momentum" else 0.0)


def fresh(plan: Plan, seed: int) -> tuple[Sequential, Split]:
    """The net and its data."""
    rng = np.random.default_rng([seed, 1])
    net = mlp((64, *plan.hidden, 10), rng=rng, norm=plan.norm, dtype=np.float32)
    return net, digits_split(seed, EXAMPLES)


def steps_of(
    net: Sequential, data: Split, plan: Plan, rate: float, seed: int
) -> Iterator[Step]:
    """The steps of a training."""
    return train(
        net,
        cross_entropy,
        optimizer(plan, rate),
        data.x,
        data.y,
        epochs=plan.epochs,
        batch_size=BATCH,
        rng=np.random.default_rng([seed, 2]),
    )


def ratio_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    net, data = fresh(PLANS[arm], seed)
    for _ in steps_of(net, data, PLANS[arm], rate, seed):
        pass
    return test_accuracy(net, data)


def watched(plan: Plan, rate: float, seed: int) -> tuple[Array, float]:
    """Update over weight at every step for every weight matrix, (updates, matrices), and test accuracy."""
    net, data = fresh(plan, seed)
    weights = {name: p for name, p in net.params.items() if name.endswith("weight")}
    before, rows = {name: p.copy() for name, p in weights.items()}, []
    for _ in steps_of(net, data, plan, rate, seed):
        rows.append(list(update_ratios(before, weights).values()))
        for name, p in weights.items():
            before[name][...] = p
    return np.array(rows), test_accuracy(net, data)


def typical(ratios: Array) -> float:
    """The median over the updates, and the geometric mean of that over the matrices."""
    return float(np.exp(np.log(np.median(ratios, axis=0)).mean()))


def rate_by_rule(plan: Plan, seed: int) -> float:
    """The rate at which the ratio should be 1e-3: one epoch at 0.01, then in proportion."""
    return PILOT * GOAL / typical(watched(replace(plan, epochs=1), PILOT, seed)[0])


def ratios(seed: int, rates: Rates) -> Outcome:
    """For every arm: the ratio at its best rate, at the start and at the end, and what the rule loses."""
    outcome: Outcome = {}
    for arm, plan in PLANS.items():
        seen, best = watched(plan, rates[arm], seed)
        layers = np.median(seen, axis=0)
        by_rule = rate_by_rule(plan, seed)
        outcome |= {
            f"ratio_{arm}": typical(seen),
            f"first_{arm}": typical(seen[: EXAMPLES // BATCH]),
            f"last_{arm}": typical(seen[-EXAMPLES // BATCH :]),
            f"way_{arm}": float(np.exp(np.log(seen.sum(axis=0)).mean())),
            f"layers_{arm}": float(layers.max() / layers.min()),
            f"lost_{arm}": best - ratio_score(arm, by_rule, seed),
            f"rule_{arm}": by_rule / rates[arm],
        }
    return outcome


RATIOS = Experiment(
    "update_ratios", ratios, seeds=10, trial=ratio_score, arms=tuple(PLANS), grid=GRID
)

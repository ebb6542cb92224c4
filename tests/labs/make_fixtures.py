"""Writes fixtures.json: what nnbook computes, for the engine of the labs to compute as well.

Run `python tests/labs/make_fixtures.py` after a change of the numerics; test_fixtures.py says whether
the file still tells what nnbook does, engine.test.mjs whether the engine does the same.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from nnbook import optimizers, schedules
from nnbook.activations import ACTIVATIONS
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.regularization import Dropout
from nnbook.training import loss_and_grads

FILE = Path(__file__).with_name("fixtures.json")
SIZES, N, BATCH, STEPS, EVERY = (4, 6, 5, 3), 24, 8, 200, 10
GOLDEN = (5**0.5 - 1) / 2

OPTIONS: dict[str, dict[str, Any]] = {
    "leaky_relu": {"negative_slope": 0.2},
    "elu": {"alpha": 0.7},
    "gelu": {"approximate": True},
    "silu": {"beta": 1.7},
}
OPTIMIZERS: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "sgd": ("SGD", [0.1, 0.0], {}),
    "slow": ("SGD", [0.03, 0.0], {}),
    "momentum": ("SGD", [0.05, 0.9], {}),
    "momentum, rate inside": ("SGD", ["cosine", 0.9], {"rate_inside": True}),
    "nesterov": ("SGD", [0.05, 0.9], {"nesterov": True}),
    "decay": ("SGD", ["warmup", 0.9], {"weight_decay": 0.01}),
    "adagrad": ("AdaGrad", [0.1], {}),
    "rmsprop": ("RMSProp", [0.01], {}),
    "adam": ("Adam", [0.01], {}),
    "adamw": ("Adam", ["one_cycle"], {"betas": [0.8, 0.95], "weight_decay": 0.1}),
}
SCHEDULES: dict[str, list[Any]] = {
    "constant": [0.1],
    "step_decay": [0.1, [60, 120], 0.3],
    "exponential_decay": [0.1, 0.01],
    "inverse_time_decay": [0.1, 0.05],
    "inverse_sqrt": [0.1, 9],
    "linear": [0.1, 150, 0.01],
    "cosine": [0.1, 150, 0.01],
    "cosine_restarts": [0.1, 40, 0.01],
    "one_cycle": [0.1, 150, 0.25],
}


class Golden:
    """Stands in for a generator: the numbers k * golden ratio, modulo 1, which the engine makes too."""

    def __init__(self) -> None:
        self.count = 0

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        k = self.count + np.arange(1, 1 + np.prod(shape))
        self.count += len(k)
        return (k * GOLDEN % 1).reshape(shape)


def schedule(name: str) -> schedules.Schedule:
    """A schedule by the name that cases give it."""
    if name == "warmup":
        return schedules.warmup(20, schedules.cosine(0.1, 150, 0.01))
    return getattr(schedules, name)(*SCHEDULES[name])


def optimizer(name: str) -> optimizers.Optimizer:
    """An optimizer of the table."""
    kind, (rate, *more), options = OPTIMIZERS[name]
    rate = schedule(rate) if isinstance(rate, str) else rate
    return getattr(optimizers, kind)(rate, *more, **options)


def batch(step: int) -> np.ndarray:
    """The rows of one step: every row once in three steps."""
    return (BATCH * step + 5 * np.arange(BATCH)) % N


def cases() -> dict[str, dict[str, Any]]:
    """What is trained: every activation, norm, dropout and optimizer."""
    plain = {"activation": "tanh", "norm": None, "dropout": 0.0, "optimizer": "momentum"}
    nets = {f"activation {name}": {"activation": name} for name in ACTIVATIONS}
    # Slowly: at larger rates layer norm meets a row of nearly equal sums, which makes a rounding error
    # a thousand times as large; two runs of nnbook whose weights differ by 1e-16 then part as well.
    nets |= {f"norm {norm}": {"norm": norm, "optimizer": "slow"} for norm in ("batch", "layer")}
    nets |= {"dropout": {"dropout": 0.3}, "batch norm, relu, dropout, adam": {
        "activation": "relu", "norm": "batch", "dropout": 0.2, "optimizer": "adam"}}  # fmt: skip
    nets |= {f"optimizer {name}": {"optimizer": name} for name in OPTIMIZERS}
    return {name: plain | case for name, case in nets.items()}


def train(case: dict[str, Any], x: np.ndarray, labels: np.ndarray, pool: np.ndarray) -> Any:
    """Losses of every tenth of 200 steps, and the scores at inference after them."""
    net = mlp(
        SIZES,
        rng=np.random.default_rng(0),
        **{k: case[k] for k in ("activation", "norm", "dropout")},
    )
    used = 0
    for name, param in net.params.items():
        if name.endswith("weight"):
            param[...] = pool[used : used + param.size].reshape(param.shape)
            used += param.size
    for layer in net.layers:
        if isinstance(layer, Dropout):
            layer.rng = Golden()
    optim, losses = optimizer(case["optimizer"]), []
    for step in range(STEPS):
        rows = batch(step)
        loss, grads = loss_and_grads(net, cross_entropy, x[rows], labels[rows])
        optim.step(net.params, grads)
        losses.append(loss)
    return {"losses": losses[::EVERY], "scores": net(x[:3])[0].ravel().tolist()}


def values() -> dict[str, Any]:
    """Activations and slopes at points in the middle and far out, with and without options."""
    at = np.concatenate([np.linspace(-6, 6, 25), [-45, -30, -12, 12, 30, 45]])
    return {"x": at.tolist()} | {
        f"{name} {json.dumps(options)}": [f(at, **options).tolist() for f in pair]
        for name, pair in ACTIVATIONS.items()
        for options in ({}, OPTIONS.get(name))
        if options is not None
    }


def fixtures() -> dict[str, Any]:
    """All that the file holds."""
    rng = np.random.default_rng(7)
    x, pool = rng.standard_normal((N, SIZES[0])), 0.5 * rng.standard_normal(120)
    labels = rng.integers(0, SIZES[-1], N)
    steps = range(0, 200, 7)
    rates = {name: [schedule(name)(step) for step in steps] for name in [*SCHEDULES, "warmup"]}
    return {
        "sizes": SIZES,
        "batch": BATCH,
        "steps": STEPS,
        "every": EVERY,
        "x": x.ravel().tolist(),
        "labels": labels.tolist(),
        "pool": pool.tolist(),
        "optimizers": OPTIMIZERS,
        "schedules": SCHEDULES,
        "rates": rates,
        "activations": values(),
        "cases": {name: case | train(case, x, labels, pool) for name, case in cases().items()},
    }


if __name__ == "__main__":
    lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in fixtures().items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")

"""What does batch norm cost, in training and at test, and what is left of that once it is fused?"""

import time
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from nnbook.experiments.nets import digits_split, train_net
from nnbook.experiments.normalization.models import FLOAT, norm_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm, fuse
from nnbook.training import loss_and_grads

HIDDEN, RATE, EPOCHS = (100, 100), 0.1, 2
REPEATS, STEPS, WIDTH, BATCH, SMALL = 200, 25, 256, 64, (100,) * 6


def fused(net: Sequential) -> Sequential:
    """The net at inference, with every batch norm that follows a linear layer fused into it."""
    layers: list[Layer] = []
    for layer in net.layers:
        before = layers[-1] if layers else None
        if isinstance(layer, BatchNorm) and isinstance(before, Linear):
            layers[-1] = fuse(before, layer)
        else:
            layers.append(layer)
    return Sequential(*layers)


def fusing(seed: int) -> Outcome:
    """How far the fused net is from the trained one, and its parameters beside the plain net's."""
    data = digits_split(seed)
    net, plain = (norm_net(norm, HIDDEN, seed) for norm in ("batch", "plain"))
    train_net(net, data, seed, lr=RATE, epochs=EPOCHS, batch=50)
    (scores, _), (again, _) = net(data.x_test), fused(net)(data.x_test)
    sizes = [sum(p.size for p in n.params.values()) for n in (fused(net), plain)]
    return {
        "difference": 100 * float(np.abs(again - scores).max() / scores.std()),
        "same_answers": 100 * float((again.argmax(axis=1) == scores.argmax(axis=1)).mean()),
        "more_parameters": sizes[0] - sizes[1],
    }


def fastest_of(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of the fastest of several rounds, each call once a round, so that all share what disturbs.

    An untimed call before each brings what it needs into the cache.
    """
    times: dict[str, float] = dict.fromkeys(calls, np.inf)
    for _ in range(rounds):
        for name, call in calls.items():
            call()
            start = time.perf_counter()
            call()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def wide_nets(rng: np.random.Generator) -> tuple[Sequential, Sequential]:
    """Three layers of WIDTH ReLUs, plain and with batch norm, that share their weights."""
    plain: list[Layer] = []
    batch: list[Layer] = []
    for _ in range(3):
        linear = Linear(WIDTH, WIDTH, rng=rng, **FLOAT)
        plain += [linear, Activate("relu")]
        batch += [linear, BatchNorm(WIDTH, **FLOAT), Activate("relu")]
    return Sequential(*plain), Sequential(*batch)


def norm_costs(seed: int) -> Outcome:
    """Times of a net 256-256-256-256 over those of the same net without batch norm; a step of a small net."""
    rng = np.random.default_rng([seed, 1])
    plain, batch = wide_nets(rng)
    x = rng.standard_normal((BATCH, WIDTH), dtype=np.float32)
    y = rng.integers(WIDTH, size=BATCH)
    data = digits_split(seed)
    step = partial(loss_and_grads, loss_fn=cross_entropy, x=x, y=y)
    small = partial(loss_and_grads, loss_fn=cross_entropy, x=data.x[:50], y=data.y[:50])
    tests = {"plain": plain, "fused": fused(batch), "unfused": batch}
    steps = {
        "plain_step": partial(step, plain),
        "step": partial(step, batch),
        "plain_small": partial(small, norm_net("plain", SMALL, seed)),
        "small": partial(small, norm_net("batch", SMALL, seed)),
    }
    seconds = fastest_of({name: partial(net, x) for name, net in tests.items()}, REPEATS)
    seconds |= fastest_of(steps, STEPS)
    return {
        "fused_time": seconds["fused"] / seconds["plain"],
        "unfused_time": seconds["unfused"] / seconds["plain"],
        "training_time": seconds["step"] / seconds["plain_step"],
        "small_time": seconds["small"] / seconds["plain_small"],
    }


FUSING = Experiment("norm_fusing", fusing, seeds=10)
COSTS = Experiment("norm_costs", norm_costs, seeds=10, timed=True)

"""What does an activation cost: beside ReLU, and beside the matrix product of its own layer?"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from nnbook.activations import relu, sigmoid, tanh
from nnbook.experiments.protocol import Experiment, Outcome

REPEATS, WIDTH, BATCH = 15, 512, 128


def fastest(call: Callable[[], object]) -> float:
    """Seconds of the fastest of several calls: other work on the machine only ever adds time."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def activation_costs(seed: int) -> Outcome:
    """Time over ReLU's on a million doubles, and percent of a 512-to-512 layer's forward time."""
    rng = np.random.default_rng([seed, 7])
    x = rng.standard_normal(1_000_000)
    a, w = rng.standard_normal((BATCH, WIDTH)), rng.standard_normal((WIDTH, WIDTH))
    z, product = a @ w, fastest(partial(np.matmul, a, w))
    seconds = {f.__name__: fastest(partial(f, x)) for f in (relu, sigmoid, tanh, np.exp)}
    outcome: Outcome = {
        f"{name}_over_relu": seconds[name] / seconds["relu"]
        for name in ("sigmoid", "tanh", "exp")
    }
    for f in (relu, sigmoid, tanh):
        own = fastest(partial(f, z))
        outcome[f"{f.__name__}_share"] = 100 * own / (own + product)
    return outcome


COST = Experiment("cost", activation_costs, seeds=10, timed=True)

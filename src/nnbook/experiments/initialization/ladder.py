"""The ladder: one ReLU net of twenty layers, started in every way from zero to the modern schemes."""

from functools import partial

import numpy as np

from nnbook.experiments.initialization.nets import (
    GRID,
    HOPELESS_RATES,
    IMAGES,
    fresh_statistics,
    score,
    start,
)
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.initializers import (
    Initializer,
    constant,
    kaiming_normal,
    lecun_normal,
    normal,
    orthogonal,
    xavier_normal,
)
from nnbook.layers import Sequential
from nnbook.lsuv import lsuv

HIDDEN = (64,) * 20
INITS: dict[str, Initializer] = {
    "zero": constant,
    "constant": partial(constant, value=0.1),
    "small": partial(normal, std=0.01),
    "large": partial(normal, std=1.0),
    "lecun": lecun_normal,
    "xavier": xavier_normal,
    "he": kaiming_normal,
    "orthogonal": partial(orthogonal, gain=2**0.5),
}
HOPELESS = ("zero", "constant", "small", "large")
TUNED = ("lecun", "xavier", "he", "orthogonal", "lsuv")


def rung(name: str, seed: int) -> Sequential:
    """The fresh net of a rung; "lsuv" has the weights of "small", rescaled on 256 images."""
    if name != "lsuv":
        return start(INITS[name], HIDDEN, seed)
    net = start(INITS["small"], HIDDEN, seed)
    lsuv(net, digits_split(seed).x[:IMAGES])
    return net


def rung_score(name: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return score(rung(name, seed), seed, rate)


def ladder(seed: int, rates: Rates) -> Outcome:
    """For each rung: signal at the top, gradient at the bottom, and test accuracy after training."""
    outcome: Outcome = {}
    for name in (*HOPELESS, *TUNED):
        tried = [rates[name]] if name in rates else HOPELESS_RATES
        outcome[f"accuracy_{name}"] = max(rung_score(name, rate, seed) for rate in tried)
        signal, gradient = fresh_statistics(rung(name, seed), seed)
        outcome |= {f"signal_{name}": signal, f"gradient_{name}": gradient}
    accuracy = {name: outcome[f"accuracy_{name}"] for name in (*HOPELESS, *TUNED)}
    return outcome | {
        "lsuv_minus_small": accuracy["lsuv"] - accuracy["small"],
        "lsuv_minus_large": accuracy["lsuv"] - accuracy["large"],
        "lsuv_minus_he": accuracy["lsuv"] - accuracy["he"],
        "he_minus_xavier": accuracy["he"] - accuracy["xavier"],
        "orthogonal_minus_he": accuracy["orthogonal"] - accuracy["he"],
        "agreement": rescaled_distance(seed),
    }


def rescaled_distance(seed: int) -> float:
    """Rescale He's weights, and the same times 1/1000 and 100, by LSUV: the largest relative distance."""
    x, ends = digits_split(seed).x[:IMAGES], []
    for factor in (1.0, 1e-3, 100.0):
        net = start(kaiming_normal, HIDDEN, seed)
        for name in net.params:
            if name.endswith("weight"):
                net.params[name] *= np.float32(factor)
        lsuv(net, x)
        ends.append(np.concatenate([p.ravel() for p in net.params.values()]))
    first, *others = ends
    return float(max(np.linalg.norm(end - first) for end in others) / np.linalg.norm(first))


LADDER = Experiment("ladder", ladder, seeds=10, trial=rung_score, arms=TUNED, grid=GRID[:5])

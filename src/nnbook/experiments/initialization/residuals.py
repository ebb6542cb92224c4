"""Ten residual blocks: how their variances compound, and what it changes if they start as the identity."""

import numpy as np

from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.initialization.nets import fresh_statistics, score
from nnbook.experiments.initialization.signal import rms
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.residual import Residual

WIDTH, BLOCKS = 64, 10
ARMS = ("he", "zero_last", "fixup")
# With He's weights the scores are hundreds of times too large: rates must be as small as that is large.
GRID = (3e-5, 1e-4, 3e-4, 1e-3, 0.01, 0.03, 0.1, 0.3)


def residual_net(arm: str, seed: int) -> Sequential:
    """Ten blocks x + W2 relu(W1 x) and a linear layer on top, in float32; twenty-one layers of weights.

    "he": He's weights everywhere. "zero_last": W2 = 0. "fixup": W1 is multiplied by BLOCKS^(-1/2) too, as
    Fixup does for branches of two layers, and the top is 0; its scalars are left out.
    """
    rng = np.random.default_rng([seed, 1])
    blocks: list[Layer] = []
    for _ in range(BLOCKS):
        first = Linear(WIDTH, WIDTH, rng=rng, dtype=np.float32)
        last = Linear(WIDTH, WIDTH, rng=rng, dtype=np.float32)
        if arm == "fixup":
            first.params["weight"] /= np.float32(BLOCKS**0.5)
        blocks.append(Residual(first, Activate("relu"), last, zero_last=arm != "he"))
    top = Linear(WIDTH, 10, rng=rng, dtype=np.float32)
    if arm == "fixup":
        top.params["weight"][...] = 0
    return Sequential(*blocks, top)


def residual_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return score(residual_net(arm, seed), seed, rate)


def residual_growth(seed: int, rates: Rates) -> Outcome:
    """Growth of the mean square over ten blocks, untrained; and test accuracy."""
    x = digits_split(seed).x
    outcome: Outcome = {}
    for arm, rate in rates.items():
        net = residual_net(arm, seed)
        outputs = [rms(h) for h in activations_by_layer(net, x)[:-1]]
        signal, gradient = fresh_statistics(net, seed)
        outcome |= {
            f"signal_{arm}": signal,
            f"gradient_{arm}": gradient,
            f"growth_{arm}": (outputs[-1] / rms(x)) ** 2,
            f"rms_{arm}": outputs,
            f"accuracy_{arm}": residual_score(arm, rate, seed),
        }
    best = outcome["accuracy_zero_last"]
    return outcome | {
        "per_block": outcome["growth_he"] ** (1 / BLOCKS),
        "zero_last_minus_he": best - outcome["accuracy_he"],
        "fixup_minus_zero_last": outcome["accuracy_fixup"] - best,
    }


RESIDUAL_GROWTH = Experiment(
    "residual_growth", residual_growth, seeds=10, trial=residual_score, arms=ARMS, grid=GRID
)

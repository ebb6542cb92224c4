"""Which signs can the gradient of one unit's weights have, and how does the batch change that?"""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import digits_split, make_net
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.losses import cross_entropy
from nnbook.training import loss_and_grads

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1200)
DRAWS = 100


def one_signed_share(grad: Array) -> float:
    """Share of the units, columns of (inputs, units), with a one-signed gradient, among those with any."""
    has_both = (grad > 0).any(axis=0) & (grad < 0).any(axis=0)
    has_any = (grad != 0).any(axis=0)
    return float(1 - has_both.sum() / max(has_any.sum(), 1))


def sign_shares(seed: int) -> Outcome:
    """Percent of second-layer units with a one-signed gradient, in fresh 64-50-30-10 nets, by batch size."""
    data = digits_split(seed)
    outcome: Outcome = {}
    for activation in ("sigmoid", "relu", "tanh"):
        net = make_net(activation, (50, 30), seed)
        rng = np.random.default_rng([seed, 4])
        shares = []
        for size in BATCHES:
            draws = [
                rng.choice(len(data.x), size, replace=False)
                for _ in range(max(1, DRAWS // size))
            ]
            grads = [
                loss_and_grads(net, cross_entropy, data.x[i], data.y[i])[1]["2.weight"]
                for i in draws
            ]
            shares.append(100 * float(np.mean([one_signed_share(g) for g in grads])))
        outcome[f"{activation}_shares"] = shares
        outcome |= {
            f"{activation}_{size}": share for size, share in zip(BATCHES, shares, strict=True)
        }
    return outcome


def gradient_directions(seed: int) -> Outcome:
    """Directions of single-example gradients for the two weights of units that read two sigmoid units.

    Angles are folded so that g and -g count as one direction; the allowed quadrants are then (0, 90) degrees.
    """
    data = digits_split(seed)
    net = make_net("sigmoid", (2, 30), seed)
    angles = []
    for i in range(200):
        _, grads = loss_and_grads(net, cross_entropy, data.x[i : i + 1], data.y[i : i + 1])
        angles.append(
            np.degrees(np.arctan2(grads["2.weight"][1, 0], grads["2.weight"][0, 0])) % 180
        )
    low, high = np.percentile(angles, (5, 95))
    return {
        "in_quadrants": 100 * float(np.mean(np.less(angles, 90))),
        "spread": float(high - low),
        "angles": angles,
    }


SIGNS = Experiment("signs", sign_shares)
DIRECTIONS = Experiment("directions", gradient_directions)

"""How far may the scale of the initial weights be off, with batch norm and without?"""

from math import sqrt

import numpy as np

from nnbook.experiments.nets import digits_split, test_accuracy, train_net
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm

HIDDEN, EPOCHS, BATCH = (100,) * 6, 5, 50
# Of He's standard deviation: from a thousandth to 30 times.
FACTORS = (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
SIGMA_W = tuple(sqrt(2) * factor for factor in FACTORS)
AROUND = (0.1, 1.0, 10.0)


def scaled_run(
    norm: str, factor: float, rate: float, seed: int, repair: str = ""
) -> tuple[float, float]:
    """Training loss and test accuracy in percent after a start from `factor` times He's weights.

    Repairs: "epsilon" makes it 1e-12; "output" gives the last layer, which no norm follows, He's weights.
    """
    data = digits_split(seed)
    net = norm_net(norm, HIDDEN, seed, factor=factor)
    if repair == "output":
        net.layers[-1].params["weight"] /= np.float32(factor)
    if repair == "epsilon":
        for layer in net.layers:
            if isinstance(layer, BatchNorm):
                layer.eps = 1e-12
    if not train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH):
        return float("inf"), 0.0
    loss, _ = cross_entropy(net(data.x)[0], data.y)
    return float(loss), test_accuracy(net, data)


def scale_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent, from He's weights."""
    return scaled_run(arm, 1.0, rate, seed)[1]


def best_of(runs: list[tuple[float, float]]) -> float:
    """The accuracy of the run with the lowest training loss; a loss that is no number counts as infinite."""
    return min(runs, key=lambda run: run[0] if run[0] == run[0] else float("inf"))[1]


def three_runs(
    norm: str, factor: float, rate: float, seed: int, repair: str = ""
) -> list[tuple[float, float]]:
    """The runs at a tenth of the rate, at the rate and at ten times the rate."""
    return [scaled_run(norm, factor, around * rate, seed, repair) for around in AROUND]


def scales(seed: int, rates: Rates) -> Outcome:
    """Accuracy by factor: at the rate for He's weights, and at the best of it, a tenth and ten times it."""
    outcome: Outcome = {}
    for norm, rate in rates.items():
        runs = [three_runs(norm, factor, rate, seed) for factor in FACTORS]
        best, same = [best_of(row) for row in runs], [row[1][1] for row in runs]
        home = best[FACTORS.index(1.0)]
        outcome |= {f"{norm}_best": best, f"{norm}_same": same}
        outcome |= {
            f"{norm}_home": home,
            f"{norm}_lost_tiny": home - best[0],
            f"{norm}_lost_small": home - best[1],
            f"{norm}_lost_large": home - best[-1],
            f"{norm}_lost_same_rate": same[FACTORS.index(1.0)] - min(same),
        }
    home, rate = outcome["batch_home"], rates["batch"]
    for name, factor, repair in (
        ("tiny", FACTORS[0], "epsilon"),
        ("large", FACTORS[-1], "output"),
    ):
        repaired = best_of(three_runs("batch", factor, rate, seed, repair))
        outcome[f"batch_lost_{name}_{repair}"] = home - repaired
    return outcome


SCALES = Experiment(
    "norm_scales",
    scales,
    seeds=10,
    trial=scale_score,
    arms=("plain", "batch"),
    grid=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

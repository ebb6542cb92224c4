"""Does one pass with scaled outputs give the mean over dropout's masks? Exactly, nearly, and how nearly."""

from dataclasses import replace
from itertools import product
from math import log10

import numpy as np

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.experiments.nets import Split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.regularization.recipes import Labels, Plan, Recipe, trained
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy
from nnbook.regularization import Dropout

TESTED = 200
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200)  # masks to average over
ONE = Plan(examples=600, hidden=(100,), batch=50, epochs=30)
TWO = replace(ONE, hidden=(100, 100))
ARMS = {
    "one": (Recipe(dropout=0.5), ONE),
    "two": (Recipe(dropout=0.5), TWO),
    "fifth": (Recipe(dropout=0.2), TWO),
}
UNITS = 4096  # of a fully connected layer of AlexNet


def masks_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(*ARMS[arm], rate, seed))


def mean_over_all_masks(x: Array, w: Array, rate: float) -> float:
    """The mean output of a linear unit over all 2^n masks, each with its probability; nothing is divided."""
    masks = np.array(list(product((0, 1), repeat=len(x))))
    kept = masks.sum(axis=1)
    probabilities = (1 - rate) ** kept * rate ** (len(x) - kept)
    return float(probabilities @ (masks * x) @ w)


def masked_logits(net: Sequential, x: Array, masks: int) -> Array:
    """Logits of shape (masks, N, classes), each with a fresh mask for every example."""
    return np.stack([net(x, training=True)[0] for _ in range(masks)])


def scaled_logits(net: Sequential, x: Array, factor: float) -> Array:
    """Logits at inference, with the outputs of every hidden layer multiplied by `factor` where masks were."""
    for layer in net.layers:
        x = factor * x if isinstance(layer, Dropout) else layer(x)[0]
    return x


def centered(logits: Array) -> Array:
    """Logits less their mean over the classes, which softmax does not see."""
    return np.asarray(logits - logits.mean(axis=-1, keepdims=True))


def rms(x: Array) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))


def compared(net: Sequential, data: Split) -> Outcome:
    """One pass without masks beside the mean of many: logits, accuracy by number of masks, and loss."""
    x, y = data.x_test[:TESTED], data.y_test[:TESTED]
    drawn, one_pass = masked_logits(net, x, max(COUNTS)), net(x)[0]
    off = centered(drawn.mean(axis=0) - one_pass)
    chance = centered(drawn).std(axis=0) / np.sqrt(len(drawn))
    averages = softmax(drawn).cumsum(axis=0)
    means = {n: averages[n - 1] / n for n in COUNTS}
    ensemble, single = means[max(COUNTS)], softmax(one_pass)
    return {
        "logit_error": 100 * rms(off) / rms(centered(one_pass)),
        "over_chance": rms(off) / rms(chance),
        "moved": 50 * float(np.abs(ensemble - single).sum(axis=1).mean()),
        "accuracy_masks": [100 * accuracy(p, y) for p in means.values()],
        "loss_masks": [_log_loss(p, y) for p in means.values()],
        "accuracy_gap": 100 * (accuracy(single, y) - accuracy(ensemble, y)),
        "loss_gap": _log_loss(single, y) - _log_loss(ensemble, y),
        "accuracy": 100 * accuracy(single, y),
        "loss": _log_loss(single, y),
    }


def wrong_rules(net: Sequential, data: Split, rate: float) -> Outcome:
    """Accuracy and loss if the factor at test is wrong; 1 is right, since training divided by 1 - rate."""
    factors = {"twice": 1 - rate, "forgotten": 1 / (1 - rate), "swapped": rate / (1 - rate)}
    outcome: Outcome = {}
    for name, factor in factors.items():
        logits = scaled_logits(net, data.x_test, factor)
        outcome[f"accuracy_{name}"] = 100 * accuracy(logits, data.y_test)
        outcome[f"loss_{name}"] = cross_entropy(logits, data.y_test)[0]
    right = net(data.x_test)[0]
    outcome["accuracy_right"] = 100 * accuracy(right, data.y_test)
    return outcome | {"loss_right": cross_entropy(right, data.y_test)[0]}


def masks(seed: int, rates: Rates) -> Outcome:
    """The rule on a linear unit, on nets with one and two hidden layers, and wrong rules at rate 0.2."""
    rng = np.random.default_rng([seed, 6])
    x, w = rng.standard_normal((2, 10))
    outcome: Outcome = {
        "linear_distance": max(
            abs(mean_over_all_masks(x, w, rate) - (1 - rate) * float(x @ w))
            for rate in (0.2, 0.5, 0.7)
        )
    }
    nets = {arm: trained(*how, rates[arm], seed) for arm, how in ARMS.items()}
    for arm, (net, data) in nets.items():
        outcome |= {f"{arm}_{key}": value for key, value in compared(net, data).items()}
    return outcome | wrong_rules(*nets["fifth"], ARMS["fifth"][0].dropout)


def mask_count(_seed: int) -> Outcome:
    """How many masks 4096 units have, as the nearest power of ten, and its digits written out."""
    return {"power": round(UNITS * log10(2)), "digits": len(str(2**UNITS))}


def _log_loss(probabilities: Array, labels: Labels) -> float:
    """Mean of minus the logarithm of the probability of the right class, in nats."""
    right = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())


MASKS = Experiment(
    "masks", masks, trial=masks_score, arms=tuple(ARMS), grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
)
MASK_COUNT = Experiment("mask_count", mask_count, seeds=1)

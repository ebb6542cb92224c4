"""Do probabilities say how often they are right? And what a temperature does about it."""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import minimize_scalar

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.ensembles import average_probabilities
from nnbook.experiments.ensembles.combining import Labels
from nnbook.experiments.ensembles.members import PLANS, members, test_logits
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Outcome
from nnbook.losses import cross_entropy
from nnbook.metrics import accuracy, expected_calibration_error, negative_log_likelihood


def temperature(logits: Array, labels: Labels) -> float:
    """The T for which softmax(logits / T) has the smallest cross-entropy with these labels.

    In 1 / T the loss is convex, so that the search cannot stop in a valley of its own (Guo et al. 2017).
    """
    best = minimize_scalar(
        lambda log_t: cross_entropy(logits / np.exp(log_t), labels)[0],
        bounds=(-3, 3),
        method="bounded",
    )
    return float(np.exp(best.x))


def overconfidence(probabilities: Array, labels: Labels) -> float:
    """Mean highest probability minus accuracy, in points: 0 for the calibrated, above it for the too sure."""
    return float(100 * (probabilities.max(axis=1).mean() - accuracy(probabilities, labels)))


def five_ways(logits: Array, labels: Labels) -> tuple[dict[str, Array], Labels]:
    """Probabilities for the second half of the examples: one net and an ensemble, as they are and tempered.

    Temperatures are fitted on the first half. `pooled` averages members tempered each by its own
    temperature; `ensemble_tempered` tempers the average.

    Args:
        logits: of shape (members, N, classes); the one net is the first.
        labels: N of them.
    """
    half = len(labels) // 2
    known, new = logits[:, :half], logits[:, half:]
    each = [temperature(member, labels[:half]) for member in known]
    joint = np.log(average_probabilities(known))
    ensemble = average_probabilities(new)
    tempered = softmax(np.log(ensemble) / temperature(joint, labels[:half]))
    ways = {
        "net": softmax(new[0]),
        "net_tempered": softmax(new[0] / each[0]),
        "ensemble": ensemble,
        "pooled": average_probabilities([z / t for z, t in zip(new, each, strict=True)]),
        "ensemble_tempered": tempered,
    }
    return ways, labels[half:]


def gathered(lr: float, seeds: Iterable[int], count: int) -> tuple[dict[str, Array], Labels]:
    """The `five_ways` of nets that learned 200 digits, of several splits one after the other."""
    found = []
    for seed in seeds:
        data = digits_split(seed, 200)
        nets = members(data, PLANS[200], lr, seed, count)
        found.append(five_ways(test_logits(nets, data), data.y_test))
    ways = {name: np.concatenate([each[name] for each, _ in found]) for name in found[0][0]}
    return ways, np.concatenate([labels for _, labels in found])


def calibration(logits: Array, labels: Labels) -> Outcome:
    """Calibration error in points, overconfidence in points and loss in nats of all `five_ways`."""
    ways, rest = five_ways(logits, labels)
    outcome: Outcome = {}
    for name, p in ways.items():
        outcome[f"ece_{name}"] = 100 * expected_calibration_error(p, rest)
        outcome[f"over_{name}"] = overconfidence(p, rest)
        outcome[f"nll_{name}"] = negative_log_likelihood(p, rest)
    return outcome

"""How much better are ten nets together than one of them, and than one net ten times as wide?"""

import numpy as np

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.ensembles import average_probabilities
from nnbook.experiments.ensembles.calibration import calibration
from nnbook.experiments.ensembles.combining import (
    Labels,
    average_logits,
    by_count,
    expected_brier,
    vote,
)
from nnbook.experiments.ensembles.members import PLANS, WIDTH, member, members, test_logits
from nnbook.experiments.nets import digits_split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.metrics import accuracy, negative_log_likelihood

COUNT, TRIAL_COUNT = 10, 3
SMALL = 200
GRID = (0.003, 0.01, 0.03, 0.1, 0.3)
ARMS = ("single 200", "ensemble 200", "wide 200", "single 1200", "ensemble 1200")


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent: of an ensemble of three, of one member on average, or of the wide net."""
    kind, size = arm.split()
    plan = PLANS[int(size)]
    data = digits_split(seed, plan.examples)
    if kind == "wide":
        return test_accuracy(member(data, plan, lr, seed, seed, COUNT * WIDTH), data)
    logits = test_logits(members(data, plan, lr, seed, TRIAL_COUNT), data)
    if kind == "single":
        return float(np.mean(accuracies(logits, data.y_test)))
    return 100 * accuracy(average_probabilities(logits), data.y_test)


def accuracies(logits: Array, labels: Labels) -> list[float]:
    """Of each member, in percent."""
    return [100 * accuracy(member, labels) for member in logits]


def answers(size: int, seed: int, rates: Rates) -> tuple[Array, Array]:
    """Test logits of ten nets at the best rate for one of them, and at the best rate for an ensemble."""
    data, plan = digits_split(seed, PLANS[size].examples), PLANS[size]
    wanted = [rates[f"{kind} {size}"] for kind in ("single", "ensemble")]
    found = {lr: test_logits(members(data, plan, lr, seed, COUNT), data) for lr in set(wanted)}
    return found[wanted[0]], found[wanted[1]]


def compared(alone: Array, logits: Array, labels: Labels) -> Outcome:
    """An ensemble and its gain over one net; and its members, put together in other ways."""
    single = accuracies(alone, labels)
    ensemble = 100 * accuracy(average_probabilities(logits), labels)
    return {
        "single": np.mean(single),
        "ensemble": ensemble,
        "gain": ensemble - np.mean(single),
        "errors_left": (100 - ensemble) / (100 - np.mean(single)),
        "over_best": ensemble - max(single),
        "logits": 100 * accuracy(average_logits(logits), labels) - ensemble,
        "votes": 100 * accuracy(vote(logits), labels) - ensemble,
        "members": single,
    } | losses(logits, labels)


def losses(logits: Array, labels: Labels) -> Outcome:
    """Mean loss of the members, and what is left of it by averaging probabilities and by averaging logits."""
    return {
        "loss_members": np.mean([negative_log_likelihood(softmax(z), labels) for z in logits]),
        "loss_ensemble": negative_log_likelihood(average_probabilities(logits), labels),
        "loss_logits": negative_log_likelihood(average_logits(logits), labels),
    }


def ensemble(seed: int, rates: Rates) -> Outcome:
    """Everything of `compared` for 200 and 1200 digits; for 200 also a wide net, calibration, and curves."""
    outcome: Outcome = {}
    for size in PLANS:
        labels = digits_split(seed, size).y_test
        alone, logits = answers(size, seed, rates)
        found = compared(alone, logits, labels)
        outcome |= {f"{key}_{size}": value for key, value in found.items()}
        if size == SMALL:
            outcome |= curves(logits, labels) | calibration(logits, labels)
    wide = score(f"wide {SMALL}", rates[f"wide {SMALL}"], seed)
    return outcome | {"over_wide": outcome[f"ensemble_{SMALL}"] - wide}


def curves(logits: Array, labels: Labels) -> Outcome:
    """Scores by the number of members, and what theory expects of the Brier score."""
    counts = np.arange(1, len(logits) + 1)
    found = {f"{key}_by_count": row for key, row in by_count(logits, labels).items()}
    return found | {"brier_expected": expected_brier(softmax(logits), labels, counts)}


ENSEMBLE = Experiment("ensemble", ensemble, trial=score, arms=ARMS, grid=GRID)

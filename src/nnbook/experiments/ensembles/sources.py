"""What must differ between the members: the first weights, the order of the examples, or the examples?"""

import numpy as np

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.ensembles import average_probabilities
from nnbook.experiments.ensembles.combining import spread
from nnbook.experiments.ensembles.gains import COUNT, TRIAL_COUNT, accuracies
from nnbook.experiments.ensembles.members import PLANS, SOURCES, members, test_logits
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.metrics import accuracy

ARMS = tuple(SOURCES)
GRID = (0.01, 0.03, 0.1, 0.3)


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent of an ensemble of three."""
    data = digits_split(seed, 200)
    logits = test_logits(members(data, PLANS[200], lr, seed, TRIAL_COUNT, arm), data)
    return 100 * accuracy(average_probabilities(logits), data.y_test)


def disagreement(logits: Array) -> float:
    """How often two members choose different classes, in percent, on average over pairs."""
    count, classes = len(logits), logits.shape[-1]
    votes = np.eye(classes)[logits.argmax(axis=-1)].sum(axis=0)
    same = (votes * (votes - 1)).sum(axis=-1) / (count * (count - 1))
    return float(100 * (1 - same.mean()))


def sources(seed: int, rates: Rates) -> Outcome:
    """Accuracy of the ensemble, of its members, and how they differ, by what they do not share."""
    data = digits_split(seed, 200)
    outcome: Outcome = {}
    for arm in ARMS:
        nets = members(data, PLANS[200], rates[arm], seed, COUNT, arm)
        logits = test_logits(nets, data)
        ensemble = 100 * accuracy(average_probabilities(logits), data.y_test)
        alone = np.mean(accuracies(logits, data.y_test))
        outcome |= {
            f"ensemble_{arm}": ensemble,
            f"alone_{arm}": alone,
            f"apart_{arm}": disagreement(logits),
            f"spread_{arm}": spread(softmax(logits)),
        }
    return outcome | {
        f"lead_{arm}": outcome[f"ensemble_{arm}"] - outcome["ensemble_both"]
        for arm in ARMS
        if arm != "both"
    }


SOURCE_GAINS = Experiment("sources", sources, seeds=10, trial=score, arms=ARMS, grid=GRID)

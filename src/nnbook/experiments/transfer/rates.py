"""At which learning rate is a pre-trained net to be fine-tuned, if labels are few?"""

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.transfer.labels import LITTLE
from nnbook.experiments.transfer.tasks import digits_task, few
from nnbook.experiments.transfer.ways import (
    HIDDEN,
    MOMENTUM,
    SOURCE_RATE,
    UPDATES,
    WAYS,
    assemble,
    pretrained,
    source_net,
    steps,
)
from nnbook.optimizers import SGD
from nnbook.transfer import LayerRates

TASKS = ("similar", "parity")
# Of the rate that the source was learned at.
FACTORS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
GRID = tuple(float(f"{SOURCE_RATE * factor:.6g}") for factor in FACTORS)
ARMS = tuple(f"{kind}_{task}" for kind in ("source", "fine", "body") for task in TASKS)
HEAD = "4"  # the layer of the net that is new


def tuned_accuracy(task: str, head: float, body: float, seed: int) -> float:
    """Test accuracy in percent after fine-tuning with one rate for the new head and one for all below."""
    data = few(digits_task(task, seed).target, LITTLE)
    net = assemble(WAYS["all"], source_net(task, seed), data, HIDDEN, seed)
    optimizer = LayerRates(SGD(body, MOMENTUM), {HEAD: head / body})
    for _ in steps(net, data, optimizer, seed, UPDATES):
        pass
    return test_accuracy(net, data)


def rate_score(arm: str, rate: float, seed: int) -> float:
    """Accuracy in percent: of the source net on its own task, or of one that is fine-tuned.

    "body" keeps the head at the source's rate and gives the given one to the layers below.
    """
    kind, task = arm.split("_")
    if kind == "source":
        source = digits_task(task, seed).source
        return test_accuracy(pretrained(source, seed, rate=rate), source)
    return tuned_accuracy(task, rate if kind == "fine" else SOURCE_RATE, rate, seed)


def sweep(seed: int, rates: Rates) -> Outcome:
    """Accuracy at every rate; a tenth of the source's rate against that rate and the best one.

    The rates of the "source" and "body" arms are recorded beside: is the source's own rate a good one?
    """
    outcome: Outcome = {}
    for task in TASKS:
        fine = {rate: tuned_accuracy(task, rate, rate, seed) for rate in GRID}
        body = {rate: tuned_accuracy(task, SOURCE_RATE, rate, seed) for rate in GRID}
        tenth, full = (GRID[FACTORS.index(factor)] for factor in (0.1, 1.0))
        best = rates[f"fine_{task}"]
        outcome |= {
            f"curve_fine_{task}": list(fine.values()),
            f"curve_body_{task}": list(body.values()),
            f"gain_{task}": fine[tenth] - fine[full],
            f"lost_{task}": fine[best] - fine[tenth],
            f"body_gain_{task}": body[tenth] - body[full],
        }
    return outcome


RATE_SWEEP = Experiment("transfer-rates", sweep, trial=rate_score, arms=ARMS, grid=GRID)

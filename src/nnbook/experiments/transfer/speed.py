"""Does pre-training buy accuracy or time? Updates to an accuracy, and what is left after a long training."""

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.transfer.labels import COUNTS, LITTLE
from nnbook.experiments.transfer.tasks import digits_task, few
from nnbook.experiments.transfer.ways import (
    HIDDEN,
    MOMENTUM,
    UPDATES,
    WAYS,
    assemble,
    source_net,
    steps,
    transferred,
)
from nnbook.optimizers import SGD

TASKS = ("similar", "parity")
# Percent of the test examples: about two points below what a long training from scratch comes to.
GOALS = {"similar": 95.0, "parity": 93.0}
LONGER = 3  # times as many updates for the net from scratch
EVERY, LIMIT = 2, 600
GRID = (0.0005, 0.002, 0.008, 0.03, 0.12, 0.5)
ARMS = tuple(
    f"{kind} {task} {way}"
    for kind in ("speed", "little", "much")
    for task in TASKS
    for way in ("scratch", "all")
)


def amount(kind: str, task: str) -> int:
    """Training examples per class: few for "little", else all that the other experiments have."""
    return LITTLE if kind == "little" else COUNTS[task][-1]


def updates_to(task: str, way: str, rate: float, seed: int) -> int:
    """Updates until the goal is reached on the test part, looked at every EVERY updates; at most LIMIT."""
    data = few(digits_task(task, seed).target, amount("speed", task))
    net = assemble(WAYS[way], source_net(task, seed), data, HIDDEN, seed)
    for step in steps(net, data, SGD(rate, MOMENTUM), seed, LIMIT):
        done = step.index + 1
        if done % EVERY == 0 and test_accuracy(net, data) >= GOALS[task]:
            return done
    return LIMIT


def after(kind: str, task: str, way: str, rate: float, seed: int, times: int) -> float:
    """Test accuracy in percent after `times` the usual number of updates."""
    data = few(digits_task(task, seed).target, amount(kind, task))
    source = source_net(task, seed)
    return test_accuracy(
        *transferred(WAYS[way], source, data, rate, seed, updates=times * UPDATES)
    )


def speed_score(arm: str, rate: float, seed: int) -> float:
    """The fewer updates to the goal the better, or the accuracy: from scratch after the longer training."""
    kind, task, way = arm.split()
    if kind == "speed":
        return -float(updates_to(task, way, rate, seed))
    return after(kind, task, way, rate, seed, LONGER if way == "scratch" else 1)


def speed(seed: int, rates: Rates) -> Outcome:
    """How many times faster the fine-tuned net is, and what it is ahead of one that trained longer."""
    outcome: Outcome = {}
    for task in TASKS:
        scratch, tuned = (
            updates_to(task, way, rates[f"speed {task} {way}"], seed)
            for way in ("scratch", "all")
        )
        outcome |= {
            f"speed_{task}": scratch / tuned,
            f"updates_scratch_{task}": scratch,
            f"updates_tuned_{task}": tuned,
        }
        for kind in ("much", "little"):
            arms = {way: f"{kind} {task} {way}" for way in ("scratch", "all")}
            ahead = speed_score(arms["all"], rates[arms["all"]], seed)
            long = speed_score(arms["scratch"], rates[arms["scratch"]], seed)
            outcome[f"gap_{kind}_{task}"] = ahead - long
    return outcome


HEAD_START = Experiment("transfer-speed", speed, trial=speed_score, arms=ARMS, grid=GRID)

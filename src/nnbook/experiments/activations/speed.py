"""How many updates until the training error is down to 25%, and to 1%? The experiment behind the "6x"."""

import numpy as np

from nnbook.experiments.nets import Split, digits_split, make_net, train_steps
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.metrics import accuracy
from nnbook.optimizers import SGD

LIMIT, BATCH = 2500, 10
FUNCTIONS, DEPTHS, TARGETS = ("relu", "tanh", "sigmoid", "leaky_relu"), (1, 3), (25, 1)


def checkpoints() -> list[int]:
    """The updates after which the error is looked at: the first 20, then 5% more each time."""
    marks = list(range(1, 21))
    while marks[-1] < LIMIT:
        marks.append(min(LIMIT, int(np.ceil(marks[-1] * 1.05))))
    return marks


def error_curve(
    net: Sequential, data: Split, seed: int, rate: float, target: float
) -> list[float]:
    """Training error in percent at each checkpoint, until the target or the limit is reached."""
    marks, errors = set(checkpoints()), []
    epochs = -(-LIMIT * BATCH // len(data.x))
    optimizer = SGD(rate, momentum=0.9)
    for step in train_steps(net, data, optimizer, seed, epochs=epochs, batch=BATCH):
        if step.index + 1 in marks:
            errors.append(100 * (1 - accuracy(net(data.x)[0], data.y)))
            if errors[-1] <= target or not np.isfinite(step.loss):
                break
    return errors


def arm_curve(arm: str, rate: float, seed: int) -> list[float]:
    """The error curve of an arm such as "relu 3 25": activation, hidden layers, target in percent."""
    activation, depth, target = arm.split()
    data = digits_split(seed)
    return error_curve(
        make_net(activation, (100,) * int(depth), seed), data, seed, rate, float(target)
    )


def updates_needed(arm: str, rate: float, seed: int) -> float:
    """Updates until the target is reached; the limit if it is not."""
    errors = arm_curve(arm, rate, seed)
    reached = errors[-1] <= float(arm.split()[2])
    return float(checkpoints()[len(errors) - 1] if reached else LIMIT)


def updates_score(arm: str, rate: float, seed: int) -> float:
    """The fewer updates the better; on the log scale, so that one slow seed does not decide."""
    return -float(np.log(updates_needed(arm, rate, seed)))


def speed(seed: int, rates: Rates) -> Outcome:
    """Updates of every arm, and their ratio to ReLU's at the same depth and target."""
    updates = {arm: updates_needed(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {
        f"updates_{arm.replace(' ', '_')}": count for arm, count in updates.items()
    }
    for arm, count in updates.items():
        activation, depth, target = arm.split()
        if activation != "relu":
            outcome[f"{activation}_{depth}_{target}"] = (
                count / updates[f"relu {depth} {target}"]
            )
    for activation in FUNCTIONS[:3]:
        arm = f"{activation} 3 1"
        outcome[f"curve_{activation}_3"] = arm_curve(arm, rates[arm], seed)
    return outcome


SPEED = Experiment(
    "speed",
    speed,
    trial=updates_score,
    arms=tuple(
        f"{f} {depth} {target}" for f in FUNCTIONS for depth in DEPTHS for target in TARGETS
    ),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)

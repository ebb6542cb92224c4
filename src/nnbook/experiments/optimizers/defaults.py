"""How much is lost by leaving Adam at its default rate?"""

from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.optimizers import SGD, Adam, Optimizer

EXAMPLES, BATCH, EPOCHS = 600, 32, 40
# Hidden widths by task.
TASKS: dict[str, tuple[int, ...]] = {"linear": (), "wide": (100,), "deep": (32,) * 5}
ARMS = tuple(f"{method}_{task}" for method in ("adam", "momentum") for task in TASKS)
GRID = (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3)
DEFAULTS = (1e-3, 5e-4)


def accuracy(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent after a fixed number of epochs at a constant rate."""
    method, task = arm.split("_")
    optimizer: Optimizer = Adam(lr) if method == "adam" else SGD(lr, 0.9)
    data, net = digits_split(seed, EXAMPLES), make_net("relu", TASKS[task], seed)
    learn(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def defaults(seed: int, rates: Rates) -> Outcome:
    """Accuracy at the default rates, and at the best one of each method, for each task."""
    outcome: Outcome = {}
    for task in TASKS:
        best = accuracy(f"adam_{task}", rates[f"adam_{task}"], seed)
        sgd = accuracy(f"momentum_{task}", rates[f"momentum_{task}"], seed)
        outcome[f"best_{task}"], outcome[f"momentum_gain_{task}"] = best, sgd - best
        for name, lr in zip(("0.001", "0.0005"), DEFAULTS, strict=True):
            outcome[f"lost_{task}_{name}"] = best - accuracy(f"adam_{task}", lr, seed)
        one = accuracy(f"momentum_{task}", 0.01, seed)
        outcome[f"momentum_lost_{task}"] = sgd - one
    return outcome


DEFAULT = Experiment("adam-default", defaults, seeds=20, trial=accuracy, arms=ARMS, grid=GRID)

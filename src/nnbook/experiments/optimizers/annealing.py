"""Does a falling learning rate help on digits, some of which are labeled wrong?"""

from nnbook.experiments.nets import make_net, test_accuracy
from nnbook.experiments.optimizers.runs import learn, mislabeled
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.optimizers import SGD
from nnbook.schedules import Schedule, constant, cosine, linear, step_decay

ARMS = ("constant", "step", "linear", "cosine")
GRID = (3e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
EXAMPLES, BATCH, EPOCHS, WRONG = 600, 32, 15, 0.1
STEPS = EPOCHS * -(-EXAMPLES // BATCH)


def shaped(arm: str, lr: float) -> Schedule:
    """A schedule over STEPS updates that starts at lr."""
    if arm == "constant":
        return constant(lr)
    if arm == "step":
        return step_decay(lr, [STEPS // 2, 3 * STEPS // 4])
    return {"linear": linear, "cosine": cosine}[arm](lr, STEPS)


def accuracy(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent; the test labels are right."""
    data, net = mislabeled(seed, EXAMPLES, WRONG), make_net("relu", (50,), seed)
    learn(net, data, SGD(shaped(arm, lr), 0.9), seed, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def annealed(seed: int, rates: Rates) -> Outcome:
    """Accuracy by schedule, each at its own best first rate, and the gain over the constant one."""
    found = {arm: accuracy(arm, rates[arm], seed) for arm in ARMS}
    outcome: Outcome = {f"accuracy_{arm}": value for arm, value in found.items()}
    return outcome | {f"gain_{arm}": found[arm] - found["constant"] for arm in ARMS[1:]}


ANNEALING = Experiment("annealing", annealed, seeds=30, trial=accuracy, arms=ARMS, grid=GRID)

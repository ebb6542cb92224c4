"""May the learning rate grow with the batch?"""

from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.optimizers import SGD
from nnbook.schedules import constant, warmup

BASE, EXAMPLES, EPOCHS = 8, 1200, 8
FACTORS = (2, 4, 8, 16, 32)
POWERS = {"linear": 1.0, "root": 0.5, "same": 0.0}
GRID = (3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)


def accuracy(batch: int, lr: float, seed: int, warm: int = 0) -> float:
    """Test accuracy in percent after EPOCHS epochs of plain SGD, the first `warm` updates of which rise."""
    data, net = digits_split(seed, EXAMPLES), make_net("relu", (50,), seed)
    optimizer = SGD(warmup(warm, constant(lr)))
    learn(net, data, optimizer, seed, epochs=EPOCHS, batch=batch)
    return test_accuracy(net, data)


def trial(_: str, lr: float, seed: int) -> float:
    """The accuracy with the small batch decides on the rate that is then scaled."""
    return accuracy(BASE, lr, seed)


def scaled(seed: int, rates: Rates) -> Outcome:
    """Accuracy lost with a larger batch, by how the rate grows with it; epochs are the same."""
    lr = rates["base"]
    base = accuracy(BASE, lr, seed)
    outcome: Outcome = {"base": base}
    for name, power in POWERS.items():
        lost = [base - accuracy(BASE * k, lr * k**power, seed) for k in FACTORS]
        outcome |= {f"{name}_{k}": value for k, value in zip(FACTORS, lost, strict=True)}
    last = FACTORS[-1]
    updates = -(-EXAMPLES // (BASE * last))
    outcome["warm"] = base - accuracy(BASE * last, lr * last, seed, warm=2 * updates)
    return outcome


SCALING = Experiment("linear-scaling", scaled, seeds=20, trial=trial, arms=("base",), grid=GRID)

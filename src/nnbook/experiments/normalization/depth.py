"""How deep can a ReLU net get with batch norm, and what becomes of its gradients in training?"""

from itertools import islice

from nnbook.experiments.nets import Split, digits_split, test_accuracy, train_net, train_steps
from nnbook.experiments.normalization.gradients import gradient_rms, growth
from nnbook.experiments.normalization.models import norm_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD

WIDTH, BATCH, EPOCHS = 64, 50, 10
DEPTHS, DEEPEST = (6, 15, 30), 30
EARLY = 10


def deep_net(arm: str, seed: int) -> Sequential:
    """The net of an arm such as "batch 30": norm and number of hidden layers."""
    norm, depth = arm.split()
    return norm_net(norm, (WIDTH,) * int(depth), seed)


def deep_accuracy(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    net, data = deep_net(arm, seed), digits_split(seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def growth_now(net: Sequential, data: Split) -> float:
    """Growth of the loss gradient a layer, over all hidden layers, on the first 200 training examples."""
    x, y = data.x[:200], data.y[:200]
    scores, _ = net(x, training=True)
    _, dscores = cross_entropy(scores, y)
    return growth(gradient_rms(net, x, dscores), 1, DEEPEST)


def growth_in_training(rate: float, seed: int) -> list[float]:
    """Growth a layer before training and after 1, 2, ... EARLY updates, deepest net with batch norm."""
    net, data = deep_net(f"batch {DEEPEST}", seed), digits_split(seed)
    found, optimizer = [growth_now(net, data)], SGD(rate, momentum=0.9)
    steps = train_steps(net, data, optimizer, seed, epochs=1, batch=BATCH)
    for _ in islice(steps, EARLY):
        found.append(growth_now(net, data))
    return found


def norm_depth(seed: int, rates: Rates) -> Outcome:
    """Accuracy by depth, batch norm's lead, and the growth of the gradient in the first updates."""
    found = {arm: deep_accuracy(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {arm.replace(" ", "_"): score for arm, score in found.items()}
    outcome |= {f"lead_{d}": found[f"batch {d}"] - found[f"plain {d}"] for d in DEPTHS}
    growths = growth_in_training(rates[f"batch {DEEPEST}"], seed)
    return outcome | {
        "growth_start": growths[0],
        "growth_one": growths[1],
        "growth_ten": growths[-1],
        "growths": growths,
    }


NORM_DEPTH = Experiment(
    "norm_depth",
    norm_depth,
    seeds=10,
    trial=deep_accuracy,
    arms=tuple(f"{norm} {depth}" for norm in ("plain", "batch") for depth in DEPTHS),
    grid=(0.001, 0.003, 0.01, 0.03, 0.1),
)

"""What helps a net that has 200 digits to learn from? And which weights does a penalty make zero?"""

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.regularization.recipes import RECIPES, WAYS, Plan, Recipe, trained
from nnbook.experiments.regularization.sparsity import exactly_zero, near_zero, pruned
from nnbook.losses import cross_entropy

PLAN = Plan(examples=200, hidden=(100, 100), batch=20, epochs=40)


def small_data_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(RECIPES[arm], PLAN, rate, seed))


def measured(recipe: Recipe, rate: float, seed: int) -> Outcome:
    """Accuracies, test loss and sparsity of one net; with its weights near 0 set to 0, too."""
    net, data = trained(recipe, PLAN, rate, seed)
    return {
        "accuracy": test_accuracy(net, data),
        "training": test_accuracy(net, data._replace(x_test=data.x, y_test=data.y)),
        "loss": cross_entropy(net(data.x_test)[0], data.y_test)[0],
        "near": near_zero(net),
        "exact": exactly_zero(net),
        "pruning": test_accuracy(pruned(net), data) - test_accuracy(net, data),
    }


def small_data(seed: int, rates: Rates) -> Outcome:
    """Everything of `measured` for every arm, and what each gains over the plain net, in points and nats.

    The proximal arms are the L1 penalty taken as a step of its own, at the rate of its gradient form.
    """
    arms = {arm: (RECIPES[arm], rate) for arm, rate in rates.items()}
    for strength, recipe in WAYS["proximal"].items():
        arms[f"proximal_{strength:g}"] = recipe, rates[f"l1_{strength:g}"]
    found = {arm: measured(*how, seed) for arm, how in arms.items()}
    plain = found["plain"]
    outcome: Outcome = {}
    for arm, row in found.items():
        outcome |= {f"{key}_{arm}": value for key, value in row.items()}
        outcome[f"gain_{arm}"] = row["accuracy"] - plain["accuracy"]
        outcome[f"loss_change_{arm}"] = row["loss"] - plain["loss"]
    return outcome


SMALL_DATA = Experiment(
    "small_data",
    small_data,
    trial=small_data_score,
    arms=tuple(RECIPES),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3),
)

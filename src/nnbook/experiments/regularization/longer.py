"""Do shifts of the training images help if the nets are trained four times as long?"""

from dataclasses import replace

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.regularization.recipes import RECIPES, trained
from nnbook.experiments.regularization.small_data import PLAN

LONG = replace(PLAN, epochs=160)


def longer_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained(RECIPES[arm], LONG, rate, seed))


def longer(seed: int, rates: Rates) -> Outcome:
    """Accuracy with and without shifts, and the gain in points."""
    plain, shifted = (longer_score(arm, rates[arm], seed) for arm in ("plain", "shift_1"))
    return {"plain_long": plain, "shifted_long": shifted, "gain_long": shifted - plain}


LONGER = Experiment(
    "longer",
    longer,
    seeds=10,
    trial=longer_score,
    arms=("plain", "shift_1"),
    grid=(0.003, 0.01, 0.03, 0.1),
)

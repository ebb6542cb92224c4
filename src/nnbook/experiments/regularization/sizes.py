"""Does it help to shift training images, with 50 digits and with 1200? Does the net then stand shifts?"""

import numpy as np

from nnbook.experiments.nets import Split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.regularization.recipes import (
    RECIPES,
    Plan,
    augmented,
    background,
    trained,
)
from nnbook.layers import Sequential

# 450 and 480 updates
PLANS = {
    50: Plan(examples=50, hidden=(100, 100), batch=20, epochs=150),
    1200: Plan(examples=1200, hidden=(100, 100), batch=50, epochs=20),
}
WAYS = ("plain", "shift_1")


def trained_arm(arm: str, rate: float, seed: int) -> tuple[Sequential, Split]:
    """A net of an arm such as "shift_1 of 50", and its data."""
    way, examples = arm.split(" of ")
    return trained(RECIPES[way], PLANS[int(examples)], rate, seed)


def sizes_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return test_accuracy(*trained_arm(arm, rate, seed))


def moved_accuracy(net: Sequential, data: Split, seed: int) -> float:
    """Test accuracy in percent on images that are shifted by up to one pixel."""
    mean, rng = background(seed, len(data.x)), np.random.default_rng([seed, 9])
    moved = augmented(RECIPES["shift_1"], data.x_test, mean, rng)
    return test_accuracy(net, data._replace(x_test=moved))


def sizes(seed: int, rates: Rates) -> Outcome:
    """Accuracy on test images and on shifted ones for each way and size, and the gains in points."""
    outcome: Outcome = {}
    for size in PLANS:
        arms = [f"{way} of {size}" for way in WAYS]
        nets = [trained_arm(arm, rates[arm], seed) for arm in arms]
        plain, shifted = (test_accuracy(*net) for net in nets)
        plain_moved, shifted_moved = (moved_accuracy(*net, seed) for net in nets)
        outcome |= {
            f"plain_{size}": plain,
            f"shifted_{size}": shifted,
            f"gain_{size}": shifted - plain,
            f"plain_moved_{size}": plain_moved,
            f"shifted_moved_{size}": shifted_moved,
        }
    return outcome


AUGMENTED = Experiment(
    "sizes",
    sizes,
    trial=sizes_score,
    arms=tuple(f"{way} of {size}" for size in PLANS for way in WAYS),
    grid=(0.003, 0.01, 0.03, 0.1, 0.3),
)

"""Does a net learn from the lecture's scales? Tanh at six layers; ReLU with Xavier and He at three depths."""

from functools import partial

from nnbook.experiments.initialization.nets import GRID, HOPELESS_RATES, score, start
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.initializers import Initializer, kaiming_normal, variance_scaling, xavier_normal

SIX = (100,) * 6
# sigma_w: the lecture's standard deviations 0.01, 1/64 and 0.05, times the root of its fan-in 4096.
TANH_SCALES = {"small": 0.64, "xavier": 1.0, "large": 3.2}
WIDTH = 64
RELU_INITS: dict[str, Initializer] = {"xavier": xavier_normal, "he": kaiming_normal}


def scaled(sigma_w: float) -> Initializer:
    """Gaussian weights of variance sigma_w^2 / fan-in."""
    return partial(variance_scaling, scale=sigma_w**2)


def tanh_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a tanh net with six layers of 100 units."""
    return score(start(scaled(TANH_SCALES[arm]), SIX, seed, "tanh"), seed, rate)


def six_tanh_layers(seed: int, rates: Rates) -> Outcome:
    """Accuracy at each of the lecture's three scales."""
    return {f"accuracy_{arm}": tanh_score(arm, rate, seed) for arm, rate in rates.items()}


def relu_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of an arm such as "he 30": initializer and number of layers of 64 units."""
    name, depth = arm.split()
    return score(start(RELU_INITS[name], (WIDTH,) * int(depth), seed), seed, rate)


def relu_depths(seed: int, rates: Rates) -> Outcome:
    """Accuracy of ReLU nets with Xavier's and with He's weights, and He's lead, at each depth."""
    found = {arm: relu_score(arm, rate, seed) for arm, rate in rates.items()}
    found["xavier 30"] = max(relu_score("xavier 30", rate, seed) for rate in HOPELESS_RATES)
    outcome: Outcome = {arm.replace(" ", "_"): value for arm, value in found.items()}
    return outcome | {
        f"he_minus_xavier_{d}": found[f"he {d}"] - found[f"xavier {d}"] for d in (3, 6, 30)
    }


SIX_TANH = Experiment(
    "six_tanh_layers",
    six_tanh_layers,
    seeds=10,
    trial=tanh_score,
    arms=tuple(TANH_SCALES),
    grid=GRID[:-1],
)
RELU_DEPTHS = Experiment(
    "relu_depths",
    relu_depths,
    seeds=10,
    trial=relu_score,
    arms=("xavier 3", "he 3", "xavier 6", "he 6", "he 30"),
    grid=GRID[:-1],
)

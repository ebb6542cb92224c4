"""Gaussian, uniform, or two values only: does the shape of the distribution matter at equal variance?"""

import numpy as np

from nnbook._types import Array
from nnbook.diagnostics import activations_by_layer
from nnbook.experiments.initialization.nets import GRID, score, start
from nnbook.experiments.initialization.signal import rms
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.initializers import Initializer, kaiming_normal, kaiming_uniform

HIDDEN = (100, 100)


def kaiming_signs(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Plus or minus sqrt(2 / fan_in) by the toss of a coin: He's variance with two values only."""
    return np.asarray(np.sqrt(2 / fan_in) * rng.choice([-1.0, 1.0], (fan_in, fan_out)))


INITS: dict[str, Initializer] = {
    "normal": kaiming_normal,
    "uniform": kaiming_uniform,
    "signs": kaiming_signs,
}


def shape_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent."""
    return score(start(INITS[arm], HIDDEN, seed), seed, rate)


def shapes(seed: int, rates: Rates) -> Outcome:
    """Accuracy of each shape minus the normal's, and the rms of the outputs of the tenth fresh layer."""
    found = {arm: shape_score(arm, rate, seed) for arm, rate in rates.items()}
    outcome: Outcome = {f"accuracy_{arm}": value for arm, value in found.items()}
    x = digits_split(seed).x
    for arm, init in INITS.items():
        outputs = activations_by_layer(start(init, (256,) * 10, seed), x)
        outcome[f"signal_{arm}"] = rms(outputs[19]) / rms(outputs[1])
    return outcome | {
        f"{arm}_minus_normal": found[arm] - found["normal"] for arm in ("uniform", "signs")
    }


SHAPES = Experiment("shapes", shapes, trial=shape_score, arms=tuple(INITS), grid=GRID)

"""What is Adam without its bias correction?"""

import numpy as np

from nnbook._types import Params
from nnbook.experiments.nets import digits_split, make_net, test_accuracy
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.optimizers import Adam
from nnbook.schedules import Schedule

BETAS = (0.9, 0.999)
SLOW = (0.9, 0.9999)
ARMS = ("corrected", "uncorrected", "corrected slow", "uncorrected slow")
GRID = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1)
EXAMPLES, BATCH, EPOCHS = 608, 32, 5


def excess(step: int, betas: tuple[float, float] = BETAS) -> float:
    """By what the correction divides the rate at a step, counted from 0: (1 - b1^t) / sqrt(1 - b2^t)."""
    b1, b2 = (beta ** (step + 1) for beta in betas)
    return float((1 - b1) / np.sqrt(1 - b2))


def uncorrected(lr: float, betas: tuple[float, float] = BETAS) -> Schedule:
    """The schedule that turns Adam into Adam without correction (up to eps): it puts back what that takes."""
    return lambda step: lr * excess(step, betas)


def first_step(betas: tuple[float, float], seed: int) -> float:
    """The length of Adam's first step without correction over lr, in each coordinate."""
    grad = np.random.default_rng(seed).standard_normal(100)
    params: Params = {"weight": np.zeros(100)}
    Adam(uncorrected(1.0, betas), betas).step(params, {"weight": grad})
    return float(np.abs(params["weight"]).mean())


def short_run(arm: str, lr: float, seed: int) -> tuple[float, float]:
    """Mean training loss of the last epoch, inf if it overflowed, and test accuracy."""
    data, net = digits_split(seed, EXAMPLES), make_net("relu", (64, 64), seed)
    betas = SLOW if arm.endswith("slow") else BETAS
    optimizer = Adam(uncorrected(lr, betas) if arm.startswith("un") else lr, betas)
    losses = learn(net, data, optimizer, seed, epochs=EPOCHS, batch=BATCH)
    loss = float(np.mean(losses[-(EXAMPLES // BATCH) :]))
    return loss if np.isfinite(loss) else np.inf, test_accuracy(net, data)


def score(arm: str, lr: float, seed: int) -> float:
    """The smaller the loss the better; on the log scale, so that one bad seed does not decide."""
    return -float(np.log(short_run(arm, lr, seed)[0]))


def with_and_without(seed: int, rates: Rates) -> Outcome:
    """First steps, and short trainings on digits at own best rates and at the rate 0.001."""
    found = {arm: short_run(arm, rates[arm], seed) for arm in ARMS}
    default = {arm: short_run(arm, 1e-3, seed) for arm in ARMS[:2]}
    return {
        "first_step": first_step(BETAS, seed),
        "first_step_no_mean": first_step((0.0, BETAS[1]), seed),
        "largest": max(excess(step) for step in range(100)),
        "loss_ratio": found["uncorrected"][0] / found["corrected"][0],
        "loss_ratio_slow": found["uncorrected slow"][0] / found["corrected slow"][0],
        "accuracy_gain": found["corrected"][1] - found["uncorrected"][1],
        "accuracy_gain_slow": found["corrected slow"][1] - found["uncorrected slow"][1],
        "default_ratio": default["uncorrected"][0] / default["corrected"][0],
    }


CORRECTION = Experiment(
    "correction", with_and_without, seeds=20, trial=score, arms=ARMS, grid=GRID
)

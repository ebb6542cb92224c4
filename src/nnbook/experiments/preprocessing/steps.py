"""How many gradient steps does softmax regression take, by preprocessing, and what does it know then?"""

from functools import partial

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split, test_accuracy
from nnbook.experiments.preprocessing.transforms import FITS, prepared
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.initializers import normal
from nnbook.layers import Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

TARGET, LIMIT = 0.05, 1000
NOISE = 2.0  # in gray levels, of 16


def steepest(x: Array) -> float:
    """The largest eigenvalue of E[x x^T], with a constant 1 beside x for the bias."""
    wide = np.column_stack([x.astype(np.float64), np.ones(len(x))])
    return float(np.linalg.eigvalsh(wide.T @ wide / len(x))[-1])


def regress(data: Split, multiple: float) -> tuple[Sequential, int]:
    """Descend from zero on the whole training part until the loss is at most TARGET.

    Args:
        data: preprocessed digits.
        multiple: the learning rate, in units of 1 / steepest(x).

    Returns: the model, and the steps it took; LIMIT if the target was not reached.
    """
    zeros, rng = partial(normal, std=0), np.random.default_rng(0)
    model = Sequential(Linear(data.x.shape[1], 10, rng=rng, init=zeros, dtype=np.float32))
    optimizer = SGD(multiple / steepest(data.x))
    for step in range(LIMIT):
        loss, grads = loss_and_grads(model, cross_entropy, data.x, data.y)
        if loss <= TARGET:
            return model, step
        optimizer.step(model.params, grads)
    return model, LIMIT


def steps_score(arm: str, multiple: float, seed: int) -> float:
    """The fewer steps the better; on the log scale, so that one slow seed does not decide."""
    return -float(np.log(regress(prepared(arm, seed), multiple)[1]))


def noisy_test(arm: str, seed: int) -> Split:
    """The split with Gaussian noise on the raw pixels of the test part, before they are preprocessed."""
    raw = digits_split(seed, scaled=False)
    noise = np.random.default_rng([seed, 3]).standard_normal(raw.x_test.shape)
    apply = FITS[arm](raw.x.astype(np.float64))
    noisy = apply(raw.x_test + NOISE * noise).astype(np.float32)
    return prepared(arm, seed)._replace(x_test=noisy)


def amplification(arm: str, seed: int) -> float:
    """Noise over signal after the map, over noise over signal before: of mean squares, training images."""
    raw = digits_split(seed, scaled=False).x.astype(np.float64)
    apply = FITS[arm](raw)
    noise = NOISE * np.random.default_rng([seed, 4]).standard_normal(raw.shape)
    signal, moved = raw - raw.mean(axis=0), apply(raw + noise) - apply(raw)
    after = (moved**2).mean() / (apply(raw) ** 2).mean()
    return float(after / ((noise**2).mean() / (signal**2).mean()))


def foretold_amplification(variances: Array, epsilon: float) -> float:
    """The same for whitening, from the variances of the data along their principal directions."""
    noise, signal = 1 / (variances + epsilon), variances / (variances + epsilon)
    return float(noise.mean() * variances.mean() / signal.mean())


def steps_needed(seed: int, multiples: Rates) -> Outcome:
    """Steps, accuracy and accuracy on noisy images of every arm; what whitening does to noise."""
    outcome: Outcome = {}
    for arm, multiple in multiples.items():
        data = prepared(arm, seed)
        model, steps = regress(data, multiple)
        outcome[f"steps_{arm}"] = steps
        outcome[f"accuracy_{arm}"] = test_accuracy(model, data)
        noisy = test_accuracy(model, noisy_test(arm, seed))
        outcome[f"noise_cost_{arm}"] = outcome[f"accuracy_{arm}"] - noisy
        if arm.startswith("whitened"):
            outcome[f"amplification_{arm}"] = amplification(arm, seed)
    return outcome | _ratios(outcome)


def _ratios(outcome: Outcome) -> Outcome:
    pairs = (
        ("raw", "centered"),
        ("centered", "one_std"),
        ("centered", "standardized"),
        ("raw", "standardized"),
        ("standardized", WHITENED),
    )
    ratios = {f"{a}_over_{b}": outcome[f"steps_{a}"] / outcome[f"steps_{b}"] for a, b in pairs}
    extra = outcome[f"noise_cost_{WHITENED}"] - outcome["noise_cost_centered"]
    return {**ratios, "extra_noise_cost": extra}


WHITENED = "whitened_1e-05"
STEPS = Experiment(
    "steps",
    steps_needed,
    trial=steps_score,
    arms=tuple(FITS),
    grid=(8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0),
)

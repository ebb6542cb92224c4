"""The lecture's experiment: six layers of 4096 units, five settings; and the gradients that it leaves out."""

import numpy as np

from nnbook.activations import ACTIVATIONS
from nnbook.diagnostics import saturated_fraction
from nnbook.experiments.initialization.signal import (
    Walk,
    rms,
    unit_matrices,
    unit_noise,
    walk,
    weight_gradient_rms,
)
from nnbook.experiments.protocol import Experiment, Outcome

WIDTH, DEPTH, BATCH = 4096, 6, 16
# name -> (activation, standard deviation of the weights), in the order of the slides.
SETTINGS = {
    "tanh_small": ("tanh", 0.01),
    "tanh_large": ("tanh", 0.05),
    "tanh_xavier": ("tanh", 1 / 64),
    "relu_xavier": ("relu", 1 / 64),
    "relu_he": ("relu", 2**0.5 / 64),
}
# How figures call them: function and standard deviation, as on the slides.
NAMES = dict(
    zip(
        SETTINGS,
        ("tanh 0.01", "tanh 0.05", "tanh 1/64", "ReLU 1/64", "ReLU √2/64"),
        strict=True,
    )
)
# What the slides print for each layer: standard deviations, and means where they are not 0.
SLIDE_STD = {
    "tanh_small": (0.49, 0.29, 0.18, 0.11, 0.07, 0.05),
    "tanh_large": (0.87, 0.85, 0.85, 0.85, 0.85, 0.85),
    "tanh_xavier": (0.63, 0.49, 0.41, 0.36, 0.32, 0.30),
    "relu_xavier": (0.58, 0.41, 0.30, 0.21, 0.15, 0.10),
    "relu_he": (0.83, 0.83, 0.83, 0.81, 0.81, 0.81),
}
SLIDE_MEAN = {
    "relu_xavier": (0.39, 0.28, 0.20, 0.14, 0.10, 0.07),
    "relu_he": (0.57, 0.57, 0.56, 0.55, 0.55, 0.55),
}


def five_walks(seed: int) -> dict[str, Walk]:
    """The five settings on the same draws, so that they differ in scale and function alone."""
    rng = np.random.default_rng([seed, 20])
    x, dh = unit_noise(BATCH, WIDTH, rng), unit_noise(BATCH, WIDTH, rng)
    matrices = unit_matrices(WIDTH, DEPTH, rng)
    return {
        name: walk(matrices, activation, std * WIDTH**0.5, x, dh)
        for name, (activation, std) in SETTINGS.items()
    }


def lecture_stack(seed: int) -> Outcome:
    """Statistics of each layer by setting, their distance from the slide's, and what is left of gradients."""
    walks = five_walks(seed)
    outcome: Outcome = {}
    for name, found in walks.items():
        stds, means = [float(h.std()) for h in found.h], [float(h.mean()) for h in found.h]
        off = np.subtract([stds, means], [SLIDE_STD[name], SLIDE_MEAN.get(name, means)])
        outcome |= {f"{name}_std_{i + 1}": std for i, std in enumerate(stds)}
        outcome |= {f"{name}_mean_{i + 1}": mean for i, mean in enumerate(means)}
        outcome |= {
            f"{name}_distance": float(abs(off).max()),
            f"{name}_kept": stds[-1] / stds[0],
            f"{name}_per_layer": (stds[-1] / stds[0]) ** (1 / (DEPTH - 1)),
            f"{name}_rms": [rms(h) for h in found.h],
        }
        outcome |= gradient_statistics(name, found)
    for name in ("tanh_small", "tanh_large"):
        share = np.divide(outcome[f"{name}_dw"], outcome["tanh_xavier_dw"])
        outcome |= {f"{name}_dw_least": share.min(), f"{name}_dw_most": share.max()}
    share = np.divide(outcome["relu_xavier_dw"], outcome["relu_he_dw"])
    return outcome | {"relu_xavier_dw_least": share.min(), "relu_xavier_dw_most": share.max()}


def gradient_statistics(name: str, found: Walk) -> Outcome:
    """The rms of dL/dz and dL/dW by layer, the share left at the bottom, and flat places of the top layer."""
    dz = [rms(d) for d in found.dz]
    pairs = zip(found.inputs, found.dz, strict=True)
    activation, _ = SETTINGS[name]
    _, f_grad = ACTIVATIONS[activation]
    return {
        f"{name}_dz": dz,
        f"{name}_dw": [weight_gradient_rms(x, d) for x, d in pairs],
        f"{name}_left": dz[0] / dz[-1],
        f"{name}_slope": float(f_grad(found.z[-1]).mean()),
        f"{name}_flat": 100 * saturated_fraction(found.z[-1], activation),
    }


LECTURE = Experiment("lecture_stack", lecture_stack, seeds=10)

"""The lecture's five settings through 50 layers, tanh through 100, and the default of PyTorch through ten."""

import numpy as np

from nnbook._types import Array
from nnbook.diagnostics import activations_by_layer, dead_fraction
from nnbook.experiments.initialization.signal import (
    mean_cosine,
    rms,
    unit_matrices,
    unit_noise,
    walk,
)
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import kaiming_normal, variance_scaling
from nnbook.models import mlp

WIDTH, DEPTH, BATCH = 256, 50, 64
SETTINGS = {
    "tanh_small": ("tanh", 0.64),
    "tanh_large": ("tanh", 3.2),
    "tanh_xavier": ("tanh", 1.0),
    "relu_xavier": ("relu", 1.0),
    "relu_he": ("relu", 2**0.5),
}


def deep_stack(seed: int) -> Outcome:
    """What is left of a signal and of a gradient after 50 layers, in each of the five settings."""
    rng = np.random.default_rng([seed, 21])
    x, dh = unit_noise(BATCH, WIDTH, rng), unit_noise(BATCH, WIDTH, rng)
    matrices = unit_matrices(WIDTH, DEPTH, rng)
    outcome: Outcome = {}
    for name, (activation, sigma_w) in SETTINGS.items():
        found = walk(matrices, activation, sigma_w, x, dh)
        signal, gradient = [rms(h) for h in found.h], [rms(dz) for dz in found.dz]
        outcome |= {
            f"deep_{name}_signal": signal,
            f"deep_{name}_gradient": gradient,
            f"deep_{name}_kept": signal[-1] / signal[0],
            f"deep_{name}_left": gradient[0] / gradient[-1],
            f"deep_{name}_cosine": [mean_cosine(h) for h in found.h],
        }
    outcome["deep_cosine"] = outcome["deep_relu_he_cosine"][-1]
    return outcome


def long_tanh(seed: int) -> Outcome:
    """The variance of tanh's outputs over 100 layers of 512 units with Xavier's weights."""
    rng = np.random.default_rng([seed, 22])
    x: Array = unit_noise(BATCH, 512, rng)
    variances = []
    for _ in range(100):
        weight = rng.standard_normal((512, 512), dtype=np.float32) / np.float32(512**0.5)
        x = np.tanh(x @ weight)
        variances.append(float(x.var()))
    return {
        "variances": variances,
        "variance_3": variances[2],
        "variance_10": variances[9],
        "variance_100": variances[-1],
    }


def pytorch_default(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """The weights of PyTorch's Linear unless told otherwise: uniform, of variance 1 / (3 fan_in)."""
    return variance_scaling(fan_in, fan_out, rng=rng, scale=1 / 3, distribution="uniform")


def default_weights(seed: int) -> Outcome:
    """Dead units of ten fresh ReLU layers on digits: PyTorch's default, with its random biases, and He's."""
    data = digits_split(seed)
    outcome: Outcome = {}
    for name, init in (("default", pytorch_default), ("he", kaiming_normal)):
        rng = np.random.default_rng([seed, 23])
        net = mlp((64, *(256,) * 10, 10), rng=rng, init=init, dtype=np.float32)
        for key, bias in net.params.items():
            if name == "default" and key.endswith("bias"):
                limit = 1 / np.sqrt(len(net.params[key.replace("bias", "weight")]))
                bias[:] = rng.uniform(-limit, limit, bias.shape)
        top = activations_by_layer(net, data.x)[19]
        outcome |= {
            f"{name}_dead": 100 * dead_fraction(top),
            f"{name}_spread": float(top.std(axis=0).mean() / rms(top)),
        }
    return outcome


DEEP = Experiment("deep_stack", deep_stack, seeds=20)
LONG_TANH = Experiment("long_tanh", long_tanh, seeds=10)
DEFAULTS = Experiment("default_weights", default_weights)

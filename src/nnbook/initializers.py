"""Initial weights: functions (fan_in, fan_out, *, rng) -> array of shape (fan_in, fan_out).

All but `normal` are `variance_scaling` with other constants. What matters to a net is std * sqrt(fan_in).
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nnbook._checks import check_choice, check_count, check_number, check_positive, check_rng
from nnbook._types import Array

Initializer: TypeAlias = Callable[..., Array]

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("normal", "uniform")


def normal(fan_in: int, fan_out: int, *, rng: np.random.Generator, std: float = 0.01) -> Array:
    """Gaussian weights of a fixed standard deviation, whatever the fan-in."""
    check_number("std", std, 0)
    return std * check_rng(rng).standard_normal(_shape(fan_in, fan_out))


def variance_scaling(
    fan_in: int,
    fan_out: int,
    *,
    rng: np.random.Generator,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
) -> Array:
    """Weights of mean 0 and variance scale / n, with n chosen by `mode`.

    The normal is not truncated, as in PyTorch; JAX and Keras cut it at two standard deviations.

    Args:
        fan_in: number of inputs.
        fan_out: number of units.
        rng: source of randomness.
        scale: the variance times n, above 0.
        mode: "fan_in", "fan_out", or "fan_avg" for their mean.
        distribution: "normal" or "uniform" (on +-sqrt(3 * variance)).
    """
    check_positive("scale", scale)
    check_choice("mode", mode, MODES)
    check_choice("distribution", distribution, DISTRIBUTIONS)
    shape = _shape(fan_in, fan_out)
    n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    std = np.sqrt(scale / n)
    if distribution == "uniform":
        return check_rng(rng).uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)
    return np.asarray(std * check_rng(rng).standard_normal(shape))


def lecun_normal(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Variance 1 / fan_in (LeCun et al. 1998): keeps the variance of a linear layer."""
    return variance_scaling(fan_in, fan_out, rng=rng)


def xavier_normal(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)."""
    return variance_scaling(fan_in, fan_out, rng=rng, mode="fan_avg")


def xavier_uniform(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Uniform weights of variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)."""
    return variance_scaling(fan_in, fan_out, rng=rng, mode="fan_avg", distribution="uniform")


def kaiming_normal(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Variance 2 / fan_in (He et al. 2015): makes up for the half that ReLU sets to zero."""
    return variance_scaling(fan_in, fan_out, rng=rng, scale=2.0)


def kaiming_uniform(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
    """Uniform weights of variance 2 / fan_in (He et al. 2015)."""
    return variance_scaling(fan_in, fan_out, rng=rng, scale=2.0, distribution="uniform")


def _shape(fan_in: int, fan_out: int) -> tuple[int, int]:
    return check_count("fan_in", fan_in), check_count("fan_out", fan_out)

"""Initial weights: functions (fan_in, fan_out, *, rng) -> array of shape (fan_in, fan_out).

The named ones after `variance_scaling` are that with other constants. What matters to a net is
std * sqrt(fan_in). `lsuv` needs a whole model and is in a module of its own.
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
    spread = check_number("std", std, 0)
    return spread * check_rng(rng).standard_normal(_shape(fan_in, fan_out))


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
    scale = check_positive("scale", scale)
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


def constant(
    fan_in: int, fan_out: int, *, rng: np.random.Generator, value: float = 0.0
) -> Array:
    """Every weight the same, so that all units of a layer stay equal; nothing is drawn from rng."""
    check_rng(rng)
    return np.full(_shape(fan_in, fan_out), check_number("value", value))


def orthogonal(
    fan_in: int, fan_out: int, *, rng: np.random.Generator, gain: float = 1.0
) -> Array:
    """A random orthogonal matrix times gain (Saxe et al. 2013): it keeps the length of every vector.

    A matrix that is not square has orthonormal columns, or rows if it has fewer rows. Uniform among
    such matrices: QR alone is not, as the signs of R's diagonal are the algorithm's choice
    (Mezzadri 2007). PyTorch's, transposed.
    """
    gain = check_positive("gain", gain)
    small, large = sorted(_shape(fan_in, fan_out))
    q, r = np.linalg.qr(check_rng(rng).standard_normal((large, small)))
    q *= np.where(np.diag(r) < 0, -gain, gain)
    return q if fan_in >= fan_out else q.T.copy()


def sparse(
    fan_in: int, fan_out: int, *, rng: np.random.Generator, k: int = 10, scale: float = 1.0
) -> Array:
    """Each unit is connected to k inputs, drawn without repetition (Martens 2010); the rest is 0.

    The k weights are normal with variance scale / k, as k is the fan-in that counts; Martens takes
    variance 1. PyTorch takes std 0.01 and, in place of k, a share of zeros in each column of its
    (out, in): for each input, not each unit.
    """
    shape = _shape(fan_in, fan_out)
    check_number("k", check_count("k", k), 1, fan_in)
    scale = check_positive("scale", scale)
    chosen = check_rng(rng).random(shape).argsort(axis=0)[:k]
    weight = np.zeros(shape)
    drawn = np.sqrt(scale / k) * rng.standard_normal((k, fan_out))
    np.put_along_axis(weight, chosen, drawn, axis=0)
    return weight


def _shape(fan_in: int, fan_out: int) -> tuple[int, int]:
    return check_count("fan_in", fan_in), check_count("fan_out", fan_out)

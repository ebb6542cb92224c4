"""The part of gelu and of silu that dies out with |x|, and its slope, in float64.

Both are x p(x) with a probability p for which p(-x) = 1 - p(x). With a = |x| this makes
x p(x) = max(x, 0) - a p(-a): ReLU less a tail, and no small value is the difference of large ones.
All arguments here are at least 0.
"""

import numpy as np
from scipy.special import erfcx, ndtr

from nnbook._types import Array

FAR = 80  # From here on 1 + exp(-t) is 1.


def logistic_tail(a: Array, t: Array) -> Array:
    """The tail a sigmoid(-t)."""
    e, half = _decay(t)
    return np.where(t < FAR, a * e / (1 + e), a * half * half)


def logistic_slope(t: Array, w: Array) -> Array:
    """The slope of a sigmoid(-t(a)), which is sigmoid(-t) - w sigmoid'(t) with w = a t'(a)."""
    e, half = _decay(t)
    return np.where(t < FAR, e * ((1 + e - w) / (1 + e * (2 + e))), (1 - w) * half * half)


def tanh_logit(a: Array) -> tuple[Array, Array]:
    """The t whose sigmoid(t) stands in for Phi(a), and a t'(a) (Hendrycks and Gimpel 2016)."""
    scale, cubic = np.sqrt(8 / np.pi), 0.044715 * a * a * a
    return scale * (a + cubic), scale * (a + 3 * cubic)


def normal_tail(a: Array) -> Array:
    """The tail a Phi(-a)."""
    far = a * _mills(a) * _bell(a)  # the bell last: it may be subnormal
    return np.where(a < 1, a * ndtr(-a), far)


def normal_slope(a: Array) -> Array:
    """The slope of a Phi(-a), which is Phi(-a) - a phi(a)."""
    rise: Array = a / np.sqrt(2 * np.pi)
    return np.where(a < 1, ndtr(-a) - rise * _bell(a), (_mills(a) - rise) * _bell(a))


def _decay(t: Array) -> tuple[Array, Array]:
    """exp(-t) and its square root, which has all its digits where exp(-t) underflows."""
    return np.exp(-t), np.exp(-t / 2)


def _mills(a: Array) -> Array:
    """Phi(-a) exp(a^2 / 2), which falls no faster than 1/a."""
    scaled: Array = erfcx(a / np.sqrt(2))
    return scaled / 2


def _bell(a: Array) -> Array:
    """exp(-a^2 / 2) to 2 ulp; rounding a^2 before the exponential would cost a^2 / 2 of them."""
    head = a.astype(np.float32).astype(np.float64)  # 24 bits of a: their square is exact
    rest: Array = np.exp(-(a - head) * (a + head) / 2)
    return np.exp(-head * head / 2) * rest

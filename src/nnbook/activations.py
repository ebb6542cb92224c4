"""Activation functions, each followed by its derivative with respect to x, and the softmax.

All take arrays of any shape and keep shape and dtype (whole numbers count as float64). NaN stays
NaN, and +-inf gives the limit. Values and slopes lie within 4 ulp of the exact ones, both tails
included (sigmoid_grad(40) is 4.2e-18), unless a docstring says how far off they are, and why.
Complex numbers, objects and text raise ValueError, and so does a parameter outside its range.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nnbook._checks import check_flag, check_number
from nnbook._floats import keeps_dtype, less_max
from nnbook._tails import logistic_slope, logistic_tail, normal_slope, normal_tail, tanh_logit
from nnbook._types import Array

Activation: TypeAlias = Callable[..., Array]

# The pair for which mean 0 and variance 1 are a fixed point (Klambauer 2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@keeps_dtype()
def sigmoid(x: Array) -> Array:
    """Logistic function, 1 / (1 + exp(-x))."""
    e: Array = np.exp(-np.abs(x))  # exp(-x) itself overflows from x = -710 on
    return np.exp(np.minimum(x, 0)) / (1 + e)


@keeps_dtype()
def sigmoid_grad(x: Array) -> Array:
    """Derivative of sigmoid, sigmoid(x) sigmoid(-x) = e / (1 + e)^2 with e = exp(-|x|)."""
    e: Array = np.exp(-np.abs(x))
    return e / (1 + e * (2 + e))  # (1 + e)**2 would round once more


@keeps_dtype()
def tanh(x: Array) -> Array:
    """Hyperbolic tangent, 2 sigmoid(2 x) - 1."""
    return np.tanh(x)


@keeps_dtype()
def tanh_grad(x: Array) -> Array:
    """Derivative of tanh, 4 sigmoid'(2 x): 1 - tanh(x)^2 without its cancellation."""
    with np.errstate(over="ignore"):  # 2 x may become inf, where the slope is 0 all the same
        return 4 * sigmoid_grad(2 * x)


@keeps_dtype()
def relu(x: Array) -> Array:
    """Rectified linear unit, max(x, 0)."""
    return np.maximum(x, 0)


@keeps_dtype()
def relu_grad(x: Array) -> Array:
    """Derivative of relu; at x = 0, where any of [0, 1] would do, it is 0, as in PyTorch and JAX."""
    slope: Array = np.ceil(x.clip(0, 1))
    return slope


@keeps_dtype()
def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """ReLU that leaks, max(x, negative_slope x), with negative_slope in [0, 1] (Maas 2013)."""
    slope = check_number("negative_slope", negative_slope, 0, 1)
    return np.maximum(x, slope * x) if slope else relu(x)  # 0 * inf would be NaN


@keeps_dtype()
def leaky_relu_grad(x: Array, negative_slope: float = 0.01) -> Array:
    """Derivative of leaky_relu; at x = 0 that of the left side, negative_slope, as in PyTorch."""
    slope = check_number("negative_slope", negative_slope, 0, 1)
    return np.maximum(relu_grad(x), slope)


@keeps_dtype()
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Exponential linear unit: x above 0, alpha (exp(x) - 1) below; alpha >= 0 (Clevert 2015)."""
    alpha = check_number("alpha", alpha, 0)
    return relu(x) + alpha * np.expm1(np.minimum(x, 0))


@keeps_dtype()
def elu_grad(x: Array, alpha: float = 1.0) -> Array:
    """Derivative of elu; at x = 0 that of the left side, alpha, as in PyTorch."""
    alpha = check_number("alpha", alpha, 0)
    return np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


@keeps_dtype()
def selu(x: Array) -> Array:
    """Self-normalizing ELU, SELU_SCALE elu(x, SELU_ALPHA) (Klambauer 2017)."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


@keeps_dtype()
def selu_grad(x: Array) -> Array:
    """Derivative of selu; at x = 0 that of the left side, 1.7581, as in PyTorch."""
    return SELU_SCALE * elu_grad(x, SELU_ALPHA)


@keeps_dtype(np.float64)
def gelu(x: Array, approximate: bool = False) -> Array:
    """Gaussian error linear unit, x Phi(x) (Hendrycks and Gimpel 2016).

    With `approximate`, x (1 + tanh(t / 2)) / 2 for t = sqrt(8/pi) (x + 0.044715 x^3), off by 5e-4 at
    most; PyTorch calls it approximate="tanh".

    Float64 loses digits below x = -1: the exact form is good to 8 ulp, because SciPy's erfcx is; the
    approximation to 4 + 4|t|, because rounding t changes exp(t) by as much. Float32 is good to 4 ulp.
    """
    a = np.minimum(np.abs(x), 40)  # the tail is 0 from there on
    exact = not check_flag("approximate", approximate)
    return relu(x) - (normal_tail(a) if exact else logistic_tail(a, tanh_logit(a)[0]))


@keeps_dtype(np.float64)
def gelu_grad(x: Array, approximate: bool = False) -> Array:
    """Derivative of gelu, Phi(x) + x phi(x), or that of its approximation.

    Float64 errs as gelu does. Near the root at x = -0.75, for x in [-1.5, -0.4], two terms cancel and
    the error stays below 2.2e-16, but not below 4 ulp. Subnormal slopes, for x < -37, are good to 16.
    """
    a = np.minimum(np.abs(x), 40)
    exact = not check_flag("approximate", approximate)
    slope = normal_slope(a) if exact else logistic_slope(*tanh_logit(a))
    return np.where(x < 0, slope, 1 - slope)


@keeps_dtype(np.float64)
def silu(x: Array, beta: float = 1.0) -> Array:
    """Swish, x sigmoid(beta x), with beta > 0 (Ramachandran 2018).

    For x < 0 in float64, a beta that is no power of 2 makes it 4 + 2 beta |x| ulp: rounding beta x
    changes exp(beta x) by as much.
    """
    beta = check_number("beta", beta, 0, closed="()")
    a = np.minimum(np.abs(x), 1600 / beta)  # the tail is 0 from there on
    return relu(x) - logistic_tail(a, beta * a)


@keeps_dtype(np.float64)
def silu_grad(x: Array, beta: float = 1.0) -> Array:
    """Derivative of silu, s (1 + beta x (1 - s)) with s = sigmoid(beta x).

    Float64 errs as silu does. Near the root at beta x = -1.28, for beta x in [-2, -0.8], two terms
    cancel and the error stays below 2.2e-16, but not below 4 ulp.
    """
    beta = check_number("beta", beta, 0, closed="()")
    t = beta * np.minimum(np.abs(x), 1600 / beta)
    slope = logistic_slope(t, t)
    return np.where(x < 0, slope, 1 - slope)


@keeps_dtype()
def softplus(x: Array) -> Array:
    """Smooth ReLU, log(1 + exp(x)) (Dugas 2001)."""
    return relu(x) + np.log1p(np.exp(-np.abs(x)))


@keeps_dtype()
def softplus_grad(x: Array) -> Array:
    """Derivative of softplus: the sigmoid."""
    return sigmoid(x)


@keeps_dtype()
def softmax(x: Array, axis: int = -1) -> Array:
    """Scores to probabilities, exp(x) / sum of exp(x) along an axis.

    A score of -inf gets probability 0. A row whose largest score is not finite becomes NaN.
    """
    e: Array = np.exp(less_max(x, axis))
    total: Array = e.sum(axis, keepdims=True)
    return e / total


@keeps_dtype()
def log_softmax(x: Array, axis: int = -1) -> Array:
    """Logarithm of softmax, x - log(sum of exp(x)), finite where softmax itself underflows to 0."""
    z = less_max(x, axis)
    total: Array = np.exp(z).sum(axis, keepdims=True)
    return z - np.log(total)


ACTIVATIONS: dict[str, tuple[Activation, Activation]] = {
    "sigmoid": (sigmoid, sigmoid_grad),
    "tanh": (tanh, tanh_grad),
    "relu": (relu, relu_grad),
    "leaky_relu": (leaky_relu, leaky_relu_grad),
    "elu": (elu, elu_grad),
    "selu": (selu, selu_grad),
    "gelu": (gelu, gelu_grad),
    "silu": (silu, silu_grad),
    "softplus": (softplus, softplus_grad),
}

"""What the functions do to single numbers: slopes far out, identities, moments. Nothing here is random."""

from collections.abc import Callable

import numpy as np

from nnbook._types import Array
from nnbook.activations import elu, leaky_relu, relu, relu_grad, sigmoid, sigmoid_grad, tanh
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Linear, Maxout


def slopes_far_out(_seed: int) -> Outcome:
    """Slopes at 10 and at 0, and from where on each way to compute the sigmoid's slope returns zero."""
    far = np.array([10.0])
    return {
        "slope_share": 100 * float(sigmoid_grad(far)[0] / sigmoid_grad(np.zeros(1))[0]),
        "slope_far": float(sigmoid_grad(far)[0]),
        "relu_slope_far": float(relu_grad(far)[0]),
        "zero_float64": _first_zero(np.float64, naive=False),
        "zero_float32": _first_zero(np.float32, naive=False),
        "zero_naive_float64": _first_zero(np.float64, naive=True),
        "zero_naive_float32": _first_zero(np.float32, naive=True),
    }


def tanh_as_sigmoid(_seed: int) -> Outcome:
    """Largest distance between tanh x and 2 sigmoid(2x) - 1."""
    x = np.linspace(-20, 20, 400_001)
    return {"distance": float(np.abs(tanh(x) - (2 * sigmoid(2 * x) - 1)).max())}


def gaussian_means(_seed: int) -> Outcome:
    """Mean outputs of ELU and ReLU for an input from N(0, 1), by numerical integration."""
    of_elu, of_relu = _gaussian_mean(elu), _gaussian_mean(relu)
    return {"gauss_ratio": of_elu / of_relu, "gauss_elu": of_elu, "gauss_relu": of_relu}


def maxout_contains(_seed: int) -> Outcome:
    """Set a maxout unit's two pieces to equal ReLU, leaky ReLU and |x|; and count parameters."""
    x = np.linspace(-5, 5, 10_001)[:, None]
    targets = {"relu": (0.0, relu(x)), "leaky": (0.01, leaky_relu(x)), "abs": (-1.0, np.abs(x))}
    outcome = {}
    for name, (slope, target) in targets.items():
        unit = Maxout(1, 1, rng=np.random.default_rng(0))
        unit.params["weight"][:, 0, 0] = 1.0, slope
        outcome[f"{name}_distance"] = float(np.abs(unit(x)[0] - target).max())
    rng = np.random.default_rng(0)
    plain, maxout = (
        sum(p.size for p in layer.params.values())
        for layer in (Linear(100, 100, rng=rng), Maxout(100, 100, rng=rng))
    )
    return outcome | {"parameters": maxout / plain}


def _gaussian_mean(f: Callable[[Array], Array]) -> float:
    """E f(z) for z from N(0, 1), summed over cells of width 1e-4 that do not straddle a kink at 0."""
    z = (np.arange(-100_000, 100_000) + 0.5) * 1e-4
    weights = np.exp(-(z**2) / 2)
    return float(f(z) @ weights / weights.sum())


def _first_zero(dtype: type, *, naive: bool) -> float:
    """The smallest x, to four digits, from which on the computed slope is exactly zero."""
    low, high = 1.0, 1e4
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        x: Array = np.array([middle], dtype)
        slope = sigmoid(x) * (1 - sigmoid(x)) if naive else sigmoid_grad(x)
        low, high = (low, middle) if slope[0] == 0 else (middle, high)
    return high


SLOPES = Experiment("slopes", slopes_far_out, seeds=1)
TANH = Experiment("tanh", tanh_as_sigmoid, seeds=1)
MEANS = Experiment("means", gaussian_means, seeds=1)
MAXOUT = Experiment("maxout", maxout_contains, seeds=1)

"""How far is a numerical gradient from the true one, by the step h, the formula and the precision?"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.gradcheck import relative_error
from nnbook.initializers import xavier_normal
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.training import loss_and_grads

STEPS = tuple(10.0 ** (-k / 2) for k in range(2, 27))  # 0.1 down to 1e-13
TRUNCATION, ROUNDING = (1e-3, 0.1), (1e-11, 1e-8)  # where a curve is a straight line in float64
DIRECTIONS, DEPTHS = 30, (1, 2, 5, 10, 20)
CENTRAL = 1e-2  # for second and third derivatives, which the theory needs


def tanh_net(seed: int, dtype: Any = np.float64, depth: int = 1) -> Sequential:
    """A smooth net, 10-20-5 or with more hidden layers."""
    rng = np.random.default_rng([seed, 1])
    sizes = (10, *(20,) * depth, 5)
    return mlp(sizes, rng=rng, activation="tanh", init=xavier_normal, dtype=dtype)


class Slice:
    """A net's loss and its gradient along random directions in the space of all parameters."""

    def __init__(self, net: Sequential, seed: int) -> None:
        rng = np.random.default_rng([seed, 4])
        self.net = net
        dtype = next(iter(net.params.values())).dtype
        self.x = rng.standard_normal((20, 10)).astype(dtype)
        self.y = rng.integers(5, size=20)
        count = sum(p.size for p in net.params.values())
        directions = rng.standard_normal((DIRECTIONS, count))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        self.directions = directions.astype(dtype)
        _, grads = loss_and_grads(net, cross_entropy, self.x, self.y)
        self.slopes = self.directions @ np.concatenate(
            [grads[name].ravel() for name in net.params]
        )

    def values(self, step: float) -> NDArray[np.float64]:
        """The loss after a step along each direction; the parameters are put back."""
        kept = {name: p.copy() for name, p in self.net.params.items()}
        found = []
        for direction in self.directions:
            start = 0
            for name, p in self.net.params.items():
                part = direction[start : start + p.size].reshape(p.shape)
                p[...] = kept[name] + p.dtype.type(step) * part
                start += p.size
            found.append(cross_entropy(self.net(self.x)[0], self.y)[0])
        for name, p in self.net.params.items():
            p[...] = kept[name]
        return np.array(found)


def one_sided(at: Callable[[float], Array], h: float) -> Array:
    """(f(x + h) - f(x)) / h."""
    return (at(h) - at(0)) / h


def centered(at: Callable[[float], Array], h: float) -> Array:
    """(f(x + h) - f(x - h)) / 2h."""
    return (at(h) - at(-h)) / (2 * h)


def errors(net: Sequential, seed: int, formula: Callable[..., Array]) -> list[float]:
    """Relative error of the numerical slopes, all directions together, for each of STEPS."""
    along = Slice(net, seed)
    return [relative_error(along.slopes, formula(along.values, h)) for h in STEPS]


def theory(seed: int, precision: type[np.floating[Any]]) -> dict[str, list[float]]:
    """What Taylor's theorem and a rounding of one unit in the last place of the loss foretell.

    One-sided: |f''| h / 2 + eps |f| / h. Centered: |f'''| h^2 / 6 + eps |f| / h. Both over |f'|.
    """
    along, h = Slice(tanh_net(seed), seed), CENTRAL
    at = {k: along.values(k * h) for k in (-2, -1, 0, 1, 2)}
    second = np.linalg.norm((at[1] - 2 * at[0] + at[-1]) / h**2)
    third = np.linalg.norm((at[2] - 2 * at[1] + 2 * at[-1] - at[-2]) / (2 * h**3))
    slope, steps = np.linalg.norm(along.slopes), np.array(STEPS)
    rounding = np.finfo(precision).eps * np.linalg.norm(at[0]) / steps
    return {
        "one_sided": ((second / 2 * steps + rounding) / slope).tolist(),
        "centered": ((third / 6 * steps**2 + rounding) / slope).tolist(),
    }


def log_slope(values: list[float], span: tuple[float, float]) -> float:
    """The slope of log(error) over log(h) for the steps in the span."""
    steps, found = np.array(STEPS), np.array(values)
    inside = (steps >= span[0] * 0.99) & (steps <= span[1] * 1.01)
    return float(np.polyfit(np.log(steps[inside]), np.log(found[inside]), 1)[0])


def step_sizes(seed: int) -> Outcome:
    """Error curves in both precisions and by both formulas; their slopes, best steps and least errors."""
    outcome: Outcome = {}
    for bits, dtype in ((64, np.float64), (32, np.float32)):
        for formula in (one_sided, centered):
            curve = errors(tanh_net(seed, dtype), seed, formula)
            name = f"{formula.__name__}_{bits}"
            outcome[f"curve_{name}"] = curve
            outcome[f"best_step_{name}"] = STEPS[int(np.argmin(curve))]
            outcome[f"least_{name}"] = min(curve)
            outcome[f"theory_{name}"] = theory(seed, dtype)[formula.__name__]
    outcome["slope_one_sided"] = log_slope(outcome["curve_one_sided_64"], TRUNCATION)
    outcome["slope_centered"] = log_slope(outcome["curve_centered_64"], TRUNCATION)
    outcome["slope_rounding"] = log_slope(outcome["curve_centered_64"], ROUNDING)
    for bits in (64, 32):
        curve = outcome[f"curve_centered_{bits}"]
        outcome[f"at_1e-05_{bits}"] = curve[STEPS.index(1e-5)]
        outcome[f"at_1e-10_{bits}"] = curve[STEPS.index(1e-10)]
    return outcome


def depths(seed: int) -> Outcome:
    """Relative error of a right gradient at h = 1e-5 in float64, by the number of hidden layers."""
    found: Outcome = {}
    for depth in DEPTHS:
        along = Slice(tanh_net(seed, depth=depth), seed)
        found[f"depth_{depth}"] = relative_error(along.slopes, centered(along.values, 1e-5))
    return found


STEP_SIZES = Experiment("step_sizes", step_sizes)
DEPTH_OF_CHECK = Experiment("depth_of_check", depths)

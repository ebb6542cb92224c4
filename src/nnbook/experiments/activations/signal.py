"""What a deep untrained stack does to a signal on its way up and to a gradient on its way down."""

import numpy as np

from nnbook._types import Array
from nnbook.activations import ACTIVATIONS
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import variance_scaling
from nnbook.layers import Activate, Linear, Sequential

DEPTH, WIDTH, BATCH = 50, 256, 256


def stack(activation: str, sigma_w: float, rng: np.random.Generator) -> Sequential:
    """DEPTH layers of WIDTH units whose weights have standard deviation sigma_w / sqrt(WIDTH)."""

    def init(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> np.ndarray:
        return variance_scaling(fan_in, fan_out, rng=rng, scale=sigma_w**2)

    layers = []
    for _ in range(DEPTH):
        layers += [Linear(WIDTH, WIDTH, rng=rng, init=init), Activate(activation)]
    return Sequential(*layers)


def send(
    net: Sequential, rng: np.random.Generator
) -> tuple[list[float], list[float], list[float]]:
    """Send unit noise up and unit noise down.

    Returns:
        Mean and standard deviation of each layer's output, and the rms of the gradient there.
    """
    y: Array = rng.standard_normal((BATCH, WIDTH))
    means, stds, backwards = [], [], []
    for layer in net.layers:
        y, backward = layer(y)
        backwards.append(backward)
        if isinstance(layer, Activate):
            means.append(float(y.mean()))
            stds.append(float(y.std()))
    dy: Array = rng.standard_normal(y.shape)
    rms = []
    for layer, backward in zip(reversed(net.layers), reversed(backwards), strict=True):
        if isinstance(layer, Activate):
            rms.append(float(np.sqrt((dy**2).mean())))
        dy, _ = backward(dy)
    return means, stds, rms[::-1]


def expected_rms(activation: str, sigma_w: float) -> list[float]:
    """The rms of a gradient at each layer's output that theory expects, 1 at the top.

    On the way up q <- sigma_w^2 E f(sqrt(q) z)^2, on the way down the mean square is multiplied by
    chi = sigma_w^2 E f'(sqrt(q) z)^2, for z from N(0, 1); exact for infinite width (Schoenholz et al. 2017).
    """
    f, f_grad = ACTIVATIONS[activation]
    z = (np.arange(-6000, 6000) + 0.5) / 500
    weights = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    q, square = sigma_w**2, [1.0]
    for _ in range(DEPTH - 1):
        q = sigma_w**2 * float(weights @ f(np.sqrt(q) * z) ** 2)
        square.append(square[-1] / (sigma_w**2 * float(weights @ f_grad(np.sqrt(q) * z) ** 2)))
    return [float(np.sqrt(s / square[-1])) for s in square]


def sigmoid_stack(seed: int) -> Outcome:
    """How much of a gradient is left at the first of 50 layers: sigmoid at two weight scales, and tanh."""
    outcome: Outcome = {}
    for name, f, sigma_w in (
        ("sigmoid_1", "sigmoid", 1.0),
        ("sigmoid_4", "sigmoid", 4.0),
        ("tanh_1", "tanh", 1.0),
    ):
        rng = np.random.default_rng([seed, 3])
        _, _, rms = send(stack(f, sigma_w, rng), rng)
        outcome[f"left_{name}"] = rms[0] / rms[-1]
        outcome[f"rms_{name}"] = rms
    return outcome


def selu_stack(seed: int) -> Outcome:
    """Mean and standard deviation after 50 SELU layers, with the variance it asks for and with twice that."""
    outcome: Outcome = {}
    for name, sigma_w in (("lecun", 1.0), ("he", np.sqrt(2))):
        rng = np.random.default_rng([seed, 3])
        means, stds, _ = send(stack("selu", sigma_w, rng), rng)
        outcome |= {f"std_{name}": stds[-1], f"mean_{name}": means[-1], f"stds_{name}": stds}
    return outcome


SIGMOID_STACK = Experiment("sigmoid_stack", sigmoid_stack, seeds=10)
SELU_STACK = Experiment("selu_stack", selu_stack, seeds=10)

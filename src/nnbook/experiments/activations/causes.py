"""Slope or center: which of tanh's two advantages over the sigmoid lets a net get deep?"""

import numpy as np

from nnbook._types import Array, Backward, Params
from nnbook.activations import sigmoid, sigmoid_grad
from nnbook.experiments.activations.depth import BATCH, EPOCHS, GRID, WIDTH
from nnbook.experiments.nets import digits_split, test_accuracy, train_net
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.initializers import xavier_normal
from nnbook.layers import Layer, Linear, Sequential

DEPTH = 6
# Factors before and in front of the sigmoid, and a shift: both slopes at 0, and both means, in all pairs.
VARIANTS = {
    "low_off": (1.0, 1.0, 0.0),
    "low_centered": (1.0, 1.0, -0.5),
    "steep_off": (1.0, 4.0, 0.0),
    "steep_centered": (2.0, 2.0, -1.0),
}


class ScaledSigmoid(Layer):
    """y = height sigmoid(rate x) + shift, with slope height * rate / 4 at 0; (2, 2, -1) is tanh."""

    def __init__(self, height: float, rate: float, shift: float) -> None:
        super().__init__()
        self.height, self.rate, self.shift = height, rate, shift

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Apply to x of any shape."""

        def backward(dy: Array) -> tuple[Array, Params]:
            return dy * (self.height * self.rate * sigmoid_grad(self.rate * x)), {}

        return self.height * sigmoid(self.rate * x) + self.shift, backward


def variant_accuracy(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a net with DEPTH hidden layers of the variant, as in `depth`."""
    rng = np.random.default_rng([seed, 1])
    layers: list[Layer] = []
    for fan_in in (64, *(WIDTH,) * (DEPTH - 1)):
        layers.append(Linear(fan_in, WIDTH, rng=rng, init=xavier_normal, dtype=np.float32))
        layers.append(ScaledSigmoid(*VARIANTS[arm]))
    top = Linear(WIDTH, 10, rng=rng, init=xavier_normal, dtype=np.float32)
    net, data = Sequential(*layers, top), digits_split(seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def causes(seed: int, rates: Rates) -> Outcome:
    """Test accuracy of the four variants."""
    return {arm: variant_accuracy(arm, rate, seed) for arm, rate in rates.items()}


# Flat functions want high rates: the grid goes on until the best rate lies inside it.
CAUSES = Experiment(
    "causes", causes, trial=variant_accuracy, arms=tuple(VARIANTS), grid=(*GRID, 3.0)
)

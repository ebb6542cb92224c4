"""The slides' own nets, at their own size, for five updates: six layers of 4096 units learn digits."""

from itertools import islice

import numpy as np

from nnbook._types import Array
from nnbook.experiments.initialization.lecture import DEPTH, SETTINGS, WIDTH
from nnbook.experiments.initialization.nets import BATCH
from nnbook.experiments.nets import Split, digits_split, test_accuracy, train_steps
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.optimizers import SGD

UPDATES, RATE, IMAGES = 5, 0.03, 256
# The three settings of which the slides say that they do not learn.
DOOMED = ("tanh_small", "tanh_large", "relu_xavier")


def enlarged(x: Array) -> Array:
    """Digits of 8 by 8 pixels as 64 by 64, each pixel a square of 64: 4096 inputs."""
    return np.kron(x.reshape(-1, 8, 8), np.ones((1, 8, 8), x.dtype)).reshape(len(x), -1)


def full_net(activation: str, std: float, seed: int, width: int = WIDTH) -> Sequential:
    """A net with DEPTH layers of the given width and ten outputs, all weights N(0, std^2), in float32."""
    rng = np.random.default_rng([seed, 31])

    def init(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Array:
        return np.float32(std) * rng.standard_normal((fan_in, fan_out), dtype=np.float32)

    layers: list[Layer] = []
    for _ in range(DEPTH):
        layers.append(Linear(width, width, rng=rng, init=init, dtype=np.float32))
        layers.append(Activate(activation))
    return Sequential(*layers, Linear(width, 10, rng=rng, init=init, dtype=np.float32))


def train_briefly(net: Sequential, data: Split, seed: int) -> None:
    """UPDATES updates by SGD with momentum 0.9."""
    steps = train_steps(net, data, SGD(RATE, momentum=0.9), seed, epochs=1, batch=BATCH)
    for _ in islice(steps, UPDATES):
        pass


def full_size(seed: int) -> Outcome:
    """Test accuracy after the updates, in percent, for each setting; on the first IMAGES test digits."""
    data = digits_split(seed)
    data = data._replace(
        x=enlarged(data.x), x_test=enlarged(data.x_test[:IMAGES]), y_test=data.y_test[:IMAGES]
    )
    outcome: Outcome = {}
    for name in DOOMED:
        net = full_net(*SETTINGS[name], seed)
        train_briefly(net, data, seed)
        outcome[f"full_{name}"] = test_accuracy(net, data)
        del net  # half a gigabyte, before the next one is made
    return outcome


# A run takes about 20 seconds.
FULL_SIZE = Experiment("full_size", full_size, seeds=5)

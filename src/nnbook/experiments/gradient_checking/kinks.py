"""How many entries of a right gradient fail because of kinks, and can these be told from mistakes?"""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.gradcheck import Index, disagreements, numerical_grad, relative_errors
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.training import loss_and_grads

SMALL, LARGE = (25, 100), (100, 1200)  # hidden units, examples
FEW, LIMIT, PLANTED = 2, 1e-4, 20
STEPS = (1e-5, 1e-4, 1e-3)


class Check:
    """A net 64-width-10 on digits, in float64; checked are the weights of its first layer."""

    def __init__(self, activation: str, seed: int, width: int, examples: int) -> None:
        data = digits_split(seed)
        self.x, self.y = data.x[:examples].astype(np.float64), data.y[:examples]
        rng = np.random.default_rng([seed, 1])
        self.net = mlp((64, width, 10), rng=rng, activation=activation)
        self.loss, grads = loss_and_grads(self.net, cross_entropy, self.x, self.y)
        self.weights, self.grad = self.net.params["0.weight"], grads["0.weight"]

    def value(self, _: Array) -> float:
        """The loss with the weights as they are now."""
        return cross_entropy(self.net(self.x)[0], self.y)[0]

    def off(self, grad: Array, h: float) -> Array:
        """Which entries are off by more than LIMIT, and by more than rounding alone can do."""
        numerical = numerical_grad(self.value, self.weights, h)
        rounding = 100 * np.finfo(np.float64).eps * self.loss / h
        apart = np.abs(grad - numerical) > rounding
        return np.asarray((relative_errors(grad, numerical) > LIMIT) & apart)

    def crossings(self, h: float) -> int:
        """How many weights have a kink within h: their step takes some z = x W + b through 0."""
        near = np.zeros(self.weights.shape, bool)
        z = self.x @ self.weights + self.net.params["0.bias"]
        for inputs, sums in zip(np.abs(self.x), np.abs(z), strict=True):
            near |= sums < h * inputs[:, None]
        return int(near.sum())


def plant(grad: Array, seed: int) -> tuple[Array, set[Index]]:
    """A copy of the gradient with some entries that are not 0 made 1% too large, and which these are."""
    rng = np.random.default_rng([seed, 5])
    places = rng.permutation(np.argwhere(np.abs(grad) > 1e-3 * np.abs(grad).max()))[:PLANTED]
    wrong = grad.copy()
    wrong[tuple(places.T)] *= 1.01
    return wrong, {tuple(place) for place in places.tolist()}


def told_apart(seed: int, h: float = 1e-4) -> Outcome:
    """Planted mistakes among kinks: how many the checker misses, and how many right entries it accuses."""
    check = Check("relu", seed, *SMALL)
    wrong, planted = plant(check.grad, seed)
    mistakes, _ = disagreements(check.value, wrong, check.weights, h, LIMIT)
    off = check.off(wrong, h)
    accused = {place for place in mistakes if off[place]}
    return {"missed": len(planted - accused), "accused": len(accused - planted)}


def fooled(seed: int) -> Outcome:
    """Entries that fail, and weights with a kink within the step, by step, examples and activation."""
    check, large = Check("relu", seed, *SMALL), Check("relu", seed, *LARGE)
    off = [int(check.off(check.grad, h).sum()) for h in STEPS]
    crossings = [check.crossings(h) for h in STEPS]
    smooth = Check("tanh", seed, *SMALL)
    return {
        "off": off,
        "crossings": crossings,
        "off_over_crossings": off[-1] / crossings[-1],
        "smooth_off": int(smooth.off(smooth.grad, STEPS[0]).sum()),
        "large": large.crossings(STEPS[0]),
        "few": Check("relu", seed, LARGE[0], FEW).crossings(STEPS[0]),
        **told_apart(seed),
    }


def loss_across_a_kink(
    seed: int, h: float = 0.05, examples: int = 3
) -> tuple[Array, Array, float]:
    """The loss along the weight whose numerical slope a kink within h spoils most, and the right slope.

    Returns: steps from -2h to 2h, the change of the loss, and the entry of the gradient.
    """
    check = Check("relu", seed, SMALL[0], examples)
    spoiled = np.abs(numerical_grad(check.value, check.weights, h) - check.grad)
    place = np.unravel_index(spoiled.argmax(), spoiled.shape)
    kept, steps = check.weights[place], np.linspace(-2 * h, 2 * h, 201)
    losses = []
    for step in steps:
        check.weights[place] = kept + step
        losses.append(check.value(check.weights))
    check.weights[place] = kept
    return steps, np.array(losses) - check.loss, float(check.grad[place])


KINKS = Experiment("kinks", fooled, seeds=10)

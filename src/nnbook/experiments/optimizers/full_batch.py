"""Second order beside first order, with the gradient of all examples and with that of a few."""

import numpy as np

from nnbook.experiments.nets import digits_split, make_net
from nnbook.losses import cross_entropy
from nnbook.optimizers import SGD, Adam, Optimizer
from nnbook.second_order import lbfgs
from nnbook.training import loss_and_grads, minibatches

EXAMPLES = 600


def whole(method: str, lr: float, steps: int, seed: int) -> list[float]:
    """Losses of a net 64-32-10 with tanh that sees all examples in each step; L-BFGS has no rate."""
    data, net = digits_split(seed, EXAMPLES), make_net("tanh", (32,), seed)
    if method == "L-BFGS":
        return lbfgs(net, cross_entropy, data.x, data.y, steps=steps)
    optimizer: Optimizer = Adam(lr) if method == "Adam" else SGD(lr, 0.9)
    losses = []
    for _ in range(steps + 1):
        loss, grads = loss_and_grads(net, cross_entropy, data.x, data.y)
        optimizer.step(net.params, grads)
        losses.append(loss)
    return losses


def in_batches(batch: int, inner: int, rounds: int, seed: int) -> list[float]:
    """The loss of all examples after each round, in which L-BFGS does `inner` steps on a few of them."""
    data, net = digits_split(seed, EXAMPLES), make_net("tanh", (32,), seed)
    rng = np.random.default_rng([seed, 2])
    losses: list[float] = []
    while len(losses) < rounds:
        for some in minibatches(EXAMPLES, batch, rng=rng):
            lbfgs(net, cross_entropy, data.x[some], data.y[some], steps=inner)
            losses.append(cross_entropy(net(data.x)[0], data.y)[0])
    return losses[:rounds]

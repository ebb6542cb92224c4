"""What a normalized layer ignores: the scale of its weights, their bias, and when it is the identity."""

from copy import deepcopy

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Activate, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.normalization import BatchNorm
from nnbook.training import loss_and_grads

WIDTH, TIMES, SHIFT, TINY = 100, 7.0, 3.0, 0.001
BATCH = 32


def normalized_net(seed: int) -> Sequential:
    """A net 64-100-10 in float64 with batch norm, its gamma and beta drawn at random."""
    rng = np.random.default_rng([seed, 1])
    net = Sequential(
        Linear(64, WIDTH, rng=rng),
        BatchNorm(WIDTH),
        Activate("relu"),
        Linear(WIDTH, 10, rng=rng),
    )
    net.params["1.gamma"][:] = rng.uniform(0.5, 2, WIDTH)
    net.params["1.beta"][:] = rng.normal(size=WIDTH)
    return net


def rescaled(net: Sequential, factor: float, shift: float) -> Sequential:
    """A copy whose first layer has its weights multiplied and its biases shifted."""
    copy = deepcopy(net)
    first = copy.layers[0].params  # a copy's dicts share their arrays as the original's do
    first["weight"] *= factor
    first["bias"] += shift
    return copy


def normalized(net: Sequential, x: Array) -> Array:
    """What the batch norm of the net hands on, in training."""
    z, _ = net.layers[0](x)
    return net.layers[1](z, training=True)[0]


def invariance(seed: int) -> Outcome:
    """Mean and std of the normalized units, and what 7 W and b + 3 change in scores and gradient."""
    data = digits_split(seed)
    x, labels = data.x.astype(np.float64), data.y
    net = normalized_net(seed)
    big = rescaled(net, TIMES, SHIFT)
    scale = float(np.sqrt(64) * net.params["0.weight"].std())
    tiny = rescaled(net, TINY / scale, 0.0)
    gamma, beta, y = net.params["1.gamma"], net.params["1.beta"], normalized(big, x)
    before, after = (n(x, training=True)[0] for n in (net, big))
    dW, dW_big = (
        loss_and_grads(n, cross_entropy, x, labels)[1]["0.weight"] for n in (net, big)
    )
    W = net.params["0.weight"]
    lengths = np.linalg.norm(W, axis=0) * np.linalg.norm(dW, axis=0)
    return {
        "mean_distance": float(np.abs(y.mean(axis=0) - beta).max()),
        "std_7": 100 * float(np.abs(y.std(axis=0) / gamma - 1).mean()),
        "std_tiny": 100 * float(np.abs(normalized(tiny, x).std(axis=0) / gamma - 1).mean()),
        "change": 100 * float(np.abs(after - before).max() / before.std()),
        "gradient_7": float(np.linalg.norm(dW_big) / np.linalg.norm(dW)),
        "cosine": float(np.abs((W * dW).sum(axis=0) / np.maximum(lengths, 1e-300)).max()),
    }


def identity_distance(x: Array, eps: float, gamma: Array, beta: Array) -> float:
    """Largest |y - x| of batch norm on x, in standard deviations of x."""
    layer = BatchNorm(x.shape[1], eps=eps)
    layer.params["gamma"][:], layer.params["beta"][:] = gamma, beta
    y, _ = layer(x, training=True)
    return float((np.abs(y - x) / x.std(axis=0)).max())


def identity(seed: int) -> Outcome:
    """How far batch norm with gamma = sigma, beta = mu is from the identity, in percent of sigma."""
    x, _ = normalized_net(seed).layers[0](digits_split(seed).x.astype(np.float64))
    mu, sigma = x.mean(axis=0), x.std(axis=0)
    layer = BatchNorm(WIDTH)
    layer.params["gamma"][:], layer.params["beta"][:] = np.sqrt(sigma**2 + layer.eps), mu
    order = np.random.default_rng([seed, 2]).permutation(len(x))
    parts = [x[order[i : i + BATCH]] for i in range(0, len(x) - BATCH + 1, BATCH)]
    moved = [(layer(part, training=True)[0] - part) / sigma for part in parts]
    return {
        "distance": 100 * identity_distance(x, 1e-5, sigma, mu),
        "distance_large": 100 * identity_distance(x, 0.1, sigma, mu),
        "distance_root": 100 * identity_distance(x, 0.1, np.sqrt(sigma**2 + 0.1), mu),
        "distance_batches": 100 * float(np.sqrt(np.mean(np.square(moved)))),
    }


INVARIANCE = Experiment("norm_invariance", invariance, seeds=10)
IDENTITY = Experiment("norm_identity", identity, seeds=10)

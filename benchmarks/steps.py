"""One training step of the same net here, in PyTorch, and of its matrix products alone; all in float32."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.pairs import Work
from nnbook._types import Array
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import convnet, mlp
from nnbook.optimizers import SGD, Adam
from nnbook.training import loss_and_grads

CLASSES = 10
CHANNELS = (1, 16, 32, CLASSES)
# Small enough that thousands of steps on one batch neither diverge nor reach numbers that are slow.
LR = 1e-4

Sizes = tuple[int, ...]
Batch = tuple[NDArray[np.float32], NDArray[np.int64]]


def batch_of(*shape: int) -> Batch:
    """A batch of noise with labels; the first entry of the shape is the number of examples."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape).astype(np.float32)
    return x, rng.integers(0, CLASSES, len(x))


def our_mlp(sizes: Sizes, norm: str | None = None) -> Sequential:
    """Linear layers with ReLU between them, with or without batch norm."""
    return mlp(sizes, rng=np.random.default_rng(0), norm=norm, dtype=np.float32)


def our_convnet() -> Sequential:
    """Two convolutions of 3 x 3 with ReLU, pooling between them, the mean over pixels, a linear layer."""
    return convnet(CHANNELS, rng=np.random.default_rng(0), norm=None, dtype=np.float32)


def our_step(model: Sequential, batch: Batch, *, adam: bool = False) -> Work:
    """Forward, loss, backward and update, as the training loop does them."""
    x, y = batch
    optimizer = Adam(LR) if adam else SGD(LR)

    def step() -> None:
        _, grads = loss_and_grads(model, cross_entropy, x, y)
        optimizer.step(model.params, grads)

    return step


def bare_step(sizes: Sizes, batch: Batch) -> Work:
    """The same with SGD by hand, without layers or checks, arrays overwritten: the least NumPy takes."""
    parts = [layer.params for layer in our_mlp(sizes).layers if layer.params]
    layers = [(params["weight"], params["bias"]) for params in parts]
    (x, labels), rows = batch, np.arange(len(batch[1]))

    def step() -> None:
        inputs: list[Array] = [x]
        for W, b in layers:
            y = inputs[-1] @ W
            y += b
            inputs.append(np.maximum(y, 0, out=y) if W is not layers[-1][0] else y)
        dy = inputs.pop()
        dy -= dy.max(axis=1, keepdims=True)
        np.exp(dy, out=dy)
        dy /= dy.sum(axis=1, keepdims=True)
        -np.log(dy[rows, labels]).mean()
        dy[rows, labels] -= 1
        dy /= len(x)
        grads = []
        for (W, b), h in zip(reversed(layers), reversed(inputs), strict=True):
            grads += [(W, h.T @ dy), (b, dy.sum(axis=0))]
            if h is not x:
                dy = dy @ W.T
                dy *= h > 0
        for param, grad in grads:
            np.subtract(param, LR * grad, out=param)

    return step


def products(sizes: Sizes, examples: int) -> Work:
    """The matrix products of a step: for each layer x W, x^T dy and, but for the first, dy W^T."""
    rng = np.random.default_rng(0)

    def noise(*shape: int) -> NDArray[np.float32]:
        return rng.standard_normal(shape).astype(np.float32)

    layers = [(noise(examples, a), noise(a, b), noise(examples, b)) for a, b in pairwise(sizes)]

    def step() -> None:
        for x, W, _ in layers:
            x @ W
        for x, W, dy in reversed(layers[1:]):
            dy @ W.T
            x.T @ dy
        x, _, dy = layers[0]
        x.T @ dy

    return step


def torch_mlp(sizes: Sizes, norm: str | None = None) -> Any:
    """The same as `our_mlp`."""
    from torch import nn

    layers: list[Any] = []
    for before, after in pairwise(sizes[:-1]):
        layers.append(nn.Linear(before, after))
        layers += [nn.BatchNorm1d(after)] if norm else []
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def torch_convnet() -> Any:
    """The same as `our_convnet`."""
    from torch import nn

    gray, first, second, classes = CHANNELS
    return nn.Sequential(
        nn.Conv2d(gray, first, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(second, classes),
    )


def torch_step(model: Any, batch: Batch, *, adam: bool = False) -> Work:
    """The same as `our_step`, in eager mode on the processor, with the options PyTorch starts with."""
    import torch

    x, y = (torch.from_numpy(array) for array in batch)
    make: Callable[..., Any] = torch.optim.Adam if adam else torch.optim.SGD
    optimizer, loss_fn = make(model.parameters(), LR), torch.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()

    return step

"""Whole training steps: dtypes stay, whatever layer, loss and optimizer; a backward belongs to its call."""

import inspect
from functools import partial

import numpy as np
import pytest

from nnbook import losses, optimizers, training
from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.layers import Activate, Flatten, Linear, Maxout, PReLU, Sequential
from nnbook.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from nnbook.optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual
from nnbook.schedules import cosine, warmup
from nnbook.transfer import Frozen

both = pytest.mark.parametrize("dtype", ["float32", "float64"])


def fresh(seed=0):
    return np.random.default_rng(seed)


# name -> a layer for rows of 6 numbers in a dtype, which keeps their shape
ROWS = {
    "Linear": lambda t: Linear(6, 6, rng=fresh(), dtype=t),
    "DropConnect": lambda t: DropConnect(6, 6, rng=fresh(), dtype=t),
    "Maxout": lambda t: Maxout(6, 6, rng=fresh(), dtype=t),
    "PReLU": lambda t: PReLU(6, dtype=t),
    "Activate": lambda _: Activate("gelu"),
    "Dropout": lambda _: Dropout(0.5, rng=fresh()),
    "BatchNorm": lambda t: BatchNorm(6, dtype=t),
    "LayerNorm": lambda t: LayerNorm(6, dtype=t),
    "GroupNorm": lambda t: GroupNorm(2, 6, dtype=t),
    "Flatten": lambda _: Flatten(),
    "Sequential": lambda t: Sequential(
        Linear(6, 6, rng=fresh(), dtype=t), BatchNorm(6, dtype=t)
    ),
    "Residual": lambda t: Residual(Linear(6, 6, rng=fresh(), dtype=t), zero_last=True),
    "Frozen": lambda t: Frozen(Linear(6, 6, rng=fresh(), dtype=t)),
}
# The same for images of 2 channels.
IMAGES = {
    "Conv2d": lambda t: Conv2d(2, 2, 3, padding=1, rng=fresh(), dtype=t),
    "MaxPool2d": lambda _: MaxPool2d(3, stride=1),
    "InstanceNorm": lambda t: InstanceNorm(2, dtype=t),
    "BatchNorm on images": lambda t: BatchNorm(2, dtype=t),
    "GroupNorm on images": lambda t: GroupNorm(1, 2, dtype=t),
    "LayerNorm on images": lambda t: LayerNorm((2, 4, 4), dtype=t),
    "GlobalAveragePool": lambda _: Sequential(),  # ends the net below
}
LOSSES = {
    "cross_entropy": (losses.cross_entropy, lambda t: np.arange(8) % 3),
    "hinge": (losses.hinge, lambda t: np.arange(8) % 3),
    "mse": (losses.mse, lambda t: fresh(5).standard_normal((8, 3))),
    "binary_cross_entropy": (losses.binary_cross_entropy, lambda t: fresh(5).random((8, 3))),
}
RATE = warmup(2, cosine(0.01, 10))
OPTIMIZERS = {
    "SGD": partial(SGD, RATE),
    "momentum": partial(SGD, RATE, 0.9),
    "Nesterov": partial(SGD, RATE, 0.9, nesterov=True, rate_inside=True),
    "AdaGrad": partial(AdaGrad, RATE),
    "RMSProp": partial(RMSProp, RATE),
    "Adam": partial(Adam, RATE),
}


def a_net(name, dtype):
    """A net with the layer in its middle, and a batch for it."""
    if name in ROWS:
        first = Linear(6, 6, rng=fresh(1), dtype=dtype)
        last = Linear(6, 3, rng=fresh(2), dtype=dtype)
        shape = (8, 6)
        net = Sequential(first, ROWS[name](dtype), last)
    else:
        first = Conv2d(2, 2, 1, rng=fresh(1), dtype=dtype)
        last = Sequential(GlobalAveragePool(), Linear(2, 3, rng=fresh(2), dtype=dtype))
        shape = (8, 2, 4, 4)
        net = Sequential(first, IMAGES[name](dtype), last)
    return net, fresh(3).standard_normal(shape).astype(dtype)


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", [*ROWS, *IMAGES])
def test_a_step_keeps_the_dtype_everywhere(name, loss, optimizer, dtype):
    net, x = a_net(name, dtype)
    loss_fn, targets = LOSSES[loss]
    rule = OPTIMIZERS[optimizer](weight_decay=0.1)
    before = {key: p.copy() for key, p in net.params.items()}
    for _ in range(3):
        value, grads = training.loss_and_grads(net, loss_fn, x, targets(dtype))
        rule.step(net.params, grads)
    assert type(value) is float
    memory = [getattr(rule, kind, {}) for kind in ("velocity", "squares", "slots")]
    entries = [entry for kept in memory for entry in kept.values()]
    parts = [part for e in entries for part in (e if isinstance(e, tuple) else (e,))]
    arrays = [*net.params.values(), *net.buffers.values(), *grads.values()]
    arrays += [part for part in parts if isinstance(part, np.ndarray)]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert (net.params["0.weight"] != before["0.weight"]).any()


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("name", [*ROWS, *IMAGES])
def test_two_calls_before_either_backward_give_both_gradients_right(name, training):
    def calls():
        """The same net, so that its random draws are the same, and its two calls."""
        net, x = a_net(name, "float64")
        return [net(batch, training=training) for batch in (x, 2 * x[::-1])]

    def gradients(call, seed):
        y, backward = call
        return backward(fresh(seed).standard_normal(y.shape))

    first, second = calls()
    late = [gradients(first, 1), gradients(second, 2)]  # after both calls
    first, second = calls()
    swapped = [gradients(second, 2), gradients(first, 1)][::-1]
    first = calls()[0]
    alone = gradients(first, 1)  # as if there had been no second
    for (dx, grads), (dx_same, same) in zip([*late, late[0]], [*swapped, alone], strict=True):
        np.testing.assert_array_equal(dx, dx_same)
        assert grads.keys() == same.keys()
        for key, grad in grads.items():
            np.testing.assert_array_equal(grad, same[key])


@pytest.mark.parametrize("name", [*ROWS, *IMAGES])
def test_inference_moves_neither_parameters_nor_statistics(name):
    net, x = a_net(name, "float64")
    net(x, training=True)
    before = {key: array.copy() for key, array in (net.params | net.buffers).items()}
    y, backward = net(x)
    backward(y)
    for key, array in (net.params | net.buffers).items():
        np.testing.assert_array_equal(array, before[key])
    np.testing.assert_array_equal(net(x)[0], y)


def test_every_loss_and_every_optimizer_has_a_row():
    functions = {
        f for f in vars(losses).values() if inspect.isfunction(f) and f.__name__[0] != "_"
    }
    own = {f for f in functions if f.__module__ == losses.__name__}
    assert own == {f for f, _ in LOSSES.values()}
    kinds = {
        k for k in vars(optimizers).values() if inspect.isclass(k) and issubclass(k, Optimizer)
    }
    assert kinds - {Optimizer} == {rule.func for rule in OPTIMIZERS.values()}

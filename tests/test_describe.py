"""What layers say of themselves: their repr, and where in a model a refusal comes from."""

import re
from functools import partial
from textwrap import dedent

import numpy as np
import pytest

from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.layers import Activate, Flatten, Layer, Linear, Maxout, PReLU, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import convnet, mlp
from nnbook.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from nnbook.optimizers import SGD
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual
from nnbook.training import fit
from nnbook.transfer import Frozen


def fresh():
    return np.random.default_rng(0)


def linear(fan_in, fan_out):
    return Linear(fan_in, fan_out, rng=fresh())


# --- repr -----------------------------------------------------------------------------------------

# layer -> how it shows itself
SHOWN = [
    (partial(linear, 64, 100), "Linear(64, 100)"),
    (partial(Activate, "relu"), "Activate('relu')"),
    (
        partial(Activate, "leaky_relu", negative_slope=0.2),
        "Activate('leaky_relu', negative_slope=0.2)",
    ),
    (PReLU, "PReLU()"),
    (partial(PReLU, 3), "PReLU(features=3)"),
    (lambda: Maxout(3, 4, rng=fresh()), "Maxout(3, 4)"),
    (lambda: Maxout(3, 4, 5, rng=fresh()), "Maxout(3, 4, pieces=5)"),
    (Flatten, "Flatten()"),
    (lambda: Dropout(0.5, rng=fresh()), "Dropout(0.5)"),
    (lambda: DropConnect(3, 4, rng=fresh()), "DropConnect(3, 4)"),
    (lambda: DropConnect(3, 4, 0.2, rng=fresh(), bias=1.0), "DropConnect(3, 4, rate=0.2)"),
    (partial(BatchNorm, 16), "BatchNorm(16)"),
    (partial(BatchNorm, 16, momentum=0.01), "BatchNorm(16, momentum=0.01)"),
    (partial(LayerNorm, 16), "LayerNorm((16,))"),
    (partial(LayerNorm, (3, 2, 2), 1e-3), "LayerNorm((3, 2, 2), eps=0.001)"),
    (partial(GroupNorm, 2, 6), "GroupNorm(2, 6)"),
    (partial(InstanceNorm, 6), "InstanceNorm(6)"),
    (lambda: Conv2d(1, 16, 3, padding=1, rng=fresh()), "Conv2d(1, 16, 3, padding=1)"),
    (partial(MaxPool2d, 2), "MaxPool2d(2, stride=2)"),
    (GlobalAveragePool, "GlobalAveragePool()"),
    (lambda: Frozen(linear(2, 3)), "Frozen(Linear(2, 3))"),
    (Sequential, "Sequential()"),
    (Layer, "Layer()"),
]


@pytest.mark.parametrize(("make", "shown"), SHOWN, ids=[shown for _, shown in SHOWN])
def test_a_layer_shows_the_call_that_makes_it(make, shown):
    assert repr(make()) == shown


def test_what_is_shown_is_what_the_layer_has_now():
    layer = Dropout(0.5, rng=fresh())
    layer.rate = 0.0
    assert repr(layer) == "Dropout(0.0)"


def test_a_model_shows_its_layers_under_the_numbers_of_their_parameters():
    block = Residual(BatchNorm(8), Sequential(Activate("relu"), linear(8, 8)), zero_last=True)
    model = Sequential(linear(4, 8), block, Frozen(mlp((8, 2), rng=fresh())))
    tree = """\
        Sequential(
          0: Linear(4, 8)
          1: Residual(
            0: BatchNorm(8)
            1: Sequential(
              0: Activate('relu')
              1: Linear(8, 8)
            )
          )
          2: Frozen(Sequential(
            0: Linear(8, 2)
          ))
        )"""
    assert repr(model) == dedent(tree)
    assert "1.1.1.weight" in model.params


ONES = np.ones(2)


def test_a_layer_of_ones_own_shows_what_it_keeps_under_the_names_of_its_arguments():
    class Scale(Layer):
        def __init__(self, factor, offset=0.0, *, by=ONES, hidden=1):
            super().__init__()
            self.factor, self.offset, self.by = factor, offset, by

    assert repr(Scale(2)) == "Scale(2)"
    assert repr(Scale(2, 1.0, hidden=3)) == "Scale(2, offset=1.0)"


# --- where a refusal comes from -------------------------------------------------------------------

images = np.ones((4, 8, 6, 6))
PLACES = [
    (
        lambda: Sequential(Flatten(), linear(64, 10))(images),
        "in layer 1 (Linear): x must be an array of shape (N, 64), got shape (4, 288)",
    ),
    (
        lambda: Sequential(Activate("relu"), BatchNorm(16))(images),
        "in layer 1 (BatchNorm): x must be an array of shape (N, 16, ...), got shape (4, 8, 6, 6)",
    ),
    (
        lambda: BatchNorm(16)(images),
        "x must be an array of shape (N, 16, ...), got shape (4, 8, 6, 6)",
    ),
    (
        lambda: BatchNorm(16)(np.ones((4, 8))),
        "x must be an array of shape (N, 16), got shape (4, 8)",
    ),
    (
        lambda: Sequential(Residual(Activate("relu"), Sequential(BatchNorm(8), linear(3, 3))))(
            images
        ),
        "in layer 0.1.1 (Linear): x must be an array of rank 2, got shape (4, 8, 6, 6)",
    ),
    (
        lambda: Sequential(GlobalAveragePool(), Residual(linear(8, 9)))(images),
        "in layer 1 (Residual): branch(x) must be of x's shape (4, 8), got shape (4, 9)",
    ),
    (
        lambda: convnet((1, 2, 10), rng=fresh())(images),
        "in layer 0 (Conv2d): x must be an array of shape (N, 1, H, W), got shape (4, 8, 6, 6)",
    ),
    (
        lambda: Sequential([linear(2, 3), Flatten()]),
        "layers must be given as arguments, not in a list, got [Linear(2, 3), Flatten()]",
    ),
    (
        lambda: Residual((Flatten(),)),
        "layers must be given as arguments, not in a list, got (Flatten(),)",
    ),
    (lambda: Sequential(Flatten), "layers must be layers, got <class 'nnbook.layers.Flatten'>"),
]


@pytest.mark.parametrize(("call", "message"), PLACES, ids=[message for _, message in PLACES])
def test_a_refusal_says_which_layer_it_comes_from(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("x", [images, [[1.0, 2.0]], np.ones((2, 3), int)])
def test_training_says_it_too(x):
    model = Sequential(Sequential(linear(5, 2)))
    with pytest.raises(
        ValueError, match=r"^(in layer 0\.0 \(Linear\): )?x must be an array of "
    ):
        fit(
            model, cross_entropy, SGD(0.1), x, [0] * len(x), epochs=1, batch_size=2, rng=fresh()
        )


def test_an_error_of_a_layer_of_ones_own_is_located_and_keeps_its_traceback():
    class Broken(Layer):
        def __call__(self, x, *, training=False):
            return x + np.ones(7), None

    message = r"^in layer 1 \(Broken\): operands could not be broadcast"
    with pytest.raises(ValueError, match=message) as caught:
        Sequential(Flatten(), Broken())(np.ones((2, 3)))
    assert caught.traceback[-1].name == "__call__"
    assert "np.ones(7)" in str(caught.traceback[-1].statement)

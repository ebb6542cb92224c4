"""One gradient checker over a table of everything that has a gradient.

A new activation, layer or loss without a row here fails the last three tests.
"""

import importlib
import inspect
import pkgutil
from functools import partial

import numpy as np
import pytest

import nnbook
from nnbook import layers, losses
from nnbook.activations import ACTIVATIONS
from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.experiments.activations.causes import VARIANTS, ScaledSigmoid
from nnbook.gradcheck import check_layer, check_loss
from nnbook.layers import Activate, Flatten, Layer, Linear, Maxout, PReLU, Sequential
from nnbook.losses import binary_cross_entropy, cross_entropy, hinge, mse
from nnbook.models import mlp
from nnbook.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual
from nnbook.transfer import Frozen

MARGIN, RIGHT = 0.02, 1e-6
OPTIONS = {
    "leaky_relu": [{"negative_slope": 0.2}, {"negative_slope": 0.0}],
    "elu": [{"alpha": 0.5}],
    "gelu": [{"approximate": True}],
    "silu": [{"beta": 2.0}],
}


def fresh(seed=0):
    return np.random.default_rng(seed)


def away_from_zero(*shape):
    """Normal numbers, kept from the kink at 0 by more than the step of the differences."""
    x = fresh(7).standard_normal(shape)
    return x + MARGIN * np.sign(x)


def activation_rows():
    for name in ACTIVATIONS:
        for options in [{}, *OPTIONS.get(name, [])]:
            label = " ".join([name, *(f"{k}={v}" for k, v in options.items())])
            yield label, (partial(Activate, name, **options), away_from_zero(4, 3))


def learned(norm):
    """A norm whose gamma, beta and running statistics are not where they start."""
    for value in [*norm.params.values(), *norm.buffers.values()]:
        value += fresh(8).uniform(0.2, 1.5, value.shape)
    return norm


class SameDraws:
    """A generator that starts anew at each draw."""

    def random(self, shape):
        return fresh(8).random(shape)


def same_mask(layer):
    """The layer with one mask for all calls: a new one each time would not be one function."""
    layer.rng = SameDraws()
    return layer


# name -> (make, a batch)
LAYERS = {
    **dict(activation_rows()),
    "Activate on images": (partial(Activate, "gelu"), away_from_zero(2, 3, 2, 2)),
    "Linear": (lambda: Linear(3, 4, rng=fresh(), bias=0.3), away_from_zero(5, 3)),
    "Linear, one example": (lambda: Linear(3, 1, rng=fresh()), away_from_zero(1, 3)),
    "PReLU": (PReLU, away_from_zero(5, 3)),
    "PReLU on images": (PReLU, away_from_zero(2, 3, 2, 2)),
    "PReLU per feature": (partial(PReLU, 3), away_from_zero(5, 3)),
    "PReLU per channel": (partial(PReLU, 3), away_from_zero(2, 3, 2, 2)),
    "Maxout": (lambda: Maxout(3, 4, rng=fresh()), away_from_zero(5, 3)),
    "Maxout of 5 pieces": (lambda: Maxout(3, 2, 5, rng=fresh()), away_from_zero(5, 3)),
    **{
        f"ScaledSigmoid {name}": (partial(ScaledSigmoid, *variant), away_from_zero(5, 3))
        for name, variant in VARIANTS.items()
    },
    "BatchNorm": (lambda: learned(BatchNorm(3)), away_from_zero(5, 3)),
    "BatchNorm on images": (lambda: learned(BatchNorm(3)), away_from_zero(4, 3, 2, 2)),
    "LayerNorm": (lambda: learned(LayerNorm(3)), away_from_zero(5, 3)),
    "LayerNorm on images": (lambda: learned(LayerNorm((3, 2, 2))), away_from_zero(2, 3, 2, 2)),
    "LayerNorm of a sequence": (lambda: learned(LayerNorm(4)), away_from_zero(2, 3, 4)),
    "InstanceNorm": (lambda: learned(InstanceNorm(3)), away_from_zero(2, 3, 2, 2)),
    "GroupNorm": (lambda: learned(GroupNorm(2, 6)), away_from_zero(4, 6)),
    "GroupNorm on images": (lambda: learned(GroupNorm(2, 4)), away_from_zero(2, 4, 2, 2)),
    "Sequential with BatchNorm": (
        # The gradient of a bias right before batch norm is 0: rounding is all there is to compare.
        lambda: Sequential(BatchNorm(3), Linear(3, 4, rng=fresh()), Activate("tanh")),
        away_from_zero(6, 3),
    ),
    "Dropout": (lambda: same_mask(Dropout(0.4, rng=fresh())), away_from_zero(5, 3)),
    "Dropout on images": (
        lambda: same_mask(Dropout(0.4, rng=fresh())),
        away_from_zero(2, 3, 2, 2),
    ),
    "DropConnect": (
        lambda: same_mask(DropConnect(3, 4, 0.4, rng=fresh(), bias=0.3)),
        away_from_zero(5, 3),
    ),
    "Residual": (
        lambda: Residual(
            Linear(3, 5, rng=fresh()), Activate("tanh"), Linear(5, 3, rng=fresh())
        ),
        away_from_zero(4, 3),
    ),
    "Residual on images": (
        lambda: Residual(
            learned(BatchNorm(2)), Activate("tanh"), Conv2d(2, 2, 3, padding=1, rng=fresh())
        ),
        away_from_zero(3, 2, 3, 4),
    ),
    "Residual with a last layer of zeros": (
        lambda: Residual(Linear(3, 5, rng=fresh()), Linear(5, 3, rng=fresh()), zero_last=True),
        away_from_zero(4, 3),
    ),
    "Conv2d": (lambda: Conv2d(3, 2, 3, rng=fresh(), bias=0.3), away_from_zero(2, 3, 5, 4)),
    "Conv2d strided and padded": (
        lambda: Conv2d(2, 3, 3, stride=2, padding=1, rng=fresh()),
        away_from_zero(2, 2, 4, 5),
    ),
    "Conv2d with gaps": (
        lambda: Conv2d(2, 2, 1, stride=3, rng=fresh()),
        away_from_zero(1, 2, 5, 4),
    ),
    "MaxPool2d": (partial(MaxPool2d, 2), away_from_zero(2, 3, 4, 5)),
    "MaxPool2d overlapping": (partial(MaxPool2d, 3, 2), away_from_zero(2, 2, 5, 7)),
    "GlobalAveragePool": (GlobalAveragePool, away_from_zero(2, 3, 4, 2)),
    "Frozen": (
        lambda: Frozen(Sequential(learned(BatchNorm(3)), Linear(3, 4, rng=fresh()))),
        away_from_zero(5, 3),
    ),
    "Flatten": (Flatten, away_from_zero(2, 3, 2, 2)),
    "Sequential": (
        lambda: Sequential(
            Flatten(),
            Linear(12, 4, rng=fresh()),
            PReLU(4),
            Sequential(Linear(4, 2, rng=fresh())),
        ),
        away_from_zero(5, 3, 2, 2),
    ),
    **{
        f"mlp {name}": (
            partial(mlp, (3, 5, 4, 2), rng=fresh(3), activation=name),
            away_from_zero(6, 3),
        )
        for name in (*ACTIVATIONS, "prelu", "maxout")
    },
}

LOSSES = {
    "cross_entropy": cross_entropy,
    "cross_entropy smoothed": partial(cross_entropy, label_smoothing=0.1),
    "cross_entropy nearly uniform": partial(cross_entropy, label_smoothing=0.9),
    "hinge": hinge,
    "hinge of a wide margin": partial(hinge, margin=10),
    "mse": mse,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy, yes and no": binary_cross_entropy,
}


def classes_for(scores):
    return fresh(3).integers(scores.shape[1], size=len(scores))


# What a loss compares the scores with, where that is not one class an example.
TARGETS = {
    "mse": lambda scores: fresh(3).standard_normal(scores.shape),
    "binary_cross_entropy": lambda scores: fresh(3).random(scores.shape),
    "binary_cross_entropy, yes and no": lambda scores: fresh(3).integers(2, size=scores.shape),
}


def wrong(errors):
    return {name: error for name, error in errors.items() if not error < RIGHT}


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize(("make", "x"), LAYERS.values(), ids=LAYERS)
def test_layers(make, x, training):
    layer = make()
    errors = check_layer(layer, x.copy(), rng=fresh(1), training=training)
    assert errors.keys() == {"x", *layer.params}
    assert wrong(errors) == {}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(1, 2), (6, 4), (3, 10)])
def test_losses(name, shape):
    scores = 3 * fresh(2).standard_normal(shape)
    targets = TARGETS.get(name, classes_for)(scores)
    assert check_loss(LOSSES[name], scores, targets) < RIGHT


@pytest.mark.parametrize("name", [*ACTIVATIONS, "prelu", "maxout"])
def test_a_whole_model_with_its_loss(name):
    net, labels = (mlp((3, 5, 4), rng=fresh(4), activation=name), fresh(5).integers(4, size=6))

    class Scored(Layer):
        """The model with the loss on top, as a layer of one output."""

        params = net.params

        def __init__(self):
            """Keep the parameters of the net."""

        def __call__(self, x, *, training=False):
            scores, back = net(x, training=training)
            loss, grad = cross_entropy(scores, labels)
            return np.array([loss]), lambda dy: back(dy[0] * grad)

    assert wrong(check_layer(Scored(), away_from_zero(6, 3), rng=fresh(), training=True)) == {}


# --- the table is complete ------------------------------------------------------------------------


def subclasses(kind):
    for sub in kind.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_every_layer_has_a_row():
    for module in pkgutil.walk_packages(nnbook.__path__, "nnbook."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    known = {sub for sub in subclasses(Layer) if sub.__module__.startswith("nnbook")}
    assert layers.Linear in known
    assert known == {type(make()) for make, _ in LAYERS.values()}


def test_every_activation_and_each_of_its_options_has_a_row():
    for name, (f, _) in ACTIVATIONS.items():
        options = {o for row in OPTIONS.get(name, []) for o in row}
        assert {"x", *options} == set(inspect.signature(f).parameters)
        assert name in LAYERS
        assert f"mlp {name}" in LAYERS


def test_every_loss_has_a_row():
    public = {
        f
        for name, f in vars(losses).items()
        if inspect.isfunction(f)
        and f.__module__ == losses.__name__
        and not name.startswith("_")
    }
    assert public == {inspect.unwrap(getattr(f, "func", f)) for f in LOSSES.values()}

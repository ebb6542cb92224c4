"""One gradient checker over a table of everything that has a gradient.

A new activation, layer or loss without a row in the table fails the last three tests.
"""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import nnbook
from nnbook import layers, losses
from nnbook._backward import only_grads
from nnbook.activations import ACTIVATIONS
from nnbook.experiments.babysitting.wrong_learning import Tampered
from nnbook.experiments.gradient_checking.cases import LOSSES, OPTIONS, away_from_zero, fresh
from nnbook.experiments.gradient_checking.catalogue import (
    LAYERS,
    layer_errors,
    loss_error,
    rows,
)
from nnbook.experiments.normalization.models import AsImages
from nnbook.experiments.normalization.speed import Shift
from nnbook.gradcheck import check_layer
from nnbook.layers import Layer
from nnbook.losses import cross_entropy
from nnbook.models import mlp

RIGHT = 1e-6


def wrong(errors):
    return {name: error for name, error in errors.items() if not error < RIGHT}


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, training):
    errors = layer_errors(name, training=training)
    make, _ = LAYERS[name]
    assert errors.keys() == {"x", *make().params}
    assert wrong(errors) == {}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_without_dx_are_the_same(name):
    make, x = LAYERS[name]
    y, backward = make()(x, training=True)
    dy = fresh().standard_normal(y.shape)
    alone, (_, grads) = only_grads(backward, dy), backward(dy)
    assert list(alone) == list(grads)
    for key, grad in grads.items():
        np.testing.assert_array_equal(alone[key], grad)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(1, 2), (6, 4), (3, 10)])
def test_losses(name, shape):
    assert loss_error(name, shape) < RIGHT


def test_the_rows_of_the_page_are_those_of_the_tests():
    found = list(rows())
    assert [row.name for row in found] == [*LAYERS, *LOSSES]
    assert max(max(row.training, row.inference) for row in found) < RIGHT


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


# --- layers that only one experiment uses ---------------------------------------------------------


OF_EXPERIMENTS = {
    "AsImages": (AsImages, away_from_zero(3, 64)),
    "Shift": (lambda: Shift(0.3, rng=fresh()), away_from_zero(5, 3)),
    "Tampered, with nothing changed": (lambda: tampered(dict), away_from_zero(5, 3)),
}


def tampered(change):
    return Tampered(mlp((3, 4, 2), rng=fresh(4), activation="tanh"), change)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", OF_EXPERIMENTS)
def test_layers_of_experiments_pass(name, training):
    make, x = OF_EXPERIMENTS[name]
    assert wrong(check_layer(make(), x, rng=fresh(), training=training)) == {}


def test_a_tampered_gradient_is_found():
    net = tampered(lambda grads: {name: 2 * g for name, g in grads.items()})
    assert (
        wrong(check_layer(net, away_from_zero(5, 3), rng=fresh())).keys() >= net.params.keys()
    )


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
    rows = {**LAYERS, **OF_EXPERIMENTS}
    assert known == {type(make()) for make, _ in rows.values()}


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

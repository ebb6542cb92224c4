"""Transfer: what is copied, what is frozen and stays so, rates of layers, refusals."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from same import arrays

from nnbook.checkpoints import load, save
from nnbook.datasets import blobs
from nnbook.layers import Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD, AdaGrad, Adam, RMSProp
from nnbook.regularization import l2_penalty, max_norm
from nnbook.schedules import cosine, warmup
from nnbook.training import fit, loss_and_grads
from nnbook.transfer import Frozen, LayerRates, copy_params, freeze, replace_head, trainable

quick = settings(max_examples=40, deadline=None, derandomize=True)
DECAYING = {
    "SGD": lambda lr=0.05: SGD(lr, weight_decay=0.1),
    "momentum": lambda lr=0.05: SGD(lr, 0.9, weight_decay=0.1),
    "Nesterov": lambda lr=0.05: SGD(lr, 0.9, nesterov=True, weight_decay=0.1),
    "AdaGrad": lambda lr=0.05: AdaGrad(lr, weight_decay=0.1),
    "RMSProp": lambda lr=0.05: RMSProp(lr, weight_decay=0.1),
    "Adam": lambda lr=0.05: Adam(lr, weight_decay=0.1),
}
every = pytest.mark.parametrize("make", DECAYING.values(), ids=DECAYING)


def fresh(seed=0):
    return np.random.default_rng(seed)


def net(seed=0, classes=3, dtype="float64"):
    """Layers 0 to 3 are Linear, BatchNorm, ReLU, Dropout, 4 to 7 the same, and 8 is the head."""
    return mlp(
        (2, 6, 5, classes), rng=fresh(seed), norm="batch", dropout=0.3, bias=0.1, dtype=dtype
    )


def data(dtype="float64"):
    x, y = blobs(20, centers=((-2, 0), (2, 0), (0, 2)), rng=fresh(9))
    return x.astype(dtype), y


def moved(model, before):
    """The names of the arrays that are no longer what they were."""
    now = model.params | model.buffers
    return {name for name, array in before.items() if (now[name] != array).any()}


def trained(model, optimizer, epochs=2, dtype="float64"):
    x, y = data(dtype=dtype)
    fit(model, cross_entropy, optimizer, x, y, epochs=epochs, batch_size=16, rng=fresh(1))
    return model


# --- copies ---------------------------------------------------------------------------------------


def test_everything_is_copied_into_the_arrays_of_the_target():
    source, target = trained(net(0), SGD(0.1)), net(1)
    places, expected = target.params | target.buffers, arrays(source)
    names = copy_params(source, target)
    assert names == [*source.params, *source.buffers]
    assert moved(target, expected) == set()
    assert all(places[name] is now for name, now in (target.params | target.buffers).items())
    np.testing.assert_array_equal(source(data()[0])[0], target(data()[0])[0])


@pytest.mark.parametrize(
    ("prefixes", "copied"),
    [
        (("0",), {"0.weight", "0.bias"}),
        (("0.",), {"0.weight", "0.bias"}),
        (("0.weight",), {"0.weight"}),
        (["4.bias", "0"], {"0.weight", "0.bias", "4.bias"}),
        (("1",), {"1.gamma", "1.beta", "1.running_mean", "1.running_var"}),
        (("0", "0.bias"), {"0.weight", "0.bias"}),
        ((), set()),
    ],
)
def test_prefixes_choose_what_is_copied(prefixes, copied):
    source, target = trained(net(0), SGD(0.1)), net(1, classes=4)  # another head
    before, source_before = arrays(target), arrays(source)
    assert set(copy_params(source, target, prefixes)) == copied
    assert moved(target, before) == {n for n in copied if (before[n] != source_before[n]).any()}
    assert all((arrays(target)[name] == source_before[name]).all() for name in copied)
    assert moved(source, source_before) == set()


def test_a_prefix_is_whole_parts_of_a_name():
    grads = {name: np.ones(1) for name in ("1.weight", "10.weight", "1.0.bias", "21.weight")}
    assert trainable(grads, freeze=("1",)).keys() == {"10.weight", "21.weight"}
    assert trainable(grads, freeze=("1.0",)).keys() == grads.keys() - {"1.0.bias"}


@pytest.mark.parametrize(("source", "target"), [("float32", "float64"), ("float64", "float32")])
def test_the_target_keeps_its_dtype(source, target):
    learned, model = net(0, dtype=source), net(1, dtype=target)
    copy_params(learned, model)
    for name, array in (model.params | model.buffers).items():
        assert array.dtype == target
        np.testing.assert_allclose(array, arrays(learned)[name], rtol=1e-6)


def test_a_copy_that_is_refused_changes_nothing():
    target = net(1, classes=4)
    before = arrays(target)
    with pytest.raises(ValueError, match=r"^target '8.weight' must be of shape \(5, 3\)"):
        copy_params(net(0), target)
    assert moved(target, before) == set()


# --- another head ---------------------------------------------------------------------------------


def test_a_new_head_on_the_old_layers():
    old, head = trained(net(), SGD(0.1)), Linear(5, 7, rng=fresh(3))
    before, x = arrays(old), data()[0]
    new = replace_head(old, head)
    codes, _ = Sequential(*old.layers[:-1])(x)
    np.testing.assert_array_equal(new(x)[0], head(codes)[0])
    assert new.params["8.weight"] is head.params["weight"]
    y = fresh().integers(7, size=len(x))
    fit(new, cross_entropy, SGD(0.1), x, y, epochs=1, batch_size=8, rng=fresh())
    assert moved(old, before) == set()
    assert moved(new, {n: a for n, a in before.items() if not n.startswith("8.")}) == {
        n for n in before if not n.startswith("8.")
    }


def test_a_head_of_another_kind_is_taken_at_its_word():
    new = replace_head(mlp((2, 4, 3), rng=fresh()), Sequential(Linear(4, 9, rng=fresh())))
    assert new(data()[0])[0].shape == (len(data()[0]), 9)


# --- frozen layers --------------------------------------------------------------------------------

BODY = {"0.weight", "0.bias", "1.gamma", "1.beta", "4.weight", "4.bias", "5.gamma", "5.beta"}
STATISTICS = {f"{i}.running_{what}" for i in (1, 5) for what in ("mean", "var")}


@every
def test_frozen_parameters_do_not_move_under_any_optimizer_with_decay(make):
    model, optimizer = net(), make()
    before = arrays(model)
    for _ in range(5):
        _, grads = loss_and_grads(model, cross_entropy, *data())
        optimizer.step(model.params, trainable(grads, freeze=("0", "1", "4", "5")))
    assert moved(model, before) == {"8.weight", "8.bias"} | STATISTICS  # statistics do move


@every
def test_nothing_of_frozen_layers_moves_under_any_optimizer_with_decay(make):
    model = net()
    before = arrays(model)
    frozen = freeze(model, 8)
    assert frozen.params.keys() == {"8.weight", "8.bias"}
    assert frozen.buffers.keys() == BODY | STATISTICS
    trained(frozen, make())
    assert moved(model, before) == {"8.weight", "8.bias"}
    assert moved(frozen, before) == {"8.weight", "8.bias"}


@every
@pytest.mark.parametrize("layers", range(9))
def test_the_first_layers_are_frozen_and_the_others_train(make, layers):
    model = net()
    before = arrays(model)
    trained(freeze(model, layers), make())
    free = {name for name in before if int(name[0]) >= layers}
    assert (
        free - {"0.bias", "4.bias"} <= moved(model, before) <= free
    )  # batch norm undoes biases


def test_the_same_gradients_above_and_the_same_gradient_below():
    """A layer that does the same in both modes differs by its own gradients alone."""
    model = mlp((2, 6, 5, 3), rng=fresh())
    x, dy = data()[0], fresh(2).standard_normal((len(data()[0]), 3))
    (y, backward), (y_frozen, backward_frozen) = (
        m(x, training=True) for m in (model, freeze(model, 2))
    )
    (dx, grads), (dx_frozen, grads_frozen) = backward(dy), backward_frozen(dy)
    np.testing.assert_array_equal(y, y_frozen)
    np.testing.assert_array_equal(dx, dx_frozen)
    assert grads_frozen.keys() == grads.keys() - {"0.weight", "0.bias"}
    for name, grad in grads_frozen.items():
        np.testing.assert_array_equal(grad, grads[name])


def test_a_frozen_layer_is_at_inference_in_training():
    model, x = trained(net(), SGD(0.1)), data()[0]
    body = Sequential(*model.layers[:8])
    frozen = Frozen(body)
    np.testing.assert_array_equal(frozen(x, training=True)[0], body(x)[0])
    np.testing.assert_array_equal(frozen(x)[0], body(x)[0])
    np.testing.assert_array_equal(frozen(x[:1], training=True)[0], body(x[:1])[0])


def test_features_that_are_computed_once_train_the_same_head():
    model = trained(net(), SGD(0.1))
    head = Linear(5, 3, rng=fresh(3))
    whole = freeze(replace_head(model, head), 8)
    alone = Linear(5, 3, rng=fresh(3))
    x, y = data()
    codes, _ = Sequential(*model.layers[:8])(x)
    fit(whole, cross_entropy, Adam(0.01), x, y, epochs=3, batch_size=8, rng=fresh())
    fit(alone, cross_entropy, Adam(0.01), codes, y, epochs=3, batch_size=8, rng=fresh())
    for name, array in alone.params.items():
        np.testing.assert_allclose(head.params[name], array, rtol=1e-9, atol=1e-12)


def test_thawed_layers_go_on_from_where_they_are():
    model = net()
    trained(freeze(model, 8), Adam(0.01))
    before = arrays(model)
    trained(model, Adam(0.01))
    assert moved(model, before) == before.keys()


def test_frozen_layers_are_saved_with_the_model(tmp_path):
    frozen, other = freeze(trained(net(0), SGD(0.1)), 4), freeze(net(1), 4)
    save(tmp_path / "frozen.npz", frozen)
    load(tmp_path / "frozen.npz", other)
    assert moved(other, arrays(frozen)) == set()
    np.testing.assert_array_equal(other(data()[0])[0], frozen(data()[0])[0])


def test_limits_and_penalties_reach_what_is_trained():
    model = net()
    model.params["0.weight"][:] = model.params["8.weight"][:] = 9
    before = arrays(model)
    max_norm(freeze(model, 4).params, 1.0)
    max_norm(trainable(model.params, freeze=("0", "4")), 0.5)
    assert moved(model, before) <= {"4.weight", "8.weight"}
    assert (model.params["0.weight"] == 9).all()
    assert l2_penalty(freeze(model, 8).params, 1.0)[1].keys() == {"8.weight"}
    assert l2_penalty(trainable(model.params, ("0", "4")), 1.0)[1].keys() == {"8.weight"}


# --- rates of layers ------------------------------------------------------------------------------

GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("optimizers.json").read_text())
WARM = {rate: warmup(5, cosine(rate, 20)) for rate in (0.1, 0.01)}
# name -> (rule, how PyTorch takes its weight decay: "L2" into the gradient, or "decoupled")
AS_IN_PYTORCH = {
    "sgd": (lambda decay: SGD(WARM[0.1]), "L2"),
    "momentum": (lambda decay: SGD(WARM[0.1], 0.9), "L2"),
    "nesterov": (lambda decay: SGD(WARM[0.1], 0.9, nesterov=True), "L2"),
    "adagrad": (lambda decay: AdaGrad(WARM[0.1]), "L2"),
    "rmsprop": (lambda decay: RMSProp(WARM[0.01]), "L2"),
    "adam": (lambda decay: Adam(WARM[0.01]), "L2"),
    "adamw": (lambda decay: Adam(WARM[0.01], weight_decay=decay), "decoupled"),
}


@pytest.mark.parametrize("name", AS_IN_PYTORCH)
def test_twenty_steps_are_those_of_pytorchs_groups(name):
    make, kind = AS_IN_PYTORCH[name]
    optimizer = LayerRates(make(0.1), {"weight": 0.25})
    params = {key: np.array(p) for key, p in GOLDEN["start"].items()}
    path = GOLDEN[f"{name} decay=0.1 share=0.25"]
    for given_grads, expected in zip(GOLDEN["grads"], path, strict=True):
        grads = {key: np.array(grad) for key, grad in given_grads.items()}
        if kind == "L2":
            grads["weight"] += 0.1 * params["weight"]
        optimizer.step(params, grads)
        for key, p in params.items():
            np.testing.assert_allclose(p, expected[key], rtol=1e-12, atol=1e-14)


@every
def test_layers_step_as_under_optimizers_of_their_own(make):
    together, apart = net(), net()
    optimizer = LayerRates(make(0.02), {"0": 0.1, "1": 0.1, "4": 0.5})
    own = {0.1: make(0.002), 0.5: make(0.01), 1.0: make(0.02)}
    for _ in range(5):
        _, grads = loss_and_grads(together, cross_entropy, *data(), training=False)
        optimizer.step(together.params, grads)
        _, grads = loss_and_grads(apart, cross_entropy, *data(), training=False)
        for factor, one in own.items():
            one.step(
                apart.params, {n: g for n, g in grads.items() if optimizer.factor(n) == factor}
            )
    for name, array in apart.params.items():
        np.testing.assert_allclose(together.params[name], array, rtol=1e-12, atol=1e-15)
    assert optimizer.steps == 5


@every
@pytest.mark.parametrize("lr", [0.02, cosine(0.02, 10)])
def test_factors_of_one_are_the_optimizer_itself(make, lr):
    plain, equal = net(), net()
    trained(plain, make(lr))
    trained(equal, LayerRates(make(lr), {"0": 1.0, "8": 1}))
    assert moved(equal, arrays(plain)) == set()


@quick
@given(st.floats(1e-3, 10))
def test_the_first_step_is_so_many_times_as_long_where_scaled_gradients_change_nothing(factor):
    for make in (lambda: Adam(0.01), lambda: AdaGrad(0.01), lambda: RMSProp(0.01)):
        grads = {"0.weight": np.array([[3.0, -0.5]]), "1.weight": np.array([[1.0]])}
        steps = []
        for optimizer, scale in [
            (make(), 1),
            (make(), factor),
            (LayerRates(make(), {"0": factor}), 1),
        ]:
            params = {name: np.zeros_like(grad) for name, grad in grads.items()}
            optimizer.step(params, grads | {"0.weight": scale * grads["0.weight"]})
            steps.append(params)
        np.testing.assert_allclose(steps[1]["0.weight"], steps[0]["0.weight"], rtol=1e-3)
        np.testing.assert_allclose(steps[2]["0.weight"], factor * steps[0]["0.weight"])
        np.testing.assert_array_equal(steps[2]["1.weight"], steps[0]["1.weight"])


def test_the_longer_prefix_counts():
    rates = LayerRates(SGD(1.0), {"0": 0.5, "0.1.bias": 3, "0.1": 2})
    names = ("0.1.bias", "0.1.weight", "0.2.weight", "01.weight", "1.weight")
    assert [rates.factor(name) for name in names] == [3, 2, 0.5, 1, 1]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rates_keep_the_dtype(dtype):
    factors = {"0": np.float64(0.1), "4": np.float64(2)}
    model = trained(net(dtype=dtype), LayerRates(Adam(0.01), factors), dtype=dtype)
    assert {p.dtype for p in model.params.values()} == {np.dtype(dtype)}


@every
def test_a_run_goes_on_from_a_checkpoint(make, tmp_path):
    def rates():
        return LayerRates(make(cosine(0.05, 40)), {"0": 0.1, "4": 0.5})

    def on(model, optimizer):
        for _ in range(3):
            _, grads = loss_and_grads(model, cross_entropy, *data(), training=False)
            optimizer.step(model.params, grads)

    model, optimizer = net(), rates()
    on(model, optimizer)
    save(tmp_path / "run.npz", model, optimizer)
    again, other = net(1), rates()
    on(again, other)
    load(tmp_path / "run.npz", again, other)
    assert other.steps == optimizer.steps == 3
    on(model, optimizer)
    on(again, other)
    assert moved(again, arrays(model)) == set()


def test_rates_and_frozen_layers_go_together():
    model = net()
    before = arrays(model)
    trained(freeze(model, 4), LayerRates(Adam(0.01, weight_decay=0.1), {"4": 0.1, "5": 0.1}))
    assert moved(model, before) == {n for n in before if int(n[0]) >= 4}


# --- refusals -------------------------------------------------------------------------------------


class Mute(Layer):
    """A layer without arrays."""


GRADS = {"0.weight": np.ones((2, 6)), "8.bias": np.ones(3)}
SEVERAL = "several prefixes, such as ('0', '2')"
REFUSALS = [
    (lambda: copy_params(3, net()), "source must be a Layer, got 3"),
    (lambda: copy_params(net(), None), "target must be a Layer, got None"),
    (lambda: copy_params(net(), net(), "0"), f"prefixes must be {SEVERAL}, got '0'"),
    (lambda: copy_params(net(), net(), 0), f"prefixes must be {SEVERAL}, got 0"),
    (
        lambda: copy_params(net(), net(), ("0", "7")),
        "prefixes must be prefixes of known names, got '7'",
    ),
    (
        lambda: copy_params(net(), net(), ("0.we",)),
        "prefixes must be prefixes of known names, got '0.we'",
    ),
    (
        lambda: copy_params(net(), net(), ("",)),
        "prefixes must be prefixes of known names, got ''",
    ),
    (
        lambda: copy_params(net(), mlp((2, 6, 5, 3), rng=fresh())),
        "target '1.gamma' must be of shape (6,), got none",
    ),
    (
        lambda: replace_head(Linear(2, 3, rng=fresh()), Mute()),
        "model must be a Sequential, got Linear",
    ),
    (
        lambda: replace_head(Sequential(Mute()), Mute()),
        "layers of model must be a whole number of at least 2, got 1",
    ),
    (
        lambda: replace_head(net(), Linear(6, 3, rng=fresh())),
        "head must be a Linear of 5 inputs, got 6 inputs",
    ),
    (lambda: replace_head(net(), 3), "layers must be layers, got 3"),
    (lambda: trainable(GRADS, "0."), f"freeze must be {SEVERAL}, got '0.'"),
    (lambda: trainable(GRADS, ("1",)), "freeze must be prefixes of known names, got '1'"),
    (lambda: trainable([1], ("0",)), "grads must be a dict of arrays, got [1]"),
    (lambda: trainable(GRADS, (0,)), "freeze must be prefixes of known names, got 0"),
    (lambda: Frozen(net), "layer must be a Layer, got <function net"),
    (lambda: freeze(net(), -1), "layers must be a whole number of at least 0, got -1"),
    (lambda: freeze(net(), 10), "layers must be at most the model's (9), got 10"),
    (lambda: freeze(Mute(), 1), "model must be a Sequential, got Mute"),
    (lambda: LayerRates(0.1, {}), "optimizer must be an Optimizer, got 0.1"),
    (
        lambda: LayerRates(SGD(0.1), ["0"]),
        "factors must be a dict of prefixes to factors, got ['0']",
    ),
    (
        lambda: LayerRates(SGD(0.1), {0: 0.1}),
        "factors must be a dict of prefixes to factors, got {0: 0.1}",
    ),
    (
        lambda: LayerRates(LayerRates(SGD(0.1), {}), {}),
        "optimizer must be one without factors, got LayerRates",
    ),
    (
        lambda: LayerRates(SGD(0.1), {"0": 0}),
        "factors['0'] must be a finite number above 0, got 0",
    ),
    (lambda: LayerRates(SGD(0.1), {}).factor(0), "name must be a str, got 0"),
    (
        lambda: LayerRates(SGD(0.1), {"7": 0.1}).step(net().params, GRADS),
        "factors must be prefixes of known names, got '7'",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        call()


@pytest.mark.parametrize(
    "bad", [{"8.bias": np.ones(4)}, {"9.bias": np.ones(4)}], ids=["shape", "name"]
)
def test_a_step_that_is_refused_changes_nothing(bad):
    model, optimizer = net(), LayerRates(Adam(0.1), {"0": 0.1})
    before = arrays(model)
    with pytest.raises(ValueError, match=r"must be a parameter of shape \(4,\)"):
        optimizer.step(model.params, GRADS | bad)
    assert moved(model, before) == set()
    assert optimizer.steps == optimizer.optimizer.steps == 0

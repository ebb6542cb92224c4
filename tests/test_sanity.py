"""Sanity checks: each passes on a sound setting, fails on its own mistake, and the model stays as it was."""

import re
from copy import deepcopy
from functools import partial

import numpy as np
import pytest

from nnbook.activations import ACTIVATIONS
from nnbook.datasets import digits
from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.losses import binary_cross_entropy, cross_entropy, hinge, mse
from nnbook.models import convnet, mlp
from nnbook.normalization import BatchNorm
from nnbook.regularization import elastic_net, l1_penalty
from nnbook.residual import Residual
from nnbook.sanity import Report, sanity_checks

EXAMPLES = 300
NAMES = [
    *["inputs", "dtypes", "labels", "initial loss", "penalty", "gradients"],
    "learning 20 examples by heart",
]


def fresh(seed=0):
    return np.random.default_rng(seed)


def data(dtype=np.float64):
    x, y = digits()
    x = (x - x.mean(axis=0)) / x.std()
    return x[:EXAMPLES].astype(dtype), y[:EXAMPLES]


def failed(report):
    return [check.name for check in report.checks if not check.passed]


def found(report, name):
    return next(check.found for check in report.checks if check.name == name)


# --- sound settings -------------------------------------------------------------------------------


def blocks():
    yield Linear(64, 32, rng=fresh())
    for i in range(3):
        inner = Linear(32, 32, rng=fresh(i)), Activate("relu"), Linear(32, 32, rng=fresh(9 + i))
        yield Residual(*inner, zero_last=True)
    yield Linear(32, 10, rng=fresh())


SOUND = {
    **{
        f"{name}": partial(mlp, (64, 100, 100, 10), rng=fresh(), activation=name)
        for name in [*ACTIVATIONS, "prelu", "maxout"]
    },
    "batch norm": partial(mlp, (64, *[50] * 4, 10), rng=fresh(), norm="batch"),
    "layer norm": partial(mlp, (64, *[50] * 4, 10), rng=fresh(), norm="layer"),
    "dropout": partial(mlp, (64, 100, 100, 10), rng=fresh(), dropout=0.5),
    "softmax regression": partial(mlp, (64, 10), rng=fresh()),
    "blocks that start as the identity": lambda: Sequential(*blocks()),
}


@pytest.mark.parametrize("make", SOUND.values(), ids=SOUND)
def test_a_sound_net_passes_all_checks(make):
    report = sanity_checks(make(), cross_entropy, *data())
    assert failed(report) == []
    assert report.passed
    assert [check.name for check in report.checks] == NAMES


def test_a_sound_convnet_in_float32_passes_all_checks():
    x, y = data(np.float32)
    net = convnet((1, 16, 32, 10), rng=fresh(), dtype=np.float32)
    assert sanity_checks(net, cross_entropy, x.reshape(-1, 1, 8, 8), y).passed


@pytest.mark.parametrize(
    ("loss_fn", "chance"),
    [(cross_entropy, np.log(10)), (hinge, 9), (partial(hinge, margin=2), 18)],
)
def test_chance_is_the_logarithm_of_the_classes_or_for_hinge_one_less_than_them(
    loss_fn, chance
):
    report = sanity_checks(mlp((64, 50, 10), rng=fresh()), loss_fn, *data())
    assert report.passed
    assert f"chance {chance:.3g} " in found(report, "initial loss")


def test_targets_that_are_no_labels_are_left_to_the_loss():
    x, y = data()
    one_hot = np.eye(10)[y]
    net = mlp((64, 50, 10), rng=fresh(), init=lambda *n, rng: 0.05 * rng.standard_normal(n))
    for loss_fn, targets in ((binary_cross_entropy, one_hot.astype(int)), (mse, one_hot)):
        report = sanity_checks(net, loss_fn, x, targets)
        assert report.passed
        assert "labels" not in [check.name for check in report.checks]


@pytest.mark.parametrize("penalty", [l1_penalty, lambda p, s: elastic_net(p, s, s)])
def test_any_penalty_can_be_checked(penalty):
    assert sanity_checks(
        mlp((64, 50, 10), rng=fresh()), cross_entropy, *data(), penalty=penalty
    ).passed


# --- what it leaves alone -------------------------------------------------------------------------


@pytest.mark.parametrize("norm", ["batch", None])
def test_the_model_its_streams_and_the_data_stay_as_they_were(norm):
    net = mlp((64, 50, 10), rng=fresh(), norm=norm, dropout=0.3)
    x, y = data()
    before, twin = {**net.params, **net.buffers}, deepcopy(net)
    kept = {name: array.copy() for name, array in before.items()}
    again = x.copy(), y.copy()
    first, second = (sanity_checks(net, cross_entropy, x, y) for _ in range(2))
    assert repr(first) == repr(second)
    for name, array in {**net.params, **net.buffers}.items():
        assert array is before[name]
        np.testing.assert_array_equal(array, kept[name])
    np.testing.assert_array_equal(net(x, training=True)[0], twin(x, training=True)[0])
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(y, again[1])


# --- mistakes -------------------------------------------------------------------------------------


class Cut(Linear):
    """A layer that forgets the gradient of its weight."""

    def __call__(self, x, *, training=False):
        y, backward = super().__call__(x, training=training)
        return y, lambda dy: (backward(dy)[0], {"bias": backward(dy)[1]["bias"]})


class Wrong(Linear):
    """A layer whose gradients have the wrong sign."""

    def __call__(self, x, *, training=False):
        y, backward = super().__call__(x, training=training)
        return y, lambda dy: backward(-dy)


class Half(Layer):
    """A layer without parameters."""

    def __call__(self, x, *, training=False):
        return x / 2, lambda dy: (dy / 2, {})


def sound(**options):
    return mlp((64, 50, 10), rng=fresh(), **options)


BY_HEART = NAMES[-1]
# name -> (model, change of the data, options, the checks that fail, a word of the advice)
MISTAKES = {
    "raw pixels": (
        sound,
        lambda x, y: (4.9 + 6 * x, y),
        {},
        ["inputs", "initial loss"],
        "mean",
    ),
    "off center": (sound, lambda x, y: (x + 0.6, y), {}, ["inputs"], "subtract the training"),
    "small": (sound, lambda x, y: (x / 100, y), {}, ["inputs"], "divide by"),
    "a missing value": (
        sound,
        lambda x, y: (np.where(x == x[3, 4], np.nan, x), y),
        {},
        ["inputs"],
        "missing values",
    ),
    "labels from 1": (sound, lambda x, y: (x, y + 1), {}, ["labels"], "labels count from 0"),
    "labels from -1": (sound, lambda x, y: (x, y - 1), {}, ["labels"], "labels count from 0"),
    "mixed dtypes": (
        partial(sound, dtype=np.float32),
        lambda x, y: (x, y),
        {},
        ["dtypes"],
        "x.astype(...)",
    ),
    "large weights": (
        partial(sound, init=lambda *n, rng: rng.standard_normal(n)),
        lambda x, y: (x, y),
        {},
        ["initial loss"],
        "large weights",
    ),
    "labels among the inputs": (
        lambda: Activate("relu"),
        lambda x, y: (9 * np.eye(10)[y], y),
        {"penalty": lambda params, strength: (strength, params)},
        ["initial loss"],
        "labels among the inputs",
    ),
    "a bonus for large weights": (
        sound,
        lambda x, y: (x, y),
        {"penalty": lambda params, strength: (-l1_penalty(params, strength)[0], params)},
        ["penalty"],
        "the sign of the penalty",
    ),
    "a penalty without its strength": (
        sound,
        lambda x, y: (x, y),
        {"penalty": lambda params, strength: l1_penalty(params, 1.0)},
        ["penalty"],
        "the sign of the penalty",
    ),
    "dead units": (
        partial(sound, bias=-50.0),
        lambda x, y: (x, y),
        {},
        ["gradients", BY_HEART],
        "dead units",
    ),
    "a missing gradient": (
        lambda: Sequential(
            Cut(64, 50, rng=fresh()), Activate("relu"), Linear(50, 10, rng=fresh())
        ),
        lambda x, y: (x, y),
        {},
        ["gradients"],
        "a backward that leaves a gradient out",
    ),
    "a wrong sign": (
        lambda: Sequential(Wrong(64, 10, rng=fresh())),
        lambda x, y: (x, y),
        {},
        [BY_HEART],
        "gradcheck",
    ),
    "two labels for equal inputs": (
        sound,
        lambda x, y: (np.where(np.arange(EXAMPLES)[:, None] < 150, x[0], -x[0]), y),
        {},
        [BY_HEART],
        "equal inputs with two labels",
    ),
    "a rate that is too low": (
        sound,
        lambda x, y: (x, y),
        {"lr": 1e-6},
        [BY_HEART],
        "the rate",
    ),
    "a rate that is much too high": (
        sound,
        lambda x, y: (x, y),
        {"lr": 1e200},
        [BY_HEART],
        "the rate",
    ),
}


@pytest.mark.parametrize(
    ("make", "change", "options", "expected", "advice"), MISTAKES.values(), ids=MISTAKES
)
def test_each_mistake_fails_its_checks_and_gets_advice(make, change, options, expected, advice):
    report = sanity_checks(make(), cross_entropy, *change(*data()), **options)
    assert failed(report) == expected
    assert not report.passed
    text = str(report)
    assert advice in text
    assert text.count("look at: ") == text.count("FAIL") == len(expected)


def test_the_parameters_without_a_gradient_are_named():
    report = sanity_checks(sound(bias=-50.0), cross_entropy, *data())
    assert found(report, "gradients") == "none for 0.weight, 0.bias, 2.weight"


def test_a_bias_that_batch_norm_cancels_is_no_mistake():
    net = Sequential(Linear(64, 30, rng=fresh()), BatchNorm(30), Linear(30, 10, rng=fresh()))
    assert sanity_checks(net, cross_entropy, *data()).passed


def test_a_layer_without_parameters_has_no_dtype():
    x = np.ones((3, 2))
    report = sanity_checks(
        Half(), mse, x, x, penalty=lambda params, strength: (strength, params)
    )
    assert found(report, "dtypes") == "inputs float64, parameters none"


@pytest.mark.parametrize("bad", ["inputs", "labels"])
def test_with_bad_data_the_report_ends_there(bad):
    x, y = data()
    if bad == "inputs":
        x[0, 0] = np.inf
    else:
        y[0] = 10
    report = sanity_checks(sound(), cross_entropy, x, y)
    assert [check.name for check in report.checks] == NAMES[:3]
    assert failed(report) == [bad]


def test_examples_are_taken_evenly_and_no_more_than_there_are():
    x, y = data()
    order = np.argsort(y, kind="stable")  # the first examples are of one class
    report = sanity_checks(sound(), cross_entropy, x[order], y[order], steps=1)
    assert failed(report) == [BY_HEART]
    few = sanity_checks(sound(), cross_entropy, x[:7], y[:7])
    assert few.checks[-1].name == "learning 7 examples by heart"
    one = sanity_checks(sound(), cross_entropy, x, y, examples=1)
    assert one.checks[-1].name == "learning 1 examples by heart"


# --- the report -----------------------------------------------------------------------------------


def test_the_report_reads_line_by_line():
    x, y = data()
    report = sanity_checks(
        mlp((64, 50, 10), rng=fresh(), bias=-50.0), cross_entropy, x, y, steps=9
    )
    assert isinstance(report, Report)
    lines = str(report).splitlines()
    assert lines[0] == "ok    inputs: mean 0, std 0.724"
    assert lines[1] == "ok    dtypes: inputs float64, parameters float64"
    assert lines[2] == "ok    labels: 0 to 9, for 10 outputs"
    assert lines[3] == "ok    initial loss: 2.3, chance 2.3 (all scores 0); std of scores 0"
    assert re.fullmatch(
        r"ok    penalty: loss 2\.303, 2\.\d+, \d\.\d+ at strengths 0, 0\.001, 0\.01", lines[4]
    )
    assert lines[5] == "FAIL  gradients: none for 0.weight, 0.bias, 2.weight"
    assert lines[6].startswith("      look at: dead units; ")
    assert re.fullmatch(
        r"FAIL  learning 20 examples by heart: loss 2\.\d+ after 9 updates, goal 0\.023",
        lines[7],
    )
    assert len(lines) == 9


def call(**change):
    x, y = data()
    arguments = {"model": sound(), "loss_fn": cross_entropy, "x": x, "y": y}
    return sanity_checks(**arguments | change)


REFUSALS = [
    ({"x": np.ones(3, int)}, "x must be an array of floats, got dtype int64"),
    ({"x": np.ones((0, 64))}, "x must be a batch of at least one example, got shape (0, 64)"),
    ({"y": np.zeros(3, int)}, "y must be as many as x has rows (300), got 3"),
    ({"y": 3}, "y must be as many as x has rows (300), got array(3)"),
    ({"model": 3}, "model must be a Layer, got 3"),
    ({"loss_fn": 3}, "loss_fn must be a function, got 3"),
    ({"penalty": None}, "penalty must be a function, got None"),
    ({"examples": 0}, "examples must be a whole number of at least 1, got 0"),
    ({"steps": 0}, "steps must be a whole number of at least 1, got 0"),
    ({"lr": -1.0}, "lr must be a finite number above 0, got -1.0"),
    (
        {"x": np.ones((300, 63))},
        "in layer 0 (Linear): x must be an array of shape (N, 64), got shape (300, 63)",
    ),
    (
        {"model": Sequential(Activate("relu"))},
        "params must be parameters with one called weight, got []",
    ),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS, ids=[m for _, m in REFUSALS])
def test_refusals(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(**change)

"""mlp and convnet: their layers, initial weights and gradients, and what they refuse."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.activations import ACTIVATIONS
from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.datasets import digits
from nnbook.gradcheck import check_layer
from nnbook.initializers import lecun_normal
from nnbook.layers import Activate, Linear, Maxout, PReLU
from nnbook.losses import cross_entropy
from nnbook.models import convnet, mlp
from nnbook.normalization import BatchNorm, LayerNorm
from nnbook.optimizers import SGD
from nnbook.regularization import Dropout
from nnbook.schedules import cosine
from nnbook.training import evaluate, fit, loss_and_grads

quick = settings(max_examples=20, deadline=None, derandomize=True)
KINDS = (*ACTIVATIONS, "prelu", "maxout")


def fresh(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("activation", "between"),
    [("tanh", [Linear, Activate]), ("prelu", [Linear, PReLU]), ("maxout", [Maxout])],
)
def test_the_layers(activation, between):
    net = mlp((4, 3, 3, 2), rng=fresh(), activation=activation)
    assert [type(layer) for layer in net.layers] == [*between, *between, Linear]
    assert net(np.ones((5, 4)))[0].shape == (5, 2)


def test_no_hidden_width_makes_a_linear_classifier():
    assert [type(layer) for layer in mlp((4, 2), rng=fresh()).layers] == [Linear]


@quick
@given(st.sampled_from(KINDS), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_dtype_and_repeatability(activation, dtype, seed):
    first, second = (
        mlp((3, 4, 2), rng=fresh(seed), activation=activation, dtype=dtype) for _ in range(2)
    )
    for name, param in first.params.items():
        assert param.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(param, second.params[name])
    assert first(np.ones((2, 3), dtype))[0].dtype == np.dtype(dtype)


def test_weights_are_kaimings_unless_told_otherwise():
    for options, variance in (({}, 2 / 200), ({"init": lecun_normal}, 1 / 200)):
        net = mlp((200, 200, 2), rng=fresh(), **options)
        assert net.params["0.weight"].var() == pytest.approx(variance, rel=0.05)


def test_hidden_biases_start_where_told_and_the_outputs_at_zero():
    net = mlp((3, 4, 4, 2), rng=fresh(), bias=0.1)
    assert [set(net.params[f"{i}.bias"]) for i in (0, 2, 4)] == [{0.1}, {0.1}, {0.0}]


# --- norms and dropout ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "between"),
    [
        ({"norm": "batch"}, [Linear, BatchNorm, Activate]),
        ({"norm": "layer", "activation": "prelu"}, [Linear, LayerNorm, PReLU]),
        ({"dropout": 0.5}, [Linear, Activate, Dropout]),
        ({"norm": "batch", "dropout": 0.1}, [Linear, BatchNorm, Activate, Dropout]),
        ({"activation": "maxout", "dropout": 0.5}, [Maxout, Dropout]),
    ],
)
def test_norms_stand_before_the_activation_and_dropout_behind_it(options, between):
    net = mlp((4, 3, 5, 2), rng=fresh(), **options)
    assert [type(layer) for layer in net.layers] == [*between, *between, Linear]
    for training in (True, False):
        assert net(fresh(1).standard_normal((6, 4)), training=training)[0].shape == (6, 2)
    assert {layer.rate for layer in net.layers if isinstance(layer, Dropout)} <= {0.1, 0.5}


@quick
@given(
    st.sampled_from(KINDS),
    st.sampled_from([None, "batch", "layer"]),
    st.sampled_from([0.0, 0.3]),
    st.integers(0, 99),
)
def test_norms_and_dropout_leave_the_weights_and_the_stream_as_they_are(
    activation, norm, dropout, seed
):
    norm = None if activation == "maxout" else norm
    by_hand, rng = fresh(seed), fresh(seed)
    hidden = Maxout if activation == "maxout" else Linear
    expected = [hidden(3, 4, rng=by_hand), hidden(4, 5, rng=by_hand), Linear(5, 2, rng=by_hand)]
    net = mlp((3, 4, 5, 2), rng=rng, activation=activation, norm=norm, dropout=dropout)
    got = [layer for layer in net.layers if isinstance(layer, Linear | Maxout)]
    for layer, like in zip(got, expected, strict=True):
        assert type(layer) is type(like)
        for name, param in like.params.items():
            np.testing.assert_array_equal(layer.params[name], param)
    assert rng.bit_generator.state == by_hand.bit_generator.state


def test_dropouts_have_streams_of_their_own():
    net = mlp((3, 50, 50, 2), rng=fresh(), dropout=0.5)
    masks = [
        layer(np.ones((4, 50)), training=True)[0]
        for layer in net.layers
        if isinstance(layer, Dropout)
    ]
    assert (masks[0] != masks[1]).any()


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("norm", [None, "batch", "layer"])
def test_gradients_of_an_mlp_and_of_its_biases_before_batch_norm(norm, dropout, training):
    net = mlp((3, 5, 4, 2), rng=fresh(3), activation="tanh", norm=norm, dropout=dropout)
    for value in net.buffers.values():
        value += fresh(4).random(value.shape)
    x = fresh(5).standard_normal((6, 3))
    errors = check_layer(net, x, rng=fresh(1), training=training)
    if norm == "batch" and training:
        y, backward = net(x, training=True)
        _, grads = backward(y)
        for i, layer in enumerate(net.layers[:-1]):
            if isinstance(layer, Linear):
                # The mean takes the bias out: what is left is rounding on both sides.
                del errors[f"{i}.bias"]
                assert np.abs(grads[f"{i}.bias"]).max() < 1e-13
    assert {name: error for name, error in errors.items() if not error < 1e-6} == {}


# --- convnet --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("norm", "between"), [("batch", [Conv2d, BatchNorm, Activate]), (None, [Conv2d, Activate])]
)
def test_the_layers_of_a_convnet(norm, between):
    net = convnet((3, 4, 5, 6, 2), rng=fresh(), norm=norm)
    assert [type(layer) for layer in net.layers] == [
        *[*between, MaxPool2d, *between, MaxPool2d, *between],
        *[GlobalAveragePool, Linear],
    ]
    x = fresh(1).standard_normal((7, 3, 8, 8))
    for training in (True, False):
        assert net(x, training=training)[0].shape == (7, 2)
    shapes = [layer(np.ones((1, 3, 8, 8)))[0].shape for layer in net.layers[:1]]
    assert shapes == [(1, 4, 8, 8)]  # padding keeps height and width


def test_a_convnet_of_one_convolution():
    net = convnet((1, 4, 2), rng=fresh(), norm=None, activation="gelu")
    assert [type(layer) for layer in net.layers] == [
        *[Conv2d, Activate, GlobalAveragePool, Linear]
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_convnet_keeps_its_dtype_and_draws_from_rng_alone(dtype):
    rng, by_hand = fresh(5), fresh(5)
    net = convnet((1, 3, 4, 2), rng=rng, dtype=dtype)
    for name, like in {
        "0.weight": Conv2d(1, 3, 3, rng=by_hand),
        "4.weight": Conv2d(3, 4, 3, rng=by_hand),
        "8.weight": Linear(4, 2, rng=by_hand),
    }.items():
        np.testing.assert_array_equal(net.params[name], like.params["weight"].astype(dtype))
    assert rng.bit_generator.state == by_hand.bit_generator.state
    x = fresh().standard_normal((4, 1, 8, 8)).astype(dtype)
    loss, grads = loss_and_grads(net, cross_entropy, x, np.array([0, 1, 1, 0]))
    assert loss > 0
    arrays = [*net.params.values(), *net.buffers.values(), *grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
def test_gradients_of_a_convnet(training):
    net = convnet((1, 2, 3, 2), rng=fresh(3), activation="tanh")
    for value in net.buffers.values():
        value += fresh(4).random(value.shape)
    errors = check_layer(
        net, fresh(5).standard_normal((3, 1, 4, 4)), rng=fresh(1), training=training
    )
    if training:
        del errors["0.bias"], errors["4.bias"]  # 0 before batch norm
    assert {name: error for name, error in errors.items() if not error < 1e-6} == {}


def test_a_convnet_learns_digits():
    pixels, labels = digits()
    x = ((pixels - pixels.mean(axis=0)) / pixels.std()).reshape(-1, 1, 8, 8)
    x = x.astype(np.float32)
    data = (cross_entropy, SGD(cosine(0.2, 5 * 24), momentum=0.9), x[:1200], labels[:1200])
    net = convnet((1, 16, 32, 10), rng=fresh(), dtype=np.float32)
    fit(net, *data, epochs=5, batch_size=50, rng=fresh(1))
    assert evaluate(net, x[1200:], labels[1200:]) > 0.9


# --- refusals -------------------------------------------------------------------------------------

REFUSALS = [
    ({"sizes": (3,)}, "sizes must be at least (inputs, outputs), got (3,)"),
    ({"sizes": 3}, "sizes must be at least (inputs, outputs), got 3"),
    ({"norm": "bath"}, "norm must be one of batch, layer, got 'bath'"),
    ({"norm": True}, "norm must be one of batch, layer, got True"),
    ({"norm": "batch", "activation": "maxout"}, "norm must be None with maxout, got 'batch'"),
    ({"dropout": 1.0}, "dropout must be in [0, 1), got 1.0"),
    ({"dropout": -0.1}, "dropout must be in [0, 1), got -0.1"),
    ({"dropout": 0.5, "rng": None}, "rng must be a numpy.random.Generator, got None"),
    ({"sizes": (3, 0, 2)}, "sizes must be a whole number of at least 1, got 0"),
    ({"sizes": (3, -4, 2)}, "sizes must be a whole number of at least 1, got -4"),
    ({"sizes": (3, 4.0, 2)}, "sizes must be a whole number of at least 1, got 4.0"),
    ({"rng": 3}, "rng must be a numpy.random.Generator, got 3"),
    ({"bias": np.nan}, "bias must be a finite number, got nan"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_refusals(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mlp(**{"sizes": (3, 4, 2), "rng": fresh()} | change)


CONV_REFUSALS = [
    ({"sizes": (1, 10)}, "sizes must be at least (channels, channels, outputs), got (1, 10)"),
    ({"sizes": (1, 8, 0)}, "sizes must be a whole number of at least 1, got 0"),
    ({"norm": "layer"}, "norm must be one of batch, got 'layer'"),
    ({"rng": 3}, "rng must be a numpy.random.Generator, got 3"),
]


@pytest.mark.parametrize(("change", "message"), CONV_REFUSALS)
def test_refusals_of_a_convnet(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        convnet(**{"sizes": (1, 4, 2), "rng": fresh()} | change)


@pytest.mark.parametrize("activation", ["maxout", "prelu", "rely"])
def test_a_convnet_takes_functions_only(activation):
    with pytest.raises(ValueError, match=f"^activation must be one of .*, got '{activation}'$"):
        convnet((1, 4, 2), rng=fresh(), activation=activation)


@pytest.mark.parametrize("options", [{"norm": "bath"}, {"dropout": 2.0}])
def test_a_bad_option_is_refused_before_any_draw(options):
    rng = fresh()
    with pytest.raises(ValueError, match="must be"):
        mlp((3, 4, 2), rng=rng, **options)
    assert rng.bit_generator.state == fresh().bit_generator.state


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 4, 4, 2)])
def test_an_unknown_activation_is_refused_before_any_draw_and_the_known_ones_are_listed(sizes):
    rng = fresh()
    with pytest.raises(
        ValueError, match=r"^activation must be one of .*, got 'rely'$"
    ) as refusal:
        mlp(sizes, rng=rng, activation="rely")
    listed = re.search("one of (.*), got", str(refusal.value))[1].split(", ")
    assert listed == sorted(KINDS)
    assert rng.bit_generator.state == fresh().bit_generator.state

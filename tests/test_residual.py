"""Residual: the sum, names, zeroed last layers, variance over many blocks, refusals.

Gradients by differences: test_gradients.py.
"""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.checkpoints import load, save
from nnbook.convolution import Conv2d, GlobalAveragePool
from nnbook.layers import Activate, Flatten, Layer, Linear, Maxout, PReLU, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.normalization import BatchNorm, GroupNorm, LayerNorm
from nnbook.optimizers import SGD
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual
from nnbook.training import fit, loss_and_grads

quick = settings(max_examples=20, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
both = pytest.mark.parametrize("dtype", ["float32", "float64"])
modes = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])


def fresh(seed=0):
    return np.random.default_rng(seed)


def branch(seed=0, dtype="float64", width=6):
    return (
        Linear(width, 2 * width, rng=fresh([seed, 1]), dtype=dtype, bias=0.1),
        Activate("relu"),
        Linear(2 * width, width, rng=fresh([seed, 2]), dtype=dtype, bias=0.2),
    )


# name -> (layers of a branch, shape of a batch); the last layer can be set to 0
BRANCHES = {
    "dense": (branch, (5, 6)),
    "one layer": (lambda: [Linear(6, 6, rng=fresh())], (5, 6)),
    "of an mlp": (lambda: [mlp((6, 9, 6), rng=fresh())], (5, 6)),
    "maxout": (lambda: [Linear(6, 6, rng=fresh()), Maxout(6, 6, rng=fresh())], (5, 6)),
    "drop connect": (lambda: [DropConnect(6, 6, rng=fresh())], (5, 6)),
    "batch norm": (lambda: [Linear(6, 6, rng=fresh(), bias=0.3), BatchNorm(6)], (5, 6)),
    "layer norm": (lambda: [Linear(6, 6, rng=fresh(), bias=0.3), LayerNorm(6)], (5, 6)),
    "images": (
        lambda: [Conv2d(3, 3, 3, padding=1, rng=fresh()), GroupNorm(1, 3)],
        (2, 3, 4, 4),
    ),
    "of a block": (lambda: [Sequential(*branch()), Sequential(PReLU(), *branch(1))], (5, 6)),
}
every = pytest.mark.parametrize(("make", "shape"), BRANCHES.values(), ids=BRANCHES)


# --- the sum --------------------------------------------------------------------------------------


@every
@modes
def test_the_output_is_the_input_plus_the_branch_and_so_is_the_gradient(make, shape, training):
    x, dy = fresh(1).standard_normal((2, *shape))
    twin = Sequential(*make())
    change, back = twin(x, training=training)
    dx, grads = back(dy)
    block = Residual(*make())
    y, backward = block(x, training=training)
    got_dx, got = backward(dy)
    np.testing.assert_array_equal(y, x + change)
    np.testing.assert_array_equal(got_dx, dy + dx)
    assert got.keys() == grads.keys() == block.params.keys() == twin.params.keys()


def test_parameters_and_buffers_have_flat_names_and_are_shared():
    inner = [Linear(3, 3, rng=fresh()), BatchNorm(3), Activate("relu")]
    model = Sequential(Linear(2, 3, rng=fresh()), Residual(*inner), Linear(3, 2, rng=fresh()))
    assert list(model.params) == [
        *["0.weight", "0.bias", "1.0.weight", "1.0.bias", "1.1.gamma", "1.1.beta"],
        *["2.weight", "2.bias"],
    ]
    assert list(model.buffers) == ["1.1.running_mean", "1.1.running_var"]
    assert model.params["1.0.weight"] is inner[0].params["weight"]
    assert model.buffers["1.1.running_var"] is inner[1].buffers["running_var"]


@both
@quick
@given(seeds, st.booleans(), st.booleans())
def test_dtype_shape_and_input_are_kept(dtype, seed, training, zero_last):
    block = Residual(*branch(seed, dtype), zero_last=zero_last)
    x = fresh(seed).standard_normal((4, 6)).astype(dtype)
    before = x.copy()
    y, backward = block(x, training=training)
    dx, grads = backward(np.ones_like(y))
    assert {y.dtype, dx.dtype, *(g.dtype for g in grads.values())} == {np.dtype(dtype)}
    assert (y.shape, dx.shape) == (x.shape, x.shape)
    np.testing.assert_array_equal(x, before)


def test_a_second_call_leaves_the_first_backward_right():
    block, (x, other, dy) = Residual(*branch()), fresh().standard_normal((3, 4, 6))
    _, alone = block(x)
    expected, grads = alone(dy)
    _, backward = block(x)
    block(other)
    got, again = backward(dy)
    np.testing.assert_array_equal(got, expected)
    for name, grad in grads.items():
        np.testing.assert_array_equal(again[name], grad)


def test_the_mode_reaches_the_branch():
    block, x = Residual(BatchNorm(6), Dropout(0.5, rng=fresh())), np.ones((8, 6))
    np.testing.assert_array_equal(block(x, training=True)[0], x)  # x_hat is 0 in training
    np.testing.assert_allclose(block(x)[0], x + (1 - 0.1) / np.sqrt(0.9 + 1e-5))


def test_a_checkpoint_fills_a_block(tmp_path):
    first, second = (Sequential(Residual(*branch(seed), BatchNorm(6))) for seed in (0, 1))
    x = fresh().standard_normal((8, 6))
    first(x, training=True)
    save(tmp_path / "net.npz", first)
    load(tmp_path / "net.npz", second)
    np.testing.assert_array_equal(first(x)[0], second(x)[0])


# --- a last layer of zeros ------------------------------------------------------------------------


@every
@modes
def test_with_zero_last_a_block_starts_as_the_identity(make, shape, training):
    x, dy = fresh(1).standard_normal((2, *shape))
    y, backward = Residual(*make(), zero_last=True)(x, training=training)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(dy)[0], dy)


@every
def test_only_the_last_layer_is_zero_and_it_learns_first(make, shape):
    start, block = Sequential(*make()), Residual(*make(), zero_last=True)
    last = [name for name, p in block.params.items() if (p != start.params[name]).any()]
    assert last
    assert all((block.params[name] == 0).all() for name in last)
    prefix = last[0].rpartition(".")[0]
    assert all(name.startswith(prefix) for name in last)
    x, dy = fresh(2).standard_normal((2, *shape))
    grads = block(x, training=True)[1](dy)[1]
    others = [n for n in grads if not n.startswith(prefix)]
    assert any((grads[name] != 0).any() for name in last)
    assert all((grads[name] == 0).all() for name in others)
    SGD(0.1).step(block.params, grads)
    grads = block(x, training=True)[1](dy)[1]
    weights = [name for name in others if not name.endswith("bias")]
    assert all((grads[name] != 0).any() for name in weights)


@pytest.mark.parametrize("zero_last", [False, True])
def test_the_mean_square_triples_with_each_block_unless_its_last_layer_is_zero(zero_last):
    # He's weights double it: the first pair with ReLU's half keeps it, the last one does not.
    blocks = [Residual(*branch(seed, width=64), zero_last=zero_last) for seed in range(8)]
    x = fresh(99).standard_normal((500, 64))
    y, _ = Sequential(*blocks)(x)
    growth = (y**2).mean() / (x**2).mean()
    assert growth == 1 if zero_last else 2.5**8 < growth < 3.5**8


def test_a_deep_stack_of_zeroed_blocks_learns():
    rng = fresh()
    x = rng.standard_normal((40, 8))
    labels = rng.integers(3, size=40)
    blocks = [Residual(*branch(seed, width=8), zero_last=True) for seed in range(12)]
    model = Sequential(*blocks, Linear(8, 3, rng=rng))
    start, _ = loss_and_grads(model, cross_entropy, x, labels)
    fit(model, cross_entropy, SGD(0.05), x, labels, epochs=60, batch_size=40, rng=rng)
    end, grads = loss_and_grads(model, cross_entropy, x, labels)
    assert end < start / 4
    assert all((grad != 0).any() for grad in grads.values())


# --- refusals -------------------------------------------------------------------------------------

LAST = "last layer must be one with a weight or a gamma, got "
REFUSALS = [
    (lambda: Residual(), "layers must be one or more layers, got ()"),
    (lambda: Residual(3), "layers must be layers, got 3"),
    (lambda: Residual(*branch(), zero_last=1), "zero_last must be True or False, got 1"),
    (lambda: Residual(*branch(), Activate("relu"), zero_last=True), LAST + "Activate"),
    (lambda: Residual(*branch(), PReLU(), zero_last=True), LAST + "PReLU"),
    (lambda: Residual(Sequential(), zero_last=True), LAST + "Sequential"),
    (lambda: Residual(mlp((2, 3), rng=fresh()), Flatten(), zero_last=True), LAST + "Flatten"),
    (
        lambda: Residual(Linear(3, 1, rng=fresh()))(np.ones((2, 3))),
        "branch(x) must be of x's shape (2, 3), got shape (2, 1)",
    ),
    (
        lambda: Residual(GlobalAveragePool())(np.ones((1, 2, 3, 3))),
        "branch(x) must be of x's shape (1, 2, 3, 3), got shape (1, 2)",
    ),
    (
        lambda: Residual(Conv2d(3, 3, 3, rng=fresh()))(np.ones((1, 3, 5, 5))),
        "branch(x) must be of x's shape (1, 3, 5, 5), got shape (1, 3, 3, 3)",
    ),
    (
        lambda: Residual(*branch())(np.ones((2, 5))),
        "in layer 0 (Linear): x must be an array of shape (N, 6), got shape (2, 5)",
    ),
    (
        lambda: Residual(Activate("relu"))(np.ones((2, 3), int)),
        "x must be an array of floats, got dtype int64",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS, ids=[m for _, m in REFUSALS])
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


def test_a_refused_block_leaves_its_layers_as_they_were():
    layers: list[Layer] = [*branch(), Activate("relu")]
    before = {name: p.copy() for name, p in Sequential(*layers).params.items()}
    with pytest.raises(ValueError, match="last layer"):
        Residual(*layers, zero_last=True)
    for name, p in Sequential(*layers).params.items():
        np.testing.assert_array_equal(p, before[name])

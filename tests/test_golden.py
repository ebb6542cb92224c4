"""The same numbers as PyTorch: tests/golden/torch.json, made by tests/golden/make_golden.py."""

from typing import Any

import numpy as np
import pytest
from stored import golden

from nnbook.activations import ACTIVATIONS, log_softmax, softmax
from nnbook.layers import Maxout, PReLU
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD, Adam

both = pytest.mark.parametrize("dtype", ["float64", "float32"])
# rtol, atol. The second is for PyTorch's tails, which are differences of numbers near 1 times x: of
# gelu(-5) in float32, which is -1.433e-6, PyTorch makes -1.192e-6.
TOLERANCE = {"float64": (1e-12, 4e-15), "float32": (1e-6, 1e-6)}


class Golden:
    """One stored case; its numbers as arrays of its dtype, and the comparison at its tolerance."""

    def __init__(self, name: str, dtype: str) -> None:
        self.case, self.dtype = golden("torch")[f"{dtype} {name}"], dtype

    def array(self, *keys: str) -> np.ndarray:
        value = self.case
        for key in keys:
            value = value[key]
        return np.array(value, np.intp if keys == ("labels",) else self.dtype)

    def check(self, got: Any, *keys: str) -> None:
        rtol, atol = TOLERANCE[self.dtype]
        expected = self.array(*keys)
        assert isinstance(got, float) or (got.dtype, got.shape) == (self.dtype, expected.shape)
        np.testing.assert_allclose(got, expected, rtol, atol)


@pytest.mark.parametrize("name", ["torch", "convolution", "norms", "optimizers", "losses"])
def test_a_file_names_its_version(name):
    assert golden(name)["torch"].startswith("2.13.0")


ACTIVATION_CASES = [
    *[(name, {}) for name in ACTIVATIONS],
    ("leaky_relu", {"negative_slope": 0.2}),
    ("elu", {"alpha": 0.5}),
    ("gelu", {"approximate": True}),
]


@both
@pytest.mark.parametrize(("name", "options"), ACTIVATION_CASES)
def test_activations(name, options, dtype):
    stored = Golden(
        " ".join(["activation", name, *[f"{k}={v}" for k, v in options.items()]]), dtype
    )
    f, f_grad = ACTIVATIONS[name]
    stored.check(f(stored.array("x"), **options), "value")
    stored.check(f_grad(stored.array("x"), **options), "slope")


@both
@pytest.mark.parametrize("axis", [0, 1])
def test_softmax(axis, dtype):
    stored = Golden("softmax", dtype)
    x = stored.array("x")
    p, log_p = stored.array("axes", str(axis))
    rtol, atol = TOLERANCE[dtype]
    np.testing.assert_allclose(softmax(x, axis), p, rtol, atol)
    np.testing.assert_allclose(log_softmax(x, axis), log_p, rtol, atol)


@both
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy(smoothing, dtype):
    stored = Golden(f"cross_entropy {smoothing}", dtype)
    loss, grad = cross_entropy(stored.array("logits"), stored.array("labels"), smoothing)
    stored.check(loss, "loss")
    stored.check(grad, "grad")


@both
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("sgd 0.0", lambda: SGD(0.1)),
        ("sgd 0.9", lambda: SGD(0.1, 0.9)),
        ("adam", lambda: Adam(0.01)),
    ],
    ids=["sgd", "momentum", "adam"],
)
def test_twenty_steps_of_an_optimizer(name, make, dtype):
    stored = Golden(name, dtype)
    params = {key: stored.array("start", key) for key in ("weight", "bias")}
    optimizer = make()
    rtol, atol = TOLERANCE[dtype]
    for grads, expected in zip(stored.case["grads"], stored.case["path"], strict=True):
        optimizer.step(params, {key: np.array(grad, dtype) for key, grad in grads.items()})
        for key, value in params.items():
            assert value.dtype == dtype
            np.testing.assert_allclose(value, expected[key], rtol, atol)


@both
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_logits_loss_and_gradients_of_an_mlp(name, dtype):
    stored = Golden(f"mlp {name}", dtype)
    rng = np.random.default_rng(0)
    model = mlp((5, 7, 6, 3), rng=rng, activation=name, dtype=np.dtype(dtype))
    assert sorted(model.params) == sorted(stored.case["params"])
    for key, param in model.params.items():
        param[:] = stored.array("params", key)
    logits, backward = model(stored.array("x"))
    loss, dlogits = cross_entropy(logits, stored.array("labels"))
    dx, grads = backward(dlogits)
    stored.check(logits, "logits")
    stored.check(loss, "loss")
    stored.check(dx, "dx")
    assert sorted(grads) == sorted(stored.case["grads"])
    for key, grad in grads.items():
        stored.check(grad, "grads", key)


@both
@pytest.mark.parametrize("features", [1, 4])
def test_prelu(features, dtype):
    stored = Golden(f"prelu {features}", dtype)
    layer = PReLU(features, dtype=np.dtype(dtype))
    layer.params["alpha"][:] = stored.array("alpha")
    y, backward = layer(stored.array("x"))
    dx, grads = backward(stored.array("dy"))
    stored.check(y, "y")
    stored.check(dx, "dx")
    stored.check(grads["alpha"], "dalpha")


@both
def test_maxout(dtype):
    stored = Golden("maxout", dtype)
    layer = Maxout(4, 5, pieces=3, rng=np.random.default_rng(0), dtype=np.dtype(dtype))
    for key in ("weight", "bias"):
        layer.params[key][:] = stored.array(key)
    y, backward = layer(stored.array("x"))
    dx, grads = backward(stored.array("dy"))
    stored.check(y, "y")
    stored.check(dx, "dx")
    for key, grad in grads.items():
        stored.check(grad, "grads", key)

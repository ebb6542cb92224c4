"""L-BFGS: at the minimum of convex losses, quicker than steps along the gradient, refusals."""

import re

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax

from nnbook.layers import Activate, Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.second_order import lbfgs
from nnbook.training import fit, loss_and_grads


def fresh(seed=0):
    return np.random.default_rng(seed)


def squares(scores, targets):
    error = scores - targets
    return float((error**2).mean() / 2), error / error.size


def noisy_line(features=5, n=40):
    """A batch, targets that are nearly linear in it, and badly scaled features."""
    x = fresh(1).standard_normal((n, features)) * 10.0 ** np.linspace(0, -2, features)
    return x, x @ fresh(2).standard_normal((features, 2)) + fresh(3).standard_normal((n, 2))


def noisy_classes(n=60):
    """Three classes that no line divides."""
    labels = fresh(4).integers(3, size=n)
    return fresh(5).standard_normal((n, 4)) + labels[:, None], labels


def test_a_quadratic_loss_ends_at_the_least_squares():
    (x, y), model = noisy_line(), Linear(5, 2, rng=fresh())
    losses = lbfgs(model, squares, x, y)
    best = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    best_loss = squares(np.column_stack([x, np.ones(len(x))]) @ best, y)[0]
    assert losses[-1] == pytest.approx(best_loss, rel=1e-6)


def test_a_softmax_regression_ends_where_the_gradient_is_zero():
    (x, labels), model = noisy_classes(), Linear(4, 3, rng=fresh())
    losses = lbfgs(model, cross_entropy, x, labels)
    loss, grads = loss_and_grads(model, cross_entropy, x, labels)
    assert max(np.abs(grad).max() for grad in grads.values()) < 1e-4
    assert losses[-1] == pytest.approx(loss, rel=1e-12)
    by_scipy = -log_softmax(model(x)[0], axis=1)[np.arange(len(x)), labels].mean()
    assert loss == pytest.approx(by_scipy, rel=1e-12)


def test_it_needs_fewer_steps_than_the_gradient_alone():
    x, labels = noisy_classes()
    model, other = (mlp((4, 10, 3), rng=fresh(), activation="tanh") for _ in range(2))
    quick = lbfgs(model, cross_entropy, x, labels, steps=30)
    slow = fit(
        other, cross_entropy, SGD(0.3), x, labels, epochs=300, batch_size=len(x), rng=fresh()
    )
    assert quick[0] == pytest.approx(slow[0])
    assert quick[-1] < slow[-1]


@pytest.mark.parametrize("memory", [1, 10])
def test_it_returns_the_loss_at_the_start_and_after_each_step_and_never_rises(memory):
    (x, labels), model = noisy_classes(), mlp((4, 10, 3), rng=fresh(), activation="tanh")
    start, _ = loss_and_grads(model, cross_entropy, x, labels)
    losses = lbfgs(model, cross_entropy, x, labels, steps=7, memory=memory)
    assert len(losses) == 8
    assert losses[0] == start
    assert losses == sorted(losses, reverse=True)
    end, _ = loss_and_grads(model, cross_entropy, x, labels)
    assert losses[-1] == end


def test_the_memory_shapes_the_steps():
    x, labels = noisy_classes()
    ends = set()
    for memory in (1, 2, 10):
        model = mlp((4, 10, 3), rng=fresh(), activation="tanh")
        ends.add(lbfgs(model, cross_entropy, x, labels, steps=20, memory=memory)[-1])
    assert len(ends) == 3


def test_it_ends_at_the_best_point_and_not_at_the_last_that_was_tried(monkeypatch):
    def restless(f, start, **options):
        found = minimize(f, start, **options)
        f(start + 1)
        return found

    monkeypatch.setattr("nnbook.second_order.minimize", restless)
    (x, labels), model = noisy_classes(), Linear(4, 3, rng=fresh())
    losses = lbfgs(model, cross_entropy, x, labels)
    assert loss_and_grads(model, cross_entropy, x, labels)[0] == losses[-1]


def test_it_goes_on_where_it_stopped_and_stops_at_a_minimum():
    (x, labels), model = noisy_classes(), Linear(4, 3, rng=fresh())
    first = lbfgs(model, cross_entropy, x, labels, steps=3)
    second = lbfgs(model, cross_entropy, x, labels, steps=1000)
    assert second[0] == first[-1]
    assert len(second) < 200


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_parameters_keep_their_dtype_and_place(dtype):
    x, labels = noisy_classes()
    model = mlp((4, 6, 3), rng=fresh(), dtype=dtype)
    arrays = dict(model.params)
    losses = lbfgs(model, cross_entropy, x.astype(dtype), labels, steps=20)
    assert losses[-1] < 0.8 * losses[0]
    for name, array in arrays.items():
        assert model.params[name] is array
        assert array.dtype == dtype


def test_the_model_is_called_as_at_inference():
    class Watched(Linear):
        def __call__(self, x, *, training=False):
            assert not training
            return super().__call__(x, training=training)

    x, labels = noisy_classes()
    lbfgs(Sequential(Watched(4, 3, rng=fresh()), Activate("tanh")), cross_entropy, x, labels)


GOOD = noisy_classes()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": 0}, "steps must be a whole number of at least 1, got 0"),
        ({"memory": 0}, "memory must be a whole number of at least 1, got 0"),
        ({"x": GOOD[0].astype(int)}, "x must be an array of floats, got dtype int64"),
        ({"x": GOOD[0][:, :3]}, "x must be an array of shape (N, 4), got shape (60, 3)"),
        ({"y": GOOD[1][:5]}, "y must be as many as x has rows (60), got 5"),
        ({"y": GOOD[1] + 1}, "labels must be in [0, 3), got 3"),
        ({"model": Activate("relu")}, "model must be one with parameters, got none"),
        (
            {"loss_fn": lambda scores, _: (np.nan, scores)},
            "loss must be finite at the start, got nan",
        ),
    ],
)
def test_refusals_change_nothing(changed, message):
    model: Layer = Linear(4, 3, rng=fresh())
    before = {name: p.copy() for name, p in model.params.items()}
    given = {"model": model, "loss_fn": cross_entropy, "x": GOOD[0], "y": GOOD[1]} | changed
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lbfgs(**given)
    for name, p in model.params.items():
        np.testing.assert_array_equal(p, before[name])

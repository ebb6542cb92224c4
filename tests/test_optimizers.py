"""Optimizers: against their formulas and PyTorch, by properties, dtype and place kept, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import golden

from nnbook.optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp
from nnbook.schedules import cosine, step_decay, warmup

quick = settings(max_examples=30, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)
MAKERS = {
    "SGD": lambda lr=0.1: SGD(lr),
    "momentum": lambda lr=0.1: SGD(lr, momentum=0.9),
    "rate inside": lambda lr=0.1: SGD(lr, momentum=0.9, rate_inside=True),
    "Nesterov": lambda lr=0.1: SGD(lr, momentum=0.9, nesterov=True),
    "Nesterov, rate inside": lambda lr=0.1: SGD(lr, 0.9, nesterov=True, rate_inside=True),
    "AdaGrad": lambda lr=0.1: AdaGrad(lr),
    "RMSProp": lambda lr=0.1: RMSProp(lr),
    "Adam": lambda lr=0.1: Adam(lr),
}
DECAYING = {
    "SGD": SGD,
    "momentum": lambda lr, **o: SGD(lr, 0.9, **o),
    "Nesterov": lambda lr, **o: SGD(lr, 0.9, nesterov=True, **o),
    "AdaGrad": AdaGrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def gradients(seed, steps=5, size=4):
    return np.random.default_rng(seed).standard_normal((steps, size))


def path(optimizer, grads, start=0.0, dtype="float64", l2=0.0):
    """The parameter after each step; l2 adds the gradient of the penalty l2 / 2 w^2."""
    params = {"weight": np.full(grads.shape[1], start, dtype)}
    points = []
    for grad in grads.astype(dtype):
        optimizer.step(params, {"weight": grad + l2 * params["weight"]})
        points.append(params["weight"].copy())
    return np.array(points)


# --- formulas -------------------------------------------------------------------------------------


def test_sgd_is_minus_rate_times_gradient():
    grads = gradients(0)
    np.testing.assert_allclose(path(SGD(0.1), grads), -0.1 * grads.cumsum(axis=0), rtol=1e-12)


def test_momentum_keeps_a_geometric_sum_of_gradients():
    grads, v, w = gradients(1), np.zeros(4), np.zeros(4)
    for grad, point in zip(grads, path(SGD(0.1, momentum=0.9), grads), strict=True):
        v = 0.9 * v + grad
        w = w - 0.1 * v
        np.testing.assert_allclose(point, w, rtol=1e-12)


def test_adam_is_its_paper():
    grads, m, s, w = gradients(2), 0, 0, np.zeros(4)
    points = path(Adam(0.01, betas=(0.8, 0.95), eps=1e-3), grads)
    for t, (grad, point) in enumerate(zip(grads, points, strict=True), start=1):
        m, s = 0.8 * m + 0.2 * grad, 0.95 * s + 0.05 * grad**2
        w = w - 0.01 * (m / (1 - 0.8**t)) / (np.sqrt(s / (1 - 0.95**t)) + 1e-3)
        np.testing.assert_allclose(point, w, rtol=1e-12)


def test_the_first_step_of_adam_is_the_rate_against_the_sign():
    grads = gradients(3, steps=1)
    np.testing.assert_allclose(path(Adam(0.1), grads), -0.1 * np.sign(grads), rtol=1e-6)


def test_adagrad_and_rmsprop_are_the_text():
    grads, s, w = gradients(3), 0, np.zeros(4)
    for grad, point in zip(grads, path(AdaGrad(0.1), grads), strict=True):
        s = s + grad**2
        w = w - 0.1 * grad / (np.sqrt(s) + 1e-7)
        np.testing.assert_allclose(point, w, rtol=1e-12)
    s, w = 0, np.zeros(4)
    for grad, point in zip(grads, path(RMSProp(0.1, 0.9, 1e-3), grads), strict=True):
        s = 0.9 * s + 0.1 * grad**2
        w = w - 0.1 * grad / (np.sqrt(s) + 1e-3)
        np.testing.assert_allclose(point, w, rtol=1e-12)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_with_the_rate_inside_is_the_text(nesterov):
    rate, grads, v, w = step_decay(0.1, (3,)), gradients(1), np.zeros(4), np.zeros(4)
    inside = SGD(rate, 0.9, nesterov=nesterov, rate_inside=True)
    for t, (grad, point) in enumerate(zip(grads, path(inside, grads), strict=True)):
        before, v = v, 0.9 * v - rate(t) * grad
        w = w + v + (0.9 * (v - before) if nesterov else 0)
        np.testing.assert_allclose(point, w, rtol=1e-12)


def test_nesterov_looks_ahead():
    steep, rate, rho = np.array([1.0, 30.0]), 0.02, 0.9
    x, v = np.array([3.0, -2.0]), np.zeros(2)
    params = {"w": x.copy()}
    optimizer = SGD(rate, rho, nesterov=True, rate_inside=True)
    for _ in range(50):
        np.testing.assert_allclose(params["w"], x + rho * v, rtol=1e-9, atol=1e-12)
        v = rho * v - rate * steep * (x + rho * v)  # the gradient where the velocity leads
        x = x + v
        optimizer.step(params, {"w": steep * params["w"]})


# --- PyTorch --------------------------------------------------------------------------------------

GOLDEN = golden("optimizers")
WARM = {rate: warmup(5, cosine(rate, 20)) for rate in (0.1, 0.01)}
# name -> (rule, how PyTorch takes its weight decay: "L2" into the gradient, or "decoupled")
AS_IN_PYTORCH = {
    "sgd": (lambda **o: SGD(WARM[0.1], **o), "L2"),
    "momentum": (lambda **o: SGD(WARM[0.1], 0.9, **o), "L2"),
    "nesterov": (lambda **o: SGD(WARM[0.1], 0.9, nesterov=True, **o), "L2"),
    "adagrad": (lambda **o: AdaGrad(WARM[0.1], **o), "L2"),
    "rmsprop": (lambda **o: RMSProp(WARM[0.01], **o), "L2"),
    "adam": (lambda **o: Adam(WARM[0.01], **o), "L2"),
    "adamw": (lambda **o: Adam(WARM[0.01], **o), "decoupled"),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", AS_IN_PYTORCH)
def test_twenty_steps_with_decay_and_schedule_are_those_of_pytorch(name, decay, dtype):
    make, kind = AS_IN_PYTORCH[name]
    optimizer = make(weight_decay=decay if kind == "decoupled" else 0.0)
    params = {key: np.array(p, dtype) for key, p in GOLDEN["start"].items()}
    for given_grads, expected in zip(GOLDEN["grads"], GOLDEN[f"{name} {decay=}"], strict=True):
        grads = {key: np.array(grad, dtype) for key, grad in given_grads.items()}
        if kind == "L2":
            grads["weight"] += decay * params["weight"]
        optimizer.step(params, grads)
        rtol, atol = (1e-12, 1e-14) if dtype == "float64" else (1e-5, 1e-6)
        for key, p in params.items():
            assert p.dtype == dtype
            np.testing.assert_allclose(p, expected[key], rtol, atol)


def test_every_stored_path_is_compared():
    stored = {key.split(" decay=")[0] for key in GOLDEN if " decay=" in key}
    assert stored == AS_IN_PYTORCH.keys()


# --- the bits on which recorded results rest ------------------------------------------------------


def frozen_sgd(w, grads, lr, momentum):
    v = np.zeros_like(grads[0])
    for grad in grads:
        v *= momentum
        v += grad
        w -= lr * (v if momentum else grad)


def frozen_adam(w, grads, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, s = np.zeros_like(grads[0]), np.zeros_like(grads[0])
    for t, grad in enumerate(grads):
        m *= b1
        m += (1 - b1) * grad
        s *= b2
        s += (1 - b2) * grad**2
        root = np.sqrt(s / (1 - b2 ** (t + 1)))
        w -= lr / (1 - b1 ** (t + 1)) * np.asarray(m / (root + eps))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(seeds, st.floats(1e-4, 1), st.sampled_from([(), (1,), (7,), (5, 3)]))
def test_with_default_options_the_bits_are_those_that_records_rest_on(dtype, seed, lr, shape):
    rng = np.random.default_rng(seed)
    start, *grads = rng.standard_normal((21, *shape)).astype(dtype)
    start, grads = np.asarray(start), [np.asarray(grad) for grad in grads]
    frozen = {
        "plain": (SGD(lr), lambda w: frozen_sgd(w, grads, lr, 0.0)),
        "momentum": (SGD(lr, 0.9), lambda w: frozen_sgd(w, grads, lr, 0.9)),
        "adam": (Adam(lr), lambda w: frozen_adam(w, grads, lr)),
    }
    for optimizer, by_hand in frozen.values():
        params, w = {"w": start.copy()}, start.copy()
        for grad in grads:
            optimizer.step(params, {"w": grad})
        by_hand(w)
        assert params["w"].dtype == w.dtype == dtype
        assert params["w"].tobytes() == w.tobytes()


# --- weight decay ---------------------------------------------------------------------------------

decays = pytest.mark.parametrize("make", DECAYING.values(), ids=DECAYING)


@decays
def test_decay_without_a_gradient_is_a_geometric_shrinking(make):
    points = path(make(0.1, weight_decay=0.5), np.zeros((5, 2)), start=2.0)
    np.testing.assert_allclose(points[:, 0], 2 * 0.95 ** np.arange(1, 6), rtol=1e-12)


@decays
def test_decay_is_taken_with_the_rate_of_the_step_and_does_not_touch_the_rest(make):
    grads, rate = gradients(5), step_decay(0.1, (2,))
    plain, w = path(make(rate), grads), np.ones(4)
    changes = np.diff(plain, axis=0, prepend=0)
    decayed = path(make(rate, weight_decay=0.5), grads, start=1.0)
    for t, point in enumerate(decayed):
        w = w * (1 - rate(t) * 0.5) + changes[t]
        np.testing.assert_allclose(point, w, rtol=1e-12, atol=1e-14)


@quick
@given(seeds, st.floats(1e-3, 1), st.floats(1e-3, 1))
def test_l2_equals_decoupled_decay_for_plain_sgd(seed, lr, decay):
    grads = gradients(seed, steps=20)
    penalized = path(SGD(lr), grads, start=1.0, l2=decay)
    decoupled = path(SGD(lr, weight_decay=decay), grads, start=1.0)
    np.testing.assert_allclose(decoupled, penalized, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", [name for name in DECAYING if name != "SGD"])
def test_l2_does_not_equal_decoupled_decay_for_the_others(name):
    grads, make = gradients(0, steps=20), DECAYING[name]
    penalized = path(make(0.1), grads, start=1.0, l2=0.1)
    decoupled = path(make(0.1, weight_decay=0.1), grads, start=1.0)
    assert np.abs(penalized - decoupled)[-1].min() > 1e-3


def test_adam_makes_l2_nearly_blind_to_a_noisy_weight_and_decoupled_decay_does_not():
    # Pure noise of standard deviation 0.01 and 10: what pulls the weights to 0 is decay alone.
    grads = np.random.default_rng(0).standard_normal((2000, 2)) * [0.01, 10]
    quiet, noisy = path(Adam(1e-3), grads, start=1.0, l2=0.1)[-1]
    assert quiet < 0.1
    assert noisy > 0.6
    both = path(Adam(1e-3, weight_decay=0.1), grads, start=1.0)[-1]
    alone = path(Adam(1e-3), grads)[-1]
    assert np.abs(both - alone - (1 - 1e-4) ** 2000).max() < 0.1


@decays
def test_only_parameters_called_weight_decay(make):
    others = ["alpha", "beta", "bias", "gamma", "w", "weight.bias", "preweight"]
    names = ["weight", "0.weight", "2.0.weight", *others, *(f"2.0.{name}" for name in others)]
    params = {name: np.ones(2) for name in names}
    make(0.1, weight_decay=0.5).step(params, {name: np.zeros(2) for name in names})
    assert {name for name in names if (params[name] != 1).any()} == set(names[:3])


@decays
def test_decay_without_a_weight_is_refused_and_a_weight_without_a_gradient_left_alone(make):
    optimizer, params = make(0.1, weight_decay=0.5), {"w": np.ones(2)}
    message = "params must be parameters with one called weight, got ['w']"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        optimizer.step(params, {"w": np.ones(2)})
    assert optimizer.steps == 0
    params |= {"weight": np.ones(2)}
    optimizer.step(params, {"w": np.zeros(2)})
    np.testing.assert_array_equal([params["w"], params["weight"]], 1)


# --- properties -----------------------------------------------------------------------------------


@quick
@given(seeds, st.floats(1e-3, 1), st.floats(0.1, 0.99), st.booleans())
def test_the_two_forms_of_momentum_agree_while_the_rate_stays(seed, lr, rho, nesterov):
    grads = gradients(seed, steps=20)
    outside = path(SGD(lr, rho, nesterov=nesterov), grads)
    inside = path(SGD(lr, rho, nesterov=nesterov, rate_inside=True), grads)
    np.testing.assert_allclose(inside, outside, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("nesterov", [False, True])
def test_after_a_change_of_rate_the_forms_of_momentum_differ(nesterov):
    grads, rate = np.ones((9, 1)), step_decay(0.1, (6,))
    outside = path(SGD(rate, 0.9, nesterov=nesterov), grads)
    inside = path(SGD(rate, 0.9, nesterov=nesterov, rate_inside=True), grads)
    np.testing.assert_allclose(inside[:6], outside[:6], rtol=1e-12)
    # Inside, the velocity still holds the large rate: the step shrinks slowly and not at once.
    assert (inside[6:] < outside[6:] - 0.1).all()


@quick
@given(st.floats(1e-2, 1e2))
def test_the_step_of_adagrad_decays_like_one_over_the_root_of_t(size):
    points = path(AdaGrad(0.1, eps=1e-30), np.full((100, 1), size))
    steps = -np.diff(points[:, 0], prepend=0)
    np.testing.assert_allclose(steps, 0.1 / np.sqrt(np.arange(1, 101)), rtol=1e-9)


def test_the_step_of_rmsprop_starts_ten_times_too_large_and_settles_at_the_rate():
    steps = -np.diff(path(RMSProp(0.1), np.full((2000, 1), 3.0))[:, 0], prepend=0)
    assert steps[0] == pytest.approx(1.0)
    assert steps[-1] == pytest.approx(0.1)


@quick
@given(seeds, st.floats(1e-3, 1e3), st.sampled_from([AdaGrad, RMSProp]))
def test_adagrad_and_rmsprop_ignore_the_scale_of_the_gradient(seed, scale, kind):
    grads = gradients(seed)
    scaled = path(kind(0.1, eps=1e-30), scale * grads)
    np.testing.assert_allclose(scaled, path(kind(0.1, eps=1e-30), grads), rtol=1e-9, atol=1e-12)


@decays
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numpy_scalars_as_options_change_neither_dtype_nor_result(make, dtype):
    grads = gradients(6)
    one = path(make(0.1, weight_decay=0.1), grads, start=1.0, dtype=dtype)
    two = path(make(np.float64(0.1), weight_decay=np.float64(0.1)), grads, 1.0, dtype)
    assert two.dtype == dtype
    np.testing.assert_array_equal(one, two)


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@quick
@given(seeds)
def test_parameters_keep_dtype_and_place_and_gradients_are_left_alone(make, dtype, seed):
    optimizer, grads = make(), gradients(seed).astype(dtype)
    w, before = np.ones(4, dtype), grads.copy()
    params = {"w": w}
    for grad in grads:
        optimizer.step(params, {"w": grad})
    assert params["w"] is w
    assert w.dtype == np.dtype(dtype)
    assert (w != 1).all()
    np.testing.assert_array_equal(grads, before)


@quick
@given(seeds)
def test_momentum_zero_equals_plain(seed):
    grads = gradients(seed)
    np.testing.assert_array_equal(path(SGD(0.1, momentum=0.0), grads), path(SGD(0.1), grads))


@quick
@given(seeds, st.floats(1e-3, 1e3))
def test_adam_ignores_the_scale_of_the_gradient(seed, scale):
    grads = gradients(seed)
    scaled = path(Adam(0.1, eps=1e-30), scale * grads)
    np.testing.assert_allclose(scaled, path(Adam(0.1, eps=1e-30), grads), rtol=1e-9, atol=1e-12)


@quick
@given(seeds, st.floats(1e-3, 1e3), st.sampled_from([0.0, 0.9]))
def test_sgd_scales_with_the_gradient(seed, scale, momentum):
    grads = gradients(seed)
    scaled = path(SGD(0.1, momentum=momentum), scale * grads)
    expected = scale * path(SGD(0.1, momentum=momentum), grads)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9, atol=1e-12)


@every
@quick
@given(seeds)
def test_the_update_does_not_depend_on_where_it_starts(make, seed):
    grads = gradients(seed)
    np.testing.assert_allclose(
        path(make(), grads, start=5.0) - 5, path(make(), grads), atol=1e-13
    )


@every
def test_parameters_do_not_disturb_each_other(make):
    both, one = make(), make()
    params, alone = {"a": np.zeros(4), "b": np.zeros(4)}, {"a": np.zeros(4)}
    for a, b in zip(gradients(0), gradients(1), strict=True):
        both.step(params, {"a": a, "b": 100 * b})
        one.step(alone, {"a": a})
    np.testing.assert_array_equal(params["a"], alone["a"])


@every
def test_a_parameter_without_a_gradient_is_left_alone(make):
    params = {"a": np.ones(2), "b": np.ones(2)}
    make().step(params, {"a": np.ones(2)})
    np.testing.assert_array_equal(params["b"], 1)
    assert (params["a"] < 1).all()


def test_adam_corrects_a_parameter_by_the_steps_it_took_itself():
    optimizer, params = Adam(0.1), {"a": np.zeros(1), "b": np.zeros(1)}
    for _ in range(5):
        optimizer.step(params, {"a": np.ones(1)})
    optimizer.step(params, {"b": np.ones(1)})
    np.testing.assert_allclose(params["b"], -0.1, rtol=1e-6)


@every
def test_the_rate_may_be_a_function_of_the_step_from_zero(make):
    asked = []

    def rate(step):
        asked.append(step)
        return np.float64(0.1)

    grads = gradients(0)
    np.testing.assert_array_equal(path(make(rate), grads), path(make(), grads))
    assert asked == [0, 1, 2, 3, 4]


@every
def test_all_of_them_go_down_a_bowl(make):
    optimizer, params = make(cosine(0.3, 400)), {"w": np.array([3.0, -2.0])}
    for _ in range(400):
        optimizer.step(params, {"w": params["w"].copy()})
    assert np.abs(params["w"]).max() < 1e-2


@every
@pytest.mark.parametrize("bad", [-0.1, np.inf, np.nan])
def test_a_schedule_with_a_bad_rate_changes_nothing(make, bad):
    optimizer, params = make(lambda step: bad), {"w": np.ones(2)}
    message = f"lr must be a finite number of at least 0, got {bad!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        optimizer.step(params, {"w": np.ones(2)})
    np.testing.assert_array_equal(params["w"], 1)
    assert optimizer.steps == 0


# --- refusals -------------------------------------------------------------------------------------


def test_a_bare_optimizer_makes_no_change():
    with pytest.raises(NotImplementedError, match=r"^Optimizer defines no change$"):
        Optimizer(0.1).step({"w": np.ones(1)}, {"w": np.ones(1)})


REFUSALS = [
    (lambda: SGD(0), "lr must be a finite number above 0, got 0"),
    (lambda: SGD(-0.1), "lr must be a finite number above 0, got -0.1"),
    (lambda: SGD(np.inf), "lr must be a finite number above 0, got inf"),
    (lambda: SGD("fast"), "lr must be a finite number above 0, got 'fast'"),
    (lambda: SGD(0.1, momentum=1.0), "momentum must be in [0, 1), got 1.0"),
    (lambda: SGD(0.1, momentum=-0.5), "momentum must be in [0, 1), got -0.5"),
    (lambda: Adam(0.1, betas=(1.0, 0.9)), "betas must be in [0, 1), got 1.0"),
    (lambda: Adam(0.1, betas=(0.9, -0.1)), "betas must be in [0, 1), got -0.1"),
    (lambda: Adam(0.1, eps=0), "eps must be a finite number above 0, got 0"),
    (lambda: Adam(0.1, betas=0.9), "betas must be a pair of numbers, got 0.9"),
    (lambda: Adam(0.1, betas=(0.9,)), "betas must be a pair of numbers, got (0.9,)"),
    (lambda: AdaGrad(0.1, eps=0), "eps must be a finite number above 0, got 0"),
    (lambda: RMSProp(0.1, eps=-1.0), "eps must be a finite number above 0, got -1.0"),
    (lambda: RMSProp(0.1, beta=1.0), "beta must be in [0, 1), got 1.0"),
    (lambda: SGD(0.1, nesterov=True), "momentum must be above 0 with nesterov, got 0.0"),
    *[
        (
            lambda make=make: make(0.1, weight_decay=-0.1),
            "weight_decay must be a finite number of at least 0, got -0.1",
        )
        for make in DECAYING.values()
    ],
]


@pytest.mark.parametrize(("make", "message"), REFUSALS)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


@every
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"c": np.ones(2)}, "params['c'] must be a parameter of shape (2,), got none"),
        ({"b": np.ones(3)}, "params['b'] must be a parameter of shape (3,), got (2,)"),
        ({"b": np.ones((1, 2))}, "params['b'] must be a parameter of shape (1, 2), got (2,)"),
    ],
)
def test_a_gradient_that_fits_no_parameter_changes_nothing(make, bad, message):
    optimizer, params = make(), {"a": np.ones(2), "b": np.ones(2)}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        optimizer.step(params, {"a": np.ones(2)} | bad)
    np.testing.assert_array_equal(params["a"], 1)
    assert optimizer.steps == 0

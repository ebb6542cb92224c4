"""Ensembles: averages of probabilities by hand and by property, augmented copies, snapshots, refusals."""

import re
from copy import deepcopy
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from same import arrays, assert_equal
from scipy.special import softmax

from nnbook import ensembles
from nnbook.augmentation import five_crop, flip, shift
from nnbook.datasets import blobs
from nnbook.ensembles import average_probabilities, logits_by_model, snapshots
from nnbook.layers import Flatten, Linear, Sequential
from nnbook.losses import cross_entropy, mse
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.regularization import Dropout
from nnbook.schedules import cosine_restarts
from nnbook.training import train

quick = settings(max_examples=30, deadline=None, derandomize=True)


def fresh(seed=0):
    return np.random.default_rng(seed)


def net(seed=0):
    return mlp((3, 5, 4), rng=fresh(seed), norm="batch", dropout=0.2)


def batch():
    return fresh(9).standard_normal((12, 3))


# --- probabilities --------------------------------------------------------------------------------


def test_probabilities_are_averaged_and_not_logits():
    sure, unsure = np.array([[0.0, 10.0]]), np.array([[2.0, 0.0]])
    p = average_probabilities([sure, unsure, unsure])
    by_hand = (softmax(sure, axis=1) + 2 * softmax(unsure, axis=1)) / 3
    np.testing.assert_allclose(p, by_hand, rtol=1e-14)
    assert p.argmax() == 0  # two of three
    assert (sure + 2 * unsure).argmax() == 1


@quick
@given(st.integers(1, 7), st.integers(0, 2**32), st.sampled_from(["float32", "float64"]))
def test_an_ensemble_of_equal_models_is_the_model(members, seed, dtype):
    logits = (3 * fresh(seed).standard_normal((6, 4))).astype(dtype)
    p = average_probabilities([logits] * members)
    np.testing.assert_allclose(p, softmax(logits, axis=1), rtol=1e-6)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    assert p.dtype == dtype


@quick
@given(st.integers(2, 6), st.integers(0, 2**32))
def test_the_order_of_members_does_not_matter_and_their_mean_lies_between_them(members, seed):
    logits = fresh(seed).standard_normal((members, 5, 3))
    each, p = softmax(logits, axis=2), average_probabilities(logits)
    np.testing.assert_allclose(average_probabilities(logits[::-1]), p, rtol=1e-12)
    assert (each.min(axis=0) <= p + 1e-15).all()
    assert (p <= each.max(axis=0) + 1e-15).all()


def test_the_ensemble_loses_no_more_than_its_members_on_average():
    """-log is convex: the loss of the mean is at most the mean of the losses."""
    logits, labels = 3 * fresh(1).standard_normal((5, 40, 4)), fresh(2).integers(4, size=40)
    together = -np.log(average_probabilities(logits)[np.arange(40), labels]).mean()
    assert together < np.mean([cross_entropy(member, labels)[0] for member in logits])


def test_models_are_called_at_inference_in_their_order():
    models, x = [net(seed) for seed in range(3)], batch()
    before = [arrays(model) for model in models]
    logits = logits_by_model(iter(models), x)
    for model, kept, own in zip(models, before, logits, strict=True):
        np.testing.assert_array_equal(own, model(x)[0])
        assert_equal(arrays(model), kept)


def test_a_member_that_diverged_is_seen():
    assert np.isnan(average_probabilities([np.zeros((1, 2)), np.full((1, 2), np.nan)])).all()


# --- test-time augmentation -----------------------------------------------------------------------


def an_image_net():
    return Sequential(Flatten(), Linear(2 * 4 * 4, 3, rng=fresh()), Dropout(0.5, rng=fresh()))


def images(n=5):
    return fresh(3).standard_normal((n, 2, 4, 4))


def augmented(augment, copies=4, x=None, seed=0):
    x = images() if x is None else x
    return ensembles.test_time_augmentation(an_image_net(), x, augment, copies, rng=fresh(seed))


@pytest.mark.parametrize(
    "identity", [lambda x, rng: x, partial(shift, pixels=0), partial(flip, probability=0.0)]
)
def test_augmenting_by_the_identity_is_the_model(identity):
    expected = softmax(an_image_net()(images())[0], axis=1)
    np.testing.assert_allclose(augmented(identity), expected, rtol=1e-12)


def test_it_averages_over_the_draws_of_the_generator():
    model, rng = an_image_net(), fresh()
    views = [shift(images(), 1, rng=rng) for _ in range(4)]
    by_hand = np.mean([softmax(model(view)[0], axis=1) for view in views], axis=0)
    p = augmented(partial(shift, pixels=1))
    np.testing.assert_allclose(p, by_hand, rtol=1e-12)
    np.testing.assert_array_equal(p, augmented(partial(shift, pixels=1)))
    assert (p != augmented(partial(shift, pixels=1), seed=1)).any()


def test_many_mirror_images_are_half_of_each():
    sides = [softmax(an_image_net()(x)[0], axis=1) for x in (images(), images()[..., ::-1])]
    np.testing.assert_allclose(augmented(flip, copies=2000), np.mean(sides, axis=0), atol=0.02)


def test_chosen_views_are_averaged_by_their_logits():
    model = Sequential(Flatten(), Linear(2 * 4 * 4, 3, rng=fresh()))
    padded = np.pad(images(), [(0, 0), (0, 0), (1, 1), (1, 1)])
    p = average_probabilities([model(view)[0] for view in five_crop(padded, 4, 4)])
    assert p.shape == (5, 3)
    assert (p != softmax(model(images())[0], axis=1)).all()


# --- snapshots ------------------------------------------------------------------------------------


def a_run(model, epochs=4, lr=0.1):
    x, y = blobs(10, rng=fresh())
    return train(model, cross_entropy, SGD(lr), x, y, epochs=epochs, batch_size=5, rng=fresh(1))


def test_snapshots_are_the_model_after_each_cycle():
    copies = list(snapshots(model := mlp((2, 4, 2), rng=fresh()), a_run(model), 5))
    again, kept = mlp((2, 4, 2), rng=fresh()), []
    for step in a_run(again):
        if step.index % 5 == 4:
            kept.append(deepcopy(again))
    assert len(copies) == len(kept) == 3  # of 16 steps
    for copy, expected in zip(copies, kept, strict=True):
        assert_equal(arrays(copy), arrays(expected))
    assert (copies[0].params["0.weight"] != copies[1].params["0.weight"]).any()
    assert (model.params["0.weight"] != copies[2].params["0.weight"]).any()  # the 16th step


def test_a_run_goes_on_between_snapshots_and_not_beyond():
    model = mlp((2, 4, 2), rng=fresh())
    run = a_run(model)
    first = next(snapshots(model, run, 3))
    assert_equal(arrays(first), arrays(model))
    assert next(run).index == 3


def test_a_run_shorter_than_a_cycle_gives_none():
    model = mlp((2, 4, 2), rng=fresh())
    assert list(snapshots(model, a_run(model), 17)) == []


def test_snapshots_of_a_cyclic_rate_lie_lower_than_the_run_between_them():
    """Each cycle ends at a small rate, where the noise of the steps has died away."""
    x = fresh(1).standard_normal((64, 3))
    y = x @ np.array([[1.0], [-2.0], [0.5]]) + fresh(2).standard_normal((64, 1))
    model, optimizer = Linear(3, 1, rng=fresh()), SGD(cosine_restarts(0.3, 48))
    steps = train(model, mse, optimizer, x, y, epochs=30, batch_size=4, rng=fresh(3))
    between = []

    def watched():
        for step in steps:
            if step.index % 48 == 8:
                between.append(mse(model(x)[0], y)[0])
            yield step

    ends = [mse(copy(x)[0], y)[0] for copy in snapshots(model, watched(), 48)]
    assert len(ends) == len(between) == 10
    assert max(ends) < min(between)


# --- refusals -------------------------------------------------------------------------------------

LOGITS = np.zeros((2, 3))


def augment(model=None, x=None, how=flip, copies=2, rng=None):
    rng = fresh() if rng is None else rng
    x = images() if x is None else x
    return ensembles.test_time_augmentation(model or an_image_net(), x, how, copies, rng=rng)


REFUSALS = [
    (lambda: average_probabilities([]), "logits must be of one or more members, got []"),
    (lambda: average_probabilities(None), "logits must be of one or more members, got None"),
    (
        lambda: average_probabilities(LOGITS),
        "logits must be an array of rank 2, got shape (3,)",
    ),
    (
        lambda: average_probabilities([LOGITS, LOGITS.astype(int)]),
        "logits must be an array of floats, got dtype int64",
    ),
    (
        lambda: average_probabilities([LOGITS, LOGITS[:1]]),
        "logits must be all of shape (2, 3), got shape (1, 3)",
    ),
    (
        lambda: average_probabilities([LOGITS[:0]]),
        "logits must be a batch of at least one example, got shape (0, 3)",
    ),
    (lambda: logits_by_model([], batch()), "models must be of one or more members, got []"),
    (lambda: logits_by_model([3], batch()), "models[0] must be a Layer, got 3"),
    (lambda: augment(model="net"), "model must be a Layer, got 'net'"),
    (lambda: augment(copies=0), "copies must be a whole number of at least 1, got 0"),
    (lambda: augment(rng=7), "rng must be a numpy.random.Generator, got 7"),
    (lambda: augment(how="flip"), "augment must be a function, got 'flip'"),
    (lambda: augment(x=images().astype(int)), "x must be an array of floats, got dtype int64"),
    (
        lambda: snapshots(net(), iter(()), 0),
        "cycle must be a whole number of at least 1, got 0",
    ),
    (lambda: snapshots(net(), [1, 2], 1), "steps must be a run still to come, got list"),
    (lambda: snapshots(3, iter(()), 1), "model must be a Layer, got 3"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()

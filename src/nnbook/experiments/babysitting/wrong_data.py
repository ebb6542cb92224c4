"""Mistakes in the data, and at the test: each takes a patient that is right and returns one that is not."""

from dataclasses import replace

import numpy as np

from nnbook.experiments.babysitting.patients import Patient
from nnbook.experiments.nets import digits_split


def labels_shuffled(p: Patient) -> Patient:
    """Images and labels no longer belong together."""
    y = np.random.default_rng([p.seed, 5]).permutation(p.data.y)
    return replace(p, data=p.data._replace(y=y))


def labels_off_by_one(p: Patient) -> Patient:
    """The training labels count from 1, and 10 became 0; the test labels are right."""
    return replace(p, data=p.data._replace(y=(p.data.y + 1) % 10))


def random_features(p: Patient) -> Patient:
    """All images are noise: someone's array was never filled."""
    rng = np.random.default_rng([p.seed, 6])
    x, x_test = (
        rng.standard_normal(part.shape).astype(np.float32) for part in (p.data.x, p.data.x_test)
    )
    return replace(p, data=p.data._replace(x=x, x_test=x_test))


def label_leaks(p: Patient) -> Patient:
    """A pixel of the training images, which is always 0, holds the label; at the test it is 0 again."""
    x = p.data.x.copy()
    x[:, 0] = p.data.y - 4.5
    return replace(p, data=p.data._replace(x=x))


def test_in_raw_pixels(p: Patient) -> Patient:
    """The test images were neither centered nor scaled: 0 to 16, as they came."""
    raw = digits_split(p.seed, len(p.data.x), scaled=False).x_test
    return replace(p, data=p.data._replace(x_test=raw))


def not_shuffled(p: Patient) -> Patient:
    """The training data lie class by class, and are trained on in that order."""
    order = np.argsort(p.data.y, kind="stable")
    return replace(
        p, shuffled=False, data=p.data._replace(x=p.data.x[order], y=p.data.y[order])
    )


def dropout_left_on(p: Patient) -> Patient:
    """The test runs in training mode, with dropout."""
    return replace(p, test_batch=len(p.data.x_test))


def norm_by_pairs(p: Patient) -> Patient:
    """The test runs in training mode, with the statistics of two images at a time."""
    return replace(p, test_batch=2)

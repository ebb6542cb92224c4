"""All patients by name: the mistakes that the chapter makes on purpose."""

from collections.abc import Callable
from typing import TypeAlias

from nnbook.experiments.babysitting import wrong_data, wrong_learning
from nnbook.experiments.babysitting.patients import KINDS, Patient, healthy

Mistake: TypeAlias = Callable[[Patient], Patient]
# name -> (kind of right net, what is done to it)
MISTAKES: dict[str, tuple[str, Mistake]] = {
    "labels_shuffled": ("plain", wrong_data.labels_shuffled),
    "labels_off_by_one": ("plain", wrong_data.labels_off_by_one),
    "random_features": ("plain", wrong_data.random_features),
    "label_leaks": ("plain", wrong_data.label_leaks),
    "test_in_raw_pixels": ("plain", wrong_data.test_in_raw_pixels),
    "not_shuffled": ("plain", wrong_data.not_shuffled),
    "not_shuffled_norm": ("norm", wrong_data.not_shuffled),
    "gradients_add_up": ("plain", wrong_learning.gradients_add_up),
    "sign": ("plain", wrong_learning.sign),
    "first_layer_stuck": ("plain", wrong_learning.first_layer_stuck),
    "slope_forgotten": ("plain", wrong_learning.slope_forgotten),
    "softmax_twice": ("plain", wrong_learning.softmax_twice),
    "rate_too_high": ("plain", wrong_learning.rate_too_high),
    "rate_too_low": ("plain", wrong_learning.rate_too_low),
    "weights_too_small": ("plain", wrong_learning.weights_too_small),
    "weights_too_large": ("plain", wrong_learning.weights_too_large),
    "weights_zero": ("plain", wrong_learning.weights_zero),
    "dead_units": ("plain", wrong_learning.dead_units),
    "dropout_left_on": ("dropout", wrong_data.dropout_left_on),
    "norm_by_pairs": ("norm", wrong_data.norm_by_pairs),
}

# How figures and cards call them.
NAMES = {
    "plain": "right net",
    "dropout": "right net with dropout",
    "norm": "right net with batch norm",
    "labels_shuffled": "labels shuffled",
    "labels_off_by_one": "labels off by one",
    "random_features": "random features",
    "label_leaks": "label among the inputs",
    "test_in_raw_pixels": "test images not preprocessed",
    "not_shuffled": "data in order of class",
    "not_shuffled_norm": "data in order, batch norm",
    "gradients_add_up": "gradients never set to zero",
    "sign": "sign of the gradient",
    "first_layer_stuck": "first layer without a gradient",
    "slope_forgotten": "slope of ReLU forgotten",
    "softmax_twice": "softmax twice",
    "rate_too_high": "rate 100 times too high",
    "rate_too_low": "rate 100 times too low",
    "weights_too_small": "weights 100 times too small",
    "weights_too_large": "weights 10 times too large",
    "weights_zero": "all weights 0",
    "dead_units": "dead units",
    "dropout_left_on": "dropout left on at the test",
    "norm_by_pairs": "batch norm by pairs at the test",
}

# Those of which the chapter shows a run, with the titles of their panels.
GALLERY = {
    "plain": "healthy",
    "rate_too_high": "rate too high",
    "rate_too_low": "rate too low",
    "weights_too_large": "weights too large",
    "weights_too_small": "weights too small",
    "dead_units": "dead units",
    "not_shuffled_norm": "data in order",
    "labels_shuffled": "labels shuffled",
    "labels_off_by_one": "labels off by one",
    "test_in_raw_pixels": "test not preprocessed",
    "dropout_left_on": "dropout left on",
    "gradients_add_up": "gradients add up",
}


def patient(name: str, lr: float, seed: int) -> Patient:
    """A patient with one of `MISTAKES`, or a healthy one of `KINDS`."""
    if name in KINDS:
        return healthy(name, lr, seed)
    kind, spoil = MISTAKES[name]
    return spoil(healthy(kind, lr, seed))

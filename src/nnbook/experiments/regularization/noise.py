"""Noise in training, and what is done at test: one net for each kind of noise, asked many times."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.averaging import refresh_statistics
from nnbook.experiments.nets import Split
from nnbook.experiments.regularization.recipes import (
    RECIPES,
    Plan,
    Recipe,
    augmented,
    background,
    trained,
)
from nnbook.layers import Sequential

PLAN = Plan(examples=600, hidden=(100,), batch=50, epochs=20)
RATE, DRAWS, TESTED = 0.05, 200, 300
SHIFTS, MIXED = RECIPES["shift_1"], RECIPES["mixup_1"]


class Noisy(NamedTuple):
    """Probabilities of the right class: `draws` of shape (DRAWS, N) under noise, `rule` of shape (N,)."""

    draws: Array
    rule: Array


class Source(NamedTuple):
    """What noise is made of: the net, its training data, their background, and a generator."""

    net: Sequential
    data: Split
    mean: Array
    rng: np.random.Generator


def masked(source: Source, x: Array) -> Array:
    """Logits under a fresh mask for each image."""
    return source.net(x, training=True)[0]


def by_a_batch(source: Source, x: Array) -> Array:
    """Logits under the statistics of a random batch of training images, which the net then keeps."""
    images = source.data.x
    refresh_statistics(
        source.net, images[source.rng.choice(len(images), PLAN.batch, replace=False)]
    )
    return source.net(x)[0]


def shifted(source: Source, x: Array) -> Array:
    """Logits of the images, each moved by up to one pixel."""
    return source.net(augmented(SHIFTS, x, source.mean, source.rng))[0]


def mixed(source: Source, x: Array) -> Array:
    """Logits of the images, each with a training image mixed in."""
    weight = source.rng.beta(MIXED.mixup, MIXED.mixup)
    partner = source.data.x[source.rng.choice(len(source.data.x), len(x))]
    return source.net(weight * x + (1 - weight) * partner)[0]


Draw: TypeAlias = Callable[[Source, Array], Array]
# kind -> (recipe, norm, one draw of its noise)
KINDS: dict[str, tuple[Recipe, str | None, Draw]] = {
    "dropout": (RECIPES["dropout_0.5"], None, masked),
    "batch norm": (RECIPES["plain"], "batch", by_a_batch),
    "shifts": (SHIFTS, None, shifted),
    "mixup": (MIXED, None, mixed),
}


def noisy_answers(kind: str, seed: int) -> Noisy:
    """Train with one kind of noise, then ask with it, again and again, and once as the rule for test says."""
    recipe, norm, draw = KINDS[kind]
    net, data = trained(recipe, replace(PLAN, norm=norm), RATE, seed)
    mean, rng = background(seed, PLAN.examples), np.random.default_rng([seed, 7])
    source = Source(net, data, mean, rng)
    x, y = data.x_test[:TESTED], data.y_test[:TESTED]
    of_right = np.arange(TESTED), y
    rule = softmax(net(x)[0])[of_right]
    draws = [softmax(draw(source, x))[of_right] for _ in range(DRAWS)]
    return Noisy(np.array(draws), rule)
